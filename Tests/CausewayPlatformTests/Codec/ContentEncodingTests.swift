import CausewayPlatform
import TestSupport
import Testing

struct ContentEncodingTests {
    /// "a road across water, a road across water" as other programs compress it.
    static let text = [UInt8]("a road across water, a road across water".utf8)
    static let bare: [UInt8] = [
        0x4b, 0x54, 0x28, 0xca, 0x4f, 0x4c, 0x51, 0x48, 0x4c, 0x2e, 0xca, 0x2f, 0x2e, 0x56, 0x28, 0x4f, 0x2c, 0x49, 0x2d, 0xd2, 0x51, 0x48,
        0xc4, 0x14, 0x04, 0x00,
    ]
    static let gzip =
        [0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03] + bare + [0xdb, 0x52, 0xf6, 0xc4, 0x28, 0x00, 0x00, 0x00]
    static let zlib = [0x78, 0x9c] + bare + [0x22, 0xac, 0x0e, 0x77]
    /// Written to a pipe, so the frame does not say how much comes out.
    static let zstd: [UInt8] = [
        0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58, 0xdd, 0x00, 0x00, 0xa8, 0x61, 0x20, 0x72, 0x6f, 0x61, 0x64, 0x20, 0x61, 0x63, 0x72, 0x6f, 0x73,
        0x73, 0x20, 0x77, 0x61, 0x74, 0x65, 0x72, 0x2c, 0x20, 0x01, 0x00, 0x31, 0x99, 0x4c,
    ]
    static let foreign: [(ContentEncoding, [UInt8])] = [
        (.identity, text), (.gzip, gzip), (.deflate, zlib), (.deflate, bare), (.zstd, zstd),
    ]
    static let compressed: [(ContentEncoding, [UInt8])] = [(.gzip, gzip), (.deflate, zlib), (.deflate, bare), (.zstd, zstd)]

    @Test(arguments: foreign)
    func `what other programs compress is read`(encoding: ContentEncoding, bytes: [UInt8]) throws {
        #expect(try encoding.decompressed(bytes, limit: 1 << 20) == Self.text)
    }

    @Test(arguments: foreign)
    func `the limit is exact`(encoding: ContentEncoding, bytes: [UInt8]) throws {
        #expect(try encoding.decompressed(bytes, limit: 40).count == 40)
        #expect(throws: CodecError.tooLarge(limit: 39)) { try encoding.decompressed(bytes, limit: 39) }
        #expect(throws: CodecError.tooLarge(limit: 0)) { try encoding.decompressed(bytes, limit: 0) }
    }

    @Test(arguments: compressed)
    func `data cut short anywhere are corrupt`(encoding: ContentEncoding, bytes: [UInt8]) {
        for length in 0..<bytes.count {
            #expect(throws: CodecError.self, "\(length) bytes") { try encoding.decompressed([UInt8](bytes[..<length]), limit: 1 << 20) }
        }
    }

