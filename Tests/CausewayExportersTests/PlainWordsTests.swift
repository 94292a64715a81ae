import CausewayExporters
import Testing

struct PlainWordsTests {
    @Test(arguments: [
        ("no such tenant", "no such tenant"), ("  a\r\nb\t c\u{0}", "a b c"), ("\u{8}\u{12}\u{1b}[31mred", "[31mred"), ("größer", "größer"),
    ])
    func `what people can read is found, on one line`(body: String, expected: String) {
        #expect(PlainWords.found(in: [UInt8](body.utf8)) == expected)
    }

    @Test func `a long answer is cut, an empty or unreadable one is nothing`() {
        #expect(PlainWords.found(in: [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20))?.count == PlainWords.longest)
        #expect(PlainWords.found(in: []) == nil)
        #expect(PlainWords.found(in: [0xff, 0xfe, 0, 1, 2]) == nil)
    }
}
