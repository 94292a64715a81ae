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

    /// What the functions do, byte by byte.
    private func slowly(_ bytes: [UInt8], _ start: Int, _ end: Int) -> (text: [UInt8], stop: Int) {
        let letters: [UInt8: UInt8] = [0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9]
        var (text, place): ([UInt8], Int) = ([], start)
        while place < end {
            if bytes[place] == 0x5C {
                guard place + 1 < end, let letter = letters[bytes[place + 1]] else { break }
                text.append(letter)
                place += 2
            } else if bytes[place] == 0x22 || bytes[place] < 0x20 {
                break
            } else {
                text.append(bytes[place])
                place += 1
            }
        }
        return (text, place)
    }

    @Test func `escapes of one letter are resolved wherever they stand, and everything else is left to the caller`() {
        var random = SystemRandomNumberGenerator()
        let pieces = [
            "\\n", "\\\\", "\\\"", "\\/", "\\t", "\\b", "\\f", "\\r", "a", "ü", "long enough for a register", "\\u0041", "\\x", "\"", "\n",
        ]
        for length in [0, 1, 5, 40, 3000] {
            for _ in 0..<(length > 100 ? 20 : 300) {
                var bytes: [UInt8] = []
                // Of long ones little ends them.
                let most = length > 100 ? 10 : pieces.count - 1
                for _ in 0..<length { bytes += Array(pieces[Int.random(in: 0...most, using: &random)].utf8) }
                let start = Int.random(in: 0...bytes.count, using: &random)
                let expected = slowly(bytes, start, bytes.count)
                var text: [UInt8] = [1, 2]
                #expect(ByteScan.unescape(bytes, from: start, to: bytes.count, into: &text) == expected.stop)
                #expect(text == [1, 2] + expected.text)
            }
        }
    }

    @Test(
        arguments: [
            ("abc\"", 3, true), ("\"", 0, true), ("a\\\"b\"c", 4, false), ("\\u00e9\"", 6, false), ("\\u00E9\\n\"", 8, false),
            ("abc", nil, true),
            ("ab\nc\"", nil, true), ("\\u00g9\"", nil, true), ("\\u00\"", nil, true), ("\\x\"", nil, true), ("a\\", nil, true),
            (String(repeating: "x", count: 100) + "\\\\\"", 102, false),
        ] as [(String, Int?, Bool)]
    )
    func `a string ends at the first quote that is none of its bytes`(text: String, end: Int?, isPlain: Bool) {
        let bytes = Array(text.utf8)
        let found = ByteScan.endOfString(bytes, 0, bytes.count)
        #expect(found?.end == end)
        if end != nil { #expect(found?.isPlain == isPlain) }
        // What lies behind the end is not looked at.
        #expect(ByteScan.endOfString(bytes + Array("\"".utf8), 0, bytes.count)?.end == end)
    }
}
