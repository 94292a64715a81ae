import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// What Phoenix and Arize get.
struct OpenInferenceRenderingTests {
    @Test func `a model call has kind, messages, tokens, cost and who ran it`() throws {
        let span = RenderedSpan(.openInference, Spans.chat)
        #expect(span["openinference.span.kind"] == "LLM")
        #expect(span["llm.model_name"] == "claude-3-5")
        #expect(span["llm.provider"] == "openai")
        #expect(span["llm.system"] == "openai")
        #expect(span["llm.input_messages.0.message.role"] == "system")
        #expect(span["llm.input_messages.0.message.content"] == "Be brief.")
        #expect(span["llm.input_messages.1.message.content"] == "How long is a refund?")
        #expect(span["llm.output_messages.0.message.content"] == "Five days.")
        #expect(span["input.value"] == "How long is a refund?")
        #expect(span["input.mime_type"] == "text/plain")
        #expect(span["output.value"] == "Five days.")
        #expect(span["llm.token_count.prompt"] == 100)
        #expect(span["llm.token_count.completion"] == 40)
        #expect(span["llm.token_count.total"] == 140)
        #expect(span["llm.token_count.prompt_details.cache_read"] == 30)
        #expect(span["llm.token_count.prompt_details.cache_write"] == 20)
        #expect(span["llm.token_count.completion_details.reasoning"] == 10)
        #expect(span["llm.cost.total"] == .double(0.003))
        #expect(span["llm.finish_reason"] == "stop")
        #expect(span["session.id"] == "s1")
        #expect(span["user.id"] == "u1")
        #expect(span["app.ticket"] == "T-1")
        #expect(
            span.json("llm.invocation_parameters")
                == (try JSONValue(parsing: Array(#"{"model":"claude-3","temperature":0.5,"max_tokens":100}"#.utf8)))
        )
        #expect(
            span.json("llm.tools.0.tool.json_schema")
                == (try JSONValue(
                    parsing: Array(
                        #"{"type":"function","function":{"name":"find","description":"d","parameters":{"type":"object"}}}"#.utf8
                    )
                ))
        )
        for gone in ["gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.usage.input_tokens", "gen_ai.conversation.id"] {
            #expect(span[gone] == nil, "\(gone)")
        }
        // What it has no word for stays.
        #expect(span["gen_ai.response.time_to_first_chunk"] == .double(0.25))
    }

    @Test func `messages of several parts are flattened part by part`() {
        let span = RenderedSpan(
            .openInference,
            [Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.input.messages", .string(Spans.conversation))]
        )
        let start = "llm.input_messages."
        #expect(span[start + "0.message.contents.0.message_content.type"] == "text")
        #expect(span[start + "0.message.contents.0.message_content.text"] == "How long?")
        #expect(span[start + "0.message.contents.1.message_content.image.image.url"] == "https://i.example/a.png")
        #expect(span[start + "0.message.content"] == nil)
        #expect(span[start + "1.message.contents.0.message_content.type"] == "reasoning")
        #expect(span[start + "1.message.tool_calls.0.tool_call.function.name"] == "find")
        #expect(span[start + "1.message.tool_calls.0.tool_call.function.arguments"] == #"{"q":"refund"}"#)
        #expect(span[start + "2.message.role"] == "tool")
        #expect(span[start + "2.message.tool_call_id"] == "c1")
        #expect(span[start + "2.message.content"] == #"{"days":5}"#)
    }

    @Test(arguments: [
        ("planning", "CHAIN"), ("retrieval", "RETRIEVER"), ("guardrail", "GUARDRAIL"), ("tool_call", "TOOL"), ("model_call", "LLM"),
        ("evaluation", "EVALUATOR"), ("rerank", "RERANKER"), ("embedding", "EMBEDDING"), ("memory", "CHAIN"), ("step", "CHAIN"),
        ("prompt", "PROMPT"), ("reflection", "CHAIN"),
    ])
    func `every step has a kind`(type: String, kind: String) {
        let stored = Requests.span("work", Spans.step(type))
        #expect(RenderedSpan(.openInference, stored: stored)["openinference.span.kind"] == .string(kind))
    }

    @Test func `a tool has its arguments and its result`() {
        let span = RenderedSpan(.openInference, Spans.tool)
        #expect(span["openinference.span.kind"] == "TOOL")
        #expect(span["tool.name"] == "find")
        #expect(span["tool.id"] == "c1")
        #expect(span["tool.parameters"] == #"{"q":"refund"}"#)
        #expect(span["input.value"] == #"{"q":"refund"}"#)
        #expect(span["input.mime_type"] == "application/json")
        #expect(span["output.value"] == "five days")
        #expect(span["output.mime_type"] == "text/plain")
    }

    @Test func `every document that was found has a number for its score`() {
        let span = RenderedSpan(.openInference, Spans.retrieval)
        #expect(span["input.value"] == "refund")
        #expect(span["retrieval.documents.0.document.id"] == "d1")
        #expect(span["retrieval.documents.0.document.score"] == .double(0.5))
        #expect(span["retrieval.documents.0.document.content"] == "five days")
        #expect(span["retrieval.documents.1.document.score"] == .double(0))
        #expect(span["gen_ai.retrieval.documents"] == nil)
    }

    @Test func `whose it is, how it ended and which try it was stand in the metadata, in which a page searches`() {
        let span = RenderedSpan(.openInference, stored: Requests.span("find", Spans.tool + Spans.found))
        #expect(
            span.text("metadata") == #"{"tenant_id":"acme","outcome":"partial","failure_category":"tool","failure_code":"server_error","#
                + #""fallback":"other","retry_attempt":2,"retry_count":1,"retry_exhausted":true}"#
        )
        let own = Spans.tool + Spans.found + [Attribute("metadata", "{}")]
        #expect(RenderedSpan(.openInference, stored: Requests.span("find", own))["metadata"] == "{}")
    }

    @Test func `tokens that other spans count are not there a second time`() {
        let span = RenderedSpan(.openInference, Spans.agent)
        #expect(span["openinference.span.kind"] == "AGENT")
        #expect(span["agent.name"] == "desk")
        #expect(span["input.value"] == "How long is a refund?")
        #expect(span["output.value"] == "Five days.")
        #expect(span["llm.token_count.prompt"] == nil)
        #expect(span["gen_ai.usage.input_tokens"] == nil)
        let second = RenderedSpan(
            .openInference,
            stored: Requests.span("chat", Spans.chat + [Attribute("causeway.duplicate_of", "00f067aa0ba902b7")])
        )
        #expect(second["llm.token_count.prompt"] == nil)
        #expect(second["gen_ai.usage.input_tokens"] == nil)
    }

    @Test(arguments: [
        ("azure.ai.openai", "azure", "openai"), ("aws.bedrock", "aws", nil), ("gcp.vertex_ai", "google", "vertexai"),
        ("x_ai", "xai", "xai"),
        ("somebody", "somebody", nil),
    ])
    func `a provider stands in its two places`(name: String, provider: String, system: String?) {
        let span = RenderedSpan(
            .openInference,
            stored: Requests.span("chat", Spans.step("model_call") + [Attribute("gen_ai.provider.name", .string(name))])
        )
        #expect(span.text("llm.provider") == provider)
        #expect(span.text("llm.system") == system)
    }
}
