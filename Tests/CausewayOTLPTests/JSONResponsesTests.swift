import CausewayModel
import Testing

@testable import CausewayOTLP

struct JSONResponsesTests {
    @Test func `a full success is an empty object, a partial one has its count as a string`() {
        #expect(text(OTLPJSON.exportResponse(.traces, refused: 0, message: "")) == "{}")
        #expect(
            text(OTLPJSON.exportResponse(.logs, refused: 3, message: "no \"id\""))
                == #"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"no \"id\""}}"#
        )
        #expect(text(OTLPJSON.exportResponse(.metrics, refused: 0, message: "slow")) == #"{"partialSuccess":{"errorMessage":"slow"}}"#)
    }

    @Test(arguments: Signal.allCases)
    func `what is written is read`(signal: Signal) throws {
        let answer = OTLPJSON.partialSuccess(fromJSON: OTLPJSON.exportResponse(signal, refused: 9, message: "why"), signal: signal)
        #expect(try #require(answer).refused == 9)
        #expect(try #require(answer).message == "why")
    }

    @Test func `a count may be a number, and either part may be missing`() throws {
        #expect(try #require(partial(#"{"partialSuccess":{"rejectedSpans":4}}"#)).refused == 4)
        #expect(try #require(partial(#"{"partialSuccess":{"errorMessage":"m"},"more":1}"#)).message == "m")
    }

    @Test(arguments: [
        "", "{}", "null", "[]", "<html>", #"{"partialSuccess":null}"#, #"{"partialSuccess":{}}"#, #"{"partialSuccess":7}"#,
        #"{"partialSuccess":{"rejectedSpans":"0","errorMessage":""}}"#, #"{"partialSuccess":{"rejectedSpans":"many"}}"#,
        #"{"partialSuccess":{"rejectedLogRecords":5}}"#, #"{"partialSuccess":{"rejectedSpans":-1}}"#,
    ])
    func `every other answer is no partial success, and none is an error`(body: String) {
        #expect(partial(body) == nil)
    }

    @Test func `a status says its code and message, and the message is found again`() {
        #expect(text(OTLPJSON.status(code: 3, message: "bad")) == #"{"code":3,"message":"bad"}"#)
        #expect(OTLPJSON.statusMessage(fromJSON: OTLPJSON.status(code: 14, message: "later\n")) == "later\n")
        for body in ["oops", "{}", #"{"message":""}"#, #"{"message":7}"#] {
            #expect(OTLPJSON.statusMessage(fromJSON: Array(body.utf8)) == nil)
        }
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func partial(_ body: String) -> (refused: Int, message: String)? {
        OTLPJSON.partialSuccess(fromJSON: Array(body.utf8), signal: .traces)
    }
}
