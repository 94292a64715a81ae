import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// What all dialects have in common on the way out.
struct RenderingTests {
    @Test(arguments: RenderedDialect.allCases)
    func `the items of a captured request are the same ones in the same order`(dialect: RenderedDialect) throws {
        for (capture, stored) in StoredCorpus.all {
            let rendered = render(stored, signal: capture.signal, as: dialect)
            #expect(Changes.items(rendered, capture.signal).map(\.name) == Changes.items(stored, capture.signal).map(\.name), "\(capture)")
            let admitted = try admit(rendered, signal: capture.signal)
            #expect(admitted.payload == rendered && admitted.refused == 0, "\(capture)")
        }
    }

    @Test(arguments: RenderedDialect.allCases)
    func `a span that is no agent's stays byte for byte`(dialect: RenderedDialect) {
        let payload = Requests.span(
            "GET /",
            [
                Attribute("http.request.method", "GET"), Attribute("user.id", "u"), Attribute("session.id", "browser"),
                Attribute("input.value", "x"), Attribute("metadata", "{}"),
            ]
        )
        #expect(render(payload, signal: .traces, as: dialect) == payload)
        // Also beside one that is.
        let agents = understand(Requests.span("chat", Spans.chat), signal: .traces, options: Changes.options).payload
        let rendered = render(agents + payload, signal: .traces, as: dialect)
        #expect(rendered == render(agents, signal: .traces, as: dialect) + payload)
    }

    @Test(arguments: RenderedDialect.allCases)
    func `no attribute is there twice, and what is nobody's stays`(dialect: RenderedDialect) throws {
        for (capture, stored) in StoredCorpus.all where capture.signal == .traces {
            let (before, after) = (Changes.items(stored, .traces), Changes.items(render(stored, signal: .traces, as: dialect), .traces))
            for (old, new) in zip(before, after) {
                let twice = Dictionary(grouping: new.attributes, by: \.key).filter { $0.value.count > 1 }.keys
                let already = Dictionary(grouping: old.attributes, by: \.key).filter { $0.value.count > 1 }.keys
                #expect(Set(twice).subtracting(already).isEmpty, "\(capture) \(old.name): \(twice)")
                for attribute in old.attributes where !Self.isCanonical(attribute.key) {
                    #expect(new.attributes.contains(attribute), "\(capture) \(old.name): \(attribute.key)")
                }
            }
        }
    }

    /// Keys that rendering may take away: canonical ones, and what said of which kind a value was that is written anew.
    private static func isCanonical(_ key: String) -> Bool {
        key.hasPrefix("gen_ai.") || key.hasPrefix("causeway.") || key.hasPrefix("openai.") || key.hasSuffix("put.mime_type")
    }

    @Test(arguments: RenderedDialect.allCases)
    func `an attribute in the dialect's own words wins over what would be made of canonical ones`(dialect: RenderedDialect) {
        let own: [Attribute] = [
            Attribute("input.value", "mine"), Attribute("langfuse.observation.input", "mine"), Attribute("mlflow.spanInputs", "\"mine\""),
            Attribute("traceloop.entity.name", "mine"), Attribute("langsmith.metadata.user_id", "mine"),
        ]
        var record = Spans.chat
        record += own
        let payload = Requests.span("chat", record)
        let span = RenderedSpan(dialect, stored: payload)
        for attribute in own { #expect(span[attribute.key] == attribute.value, "\(attribute.key)") }
    }

    @Test(arguments: RenderedDialect.allCases)
    func `what was understood once is not understood again behind another bridge`(dialect: RenderedDialect) throws {
        for (capture, stored) in StoredCorpus.all {
            let rendered = render(stored, signal: capture.signal, as: dialect)
            #expect(understand(rendered, signal: capture.signal, options: Changes.options).payload == rendered, "\(capture)")
        }
    }

    @Test(arguments: RenderedDialect.allCases)
    func `broken content does no harm`(dialect: RenderedDialect) {
        let values: [AttributeValue] = [
            "", "{", "[1", "[1]", "[{}]", "[{\"role\":1,\"parts\":{}}]", "[{\"role\":\"user\",\"parts\":[1,null,\"x\",{}]}]", "[[[[",
            "null",
            .int(-1), .int(.max), .double(.nan), .double(.infinity), .array(["a", .int(1)]), .map([Attribute("a", .empty)]), .bytes([0]),
            .empty, .bool(true),
        ]
        for value in values {
            for base in [Spans.chat, Spans.tool, Spans.retrieval, Spans.agent] {
                let broken = base.map { $0.key == "gen_ai.operation.name" ? $0 : Attribute($0.key, value) }
                #expect(RenderedSpan(dialect, stored: Requests.span("work", broken)).attributes.isEmpty == false)
            }
        }
    }

    @Test(arguments: RenderedDialect.allCases)
    func `rendering the same twice gives the same`(dialect: RenderedDialect) {
        let stored = understand(Requests.span("chat", Spans.chat), signal: .traces, options: Changes.options).payload
        #expect(render(stored, signal: .traces, as: dialect) == render(stored, signal: .traces, as: dialect))
    }

    @Test(arguments: [nil, RenderedDialect.genAI1, .genAI2, .genAI3, .openLLMetry])
    func `where tokens are added up, only spans that count have them`(dialect: RenderedDialect?) {
        let wording = Wording(
            dialect: dialect,
            copied: [("gen_ai.usage.input_tokens", "board.tokens"), ("causeway.cost.total", "board.cost")],
            countsOnce: true
        )
        func keys(_ attributes: [Attribute]) -> Set<String> {
            let stored = Requests.span("work", attributes + [Attribute("causeway.cost.total", 0.5)])
            return Set(Changes.items(render(stored, signal: .traces, wording), .traces)[0].attributes.map(\.key))
        }
        let counted = keys(Spans.chat)
        #expect(counted.isSuperset(of: ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "board.tokens", "board.cost"]))
        for more in [Attribute("causeway.usage.rollup", true), Attribute("causeway.duplicate_of", "00f067aa0ba902b7")] {
            let sum = keys(Spans.chat + [more])
            #expect(sum.filter { $0.hasPrefix("gen_ai.usage.") || $0.hasPrefix("board.") } == [])
            #expect(sum.contains("causeway.cost.total"))
        }
        #expect(!keys(Spans.agent).contains { $0.hasPrefix("gen_ai.usage.") || $0.hasPrefix("board.") })
    }
}
