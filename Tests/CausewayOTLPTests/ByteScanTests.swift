import CausewayOTLP
import Testing

struct ByteScanTests {
    @Test func `the first byte that matters is found at every place, and no other`() {
        for length in 0..<40 {
            for place in 0..<length {
                for special in [UInt8(ascii: "\""), UInt8(ascii: "\\"), 0, 0x1F, 0x0A] {
                    for other in [UInt8(ascii: "a"), 0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xA2, 0xDC, 0xFF] {
                        var bytes = [UInt8](repeating: other, count: length)
                        bytes[place] = special
                        #expect(ByteScan.special(bytes, from: 0, to: length) == place)
                        #expect(ByteScan.special(bytes, from: place + 1, to: length) == length)
                    }
                }
            }
        }
    }
}
