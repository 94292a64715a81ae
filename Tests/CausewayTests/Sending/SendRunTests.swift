import CausewayModel
import Testing

@testable import Causeway

struct SendRunTests {
    private let request = OTLPFile.Request(signal: .traces, isJSON: true, body: Array("{}".utf8))

    private func send(
        _ requests: [OTLPFile.Request],
        _ answers: [SendRun.Answer]
    ) -> (failure: String?, pauses: [Duration], reports: [String], sent: Int) {
        var answers = answers[...]
        var pauses: [Duration] = []
        var reports: [String] = []
        var sent = 0
        var failure: String?
        do throws(CausewayError) {
            try SendRun().send(
                requests,
                to: EndpointURL("http://127.0.0.1:4318")!,
                post: { (_, _) throws(CausewayError) in
                    sent += 1
                    return answers.popFirst() ?? SendRun.Answer(status: 503)
                },
                pause: { pauses.append($0) },
                report: { reports.append($0) }
            )
        } catch {
            failure = "\(error.code) \(error.message)"
        }
        return (failure, pauses, reports, sent)
    }

    @Test func `a bridge that asks to wait is waited for as long as it says`() {
        let result = send([request], [.init(status: 503, retryAfter: .seconds(2)), .init(status: 429), .init(status: 200)])
        #expect(result.failure == nil)
        #expect(result.pauses == [.seconds(2), .milliseconds(500)])
    }

    @Test func `tries are bounded`() {
        let result = send([request], [])
        #expect(result.sent == 8)
        #expect(result.failure == "unavailable http://127.0.0.1:4318/v1/traces: answered 503 8 times; try again later")
    }

    @Test func `a wait beyond patience is not waited for`() {
        let result = send([request], [.init(status: 503, retryAfter: .seconds(3600), text: "disk full")])
        #expect(result.sent == 1)
        #expect(
            result.failure
                == "unavailable http://127.0.0.1:4318/v1/traces: answered 503 (disk full) and asks to come back in 1h; try again then"
        )
    }

    @Test func `a refusal is told with the bridge's words and what was sent before is not sent again`() {
        let result = send([request, request], [.init(status: 200), .init(status: 400, text: "no \u{1b}[1mJSON\nmore")])
        #expect(result.sent == 2)
        #expect(result.failure == "input http://127.0.0.1:4318/v1/traces: request 2 of 2: answered 400 (no \\u001b[1mJSON)")
    }

    @Test func `items that were not taken are told`() {
        let result = send([request], [.init(status: 200, text: "zero ids", rejectedItems: 2)])
        #expect(result.failure == nil)
        #expect(result.reports == ["http://127.0.0.1:4318/v1/traces: 2 spans not taken: zero ids"])
    }
}
