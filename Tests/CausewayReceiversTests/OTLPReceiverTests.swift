import CausewayModel
import CausewayPlatform
import CausewayReceivers
import TestSupport
import Testing

@Suite struct OTLPReceiverTests {
    @Test(arguments: Signal.allCases, BodyEncoding.allCases)
    func `a whole request reaches the handler and is answered in its own encoding`(signal: Signal, encoding: BodyEncoding) throws {
        let seen = Box<ReceivedRequest?>(nil)
        let harness = try ReceiverHarness { request, answer in
            seen.change { $0 = request }
            answer(.accepted())
        }
        let body = Array("what was sent".utf8)
        let bytes = request(
            "POST",
            signal.path,
            type: encoding.rawValue,
            headers: ["Causeway-Via: a, b", "authorization: Bearer x"],
            body: body
        )
        let answer = try harness.answer(to: bytes)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == encoding.rawValue)
        #expect(answer.text == (encoding == .json ? "{}" : ""))
        let received = try #require(seen.value)
        #expect(received.signal == signal)
        #expect(received.encoding == encoding)
        #expect(received.body == body)
        #expect(received.wireBytes == body.count)
        #expect(received.headers.all("causeway-via") == ["a", "b"])
        #expect(received.headers.first("Authorization") == "Bearer x")
        #expect(received.peer == "127.0.0.1")
        #expect(harness.receiver.counts.acceptedRequests == [signal: 1])
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var status: Int
        var reason: RefusalReason
        var says: [String]
        var header: (String, String)?
        /// JSON, which people can read, where there is no head to go by.
        var encoding = BodyEncoding.protobuf

