import CausewayModel
import Testing

@testable import Causeway

struct OTLPFileTests {
    private func read(_ text: String, signal: SignalName? = nil) throws(CausewayError) -> [OTLPFile.Request] {
        try OTLPFile(Array(text.utf8), name: "f", signal: signal).requests
    }

    @Test(
        arguments: [
            (#"{"resourceSpans":[]}"#, [.traces]), ("\n  {\"resourceLogs\": [{}]}\n", [.logs]),
            ("{\"resourceSpans\":[]}\n{\"resourceMetrics\":[]}\n\n{\"resourceLogs\":[]}\n", [.traces, .metrics, .logs]),
            (#"{"other":{"resourceLogs":[]},"resourceSpans":[{"a":"}{\"]["}]}"#, [.traces]),
            (#"{"resourceSpans":[]}{"resourceSpans":[]}"#, [.traces, .traces]),
        ] as [(String, [Signal])]
    )
    func `JSON requests are taken apart and their signals told`(_ text: String, _ signals: [Signal]) throws {
        let requests = try read(text)
        #expect(requests.map(\.signal) == signals)
        #expect(requests.allSatisfy { $0.isJSON && $0.contentType == "application/json" })
    }

    @Test(arguments: [
        ("", "f: empty; hand in an OTLP request"),
        (" \n", "f: empty; hand in an OTLP request"),
        ("{}", "f: request 1 has no resourceSpans, resourceMetrics or resourceLogs; name what it holds with --signal"),
        ("hello", "f: not recognised as OTLP; name what it holds with --signal"),
    ])
    func `what cannot be told is an error with what to do`(_ text: String, _ message: String) {
        do {
            _ = try read(text)
            Issue.record("it was read")
        } catch {
            #expect(error.message == message)
            #expect(error.code == .input)
        }
    }

    @Test(arguments: ["{\"resourceSpans\":[", "{\"resourceSpans\":[]} x", "{\"resourceSpans\":[]}}", "{\"a\":\"\\"])
    func `broken JSON is an error that says where`(_ text: String) {
        do {
            _ = try read(text)
            Issue.record("it was read")
        } catch {
            #expect(error.message.contains("is not JSON"))
        }
    }

    @Test func `the named signal counts where a file shows none`() throws {
        #expect(try read("{}", signal: .logs).map(\.signal) == [.logs])
        #expect(try read("x", signal: .logs) == [.init(signal: .logs, isJSON: false, body: Array("x".utf8))])
        #expect(throws: CausewayError.self) { try read("", signal: .logs) }
    }
}
