import CausewayModel
import Testing

@testable import CausewayReceivers

@Suite struct ResponseBodyTests {
    @Test(arguments: Signal.allCases)
    func `nothing refused and nothing to say is an empty message`(signal: Signal) {
        #expect(ResponseBody.exported(signal, refused: 0, message: nil, .protobuf) == [])
        #expect(ResponseBody.exported(signal, refused: 0, message: "", .json) == Array("{}".utf8))
    }

    @Test func `partial success is field 1 with the number in field 1 and the message in field 2`() {
        let bytes = ResponseBody.exported(.logs, refused: 300, message: "no", .protobuf)
        #expect(bytes == [0x0A, 7, 0x08, 0xAC, 0x02, 0x12, 2] + Array("no".utf8))
        #expect(ResponseBody.exported(.logs, refused: 0, message: "no", .protobuf) == [0x0A, 4, 0x12, 2] + Array("no".utf8))
        #expect(ResponseBody.exported(.logs, refused: 1, message: nil, .protobuf) == [0x0A, 2, 0x08, 1])
    }

    @Test(arguments: [(Signal.traces, "rejectedSpans"), (.metrics, "rejectedDataPoints"), (.logs, "rejectedLogRecords")])
    func `in JSON the number refused has the signal's name and is a string`(signal: Signal, name: String) {
        let body = ResponseBody.exported(signal, refused: 2, message: nil, .json)
        #expect(String(decoding: body, as: UTF8.self) == "{\"partialSuccess\":{\"\(name)\":\"2\"}}")
    }

    @Test func `a status is its code in field 1 and its message in field 2`() {
        #expect(ResponseBody.status(.invalidArgument, "bad", .protobuf) == [0x08, 3, 0x12, 3] + Array("bad".utf8))
    }

    @Test func `what JSON cannot hold in a string is escaped`() {
        let body = ResponseBody.status(.invalidArgument, "a\"b\\c\n\r\t\u{0}\u{1F}é🦊/", .json)
        #expect(String(decoding: body, as: UTF8.self) == #"{"code":3,"message":"a\"b\\c\n\r\t\u0000\u001fé🦊/"}"#)
    }

    @Test(arguments: ["x", "é", "🦊"])
    func `a message too long is cut between characters`(character: String) {
        let long = "a" + String(repeating: character, count: 5000)
        let prefix = #"{"code":3,"message":""#.utf8.count
        let cut = String(decoding: ResponseBody.status(.invalidArgument, long, .json).dropFirst(prefix).dropLast(2), as: UTF8.self)
        let isPrefix = long.hasPrefix(cut)
        #expect(isPrefix)
        #expect((ResponseBody.longestMessage - 3...ResponseBody.longestMessage).contains(cut.utf8.count))
    }
}
