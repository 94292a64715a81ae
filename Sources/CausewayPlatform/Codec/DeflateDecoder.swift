internal import CCauseway

/// Decompresses gzip, zlib and bare deflate with libdeflate.
///
/// libdeflate works in one shot: the whole input, and an output buffer which is either large enough or not. Where the size is not known, the
/// attempt is repeated with four times the room, which costs a third more than knowing.
@safe
struct DeflateDecoder: ~Copyable {
    private let handle: OpaquePointer

    /// The three wrappings of the same compression.
    private enum Format: String {
        case gzip
        case zlib
        case bare
    }

    init() {
        guard let handle = unsafe libdeflate_alloc_decompressor() else { preconditionFailure("out of memory") }
        unsafe self.handle = handle
    }

    deinit { unsafe libdeflate_free_decompressor(handle) }

    /// All members of a gzip file (RFC 1952, 2.2), one after the other.
    func gzip(_ input: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        // The last four bytes are the size of the last member, which is usually the only one. Deflate makes at most 1032 bytes of one.
        let stated = input.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        let likely = min(max(stated, input.count), input.count * 1032)
        var (output, end) = try member(.gzip, of: input, from: 0, expecting: likely, room: limit, limit: limit)
        while end < input.count {
            guard input[end] == 0x1f else { throw .corrupt(reason: "gzip: something else follows at byte \(end)") }
            let next = try member(.gzip, of: input, from: end, expecting: 64 << 10, room: limit - output.count, limit: limit)
            output += next.output
            end = next.end
        }
        return output
    }

    /// zlib's format (RFC 1950), or bare deflate (RFC 1951).
    ///
    /// They cannot be mistaken: the low half of zlib's first byte is 8, which in bare deflate is a stored block with padding that is not zero.
    func deflate(_ input: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        let isZlib = input.count >= 2 && input[0] & 0x0f == 8 && (Int(input[0]) << 8 | Int(input[1])) % 31 == 0
        let format = isZlib ? Format.zlib : .bare
        let (output, end) = try member(format, of: input, from: 0, expecting: input.count * 6, room: limit, limit: limit)
        guard end == input.count else { throw .corrupt(reason: "deflate: something else follows at byte \(end)") }
        return output
    }

    private func member(
        _ format: Format,
        of input: [UInt8],
        from start: Int,
        expecting expected: Int,
        room: Int,
        limit: Int
    ) throws(CodecError) -> (output: [UInt8], end: Int) {
        var size = min(max(expected, 512), room)
        while true {
            var used = 0
            var result = LIBDEFLATE_BAD_DATA
            let output = unsafe [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, filled in
                unsafe input.withUnsafeBytes { bytes in
                    guard let from = unsafe bytes.baseAddress.map({ unsafe $0 + start }) else { return }
                    let count = bytes.count - start
                    let to = buffer.baseAddress
                    switch format {
                    case .gzip: result = unsafe libdeflate_gzip_decompress_ex(handle, from, count, to, size, &used, &filled)
                    case .zlib: result = unsafe libdeflate_zlib_decompress_ex(handle, from, count, to, size, &used, &filled)
                    case .bare: result = unsafe libdeflate_deflate_decompress_ex(handle, from, count, to, size, &used, &filled)
                    }
                }
                if result != LIBDEFLATE_SUCCESS { filled = 0 }
            }
            switch result {
            case LIBDEFLATE_SUCCESS: return (output, start + used)
            case LIBDEFLATE_INSUFFICIENT_SPACE where size < room: size = min(size * 4, room)
            case LIBDEFLATE_INSUFFICIENT_SPACE: throw .tooLarge(limit: limit)
            default: throw .corrupt(reason: "\(format.rawValue): the data are damaged or cut short")
            }
        }
    }
}
