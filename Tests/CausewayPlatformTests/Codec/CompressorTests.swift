import CausewayPlatform
import Testing

struct CompressorTests {
    /// Telemetry-like: repeats, with numbers that differ.
    static let body = [UInt8]((0..<4000).map { "gen_ai.usage.input_tokens=\($0 &* 2_654_435_761 % 9973);" }.joined().utf8)

    @Test(arguments: ContentEncoding.allCases, [-5, 1, 6, 100])
    func `what is compressed comes back`(encoding: ContentEncoding, level: Int) throws {
        let compressor = Compressor(encoding, level: level)
        for bytes in [[], [7], Self.body, [UInt8](repeating: 0, count: 1 << 20)] {
            let small = compressor.compressed(bytes)
            #expect(try encoding.decompressed(small, limit: bytes.count) == bytes)
            if encoding != .identity && bytes.count > 1 { #expect(small.count < bytes.count / 3) }
        }
    }

    @Test func `bytes that do not compress grow by little`() throws {
        var state: UInt64 = 1
        let noise = (0..<100_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        for encoding in ContentEncoding.allCases { #expect(Compressor(encoding).compressed(noise).count < 100_200) }
    }
}
