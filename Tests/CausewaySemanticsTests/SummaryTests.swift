import Testing

@testable import CausewaySemantics

struct SummaryTests {
    @Test(arguments: [
        ("", ""), ("Where is it", "Where is…"), (" a\n\n b\t  c ", "a b c"),
        ("one two three four", "one two…"), ("aaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaa…"), ("aaaa bbbb c", "aaaa bbbb…"),
        ("aaaa bbbbb", "aaaa bbbbb"),
        ("für Ärger über Öl", "für Ärger…"), ("日本語の長い文章がここにあります", "日本語の長い文章がこ…"), ("eins  zwei\u{A0}drei", "eins zwei…"),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦 ok", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦 ok"),
    ])
    func `a summary is one line of at most ten characters, cut between words`(text: String, line: String) {
        #expect(Facts.beginning(text, 10) == line)
    }

    @Test func `of a text that begins with much white space only so much is looked at`() {
        #expect(Facts.beginning(String(repeating: " ", count: 80) + "word and more", 10) == "word…")
        #expect(Facts.beginning(String(repeating: " ", count: 80) + "wörd and more", 10) == "wörd…")
    }

    @Test func `where letters beyond ASCII come makes no difference to what stands before them`() {
        let text = String(repeating: "seven words of a long sentence here, ", count: 40)
        #expect(Facts.beginning(text, 200) == Facts.beginning("\u{2003}" + text, 200))
        #expect(Facts.beginning(text, 200).count <= 201)
    }
}
