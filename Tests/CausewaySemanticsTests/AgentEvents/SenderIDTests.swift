import CausewayModel
import Testing

@testable import CausewaySemantics

struct SenderIDTests {
    private func id(_ text: String, digits: Int) -> SenderID { SenderID(Array(text.utf8), 0..<text.utf8.count, digits: digits) }

    @Test func `digits of the right number are the id in either case, and nothing else is`() {
        #expect(id("0123456789abcdefFEDCBA9876543210", digits: 32).trace.description == "0123456789abcdeffedcba9876543210")
        #expect(id("00f067AA0ba902b7", digits: 16).span.description == "00f067aa0ba902b7")
        for (text, digits) in [("0000000000000000", 16), ("00f067aa0ba902b", 16), ("00f067aa0ba902bg", 16), ("00f067aa0ba902b7", 32)] {
            #expect(id(text, digits: digits).isHash)
        }
    }

    // printf run-42 | sha256sum
    @Test func `of other texts it is the beginning of their SHA-256`() {
        #expect(id("run-42", digits: 32).trace.description == "92234f8bb000a4aaec76c3fc1624a580")
        #expect(id("run-42", digits: 16).span.description == "92234f8bb000a4aa")
    }

    @Test func `what is remembered is what would be made anew, however many there are`() {
        var ids = SenderIDs(digits: 16)
        for round in 0..<2 {
            for number in 0..<1000 {
                let text = Array("\(number % 300)-\(String(repeating: "x", count: number % 200))".utf8)
                let found = ids.find(text, text.indices)
                #expect(found.span == SenderID(text, text.indices, digits: 16).span, "\(round) \(number)")
            }
        }
    }
}
