import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// The three generations of the conventions on the way out.
struct GenAIRenderingTests {
    @Test func `the first generation has the system's name and an event for each message`() {
        let span = RenderedSpan(.genAI1, Spans.chat)
        #expect(span["gen_ai.system"] == "openai")
        #expect(span["gen_ai.provider.name"] == nil)
        #expect(span["gen_ai.usage.cache_read_input_tokens"] == 30)
        #expect(span["gen_ai.usage.cache_creation_input_tokens"] == 20)
        #expect(span["gen_ai.input.messages"] == nil)
        #expect(span.events.map(\.name) == ["gen_ai.system.message", "gen_ai.user.message", "gen_ai.choice"])
        #expect(span.events[0].attributes.contains(Attribute("content", "Be brief.")))
        #expect(span.events[1].attributes == [Attribute("role", "user"), Attribute("content", "How long is a refund?")])
        #expect(span.events[1].timeNanoseconds == 1_000_000_000)
        #expect(span.events[2].timeNanoseconds == 3_000_000_000)
        #expect(span.events[2].attributes[..<2] == [Attribute("index", 0), Attribute("finish_reason", "stop")])
    }

    @Test func `calls of tools and their results are messages of the first generation too`() {
        let span = RenderedSpan(
            .genAI1,
            [
                Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.input.messages", .string(Spans.conversation)),
                Attribute("gen_ai.output.messages", .string(Spans.called)),
            ]
        )
        #expect(span.events.map(\.name) == ["gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.choice"])
        #expect(
            span.events[1].attributes.contains(
                Attribute("tool_calls", #"[{"id":"c1","type":"function","function":{"name":"find","arguments":"{\"q\":\"refund\"}"}}]"#)
            )
        )
        #expect(span.events[2].attributes.contains(Attribute("id", "c1")))
        #expect(span.events[2].attributes.contains(Attribute("content", #"{"days":5}"#)))
        #expect(span.events[3].attributes.contains(Attribute("finish_reason", "tool_calls")))
    }

    @Test(arguments: [("x_ai", "xai"), ("gcp.vertex_ai", "vertex_ai"), ("azure.ai.openai", "az.ai.openai"), ("openai", "openai")])
    func `providers have the names of their time`(name: String, system: String) {
        let span = RenderedSpan(.genAI1, [Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", .string(name))])
        #expect(span.text("gen_ai.system") == system)
    }

    @Test func `the second generation is what is stored`() {
        let stored = understand(Requests.span("chat", Spans.chat), signal: .traces, options: Changes.options).payload
        #expect(render(stored, signal: .traces, as: .genAI2) == stored)
    }

    @Test func `an answer of the second generation says why it ended`() {
        let answer = #"[{"role":"assistant","parts":[{"type":"text","content":"a"}]},{"role":"assistant","parts":[]}]"#
        let span = RenderedSpan(
            .genAI2,
            [
                Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.output.messages", .string(answer)),
                Attribute("gen_ai.response.finish_reasons", .array(["tool_calls", "length"])),
            ]
        )
        #expect(
            span.text("gen_ai.output.messages")
                == #"[{"role":"assistant","parts":[{"type":"text","content":"a"}],"finish_reason":"tool_call"},"#
                + #"{"role":"assistant","parts":[],"finish_reason":"length"}]"#
        )
        // The reasons themselves are as they were.
        #expect(span["gen_ai.response.finish_reasons"] == .array(["tool_calls", "length"]))
    }

    @Test func `the third generation has its own name for what was written to a cache`() {
        let span = RenderedSpan(.genAI3, Spans.chat + [Attribute("gen_ai.request.top_k", .double(40))])
        #expect(span["gen_ai.usage.cache_write.input_tokens"] == 20)
        #expect(span["gen_ai.usage.cache_creation.input_tokens"] == nil)
        #expect(span["gen_ai.usage.cache_read.input_tokens"] == 30)
        #expect(span["gen_ai.request.top_k"] == 40)
    }

    @Test func `log records get the names of the generation, too`() {
        var record = LogRecord(timeNanoseconds: 1, observedNanoseconds: 1)
        record.eventName = "gen_ai.client.inference.operation.details"
        record.attributes = Spans.chat
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "test"), items: .logs([record])).encoded()
        let third = Changes.items(render(payload, signal: .logs, as: .genAI3), .logs)[0]
        #expect(third.attributes.contains(Attribute("gen_ai.usage.cache_write.input_tokens", 20)))
        let first = Changes.items(render(payload, signal: .logs, as: .genAI1), .logs)[0]
        #expect(first.attributes.contains(Attribute("gen_ai.system", "openai")))
    }
}
