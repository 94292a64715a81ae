import CausewayModel
import CausewayOTLP
import Foundation
import Testing

@testable import CausewayConsole

/// What a person sees.
struct TraceTreeTextTests {
    @Test func `the example run reads as it should`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let example = try [UInt8](Data(contentsOf: root.appending(path: "examples/agent-run.otlp.json")))
        let payload = try OTLPJSON.protobuf(fromJSON: example, signal: .traces).payload
        let admitted = try admit(payload, signal: .traces)
        #expect(admitted.payload == payload)
        #expect(admitted.items == 8)
        var trees = TraceTrees()
        trees.add(payload)
        #expect(trees.trees.count == 1)
        #expect(
            text(try #require(trees.trees.first)) == """
                trace 7d1f6a0c52e84b3f9a60c1d2e3f40516  2026-03-02T09:14:07.120Z  8.93 s
                8 spans · 2 model calls · 3 tool calls · 1 retry · 1 failed · 3,029 tokens in, 343 out
                ◆ agent invoke_agent support-agent                 8.93 s  Σ 3,029 in  Σ 343 out                         ok
                ├─ ≡ plan plan support-agent                       1.92 s                                                ok
                │  └─ ✦ model chat gpt-5-mini                      1.91 s    1,204 in    187 out  gpt-5-mini-2025-08-07  ok
                ├─ ⚙ tool execute_tool lookup_order                312 ms                                                ok
                ├─ ⚙ tool execute_tool track_shipment (attempt 1)  3.00 s                                                ERROR timeout: \
                the carrier's tracking service did not answer within 3000 ms
                ├─ ⚙ tool execute_tool track_shipment (attempt 2)  640 ms                                                ok
                ├─ ⚙ tool execute_tool search_policies             335 ms                                                ok
                └─ ✦ model chat gpt-5-mini                         2.42 s    1,825 in    156 out  gpt-5-mini-2025-08-07  ok

                """
        )
    }

    @Test func `orphans, circles, repeats, retries and outcomes are marked`() throws {
        let tree = try Spans.tree([
            Spans.span(1, name: "root", start: 1, length: 2_000_000, attributes: ["causeway.outcome": "'partial"]),
            Spans.span(
                2,
                parent: 1,
                name: "call",
                start: 2,
                attributes: ["causeway.retry.count": "2", "causeway.retry.exhausted": "true"]
            ),
            Spans.span(2, parent: 1, name: "call", start: 2), Spans.span(3, parent: 9, name: "lost", start: 3),
            Spans.span(4, parent: 4, name: "self", start: 4, attributes: ["causeway.duplicate_of": "'x"]),
        ])
        #expect(
            text(tree) == """
                trace 00000000000000000000000000000001  1970-01-01T00:00:00.000Z  2.00 ms
                4 spans · 0 model calls · 0 tool calls · 2 retries · none failed
                · step root                                                      2.00 ms  ok (partial)
                └─ · step call (2 retries, retries exhausted, received 2 times)     1 ns  ok
                · step lost (parent 0000000000000009 missing)                       1 ns  ok
                · step self (counted elsewhere, parents form a circle)              1 ns  ok

                """
        )
    }

    @Test func `nothing in telemetry reaches the terminal as a control character`() throws {
        let evil = #"a\u001b[31m\u0007\r\nb\u009b2J\u202ec\u2028d\u007f"#
        let tree = try Spans.tree([
            Spans.span(
                1,
                name: evil,
                start: 1,
                attributes: [
                    "error.type": "'" + evil, "gen_ai.request.model": "'" + evil, "causeway.cost.total": "1.0",
                    "causeway.cost.currency": "'" + evil,
                ],
                status: #"{"code":2,"message":"\#(evil)"}"#
            ),
            Spans.span(2, name: "x", start: 2, attributes: ["causeway.outcome": "'" + evil]),
        ])
        let text = text(tree)
        #expect(text.contains("a␛[31m␇␍␊b\u{FFFD}2J\u{FFFD}c\u{FFFD}d␡"))
        let raw = text.unicodeScalars.filter {
            $0 != "\n" && ($0.value < 0x20 || 0x7F...0x9F ~= $0.value || $0 == "\u{202E}" || $0 == "\u{2028}")
        }
        #expect(raw.isEmpty)
        #expect(text.split(separator: "\n").count == 4)
    }

    @Test func `colour is added to failures and to nothing else that a reader needs`() throws {
        let tree = try Spans.tree([Spans.span(1, name: "x", start: 1, status: #"{"code":2,"message":"no"}"#)])
        let plain = text(tree)
        let coloured = TraceTreeText(colour: true).text(tree)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[31mERROR: no\u{1B}[0m"))
        #expect(coloured.replacing(/\u{1B}\[[0-9]*m/, with: "") == plain)
    }

    @Test func `colour needs a terminal and no NO_COLOR`() {
        #expect(TraceTreeText.wantsColour(isTerminal: true, noColor: nil))
        #expect(TraceTreeText.wantsColour(isTerminal: true, noColor: ""))
        #expect(!TraceTreeText.wantsColour(isTerminal: true, noColor: "1"))
        #expect(!TraceTreeText.wantsColour(isTerminal: false, noColor: nil))
    }

    @Test func `columns line up behind wide characters, long names are shortened`() throws {
        let tree = try Spans.tree([
            Spans.span(1, name: "東京🚂é", start: 1), Spans.span(2, name: String(repeating: "long ", count: 40), start: 2),
        ])
        let lines = text(tree).split(separator: "\n").dropFirst(2)
        #expect(Set(lines.map { TerminalText.width(String($0)) }).count == 1)
        #expect(lines.last?.contains("…") == true)
    }

    @Test func `deep steps say how deep they are instead of moving out of sight`() throws {
        let tree = try Spans.tree((1...40).map { Spans.span($0, parent: $0 == 1 ? nil : $0 - 1, name: "s", start: $0) })
        let lines = text(tree).split(separator: "\n")
        #expect(lines[41].hasPrefix("⋯39 └─ · step s"))
        #expect(lines.allSatisfy { TerminalText.width(String($0)) < 120 })
    }

    @Test(
        arguments: [
            (nil, "?"), (0, "0 ns"), (999, "999 ns"), (1_000, "1.00 µs"), (312_400, "312 µs"), (48_190_000, "48.1 ms"),
            (999_999_999, "999 ms"), (1_000_000_000, "1.00 s"), (59_999_000_000, "59.9 s"), (60_000_000_000, "1 m 00 s"),
            (185_000_000_000, "3 m 05 s"), (3_720_000_000_000, "1 h 02 m"), (360_000_000_000_000, "100 h 00 m"),
        ] as [(UInt64?, String)]
    )
    func `durations have the unit that fits`(nanoseconds: UInt64?, text: String) {
        #expect(TraceTreeText.duration(nanoseconds) == text)
    }

    @Test(
        arguments: [
            (0, "$0.00"), (12.4, "$12.40"), (0.25, "$0.25"), (0.0031, "$0.0031"), (0.00999, "$0.0100"), (0.000_000_123, "$0.00000012"),
            (1234.567, "$1234.57"), (-0.5, "-$0.50"),
        ] as [(Double, String)]
    )
    func `small amounts keep two digits that say something`(amount: Double, text: String) {
        #expect(TraceTreeText.money(amount, "USD") == text)
        #expect(TraceTreeText.money(1.5, "EUR") == "1.50 EUR")
    }

    @Test func `a span that ends before it starts has no duration`() throws {
        let tree = try Spans.tree([
            #"{"traceId":"00000000000000000000000000000001","spanId":"0000000000000001","startTimeUnixNano":"9","endTimeUnixNano":"3"}"#
        ])
        #expect(tree.rows[0].step.durationNanoseconds == nil)
        #expect(text(tree).contains("?"))
    }

    private func text(_ tree: TraceTree) -> String { TraceTreeText(colour: false).text(tree) }
}
