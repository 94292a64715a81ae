import CausewayPlatform
import Synchronization
import TestSupport
import Testing

@testable import CausewayReceivers

/// Requests with agent events on the receiver's port.
struct AgentEventUploadTests {
    /// Takes every line but those that say so, and can be told to have no room.
    private final class Lines: AgentEventHandler {
        let seen = Box<[String]>([])
        let fails = Box(false)
        let lineLimit = 1000

        func handle(_ lines: AgentEventLines, _ done: @escaping @Sendable (AgentEventVerdict) -> Void) {
            var verdict = AgentEventVerdict()
            if fails.value {
                verdict.failure = .unavailable("no room", retryAfterSeconds: 5)
                return done(verdict)
            }
            for line in lines.lines {
                let text = String(decoding: line.bytes, as: UTF8.self)
                if line.fault != nil || text.contains("bad") {
                    verdict.rejected += 1
                    verdict.refusals.append(.init(line: line.number, text: "bad"))
                } else {
                    verdict.accepted += 1
                    seen.change { $0.append(text) }
                }
            }
            done(verdict)
        }

        func ended(source: Int) {}
    }

    private final class Harness {
        let loop = HTTPEventLoop()
        let lines = Lines()
        let budget: Budget
        let receiver: OTLPReceiver

        init(budget limit: Int = 24 << 20, maxBody: Int = 8 << 20) throws {
            var settings = HTTPListenerSettings(host: "127.0.0.1", port: 0, key: "receivers.otlp.http")
            settings.maxBody = maxBody
            budget = Budget(limit: limit)
            receiver = try OTLPReceiver(
                settings,
                budget: budget,
                on: loop,
                handler: TestHandler { _, answer in answer(.accepted()) },
                events: lines
            )
        }

        deinit {
            receiver.stop(within: .zero)
            loop.shutDown()
        }

        func answer(_ head: String, _ body: [UInt8]) throws -> (status: Int, text: String) {
            let client = try RawHTTPClient(port: receiver.port)
            client.send(Array(head.utf8) + body)
            let answer = try client.answer()
            return (answer.status, String(decoding: answer.body, as: UTF8.self))
        }

        func post(_ body: String) throws -> (status: Int, text: String) {
            try answer("POST /v1/agent-events HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n", Array(body.utf8))
        }
    }

    @Test func `the answer says how many lines were taken and which were not`() throws {
        let harness = try Harness()
        let some = try harness.post("{1}\n{bad}\n{2}")
        #expect(some.status == 200)
        #expect(some.text == "{\"accepted\":2,\"rejected\":1,\"errors\":[{\"line\":2,\"reason\":\"bad\"}]}\n")
        #expect(try harness.post("{bad}\n").status == 400)
        #expect(try harness.post("").status == 200)
        #expect(try harness.post("\n\n").status == 200)
        #expect(harness.lines.seen.value == ["{1}", "{2}"])
        #expect(harness.budget.usedBytes == 0)
        #expect(harness.receiver.counts.acceptedEventRequests == 3)
    }

    @Test func `a body may be longer than any that is gathered, and holds little memory`() throws {
        let harness = try Harness(budget: 2 << 20, maxBody: 64 << 10)
        let client = try RawHTTPClient(port: harness.receiver.port)
        let line = "{\(String(repeating: "x", count: 500))}\n"
        let chunk = String(repeating: line, count: 100)
        client.send("POST /v1/agent-events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<200 { client.send("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n") }
        client.send("0\r\n\r\n")
        let answer = try client.answer()
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == "{\"accepted\":20000,\"rejected\":0}\n")
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `no room is told at once, also while the body goes on`() throws {
        let harness = try Harness()
        harness.lines.fails.change { $0 = true }
        let client = try RawHTTPClient(port: harness.receiver.port)
        client.send("POST /v1/agent-events HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n")
        let line = "{\(String(repeating: "x", count: 500))}\n"
        client.send(String(repeating: line, count: 2000))
        let answer = try client.answer()
        #expect(answer.status == 503)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("no room"))
        #expect(try harness.post("{1}\n").status == 503)
    }

    @Test(arguments: [("GET", 405), ("PUT", 405)])
    func `only POST is taken`(method: String, status: Int) throws {
        let harness = try Harness()
        #expect(try harness.answer("\(method) /v1/agent-events HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", []).status == status)
    }

    @Test func `protobuf is sent to the right place`() throws {
        let harness = try Harness()
        let head = "POST /v1/agent-events HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"
        let answer = try harness.answer(head, [])
        #expect(answer.status == 415 && answer.text.contains("/v1/traces"))
    }

    @Test func `where nobody takes events there is no such place`() throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        client.send("POST /v1/agent-events HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        #expect(try client.answer().status == 404)
    }
}
