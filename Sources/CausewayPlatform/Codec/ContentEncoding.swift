/// How the bytes of a body are compressed on the wire, by HTTP's names.
package enum ContentEncoding: String, CaseIterable, Sendable {
    case identity
    case gzip
    case deflate
    case zstd

    /// Reads the value of a `Content-Encoding` header; an empty one means identity, `x-gzip` is gzip (RFC 9110, 8.4.1.3).
    ///
    /// Nil for what is not known, and for a list of several codings, which no sender of OTLP uses.
    package init?(headerValue: String) {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        let start = headerValue.drop(while: isSpace)
        let name = start.dropLast(start.reversed().prefix(while: isSpace).count)
        switch name.lowercased() {
        case "", "identity": self = .identity
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .deflate
        case "zstd": self = .zstd
        default: return nil
        }
    }
}

extension ContentEncoding {
    /// What `bytes` are when decompressed, at most `limit` of them.
    ///
    /// Memory follows what really comes out, and ends at `limit` whatever the bytes claim: a bomb costs one buffer of `limit` bytes. All
    /// members of a gzip and all frames of a zstd stream are read. `deflate` is zlib's format as the specification says, or bare deflate as
    /// some senders read it. zstd's window costs no memory of its own: the output buffer is the window, whatever size the frame declares.
    package func decompressed(_ bytes: [UInt8], limit: Int) throws(CodecError) -> [UInt8] {
        switch self {
        case .identity:
            guard bytes.count <= limit else { throw .tooLarge(limit: limit) }
            return bytes
        case .gzip: return try DeflateDecoder().gzip(bytes, limit: limit)
        case .deflate: return try DeflateDecoder().deflate(bytes, limit: limit)
        case .zstd: return try ZstdDecoder().frames(bytes, limit: limit)
        }
    }
}
