// Measures how long it takes to measure settled spans, and what series cost in the log.
//
// Arguments: captured requests (`*.otlp.pb`). Times are the best of several runs on one core.

import BenchSupport
import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics

func span(_ number: Int, _ attributes: [Attribute]) -> SpanRecord {
    var span = SpanRecord(
        traceID: TraceID(high: 7, low: UInt64(number + 1))!,
        spanID: SpanID(UInt64(number + 1))!,
        parentSpanID: SpanID(99),
        name: "chat",
        startNanoseconds: 1_700_000_000_000_000_000,
        endNanoseconds: 1_700_000_000_000_000_000 + UInt64(number % 1000 + 1) * 1_000_000
    )
    span.attributes = attributes
    return span
}

func request(_ spans: [SpanRecord]) -> [UInt8] {
    TelemetryRecord(resource: [Attribute("service.name", "bench")], scope: ScopeRecord(name: "bench"), items: .spans(spans)).encoded()
}

func measure(_ name: String, _ payloads: [[UInt8]], spans: Int) {
    var measurements = Measurements(derive: .on)
    var seconds = Double.infinity
    // Short runs, and many: what others do on the machine hardly matters to the shortest.
    for _ in 0..<200 {
        seconds = min(
            seconds,
            best(1) { for payload in payloads { measurements.take(payload, signal: .traces, tenant: "", receivedNanoseconds: 1) } }
        )
        measurements.written()
    }
    row(name, seconds * 1e9 / Double(spans), "ns/span")
}

let call = [
    Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
    Attribute("gen_ai.request.model", "gpt-4o-mini"), Attribute("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
    Attribute("gen_ai.usage.input_tokens", 79), Attribute("gen_ai.usage.output_tokens", 53), Attribute("causeway.step.type", "model_call"),
    Attribute("causeway.cost.total", 0.0001), Attribute("gen_ai.agent.name", "clerk"), Attribute("server.address", "api.example"),
    Attribute("server.port", 443), Attribute("gen_ai.conversation.id", "c-1"), Attribute("gen_ai.response.id", "r-1"),
    Attribute("gen_ai.request.temperature", 0.2), Attribute("causeway.source.dialect", "openinference"),
]
let tool = [
    Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", "search"), Attribute("gen_ai.tool.type", "function"),
    Attribute("causeway.step.type", "tool_call"), Attribute("gen_ai.agent.name", "clerk"), Attribute("gen_ai.tool.call.id", "call-1"),
    Attribute("causeway.tool.request.size", 40), Attribute("causeway.tool.response.size", 400),
]
measure("model calls", [request((0..<200).map { span($0, call) })], spans: 200)
measure("tool calls", [request((0..<200).map { span($0, tool) })], spans: 200)
let plain = [Attribute("http.method", "GET"), Attribute("url.path", "/")]
measure("spans of no agent", [request((0..<200).map { span($0, plain) })], spans: 200)

let options = UnderstandingOptions(callKey: CallKey(1, 2))
var payloads: [[UInt8]] = []
for path in CommandLine.arguments.dropFirst() {
    payloads.append(understand(try Files.read(path, limit: 64 << 20), signal: .traces, options: options).payload)
}
if !payloads.isEmpty {
    measure("all captured requests", payloads, spans: payloads.reduce(0) { $0 + RequestView($1, signal: .traces).itemCount })
}

var measurements = Measurements(maxSeries: 2000)
for number in 0..<666 {
    let named = tool.map { $0.key == "gen_ai.tool.name" ? Attribute("gen_ai.tool.name", .string("tool-\(number)")) : $0 }
    measurements.take(request([span(number, named)]), signal: .traces, tenant: "", receivedNanoseconds: 1)
}
let frames = measurements.frames(startNanoseconds: 1, timeNanoseconds: 2, instance: "0123456789abcdef")
let changed = frames.reduce(0) { $0 + $1.items }
row("bytes in the log of a series that has changed", Double(frames.reduce(0) { $0 + $1.payload.count }) / Double(changed), "bytes")
measurements.written()
let idle = measurements.frames(startNanoseconds: 2, timeNanoseconds: 3, instance: "0123456789abcdef").reduce(0) { $0 + $1.payload.count }
row("bytes in the log of \(measurements.seriesCount) that have not", Double(idle), "bytes")
var conversion = MetricConversion(to: .cumulative)
for frame in frames { _ = conversion.converted(frame.payload, tenant: frame.tenant) }
let state = measurements.state + conversion.state
row("what a restart has to know of them", Double(state.count), "bytes")
row("the same as it is kept, once after a change", Double(Compressor(.zstd, level: 3).compressed(state).count), "bytes")
