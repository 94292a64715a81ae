import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// What is remembered from item to item changes nothing about any of them.
struct FactsTests {
    /// Spans with the same keys in the same order, whose values say different things; and such as differ from these in one key.
    private static let kinds: [[Attribute]] = [
        [Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.system", "openai"), Attribute("gen_ai.request.model", "gpt-4o")],
        [Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.system", "mcp"), Attribute("gen_ai.request.model", "null")],
        [Attribute("gen_ai.operation.name", 7), Attribute("gen_ai.system", .array(["openai"])), Attribute("gen_ai.request.model", "m")],
        [Attribute("openinference.span.kind", "LLM"), Attribute("llm.model_name", "gpt-4o"), Attribute("input.value", "hi")],
        [Attribute("openinference.span.kind", "TOOL"), Attribute("llm.model_name", ""), Attribute("input.value", "{\"a\":1}")],
        [Attribute("http.request.method", "GET"), Attribute("server.address", "a"), Attribute("url.path", "/")],
        [Attribute("http.request.method", "GET"), Attribute("server.address", "a"), Attribute("llm.user", "/")],
        [Attribute("type", "llm"), Attribute("model", "x"), Attribute("input", "y")],
        [Attribute("llm.input_messages.0.message.role", "user"), Attribute("llm.input_messages.0.message.content", "hi")],
        [Attribute("llm.input_messages.0.message.content", "hi"), Attribute("llm.input_messages.0.message.role", "user")],
        [Attribute("traceloop.span.kind", "tool"), Attribute("traceloop.entity.name", "t"), Attribute("traceloop.entity.input", "{}")],
        [Attribute("traceloop.span.kind", "workflow"), Attribute("traceloop.entity.name", "t"), Attribute("traceloop.entity.input", "{}")],
        [],
        [Attribute("gen_ai.usage.input_tokens", 1), Attribute("gen_ai.usage.output_tokens", 2)],
        [Attribute("gen_ai.usage.output_tokens", 1), Attribute("gen_ai.usage.input_tokens", 2)],
        (0..<80).map { Attribute("gen_ai.prompt.\($0).content", .string("text \($0)")) },
    ]

    private func record(_ number: Int) -> SpanRecord {
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: 2)!,
            spanID: SpanID(3)!,
            parentSpanID: SpanID(4),
            name: "work",
            startNanoseconds: 1_000_000_000,
            endNanoseconds: 3_000_000_000
        )
        span.attributes = Self.kinds[number]
        return span
    }

    private func understood(_ spans: [SpanRecord]) -> [[Attribute]] {
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "test"), items: .spans(spans)).encoded()
        let after = understand(payload, signal: .traces, options: Changes.options).payload
        return Changes.items(after, .traces).map(\.attributes)
    }

    @Test func `a span is understood as if it were alone, whatever came before it`() {
        let alone = Self.kinds.indices.map { understood([record($0)])[0] }
        // Every pair, twice in a row and one after the other.
        var order: [Int] = []
        for first in Self.kinds.indices {
            for second in Self.kinds.indices { order += [first, second, second, first] }
        }
        let together = understood(order.map { record($0) })
        #expect(together.count == order.count)
        for (place, kind) in order.enumerated() { #expect(together[place] == alone[kind], "span \(place) of kind \(kind)") }
    }

    @Test func `a resource and a scope that support a dialect do so for their own spans alone`() {
        let beside = record(5)
        let named = { (scope: String) in
            TelemetryRecord(resource: [], scope: ScopeRecord(name: scope), items: .spans([beside, beside])).encoded()
        }
        for scope in ["openinference.instrumentation.langchain", "gcp.vertex.agent", "Experimental.Microsoft.Extensions.AI", "x"] {
            let (before, after) = (named("x"), named(scope))
            func count(_ payload: [UInt8]) -> [String: Int] { understand(payload, signal: .traces, options: Changes.options).items }
            let (one, two) = (count(before), count(after))
            // Requests put together are one request.
            #expect(count(before + after + before) == one.merging(two, uniquingKeysWith: +).merging(one, uniquingKeysWith: +))
        }
    }
}
