// Measures how long understanding takes: spans without content, content of every shape, and all captured requests in a loop.
//
// Arguments: captured requests (`*.otlp.pb`). Each row is the best of several runs on one core.

import BenchSupport
import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CountingAllocator
import Glibc

let options = UnderstandingOptions(callKey: CallKey(1, 2))

func request(_ spans: Int, _ attributes: (Int) -> [Attribute]) -> [UInt8] {
    let records = (0..<spans).map { number in
        var span = SpanRecord(
            traceID: TraceID(high: 7, low: UInt64(number + 1))!,
            spanID: SpanID(UInt64(number + 1))!,
            parentSpanID: SpanID(99),
            name: "chat gpt-4o-mini",
            startNanoseconds: 1_700_000_000_000_000_000,
            endNanoseconds: 1_700_000_001_000_000_000
        )
        span.kind = .client
        span.attributes = attributes(number)
        return span
    }
    return TelemetryRecord(resource: [], scope: ScopeRecord(name: "bench"), items: .spans(records)).encoded()
}

/// Without arguments everything is measured; `spans` or `content` as the first one measures only that.
let chosen = CommandLine.arguments.dropFirst().first

func spans(_ name: String, _ attributes: [Attribute]) {
    guard chosen != "content" else { return }
    let payload = request(500) { _ in attributes }
    let seconds = best { for _ in 0..<4 { _ = understand(payload, signal: .traces, options: options) } } / 4 / 500
    row("\(name), \(attributes.count) attributes", seconds * 1e9, "ns/span")
    row("", seconds * 1e9 / Double(attributes.count), "ns/attribute")
    row(
        "",
        allocations { _ = understand(payload, signal: .traces, options: options) } / 500,
        "allocations/span"
    )
}

/// How often memory is asked for, once everything that is made only once is there.
func allocations(_ body: () -> Void) -> Double {
    body()
    let before = allocation_count()
    body()
    return Double(allocation_count() - before)
}

func content(_ name: String, _ bytes: Int, _ attributes: [Attribute]) {
    guard chosen != "spans" else { return }
    let payload = request(4) { _ in attributes }
    let seconds = best { for _ in 0..<5 { _ = understand(payload, signal: .traces, options: options) } } / 5
    row(name, Double(bytes * 4) / 1e6 / seconds, "MB/s of content")
}

let conventions: [Attribute] = [
    Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
    Attribute("gen_ai.request.model", "gpt-4o-mini"), Attribute("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
    Attribute("gen_ai.response.id", "chatcmpl-a88e8c5cea0b51b29f4215e54df3a"), Attribute("gen_ai.usage.input_tokens", 80),
    Attribute("gen_ai.usage.output_tokens", 27), Attribute("gen_ai.usage.cache_read.input_tokens", 40),
    Attribute("gen_ai.response.finish_reasons", .array(["stop"])), Attribute("gen_ai.request.temperature", 0.2),
    Attribute("gen_ai.request.max_tokens", 200), Attribute("gen_ai.conversation.id", "conv-42"), Attribute("user.id", "user-7781"),
    Attribute("server.address", "api.example.com"), Attribute("server.port", 443), Attribute("openai.response.service_tier", "default"),
    Attribute("http.request.method", "POST"), Attribute("app.ticket", "T-1042"), Attribute("app.release", "2026.11.2"),
    Attribute("gen_ai.request.seed", 7),
]
let openInference: [Attribute] = [
    Attribute("openinference.span.kind", "LLM"), Attribute("llm.system", "openai"), Attribute("llm.model_name", "gpt-4o-mini-2024-07-18"),
    Attribute("llm.token_count.prompt", 80), Attribute("llm.token_count.completion", 27), Attribute("llm.token_count.total", 107),
    Attribute("llm.token_count.prompt_details.cache_read", 40), Attribute("llm.token_count.prompt_details.audio", 0),
    Attribute("llm.token_count.completion_details.reasoning", 0), Attribute("llm.token_count.completion_details.audio", 0),
    Attribute("llm.finish_reason", "stop"), Attribute("session.id", "conv-42"), Attribute("user.id", "user-7781"),
    Attribute("input.mime_type", "application/json"), Attribute("output.mime_type", "application/json"),
    Attribute("metadata", "x"), Attribute("app.ticket", "T-1042"), Attribute("app.release", "2026.11.2"),
    Attribute("app.region", "eu"), Attribute("app.cell", "c7"),
]
let plain: [Attribute] = (0..<20).map { Attribute("http.request.header.x-number-\($0)", .string("value \($0)")) }

// `prices FILE` measures prices alone, with a published file.
if chosen == "prices" {
    try measurePrices(conventions, file: CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : nil)
    exit(0)
}
spans("conventions (G2)", conventions)
spans("OpenInference", openInference)
spans("no agent's", plain)
if chosen != "content" { try measurePrices(conventions, file: nil) }

let sentence =
    "The quick brown fox jumps over the lazy dog and asks for a refund of its delayed flight; nothing \\\"special\\\" happens.\\n"
let long = String(repeating: sentence, count: 400)
let text = String(repeating: sentence.replacing("\\\"", with: "'").replacing("\\n", with: "\n"), count: 400)
let turns = 10
let openAI =
    "[" + (0..<turns).map { #"{"role":"\#($0 % 2 == 0 ? "user" : "assistant")","content":"\#(long)"}"# }.joined(separator: ",") + "]"
let parts =
    "["
    + (0..<turns).map { #"{"role":"\#($0 % 2 == 0 ? "user" : "assistant")","parts":[{"type":"text","content":"\#(long)"}]}"# }
    .joined(separator: ",") + "]"
let head = [Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.request.model", "gpt-4o-mini")]
content("OpenAI messages", openAI.utf8.count, head + [Attribute("gen_ai.input.messages", .string(openAI))])
content("the conventions' messages", parts.utf8.count, head + [Attribute("gen_ai.input.messages", .string(parts))])
content(
    "flattened messages",
    text.utf8.count * turns,
    head
        + (0..<turns).flatMap {
            [
                Attribute("llm.input_messages.\($0).message.role", "user"),
                Attribute("llm.input_messages.\($0).message.content", .string(text)),
            ]
        }
)
content("tool result", openAI.utf8.count, [Attribute("gen_ai.tool.name", "t"), Attribute("gen_ai.tool.call.result", .string(openAI))])

var payloads: [[UInt8]] = []
for path in CommandLine.arguments.dropFirst() where path != "spans" && path != "content" {
    payloads.append(try Files.read(path, limit: 64 << 20))
}
if !payloads.isEmpty {
    let bytes = payloads.reduce(0) { $0 + $1.count }
    let count = payloads.reduce(0) { $0 + RequestView($1, signal: .traces).itemCount }
    let seconds = best { for payload in payloads { _ = understand(payload, signal: .traces, options: options) } }
    row("all captured requests, \(count) spans", seconds * 1e9 / Double(count), "ns/span")
    row("", Double(bytes) / 1e6 / seconds, "MB/s")
    let asked = allocations {
        for payload in payloads { _ = understand(payload, signal: .traces, options: options) }
    }
    row("", asked / Double(count), "allocations/span")
}
