/// Numbered fields: how the spool writes everything that is not telemetry (heads, names, footers, ledger, cursors).
///
/// A field is: number u16, length u32, bytes. A number that a version does not know is passed over, so that later versions may add.
package struct Fields: Equatable, Sendable {
    package private(set) var bytes: [UInt8]

    package init() { bytes = [] }

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func add(_ number: UInt16, _ value: [UInt8]) {
        bytes.append(littleEndian: number)
        bytes.append(littleEndian: UInt32(value.count))
        bytes += value
    }

    mutating func add(_ number: UInt16, _ value: UInt64) {
        var encoded: [UInt8] = []
        encoded.append(littleEndian: value)
        add(number, encoded)
    }

    mutating func add(_ number: UInt16, _ value: String) { add(number, [UInt8](value.utf8)) }

    mutating func add(_ number: UInt16, _ value: Fields) { add(number, value.bytes) }

    /// Every field in order; what follows a field that runs past the end is left out.
    func all() -> [(number: UInt16, value: FieldValue)] {
        var found: [(number: UInt16, value: FieldValue)] = []
        var offset = 0
        while offset + 6 <= bytes.count {
            let number = bytes.littleEndian16(at: offset)
            let length = Int(bytes.littleEndian32(at: offset + 2))
            guard offset + 6 + length <= bytes.count else { break }
            found.append((number, FieldValue(bytes: [UInt8](bytes[(offset + 6)..<(offset + 6 + length)]))))
            offset += 6 + length
        }
        return found
    }

    func first(_ number: UInt16) -> FieldValue? { all().first { $0.number == number }?.value }

    func every(_ number: UInt16) -> [FieldValue] { all().filter { $0.number == number }.map(\.value) }
}

struct FieldValue: Equatable, Sendable {
    var bytes: [UInt8]

    /// Nil unless the field is eight bytes long.
    var number: UInt64? { bytes.count == 8 ? bytes.littleEndian64(at: 0) : nil }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    var fields: Fields { Fields(bytes) }
}