    @Test(arguments: compressed)
    func `data followed by something else are corrupt`(encoding: ContentEncoding, bytes: [UInt8]) {
        for tail: [UInt8] in [[0], [1, 2, 3], [UInt8](repeating: 0, count: 512), [0x1f, 0x8b], [0x28, 0xb5, 0x2f, 0xfd]] {
            #expect {
                try encoding.decompressed(bytes + tail, limit: 1 << 20)
            } throws: {
                if case CodecError.corrupt = $0 { true } else { false }
            }
        }
    }

    @Test(arguments: compressed)
    func `a flipped bit never crashes and never gives more than the limit`(encoding: ContentEncoding, bytes: [UInt8]) {
        for bit in 0..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            if let output = try? encoding.decompressed(damaged, limit: 4096) { #expect(output.count <= 4096) }
        }
    }

    @Test(arguments: [(ContentEncoding.gzip, gzip), (.zstd, zstd)])
    func `all members and frames are read, up to the limit`(encoding: ContentEncoding, bytes: [UInt8]) throws {
        let many = [[UInt8]](repeating: bytes, count: 1000).flatMap { $0 }
        #expect(try encoding.decompressed(many, limit: 40_000) == [[UInt8]](repeating: Self.text, count: 1000).flatMap { $0 })
        #expect(throws: CodecError.tooLarge(limit: 39_999)) { try encoding.decompressed(many, limit: 39_999) }
    }

    @Test func `a frame that zstd is told to skip holds nothing`() throws {
        let skipped: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7]
        #expect(try ContentEncoding.zstd.decompressed(skipped + Self.zstd + skipped, limit: 40) == Self.text)
    }

    @Test(arguments: [ContentEncoding.gzip, .deflate, .zstd])
    func `a gibibyte of zeros is refused at the limit, in time and memory of the limit`(encoding: ContentEncoding) {
        let bomb = Bomb.bytes(encoding)
        let before = ProcessFigures.peakResidentBytes()
        let clock = ContinuousClock()
        let duration = clock.measure {
            #expect(throws: CodecError.tooLarge(limit: 8 << 20)) { try encoding.decompressed(bomb, limit: 8 << 20) }
        }
        #expect(duration < .seconds(2))
        #expect(ProcessFigures.peakResidentBytes() - before < 200 << 20)
    }

    @Test func `a size that a zstd frame only claims is not believed`() throws {
        // One run of 4 zeros, in a frame that says 1 GiB, in a window of 2 GiB.
        let claiming: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x80, 0xa8, 0, 0, 0, 0x40, 0x23, 0, 0, 0]
        #expect(throws: CodecError.tooLarge(limit: 8 << 20)) { try ContentEncoding.zstd.decompressed(claiming, limit: 8 << 20) }
        // The same without a size: a large window alone is no reason to refuse.
        let silent: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x23, 0, 0, 0]
        #expect(try ContentEncoding.zstd.decompressed(silent, limit: 8 << 20) == [0, 0, 0, 0])
    }

    @Test func `a frame that needs a dictionary is understood as unsupported`() {
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x21, 42, 4, 0x23, 0, 0, 0]
        #expect {
            try ContentEncoding.zstd.decompressed(frame, limit: 8 << 20)
        } throws: {
            if case CodecError.unsupported = $0 { true } else { false }
        }
    }

    @Test(arguments: [
        ("", ContentEncoding.identity), ("identity", .identity), ("gzip", .gzip), (" GZip ", .gzip), ("x-gzip", .gzip),
        ("deflate", .deflate),
        ("zstd", .zstd), ("br", nil), ("gzip, gzip", nil), ("gzip,identity", nil), ("gzip zstd", nil),
    ])
    func `a header names one encoding or none that is known`(value: String, expected: ContentEncoding?) {
        #expect(ContentEncoding(headerValue: value) == expected)
    }
}

/// A gibibyte of zeros, packed as small as each format allows.
enum Bomb {
    /// One block with fixed codes: a zero, then "258 bytes again from 1 back" over and over, 13 bits each, so 8 of them are 13 bytes.
    private static func bareDeflate() -> [UInt8] {
        // Header 1, 1, 0; literal 0 is 00110000; length 258 is 11000101; distance 1 is 00000.
        let start = "110" + "00110000"
        let again = "11000101" + "00000"
        let bits = [UInt8]((start + String(repeating: again, count: 16)).utf8)
        let packed = stride(from: 0, to: 208, by: 8).map { byte in
            (0..<8).reduce(UInt8(0)) { $0 | (bits[byte + $1] == UInt8(ascii: "1") ? 1 << UInt8($1) : 0) }
        }
        let period = [UInt8](packed[13..<26])
        var bytes = [UInt8](packed[..<13])
        bytes.reserveCapacity(7 << 20)
        for _ in 0..<((1 << 30) / (258 * 8)) { bytes += period }
        return bytes
    }

    static func bytes(_ encoding: ContentEncoding) -> [UInt8] {
        switch encoding {
        case .identity: [UInt8](repeating: 0, count: 1 << 30)
        // Claims to be small, too.
        case .gzip: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + bareDeflate() + [0, 0, 0, 0, 1, 0, 0, 0]
        case .deflate: [0x78, 0x9c] + bareDeflate()
        case .zstd: zstd()
        }
    }

    /// Runs of 128 KiB, four bytes each.
    private static func zstd() -> [UInt8] {
        var bytes: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]
        for _ in 1..<8192 { bytes += [0x02, 0x00, 0x10, 0x00] }
        return bytes + [0x03, 0x00, 0x10, 0x00]
    }
}