        var testDescription: String { name }
    }

    static let refused = [
        Refused(
            name: "unknown path",
            bytes: request("POST", "/v1/profiles"),
            status: 404,
            reason: .path,
            says: ["/v1/profiles", "/v1/traces"]
        ),
        Refused(name: "root", bytes: request("GET", "/"), status: 404, reason: .path, says: ["/v1/metrics"]),
        Refused(name: "GET", bytes: request("GET"), status: 405, reason: .method, says: ["POST"], header: ("allow", "POST")),
        Refused(
            name: "PUT",
            bytes: request("PUT", body: [1, 2, 3]),
            status: 405,
            reason: .method,
            says: ["POST"],
            header: ("allow", "POST")
        ),
        Refused(
            name: "text",
            bytes: request(type: "text/plain"),
            status: 415,
            reason: .contentType,
            says: ["text/plain", "application/x-protobuf", "application/json"],
            encoding: .json
        ),
        Refused(name: "no type", bytes: request(type: nil), status: 415, reason: .contentType, says: ["application/json"], encoding: .json),
        Refused(
            name: "brotli",
            bytes: request(headers: ["Content-Encoding: br"]),
            status: 415,
            reason: .encoding,
            says: ["br", "gzip", "deflate", "zstd"],
            header: ("accept-encoding", "gzip, deflate, zstd")
        ),
        Refused(
            name: "two encodings",
            bytes: request(headers: ["Content-Encoding: gzip", "content-encoding: zstd"]),
            status: 415,
            reason: .encoding,
            says: []
        ),
        Refused(
            name: "transfer coding",
            bytes: request(headers: ["Transfer-Encoding: gzip, chunked"], body: nil) + Array("0\r\n\r\n".utf8),
            status: 501,
            reason: .transferCoding,
            says: ["chunked"]
        ),
        Refused(name: "expectation", bytes: request(headers: ["Expect: wonders"]), status: 417, reason: .expectation, says: ["wonders"]),
        Refused(name: "two hosts", bytes: request(headers: ["Host: b"]), status: 400, reason: .badHTTP, says: ["Host"]),
        Refused(
            name: "no host",
            bytes: Array("POST /v1/traces HTTP/1.1\r\n\r\n".utf8),
            status: 400,
            reason: .badHTTP,
            says: ["Host"],
            encoding: .json
        ),
        Refused(
            name: "garbage",
            bytes: [0x16, 3, 1, 2, 0, 1, 0xFF, 0xFE, 13, 10, 13, 10],
            status: 400,
            reason: .badHTTP,
            says: ["HTTP"],
            encoding: .json
        ),
        Refused(
            name: "HTTP/2 preface",
            bytes: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8),
            status: 400,
            reason: .badHTTP,
            says: ["HTTP"],
            encoding: .json
        ),
        Refused(
            name: "two lengths",
            bytes: Array("POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".utf8),
            status: 400,
            reason: .badHTTP,
            says: ["HTTP"],
            encoding: .json
        ),
        Refused(
            name: "length and chunks",
            bytes: Array("POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".utf8),
            status: 400,
            reason: .badHTTP,
            says: ["HTTP"],
            encoding: .json
        ),
        Refused(
            name: "negative length",
            bytes: Array("POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n".utf8),
            status: 400,
            reason: .badHTTP,
            says: ["HTTP"],
            encoding: .json
        ),
        Refused(
            name: "bad chunk",
            bytes: request(headers: ["Transfer-Encoding: chunked"], body: nil) + Array("zz\r\n".utf8),
            status: 400,
            reason: .badHTTP,
            says: ["HTTP"]
        ),
        Refused(
            name: "header flood",
            bytes: request(headers: (0..<300).map { "X-\($0): y" }),
            status: 431,
            reason: .headersTooLarge,
            says: ["headers"],
            encoding: .json
        ),
        Refused(
            name: "long header",
            bytes: request(headers: ["X: " + String(repeating: "y", count: 65 << 10)]),
            status: 431,
            reason: .headersTooLarge,
            says: ["headers"],
            encoding: .json
        ),
        Refused(
            name: "long target",
            bytes: request("POST", "/" + String(repeating: "y", count: 65 << 10)),
            status: 431,
            reason: .headersTooLarge,
            says: ["headers"],
            encoding: .json
        ),
    ]

    @Test(arguments: refused)
    func `a request that is not OTLP is refused with its status, a reason and one count`(_ refused: Refused) async throws {
        let harness = try ReceiverHarness()
        let answer = try harness.answer(to: refused.bytes)
        #expect(answer.status == refused.status)
        for word in refused.says { #expect(answer.text.contains(word)) }
        if let (name, value) = refused.header { #expect(answer.headers[name] == value) }
        #expect(answer.headers["content-type"] == refused.encoding.rawValue)
        #expect(harness.receiver.counts.refusedRequests == [refused.reason: 1])
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `what could be wrong is checked in the order of the rules`() throws {
        let harness = try ReceiverHarness(limits: { $0.maxBody = 10 })
        let tooLong = [UInt8](repeating: 0, count: 11)
        func status(_ method: String, _ path: String, _ type: String, _ coding: String) throws -> Int {
            try harness.answer(to: request(method, path, type: type, headers: ["Content-Encoding: \(coding)"], body: tooLong)).status
        }
        #expect(try status("GET", "/nowhere", "text/plain", "br") == 404)
        #expect(try status("GET", "/v1/logs", "text/plain", "br") == 405)
        #expect(try status("POST", "/v1/logs", "text/plain", "br") == 415)
        #expect(try status("POST", "/v1/logs", "application/json", "br") == 415)
        #expect(try status("POST", "/v1/logs", "application/json", "gzip") == 413)
        #expect(harness.receiver.counts.refusedRequests == [.path: 1, .method: 1, .contentType: 1, .encoding: 1, .tooLarge: 1])
    }

    struct Answered: Sendable {
        var answer: ReceiverAnswer
        var status: Int
        var json: String
        var reason: RefusalReason?
        var retryAfter: String?
    }

    @Test(arguments: [
        Answered(answer: .accepted(), status: 200, json: "{}"),
        Answered(
            answer: .accepted(refused: 3, message: "bad \"ids\"\n"),
            status: 200,
            json: #"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"bad \"ids\"\n"}}"#
        ),
        Answered(answer: .accepted(message: "careful"), status: 200, json: #"{"partialSuccess":{"errorMessage":"careful"}}"#),
        Answered(answer: .malformed("cut short"), status: 400, json: #"{"code":3,"message":"cut short"}"#, reason: .malformed),
        Answered(
            answer: .unavailable("the spool is full", retryAfterSeconds: 7),
            status: 503,
            json: #"{"code":14,"message":"the spool is full"}"#,
            reason: .unavailable,
            retryAfter: "7"
        ),
        Answered(answer: .loop("been here"), status: 508, json: #"{"code":9,"message":"been here"}"#, reason: .loop),
        Answered(answer: .tooLarge("no"), status: 413, json: #"{"code":8,"message":"no"}"#, reason: .tooLarge),
    ])
    func `the handler's answer becomes the status and body that OTLP asks for`(_ expected: Answered) throws {
        let harness = try ReceiverHarness { _, answer in answer(expected.answer) }
        let answer = try harness.answer(to: request(type: "application/json; charset=utf-8", body: [1]))
        #expect(answer.status == expected.status)
        #expect(answer.text == expected.json)
        #expect(answer.headers["retry-after"] == expected.retryAfter)
        #expect(answer.headers["content-type"] == "application/json")
        #expect(harness.receiver.counts.refusedRequests == (expected.reason.map { [$0: 1] } ?? [:]))
        #expect(harness.receiver.counts.acceptedRequests == (expected.reason == nil ? [.traces: 1] : [:]))
    }

    @Test func `an answer may come later, from another thread, and only the first counts`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness { _, answer in answers.change { $0.append(answer) } }
        let client = try harness.client()
        client.send(request(body: [1, 2, 3]))
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        #expect(harness.budget.usedBytes > 0)
        answers.value[0](.accepted())
        answers.value[0](.malformed("second"))
        #expect(try client.answer().status == 200)
        #expect(client.read(.milliseconds(50)) == nil)
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `a request that the handler forgets is answered 503`() async throws {
        let harness = try ReceiverHarness { _, _ in }
        let answer = try harness.answer(to: request(body: [1, 2, 3]))
        #expect(answer.status == 503)
        #expect(answer.headers["retry-after"] == "1")
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `a client that has gone before its answer leaves nothing behind`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness { _, answer in answers.change { $0.append(answer) } }
        let client = try harness.client()
        client.send(request(body: [UInt8](repeating: 1, count: 100_000)))
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        client.reset()
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 0 })
        #expect(harness.budget.usedBytes >= 100_000)
        answers.value[0](.accepted())
        #expect(harness.budget.usedBytes == 0)
        #expect(try harness.client().send("x"))
    }

    @Test func `an empty request is handed over, and its sender is told that all is well`() throws {
        let harness = try ReceiverHarness()
        #expect(try harness.answer(to: request(body: nil)).status == 200)
        #expect(try harness.answer(to: request("POST", "http://somewhere/v1/traces?x=1")).status == 200)
    }
}
