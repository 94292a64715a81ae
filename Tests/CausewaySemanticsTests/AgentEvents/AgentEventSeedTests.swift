import CausewayModel
import Testing

@testable import CausewaySemantics

/// What is asked of agents' telemetry, demand by demand: each has an event that says it.
struct AgentEventSeedTests {
    enum Place: Sendable { case span, resource, event(String), record }

    struct Row: CustomTestStringConvertible, Sendable {
        var line: String
        var key: String
        var value: String
        var place = Place.span

        init(_ line: String, _ key: String, _ value: String, _ place: Place = .span) {
            (self.line, self.key, self.value, self.place) = (line, key, value, place)
        }

        var testDescription: String { key }
    }

    static let ids = "\"trace_id\":\"t\",\"id\":\"a\""

    static func request(_ members: String) -> String { "{\"type\":\"request\",\(ids),\(members)}" }
    static func model(_ members: String) -> String { "{\"type\":\"model_call\",\(ids),\"model\":\"gpt-4o-mini\",\(members)}" }
    static func tool(_ members: String) -> String { "{\"type\":\"tool_call\",\(ids),\"tool\":\"orders\",\(members)}" }
    static func step(_ members: String) -> String { "{\"type\":\"step\",\(ids),\(members)}" }
    /// With the span that it happens on.
    static func on(_ type: String, _ members: String) -> String {
        "{\"type\":\"step\",\(ids)}\n{\"type\":\"\(type)\",\(ids),\(members)}"
    }
    static func record(_ type: String, _ members: String) -> String { "{\"type\":\"\(type)\",\(ids),\(members)}" }

