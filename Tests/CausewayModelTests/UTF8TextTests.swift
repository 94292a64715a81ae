import Testing

@testable import CausewayModel

struct UTF8TextTests {
    @Test func `every scalar value is valid`() {
        let text = (0...0x10FFFF as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
        var string = String.UnicodeScalarView()
        string.append(contentsOf: text)
        let bytes = Array(String(string).utf8)
        #expect(UTF8Text.isValid(bytes, bytes.indices))
    }

    /// The standard library repairs by the same rule (maximal subparts), so it is the judge.
    @Test func `what is broken is replaced as the standard library replaces it`() {
        var state: UInt64 = 42
        let interesting: [UInt8] = [
            0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE2, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<6 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(interesting[Int(state >> 33) % interesting.count])
            }
            var output: [UInt8] = []
            let repaired = UTF8Text.append(bytes.indices, of: bytes, to: &output)
            #expect(output == Array(String(decoding: bytes, as: UTF8.self).utf8))
            #expect(repaired == !UTF8Text.isValid(bytes, bytes.indices))
        }
    }
}
