import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// What Traceloop, Langfuse, MLflow and LangSmith get.
struct BackendRenderingTests {
    private func parsed(_ text: String) -> JSONValue? { try? JSONValue(parsing: Array(text.utf8)) }

    // Traceloop

    @Test func `Traceloop keeps the conventions' messages and gets the total and the identity`() {
        let span = RenderedSpan(.openLLMetry, Spans.chat)
        #expect(span["llm.request.type"] == "chat")
        #expect(span["gen_ai.usage.total_tokens"] == 140)
        #expect(span["gen_ai.usage.reasoning_tokens"] == 10)
        #expect(span["gen_ai.usage.cache_read.input_tokens"] == 30)
        #expect(span["traceloop.association.properties.session_id"] == "s1")
        #expect(span["traceloop.association.properties.user_id"] == "u1")
        #expect(span.text("gen_ai.input.messages") == Spans.messages)
    }

    @Test func `Traceloop gets tools and agents as entities`() {
        let tool = RenderedSpan(.openLLMetry, Spans.tool)
        #expect(tool["traceloop.span.kind"] == "tool")
        #expect(tool["traceloop.entity.name"] == "find")
        #expect(tool.json("traceloop.entity.input") == parsed(#"{"args":[],"kwargs":{"q":"refund"}}"#))
        #expect(tool["traceloop.entity.output"] == #""five days""#)
        let agent = RenderedSpan(.openLLMetry, Spans.agent)
        #expect(agent["traceloop.span.kind"] == "agent")
        #expect(agent["traceloop.entity.name"] == "desk")
        #expect(
            RenderedSpan(.openLLMetry, stored: Requests.span("plan trip", Spans.step("planning")))["traceloop.entity.name"] == "plan trip"
        )
    }

    // Langfuse

    @Test func `Langfuse gets tokens in buckets that do not overlap, and none of the conventions' counts`() {
        let span = RenderedSpan(.langfuse, Spans.chat)
        #expect(span["langfuse.observation.type"] == "generation")
        #expect(span["langfuse.observation.model.name"] == "claude-3-5")
        #expect(
            span.json("langfuse.observation.usage_details")
                == parsed(
                    #"{"input":50,"input_cache_read":30,"input_cache_creation":20,"output":30,"output_reasoning":10,"total":140}"#
                )
        )
        #expect(span.json("langfuse.observation.cost_details") == parsed(#"{"input":0.002,"output":0.001,"total":0.003}"#))
        #expect(!span.attributes.contains { $0.key.hasPrefix("gen_ai.usage.") })
        #expect(span["langfuse.observation.completion_start_time"] == #""1970-01-01T00:00:01.250000Z""#)
        #expect(span["session.id"] == "s1")
        #expect(span["user.id"] == "u1")
        #expect(span.json("langfuse.observation.model.parameters") == parsed(#"{"temperature":0.5,"max_tokens":100}"#))
    }

    @Test func `Langfuse gets the conversation as chat messages`() {
        let span = RenderedSpan(.langfuse, Spans.chat)
        #expect(
            span.json("langfuse.observation.input")
                == parsed(
                    #"{"tools":[{"type":"function","function":{"name":"find","description":"d","parameters":{"type":"object"}}}],"#
                        + #""messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"How long is a refund?"}]}"#
                )
        )
        #expect(span.json("langfuse.observation.output") == parsed(#"{"role":"assistant","content":"Five days."}"#))
        #expect(span["gen_ai.input.messages"] == nil)
    }

    @Test(arguments: [
        ("planning", "chain"), ("retrieval", "retriever"), ("guardrail", "guardrail"), ("tool_call", "tool"), ("model_call", "generation"),
        ("evaluation", "evaluator"), ("embedding", "embedding"), ("memory", "span"), ("step", "chain"),
    ])
    func `Langfuse is told what each observation is`(type: String, kind: String) {
        let span = RenderedSpan(.langfuse, stored: Requests.span("work", Spans.step(type)))
        #expect(span["langfuse.observation.type"] == .string(kind))
    }

    @Test func `Langfuse gets no tokens of sums`() {
        let span = RenderedSpan(.langfuse, Spans.agent)
        #expect(span["langfuse.observation.type"] == "agent")
        #expect(span["langfuse.observation.usage_details"] == nil)
        #expect(!span.attributes.contains { $0.key.hasPrefix("gen_ai.usage.") })
        #expect(span["langfuse.observation.input"] == "How long is a refund?")
    }

    @Test func `Langfuse is told how it ended, why, and which try it was`() {
        let span = RenderedSpan(.langfuse, stored: Requests.span("find", Spans.tool + Spans.found, isRoot: true))
        for (name, value) in [
            ("outcome", #""partial""#), ("failure_category", #""tool""#), ("failure_code", #""server_error""#), ("fallback", #""other""#),
            ("retry_attempt", "2"), ("retry_count", "1"), ("retry_exhausted", "true"),
        ] {
            #expect(span.text("langfuse.observation.metadata.\(name)") == value)
        }
        #expect(span["langfuse.trace.metadata.outcome"] == #""partial""#)
        #expect(span["langfuse.trace.metadata.tenant"] == #""acme""#)
        #expect(span["langfuse.observation.level"] == "WARNING")
        #expect(span["langfuse.observation.status_message"] == "no answer")
        let below = RenderedSpan(.langfuse, stored: Requests.span("find", Spans.tool + Spans.found))
        #expect(below["langfuse.trace.metadata.outcome"] == nil && below["langfuse.observation.level"] == nil)
    }

    @Test func `an error that the status says is not said twice`() {
        let status = StatusRecord(.error, message: "it broke")
        let span = RenderedSpan(.langfuse, stored: Requests.span("find", Spans.tool + Spans.found, status: status, isRoot: true))
        #expect(span["langfuse.observation.level"] == nil && span["langfuse.observation.status_message"] == nil)
    }

    @Test(arguments: [RenderedDialect.langfuse, .mlflow, .openInference])
    func `what a tool costs is shown, what it sums up is not`(dialect: RenderedDialect) {
        let key = ["langfuse": "langfuse.observation.cost_details", "mlflow": "mlflow.llm.cost"][dialect.rawValue] ?? "llm.cost.total"
        let paid = Spans.tool + [Attribute("causeway.cost.total", 0.25)]
        let cost = RenderedSpan(dialect, stored: Requests.span("find", paid))[key]
        switch dialect {
        case .langfuse: #expect(cost == #"{"total":0.25}"#)
        case .mlflow: #expect(cost == #"{"input_cost":0.25,"output_cost":0.0,"total_cost":0.25}"#)
        default: #expect(cost == 0.25)
        }
        let summed = paid + [Attribute("causeway.usage.rollup", true)]
        #expect(RenderedSpan(dialect, stored: Requests.span("find", summed))[key] == nil)
    }

    // MLflow

    @Test func `MLflow gets types, tokens, cost and the system's text among the messages`() {
        let span = RenderedSpan(.mlflow, Spans.chat, isRoot: true)
        #expect(span["mlflow.spanType"] == #""CHAT_MODEL""#)
        #expect(
            span.json("mlflow.spanInputs")
                == parsed(
                    #"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"How long is a refund?"}]}"#
                )
        )
        #expect(
            span.json("mlflow.spanOutputs")
                == parsed(#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Five days."},"finish_reason":"stop"}]}"#)
        )
        #expect(
            span.json("mlflow.chat.tokenUsage")
                == parsed(
                    #"{"input_tokens":100,"output_tokens":40,"total_tokens":140,"cache_read_input_tokens":30,"cache_creation_input_tokens":20}"#
                )
        )
        #expect(span.json("mlflow.llm.cost") == parsed(#"{"input_cost":0.002,"output_cost":0.001,"total_cost":0.003}"#))
        #expect(span["mlflow.llm.model"] == #""claude-3-5""#)
        #expect(span["mlflow.llm.provider"] == #""openai""#)
        #expect(span["mlflow.trace.session"] == #""s1""#)
        #expect(span["mlflow.trace.user"] == #""u1""#)
        #expect(span["session.id"] == "s1")
    }

    @Test(arguments: [
        ("planning", "CHAIN"), ("retrieval", "RETRIEVER"), ("guardrail", "GUARDRAIL"), ("tool_call", "TOOL"), ("model_call", "CHAT_MODEL"),
        ("evaluation", "EVALUATOR"), ("rerank", "RERANKER"), ("memory", "MEMORY"), ("parse", "PARSER"), ("step", "CHAIN"),
    ])
    func `MLflow is told the type of each span`(type: String, kind: String) {
        let span = RenderedSpan(.mlflow, stored: Requests.span("work", Spans.step(type)))
        #expect(span["mlflow.spanType"] == .string("\"\(kind)\""))
    }

    @Test func `every value under one of MLflow's own keys is JSON text`() {
        for attributes in [Spans.chat, Spans.tool, Spans.retrieval, Spans.agent] {
            let ownKeys = RenderedSpan(.mlflow, attributes, isRoot: true).attributes.filter { $0.key.hasPrefix("mlflow.") }
            for attribute in ownKeys where !attribute.key.hasPrefix("mlflow.traceTag.") {
                guard case .string(let text) = attribute.value else {
                    Issue.record("\(attribute.key) is no text")
                    continue
                }
                #expect(parsed(text) != nil, "\(attribute.key) = \(text)")
            }
        }
    }

    @Test func `MLflow shows what a search found`() {
        let span = RenderedSpan(.mlflow, Spans.retrieval)
        #expect(span["mlflow.spanInputs"] == #""refund""#)
        #expect(
            span.json("mlflow.spanOutputs")
                == parsed(#"[{"page_content":"five days","metadata":{"score":0.5},"id":"d1"},{"page_content":"no","metadata":{}}]"#)
        )
    }

    @Test func `MLflow's traces have tags that they can be searched by`() {
        let span = RenderedSpan(.mlflow, stored: Requests.span("run", Spans.agent + Spans.found, isRoot: true))
        #expect(span["mlflow.traceTag.outcome"] == "partial")
        #expect(span["mlflow.traceTag.failure_code"] == "server_error")
        #expect(span["mlflow.traceTag.tenant_id"] == "acme")
        let below = RenderedSpan(.mlflow, stored: Requests.span("run", Spans.agent + Spans.found))
        #expect(!below.attributes.contains { $0.key.hasPrefix("mlflow.traceTag.") })
    }

    // LangSmith

    @Test func `LangSmith gets both names of the provider, whole inputs and outputs and the details of tokens`() {
        let span = RenderedSpan(.langsmith, Spans.chat)
        #expect(span["langsmith.span.kind"] == "llm")
        #expect(span["gen_ai.system"] == "openai")
        #expect(span["gen_ai.provider.name"] == "openai")
        #expect(span["langsmith.metadata.session_id"] == "s1")
        #expect(span["langsmith.metadata.user_id"] == "u1")
        #expect(span["gen_ai.usage.total_tokens"] == 140)
        #expect(span.json("gen_ai.usage.input_token_details") == parsed(#"{"cache_read":30,"cache_creation":20}"#))
        #expect(span.json("gen_ai.usage.output_token_details") == parsed(#"{"reasoning":10}"#))
        #expect(span["gen_ai.response.finish_reasons"] == "stop")
        #expect(
            span.json("gen_ai.prompt")
                == parsed(#"{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"How long is a refund?"}]}"#)
        )
        #expect(
            span.json("gen_ai.completion")
                == parsed(#"{"choices":[{"index":0,"message":{"role":"assistant","content":"Five days."},"finish_reason":"stop"}]}"#)
        )
    }

    @Test func `LangSmith's runs have metadata that they can be searched by`() {
        let span = RenderedSpan(.langsmith, stored: Requests.span("find", Spans.tool + Spans.found))
        #expect(span["langsmith.metadata.outcome"] == "partial")
        #expect(span["langsmith.metadata.failure_code"] == "server_error")
        #expect(span["langsmith.metadata.retry_attempt"] == 2)
        #expect(span["langsmith.metadata.retry_exhausted"] == true)
        #expect(span["langsmith.metadata.tenant_id"] == "acme")
    }

    @Test(arguments: [
        ("planning", "chain"), ("retrieval", "retriever"), ("guardrail", "chain"), ("tool_call", "tool"), ("model_call", "llm"),
        ("embedding", "embedding"), ("prompt", "prompt"), ("parse", "parser"),
    ])
    func `LangSmith is told the type of each run`(type: String, kind: String) {
        let span = RenderedSpan(.langsmith, stored: Requests.span("work", Spans.step(type)))
        #expect(span["langsmith.span.kind"] == .string(kind))
    }

    @Test func `inputs and outputs of LangSmith are objects`() {
        #expect(RenderedSpan(.langsmith, Spans.tool)["gen_ai.prompt"] == #"{"q":"refund"}"#)
        #expect(RenderedSpan(.langsmith, Spans.tool)["gen_ai.completion"] == #"{"output":"five days"}"#)
        #expect(RenderedSpan(.langsmith, Spans.retrieval)["gen_ai.prompt"] == #"{"query":"refund"}"#)
    }
}