    static let rows: [Row] = [
        // Request, user, session, tenant.
        Row(request("\"request_id\":\"r1\""), "causeway.request.id", "r1"),
        Row(request("\"user\":\"u\""), "user.id", "u"),
        Row(request("\"session\":\"s\""), "gen_ai.conversation.id", "s"),
        Row(request("\"tenant\":\"acme\""), "causeway.tenant.id", "acme"),
        Row(request("\"tenant\":\"acme\""), "tenant.id", "acme", .resource),
        Row(request("\"workspace\":\"w\""), "causeway.workspace.id", "w"),
        // Where and how it came in.
        Row(request("\"entry_point\":\"chat\""), "causeway.entry_point", "chat"),
        Row(request("\"agent\":{\"name\":\"n\",\"version\":\"1.2\"}"), "gen_ai.agent.version", "1.2"),
        Row(request("\"agent\":\"n\""), "gen_ai.agent.name", "n"),
        Row(request("\"config\":\"c1\""), "causeway.config.id", "c1"),
        Row(request("\"environment\":\"production\""), "deployment.environment.name", "production", .resource),
        Row(request("\"region\":\"eu-west-1\""), "cloud.region", "eu-west-1", .resource),
        Row(request("\"cluster\":\"blue\""), "k8s.cluster.name", "blue", .resource),
        // What was asked and answered.
        Row(request("\"input\":\"Where is my order?\""), "causeway.input.summary", "Where is my order?"),
        Row(request("\"input_hash\":\"9f\""), "causeway.input.hash", "9f"),
        Row(request("\"intent\":\"status\""), "causeway.intent", "status"),
        Row(request("\"route\":\"orders\""), "causeway.route", "orders"),
        Row(request("\"outcome\":\"partial\""), "causeway.outcome", "partial"),
        Row(request("\"status\":\"partial\""), "causeway.outcome", "partial"),
        Row(request("\"status\":\"ok\""), "causeway.outcome", "success"),
        Row(request("\"failure\":\"boom\""), "causeway.outcome", "failure"),
        Row(request("\"output_summary\":\"given\""), "causeway.output.summary", "given"),
        // Cost.
        Row(model("\"cost\":0.25"), "causeway.cost.total", "0.25"),
        Row(model("\"cost\":0.25"), "causeway.cost.source", "reported"),
        Row(model("\"cost\":0.25"), "causeway.cost.currency", "USD"),
        Row(model("\"cost\":{\"input\":0.5}"), "causeway.cost.input", "0.5"),
        Row(model("\"cost\":{\"output\":0.5}"), "causeway.cost.output", "0.5"),
        Row(model("\"cost\":{\"cache_read\":0.5}"), "causeway.cost.cache_read", "0.5"),
        Row(model("\"cost\":{\"cache_write\":0.5}"), "causeway.cost.cache_write", "0.5"),
        Row(model("\"cost\":{\"reasoning\":0.5}"), "causeway.cost.reasoning", "0.5"),
        Row(tool("\"cost\":0.5"), "causeway.cost.tool", "0.5"),
        // Steps.
        Row(step("\"step_type\":\"planning\""), "causeway.step.type", "planning"),
        Row(model("\"stream\":true"), "causeway.step.type", "model_call"),
        Row(record("guardrail", "\"guardrail\":\"g\""), "causeway.step.type", "guardrail"),
        Row(record("rerank", "\"model\":\"m\""), "causeway.step.type", "rerank"),
        Row(record("handoff", "\"to\":\"b\""), "causeway.step.type", "handoff"),
        Row(record("memory", "\"store\":\"b\""), "causeway.step.type", "memory"),
        Row(record("embedding", "\"model\":\"m\""), "causeway.step.type", "embedding"),
        Row(record("retrieval", "\"source\":\"m\""), "causeway.step.type", "retrieval"),
        Row(step("\"state\":{\"cart\":3}"), "causeway.state.cart", "3", .event("causeway.state")),
        Row(on("state", "\"state\":{\"cart\":3}"), "causeway.state.cart", "3", .event("causeway.state")),
        Row(model("\"prompt\":{\"name\":\"p\",\"version\":\"7\"}"), "gen_ai.prompt.name", "p"),
        Row(model("\"prompt\":{\"name\":\"p\",\"version\":7}"), "gen_ai.prompt.version", "7"),
        Row(model("\"prompt\":{\"variables\":{\"tone\":\"kind\"}}"), "gen_ai.prompt.variable.tone", "kind"),
        Row(step("\"output\":{\"a\":1}"), "causeway.output.payload", "{\"a\":1}"),
        // Tools.
        Row(tool("\"version\":\"2\""), "gen_ai.tool.name", "orders"),
        Row(tool("\"version\":\"2\""), "causeway.tool.version", "2"),
        Row(tool("\"tool_type\":\"function\""), "gen_ai.tool.type", "function"),
        Row(tool("\"kind\":\"database\""), "causeway.tool.kind", "database"),
        Row(tool("\"agent\":\"sub\""), "gen_ai.agent.name", "sub"),
        Row(tool("\"arguments\":{\"a\":1}"), "gen_ai.tool.call.arguments", "{\"a\":1}"),
        Row(tool("\"result\":\"found\""), "gen_ai.tool.call.result", "found"),
        Row(tool("\"arguments\":{\"a\":1}"), "causeway.tool.request.size", "7"),
        Row(tool("\"result\":\"found\""), "causeway.tool.response.size", "5"),
        Row(tool("\"request_bytes\":70"), "causeway.tool.request.size", "70"),
        Row(tool("\"response_bytes\":71"), "causeway.tool.response.size", "71"),
        // Timeouts, retries, fallbacks.
        Row(tool("\"timeout_ms\":5000"), "causeway.timeout.limit_ms", "5000"),
        Row(tool("\"timeout\":{\"elapsed_ms\":5003}"), "causeway.timeout.elapsed_ms", "5003"),
        Row(tool("\"timeout\":{\"by\":\"client\"}"), "causeway.timeout.by", "client"),
        Row(on("timeout", "\"by\":\"server\""), "causeway.timeout.by", "server", .event("causeway.timeout")),
        Row(on("retry", "\"attempt\":2"), "causeway.retry.attempt", "2", .event("causeway.retry")),
        Row(on("retry", "\"max_attempts\":3"), "causeway.retry.max_attempts", "3", .event("causeway.retry")),
        Row(on("retry", "\"backoff_ms\":250"), "causeway.retry.backoff_ms", "250", .event("causeway.retry")),
        Row(on("retry", "\"reason\":\"429\""), "causeway.retry.reason", "429", .event("causeway.retry")),
        Row(on("retry", "\"will_retry\":true"), "causeway.retry.will_retry", "true", .event("causeway.retry")),
        Row(on("retry", "\"next_at\":\"soon\""), "causeway.retry.next_at", "soon", .event("causeway.retry")),
        Row(on("retry", "\"attempt\":1"), "causeway.retry.count", "1"),
        Row(on("retry", "\"will_retry\":false"), "causeway.retry.exhausted", "true"),
        Row(tool("\"retries\":4"), "causeway.retry.count", "4"),
        Row(tool("\"attempt\":1"), "causeway.retry.attempt", "1"),
        Row(on("fallback", "\"from\":\"a\""), "causeway.fallback.from", "a", .event("causeway.fallback")),
        Row(on("fallback", "\"to\":\"b\""), "causeway.fallback.to", "b", .event("causeway.fallback")),
        Row(on("fallback", "\"reason\":\"c\""), "causeway.fallback.reason", "c", .event("causeway.fallback")),
        // Endpoint, region, method, limits.
        Row(tool("\"endpoint\":\"https://u:p@api.example.com:8443/v1?key=s\""), "server.address", "api.example.com"),
        Row(tool("\"endpoint\":\"https://u:p@api.example.com:8443/v1?key=s\""), "server.port", "8443"),
        Row(tool("\"endpoint\":\"https://u:p@api.example.com:8443/v1?key=s\""), "url.full", "https://api.example.com:8443/v1"),
        Row(tool("\"region\":\"eu\""), "cloud.region", "eu"),
        Row(tool("\"auth\":\"api_key\""), "causeway.auth.method", "api_key"),
        Row(tool("\"auth\":\"Bearer sk-12345\""), "causeway.auth.method", "other"),
        Row(tool("\"rate_limit\":{\"remaining\":1}"), "causeway.rate_limit.remaining", "1"),
        Row(tool("\"rate_limit\":{\"limit\":2}"), "causeway.rate_limit.limit", "2"),
        Row(tool("\"rate_limit\":{\"reset_at\":\"x\"}"), "causeway.rate_limit.reset_at", "x"),
        Row(on("rate_limit", "\"remaining\":1"), "causeway.rate_limit.remaining", "1", .event("causeway.rate_limit")),
        // Failure.
        Row(tool("\"failure\":{\"category\":\"tool\",\"code\":\"timeout\"}"), "causeway.failure.category", "tool"),
        Row(tool("\"failure\":{\"code\":\"timeout\"}"), "causeway.failure.code", "timeout"),
        Row(tool("\"failure\":{\"code\":\"tool.custom.flaky\"}"), "causeway.failure.code", "custom.flaky"),
        Row(tool("\"failure\":{\"code\":\"timeout\",\"message\":\"m\"}"), "causeway.failure.message", "m"),
        Row(tool("\"failure\":{\"code\":\"timeout\",\"type\":\"TimeoutError\"}"), "error.type", "TimeoutError"),
        Row(tool("\"failure\":{\"code\":\"timeout\"}"), "error.type", "timeout"),
        Row(tool("\"failure\":{\"retry_state\":\"exhausted\"}"), "causeway.failure.retry_state", "exhausted"),
        Row(tool("\"failure\":{\"fallback\":\"b\"}"), "causeway.failure.fallback", "b"),
        Row(tool("\"failure\":\"connection refused\""), "causeway.failure.category", "tool"),
        Row(on("failure", "\"code\":\"tool.timeout\""), "causeway.failure.code", "timeout", .event("causeway.failure")),
        // Validation, checks, evaluation.
        Row(record("validation", "\"schema\":\"s\""), "causeway.validation.schema", "s"),
        Row(record("validation", "\"validator\":\"v\""), "causeway.validation.validator", "v"),
        Row(record("validation", "\"passed\":false"), "causeway.validation.passed", "false"),
        Row(record("validation", "\"diff\":\"d\""), "causeway.validation.diff", "d"),
        Row(on("check", "\"name\":\"c\""), "causeway.check.name", "c", .event("causeway.check")),
        Row(on("check", "\"kind\":\"fact\""), "causeway.check.kind", "fact", .event("causeway.check")),
        Row(on("check", "\"passed\":true"), "causeway.check.passed", "true", .event("causeway.check")),
        Row(on("check", "\"corrected\":true"), "causeway.check.corrected", "true", .event("causeway.check")),
        Row(record("evaluation", "\"score\":0.5"), "gen_ai.evaluation.score.value", "0.5", .event("gen_ai.evaluation.result")),
        Row(
            "{\"type\":\"evaluation\",\"trace_id\":\"t\",\"parent_id\":\"a\",\"label\":\"good\"}",
            "gen_ai.evaluation.score.label",
            "good",
            .record
        ),
        // Feedback.
        Row(record("feedback", "\"kind\":\"thumbs\""), "causeway.feedback.kind", "thumbs", .record),
        Row(record("feedback", "\"value\":-1"), "causeway.feedback.value", "-1", .record),
        Row(record("feedback", "\"label\":\"up\""), "causeway.feedback.label", "up", .record),
        Row(record("feedback", "\"comment\":\"c\""), "causeway.feedback.comment", "c", .record),
        // Experiments, resources.
        Row(request("\"experiment\":{\"name\":\"e\",\"variant\":\"b\"}"), "causeway.experiment.name", "e"),
        Row(request("\"experiment\":{\"name\":\"e\",\"variant\":\"b\"}"), "causeway.experiment.variant", "b"),
        Row(request("\"cold_start\":true"), "faas.coldstart", "true"),
        Row(request("\"isolation\":{\"id\":\"i\",\"scope\":\"user\"}"), "causeway.isolation.id", "i"),
        Row(request("\"isolation\":{\"id\":\"i\",\"scope\":\"user\"}"), "causeway.isolation.scope", "user"),
        Row(record("scaling", "\"from\":2"), "causeway.scaling.from", "2", .record),
        // What a model call is.
        Row(model("\"provider\":\"openai\""), "gen_ai.provider.name", "openai"),
        Row(model("\"response_model\":\"m2\""), "gen_ai.response.model", "m2"),
        Row(model("\"usage\":{\"input\":80,\"output\":27}"), "gen_ai.usage.input_tokens", "80"),
        Row(model("\"usage\":{\"input\":80,\"output\":27}"), "gen_ai.usage.output_tokens", "27"),
        Row(model("\"usage\":{\"input\":80,\"cache_read\":40}"), "gen_ai.usage.cache_read.input_tokens", "40"),
        Row(model("\"usage\":{\"input\":80,\"cache_read\":40}"), "gen_ai.usage.input_tokens", "80"),
        Row(model("\"usage\":{\"input\":80,\"cache_write\":40}"), "gen_ai.usage.cache_creation.input_tokens", "40"),
        Row(
            model("\"usage\":{\"input\":80,\"cache_write\":40,\"cache_write_1h\":4}"),
            "causeway.usage.cache_write_1h.input_tokens",
            "4"
        ),
        Row(model("\"usage\":{\"input\":8,\"output\":27,\"reasoning\":7}"), "gen_ai.usage.reasoning.output_tokens", "7"),
        Row(request("\"usage\":{\"input\":80,\"output\":27}"), "causeway.usage.rollup", "true"),
        Row(model("\"finish_reasons\":[\"stop\"]"), "gen_ai.response.finish_reasons", "stop"),
        Row(model("\"parameters\":{\"temperature\":0.5}"), "gen_ai.request.temperature", "0.5"),
        Row(model("\"parameters\":{\"logit_bias\":\"x\"}"), "gen_ai.request.logit_bias", "x"),
        Row(model("\"stream\":true"), "gen_ai.request.stream", "true"),
        Row(model("\"ttft_ms\":250"), "gen_ai.response.time_to_first_chunk", "0.25"),
        // Anything else.
        Row(step("\"attributes\":{\"shop.order\":7}"), "shop.order", "7"),
        Row(step("\"modle\":\"m\""), "causeway.extra.modle", "m"),
        Row(step("\"step_type\":\"wait\""), "causeway.source.dialect", "agent_events"),
        Row(step("\"step_type\":\"wait\""), "causeway.source.id", "a"),
    ]

