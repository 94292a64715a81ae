import CausewayModel
import CausewayOTLP
import Testing

/// UTF-8 as the standard library sees it, asked through the door: what is repaired is what is not text.
struct UTF8CheckTests {
    private func repaired(_ text: [UInt8]) throws -> (text: [UInt8], count: Int) {
        let admitted = try admit(Wire.request([Wire.field(12, text) + Wire.fixed64(1, 1)]), signal: .logs)
        let record = RequestView(admitted.payload, signal: .logs).resourceEntries[0].scopeEntries(admitted.payload)[0].logRecords(
            admitted.payload
        )[0]
        return (Array(admitted.payload[record.eventName]), admitted.repairedStrings)
    }

    private func compare(_ text: [UInt8]) throws {
        let wanted = Array(String(decoding: text, as: UTF8.self).utf8)
        let found = try repaired(text)
        #expect(found.text == wanted, "\(text)")
        #expect(found.count == (wanted == text ? 0 : 1), "\(text)")
    }

    @Test func `every pair of bytes is text or is not`() throws {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max where second % 16 == 0 || second % 16 == 15 { try compare([0x61, first, second]) }
        }
    }

    @Test func `every boundary of three and four bytes is seen`() throws {
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF]
        for first in edges + [0xC1, 0xDF, 0xE1, 0xEC, 0xEE, 0xF1, 0xF3] {
            for second in edges {
                for third in edges { for fourth in [0x41, 0x80, 0xBF, 0xC0] as [UInt8] { try compare([first, second, third, fourth]) } }
            }
        }
    }

    @Test func `a bad byte is seen wherever it lies in a long text`() throws {
        for length in [1, 7, 8, 9, 31, 32, 33, 40, 63, 64, 65, 100] {
            for place in 0..<length {
                var text = [UInt8](repeating: 0x61, count: length)
                text[place] = 0x80
                try compare(text)
                text[place] = 0xC3
                if place + 1 < length { text[place + 1] = 0xA9 }
                try compare(text)
            }
        }
    }

    /// What Python's decoder makes of the same bytes (`bytes.decode("utf-8", "replace")`).
    static let replaced: [([UInt8], String)] = [
        ([0xFF], "\u{FFFD}"),
        ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
        ([0xE2, 0x82], "\u{FFFD}"),
        ([0xE2, 0x82, 0x41], "\u{FFFD}A"),
        ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        ([0xF0, 0x9F, 0x98], "\u{FFFD}"),
        ([0xF0, 0x9F, 0x98, 0x80], "😀"),
        ([0xF0, 0x80, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        (
            [0x61, 0xF1, 0x80, 0x80, 0xE1, 0x80, 0xC2, 0x62, 0x80, 0x63, 0x80, 0xBF, 0x64],
            "a\u{FFFD}\u{FFFD}\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}d"
        ),
    ]

    @Test(arguments: replaced)
    func `what is no text is replaced as other decoders do`(bytes: [UInt8], text: String) throws {
        #expect(try repaired(bytes).text == Array(text.utf8))
    }
}
