import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// A dialect that nobody speaks, in as few lines as one takes.
private enum Toy: Dialect {
    static let name = "toy"
    static let signs: [Sign] = [.key("toy.kind")]
    static let rules: [Rule] = [
        Rule("toy.llm", .requestModel, .model),
        Rule("toy.tokens.in", .inputTokens),
        Rule("toy.first_ms", .timeToFirstChunk, .milliseconds),
        Rule("toy.chat", .inputMessages),
    ]

    static func complete(_ facts: inout Facts) {
        if facts.text("toy.kind") == "ask" {
            facts.set(.chat)
            facts.drop("toy.kind")
        }
    }
}

struct DialectTests {
    private static let index = DialectIndex([Toy.self] + dialects)

    private func understood(_ attributes: [Attribute]) -> [Attribute] {
        let payload = Requests.span("work", attributes)
        let after = understand(payload, signal: .traces, options: Changes.options, index: Self.index)
        return Changes.items(after.payload, .traces)[0].attributes
    }

    @Test func `a dialect is one type and one place in the list`() {
        let attributes = understood([
            Attribute("toy.kind", "ask"), Attribute("toy.llm", "gpt-4o"), Attribute("toy.tokens.in", "12"), Attribute("toy.first_ms", 250),
            Attribute("toy.chat", "hello"), Attribute("toy.mood", "good"),
        ])
        #expect(attributes.contains(Attribute("gen_ai.operation.name", "chat")))
        #expect(attributes.contains(Attribute("gen_ai.request.model", "gpt-4o")))
        #expect(attributes.contains(Attribute("gen_ai.provider.name", "openai")))
        #expect(attributes.contains(Attribute("gen_ai.usage.input_tokens", 12)))
        #expect(attributes.contains(Attribute("gen_ai.response.time_to_first_chunk", 0.25)))
        #expect(
            attributes.contains(
                Attribute("gen_ai.input.messages", #"[{"role":"user","parts":[{"type":"text","content":"hello"}]}]"#)
            )
        )
        #expect(attributes.contains(Attribute("causeway.source.dialect", "toy")))
        // What it does not know stays, what it said goes.
        #expect(attributes.contains(Attribute("toy.mood", "good")))
        #expect(!attributes.contains { ["toy.kind", "toy.llm", "toy.tokens.in", "toy.first_ms", "toy.chat"].contains($0.key) })
    }

    @Test func `a value that is not understood stays under its own key`() {
        let attributes = understood([Attribute("toy.kind", "ask"), Attribute("toy.tokens.in", "many")])
        #expect(attributes.contains(Attribute("toy.tokens.in", "many")))
        #expect(!attributes.contains { $0.key == "gen_ai.usage.input_tokens" })
    }

    @Test func `the first dialect in the list is the source and others fill the gaps`() {
        let attributes = understood([
            Attribute("gen_ai.usage.prompt_tokens", 7), Attribute("gen_ai.usage.completion_tokens", 3), Attribute("toy.kind", "ask"),
            Attribute("toy.tokens.in", 5),
        ])
        #expect(attributes.contains(Attribute("causeway.source.dialect", "toy")))
        #expect(attributes.contains(Attribute("gen_ai.usage.input_tokens", 5)))
        #expect(attributes.contains(Attribute("gen_ai.usage.output_tokens", 3)))
        // It says something else, so it is kept.
        #expect(attributes.contains(Attribute("gen_ai.usage.prompt_tokens", 7)))
    }

    @Test func `a span that no agent made leaves byte for byte as it came, also beside one that an agent made`() {
        let plain = Requests.span(
            "GET /",
            [Attribute("http.request.method", "GET"), Attribute("user.id", "u"), Attribute("session.id", "s")]
        )
        #expect(understand(plain, signal: .traces, options: Changes.options).payload == plain)
        let both = plain + Requests.span("chat", [Attribute("gen_ai.operation.name", "chat")])
        let after = understand(both, signal: .traces, options: Changes.options)
        #expect(after.payload != both)
        #expect(Array(after.payload.prefix(plain.count)) == plain)
        #expect(after.items == ["otel_genai": 1])
    }

    @Test func `what was understood once is left alone`() {
        let payload = Requests.span("chat", [Attribute("gen_ai.system", "openai"), Attribute("gen_ai.operation.name", "chat")])
        let once = understand(payload, signal: .traces, options: Changes.options)
        #expect(once.items == ["otel_genai": 1])
        let twice = understand(once.payload, signal: .traces, options: Changes.options)
        #expect(twice.payload == once.payload)
        #expect(twice.items.isEmpty)
        let scope = RequestView(once.payload, signal: .traces).resourceEntries[0].scopeEntries(once.payload)[0]
        #expect(scope.attributes.value("causeway.understood", once.payload) == .int(1))
    }
}

/// Requests made for tests.
enum Requests {
    static func span(
        _ name: String,
        _ attributes: [Attribute],
        events: [EventRecord] = [],
        status: StatusRecord = StatusRecord(),
        isRoot: Bool = false
    ) -> [UInt8] {
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: 2)!,
            spanID: SpanID(3)!,
            parentSpanID: isRoot ? nil : SpanID(4),
            name: name,
            startNanoseconds: 1_000_000_000,
            endNanoseconds: 3_000_000_000
        )
        span.attributes = attributes
        span.events = events
        span.status = status
        return TelemetryRecord(resource: [], scope: ScopeRecord(name: "test"), items: .spans([span])).encoded()
    }
}