    @Test(arguments: rows)
    func `each demand has an event that lands in its place`(row: Row) throws {
        let lines = row.line.split(separator: "\n").map(String.init)
        var intake = AgentEventIntake()
        let found = EventLines(lines, &intake)
        #expect(found.output.refusals == [])
        let owner: JSONValue? =
            switch row.place {
            case .span: found.spans.first
            case .resource: found.resource["resource"]
            case .event(let name): found.spans.first?.event(name)
            case .record: found.records.first
            }
        #expect(owner?.attribute(row.key) == row.value, "\(owner.map { "\($0)" } ?? "nothing")")
    }

    @Test func `links say what the other span is`() throws {
        for kind in AgentEventSchema.linkKinds {
            let found = EventLines("{\"type\":\"step\",\(Self.ids),\"links\":[{\"to\":\"b\",\"kind\":\"\(kind)\"}]}")
            let link = found.spans[0]["links"]?[0]
            #expect(link?.attribute("causeway.link.kind") == kind)
            #expect(link?["traceId"] == found.spans[0]["traceId"])
            #expect(link?["spanId"]?.string?.count == 16)
        }
    }

    @Test func `every failure code is taken with its category, and none with another`() {
        for code in FailureCode.allCases {
            let (category, word) = code.words
            let line = Self.tool("\"failure\":{\"category\":\"\(category)\",\"code\":\"\(word)\"}")
            #expect(EventLines(line).spans.first?.attribute("causeway.failure.code") == word)
            for other in AgentEventSchema.categories where AgentEventDecoder.codes[other]?.contains(word) != true {
                let wrong = Self.tool("\"failure\":{\"category\":\"\(other)\",\"code\":\"\(word)\"}")
                #expect(EventLines(wrong).refusal?.contains("has no code") == true)
            }
        }
    }

    @Test func `calls with the same meaning have the same hash, whole or in parts`() {
        let whole = EventLines(Self.tool("\"arguments\":{\"a\":1,\"b\":2}")).spans[0].attribute("causeway.call.hash")
        let other = EventLines(Self.tool("\"arguments\":{\"b\":2.0, \"a\":1}")).spans[0].attribute("causeway.call.hash")
        let part = EventLines(Self.tool("\"phase\":\"start\",\"arguments\":{\"a\":1,\"b\":2}")).parts[0].attribute("causeway.call.hash")
        #expect(whole != nil && whole == other && whole == part)
        #expect(EventLines(Self.tool("\"arguments\":{\"a\":2}")).spans[0].attribute("causeway.call.hash") != whole)
    }
}
