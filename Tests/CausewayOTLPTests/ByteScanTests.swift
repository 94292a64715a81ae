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

    @Test func `a digit behind a dot is found at every place, and nothing else is`() {
        for length in 2..<40 {
            for place in 0..<length - 1 {
                for (dot, digit, isPlace) in [
                    (UInt8(ascii: "."), UInt8(ascii: "0"), true), (UInt8(ascii: "."), UInt8(ascii: "9"), true), (0x2E, 0x2F, false),
                    (0x2E, 0x3A, false), (0x2E, 0xB0, false), (0xAE, 0x30, false), (0x2D, 0x30, false),
                ] {
                    for other in [UInt8(ascii: "a"), UInt8(ascii: "7"), 0x00, 0xFF, 0x3F] {
                        var bytes = [UInt8](repeating: other, count: length + 4)
                        (bytes[2 + place], bytes[3 + place]) = (dot, digit)
                        #expect(ByteScan.hasPlace(bytes, 2..<length + 2) == isPlace)
                        #expect(!ByteScan.hasPlace(bytes, 2..<place + 3))
                    }
                }
            }
        }
    }
}
