/// Why bytes could not be decompressed.
package enum CodecError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What comes out is more than `limit` bytes.
    case tooLarge(limit: Int)
    /// Damaged, cut short, or followed by something else.
    case corrupt(reason: String)
    /// Well-formed, and beyond what is understood here.
    case unsupported(reason: String)

    package var description: String {
        switch self {
        case .tooLarge(let limit): "more than \(limit) bytes when decompressed"
        case .corrupt(let reason), .unsupported(let reason): reason
        }
    }
}
