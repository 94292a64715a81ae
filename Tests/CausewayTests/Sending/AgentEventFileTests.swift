import Testing

@testable import Causeway

struct AgentEventFileTests {
    @Test(
        arguments: [
            #"{"type":"step"}"#, #"{"type":"stepp"}"#, "not JSON\n" + #"{"type":"step"}"#, "\n\n" + #"{"type":"tool_call","tool":"x"}"#,
        ]
    )
    func `lines with a type are agent events, whatever the type: the bridge says what is wrong with it`(text: String) {
        #expect(AgentEventFile([UInt8](text.utf8)) != nil)
    }

    @Test(arguments: [#"{"resourceSpans":[]}"#, #"{"type":7}"#, "", "not JSON"])
    func `anything else is none`(text: String) {
        #expect(AgentEventFile([UInt8](text.utf8)) == nil)
    }

    @Test func `a large file goes in pieces that end with a line, each with the number of its first one`() throws {
        let line = [UInt8](#"{"type":"step","name":"s"}"#.utf8) + [10]
        let count = 400_000
        let file = try #require(AgentEventFile([UInt8]((0..<count).map { _ in line }.joined())))
        #expect(file.pieces.count > 1)
        #expect(file.pieces.allSatisfy { $0.body.last == 10 && $0.body.count % line.count == 0 })
        var next = 1
        for piece in file.pieces {
            #expect(piece.firstLine == next)
            next += piece.body.count / line.count
        }
        #expect(next == count + 1)
    }
}
