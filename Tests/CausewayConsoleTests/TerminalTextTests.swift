import Testing

@testable import CausewayConsole

struct TerminalTextTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("Zürich", 6), ("├─ ⚙ x", 6), ("東京", 4), ("🚂", 2), ("⌚", 2), ("e\u{301}", 1), ("👩‍🔧", 2), ("…", 1), ("a東é", 4),
    ])
    func `a text is as wide as a terminal draws it`(text: String, columns: Int) {
        #expect(TerminalText.width(text) == columns)
    }

    @Test(arguments: [("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("東京都", 5, "東京…"), ("東京都", 4, "東…"), ("abc", 1, "…")])
    func `a text that does not fit ends in an ellipsis within its columns`(text: String, columns: Int, shortened: String) {
        #expect(TerminalText.shortened(text, to: columns) == shortened)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\u{1B}[2J", "a␛[2J"), ("a\r\nb", "a␍␊b"), ("\u{7F}", "␡"), ("\u{9B}", "\u{FFFD}"),
        ("\u{202E}abc\u{2066}", "\u{FFFD}abc\u{FFFD}"), ("\u{FEFF}", "\u{FFFD}"), ("👩‍🔧", "👩‍🔧"), ("\0", "␀"), ("\u{E000}", "\u{FFFD}"),
        ("e\u{301}", "e\u{301}"),
    ])
    func `what could move, colour or reverse something is replaced`(text: String, harmless: String) {
        #expect(TerminalText.harmless(text) == harmless)
    }
}
