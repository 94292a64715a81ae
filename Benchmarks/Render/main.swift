// Measures how long a span takes on its way into each dialect, and what it takes as it is stored: one model call with a short conversation, and all captured requests.
//
// Arguments: captured requests (`*.otlp.pb`). Each row is the best of several runs on one core.

import BenchSupport
import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import Glibc

let options = UnderstandingOptions(callKey: CallKey(1, 2))

func row(_ name: String, _ nanoseconds: Double) { row(name, nanoseconds.rounded(), "ns/span") }

let call: [Attribute] = [
    Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
    Attribute("gen_ai.request.model", "gpt-4o-mini"), Attribute("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
    Attribute("gen_ai.response.id", "chatcmpl-a88e8c5cea0b51b29f4215e54df3a"), Attribute("gen_ai.usage.input_tokens", 80),
    Attribute("gen_ai.usage.output_tokens", 27), Attribute("gen_ai.usage.cache_read.input_tokens", 40),
    Attribute("gen_ai.response.finish_reasons", .array(["stop"])), Attribute("gen_ai.request.temperature", 0.2),
    Attribute("gen_ai.request.max_tokens", 200), Attribute("gen_ai.conversation.id", "conv-42"), Attribute("user.id", "user-7781"),
    Attribute("server.address", "api.example.com"), Attribute("server.port", 443), Attribute("app.ticket", "T-1042"),
    Attribute("gen_ai.system_instructions", #"[{"type":"text","content":"Answer briefly."}]"#),
    Attribute(
        "gen_ai.input.messages",
        .string(
            #"[{"role":"user","parts":[{"type":"text","content":"What is the weather in Lisbon, and how much is 100 EUR in USD?"}]},"#
                + #"{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"get_weather","arguments":{"city":"Lisbon"}}]},"#
                + #"{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":{"temp_c":21,"sky":"sunny"}}]}]"#
        )
    ),
    Attribute(
        "gen_ai.output.messages",
        #"[{"role":"assistant","parts":[{"type":"text","content":"It is 21 C and sunny in Lisbon."}],"finish_reason":"stop"}]"#
    ),
]
let records = (0..<500).map { number in
    var span = SpanRecord(
        traceID: TraceID(high: 7, low: UInt64(number + 1))!,
        spanID: SpanID(UInt64(number + 1))!,
        parentSpanID: SpanID(99),
        name: "chat gpt-4o-mini",
        startNanoseconds: 1_700_000_000_000_000_000,
        endNanoseconds: 1_700_000_001_000_000_000
    )
    span.kind = .client
    span.attributes = call
    return span
}
let received = TelemetryRecord(resource: [], scope: ScopeRecord(name: "bench"), items: .spans(records)).encoded()
let stored = understand(received, signal: .traces, options: options).payload
var captured: [[UInt8]] = []
for path in CommandLine.arguments.dropFirst() {
    captured.append(understand(try Files.read(path, limit: 64 << 20), signal: .traces, options: options).payload)
}
let capturedSpans = captured.reduce(0) { $0 + RequestView($1, signal: .traces).itemCount }

// What joining frames into a request costs: with nothing to say differently, no more than that.
func joined(_ payload: [UInt8]) -> Double {
    best {
        for _ in 0..<20 {
            var request = [UInt8]()
            request.append(contentsOf: payload)
        }
    } / 20 / 500
}
row("a copy of what is stored", joined(stored) * 1e9)
let asStored = best {
    for _ in 0..<20 {
        var request = [UInt8]()
        request.append(contentsOf: render(applying([], to: stored, signal: .traces), signal: .traces, Wording()))
    }
}
row("as_stored: without notes", asStored / 20 / 500 * 1e9)
// Each of them a run of its own, so that its totals are noted on it.
let runs = records.map { record in
    var run = record
    run.parentSpanID = nil
    return run
}
let storedRuns = understand(
    TelemetryRecord(resource: [], scope: ScopeRecord(name: "bench"), items: .spans(runs)).encoded(),
    signal: .traces,
    options: options
).payload
var table = SettleTable(SettleOptions())
table.take(SettleTable.Frame(sequence: 1, tenant: "", signal: .traces, items: 500, payload: storedRuns), arrival: 1)
table.finish()
var notes: [NotedItem] = []
while let settled = table.takeSettled(maxBytes: .max) {
    notes += settled.notes.map { NotedItem(item: $0.item, note: ItemNote($0.payload)) }
}
let noted = best { for _ in 0..<4 { _ = applying(notes, to: storedRuns, signal: .traces) } }
row("as_stored: \(notes.count) of 500 spans with notes", noted / 4 / 500 * 1e9)
let understood = best { for _ in 0..<4 { _ = understand(received, signal: .traces, options: options) } }
row("beside it, understanding them", understood / 4 / 500 * 1e9)
for dialect in RenderedDialect.allCases {
    let seconds = best { for _ in 0..<4 { _ = render(stored, signal: .traces, as: dialect) } } / 4 / 500
    row("\(dialect.rawValue): a call, \(call.count) attributes", seconds * 1e9)
}
if capturedSpans > 0 {
    for dialect in RenderedDialect.allCases {
        let seconds = best(5) { for payload in captured { _ = render(payload, signal: .traces, as: dialect) } }
        row("\(dialect.rawValue): all captured, \(capturedSpans) spans", seconds / Double(capturedSpans) * 1e9)
    }
}
