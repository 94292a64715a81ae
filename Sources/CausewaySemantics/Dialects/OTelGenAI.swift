/// The OpenTelemetry GenAI conventions themselves: three generations of them (G1 up to v1.36, G2 up to v1.41, G3 after that).
package enum OTelGenAI: Dialect {
    package static let name = "otel_genai"

    package static let signs: [Sign] =
        [
            "gen_ai.operation.name", "gen_ai.system", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model",
            "gen_ai.usage.", "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.name",
            "gen_ai.tool.call.", "gen_ai.retrieval.", "gen_ai.memory.", "gen_ai.evaluation.", "gen_ai.response.finish_reasons",
            "gen_ai.prompt", "gen_ai.completion", "mcp.method.name",
        ].map { .key($0) } + [
            .event("gen_ai."), .metric("gen_ai."), .metric("mcp.client."), .metric("mcp.server."),
        ]

    package static let rules: [Rule] = canonical + older + newer

    /// What has its canonical name: only its value is looked at.
    static let canonical: [Rule] = Field.allCases.map { field in
        switch field {
        case .operationName: Rule(field.key, field, .operation)
        case .provider: Rule(field.key, field, .provider)
        case .requestModel, .responseModel: Rule(field.key, field, .model)
        case .outputMessages: Rule(field.key, field, .outputMessages)
        case .systemInstructions: Rule(field.key, field, .systemInstructions)
        case .finishReasons: Rule(field.key, field, .finishReasons)
        default: Rule(field.key, field)
        }
    }

    private static let older: [Rule] = [
        Rule("gen_ai.system", .provider, .provider),
        Rule("gen_ai.usage.prompt_tokens", .inputTokens),
        Rule("gen_ai.usage.completion_tokens", .outputTokens),
        Rule("gen_ai.usage.cache_read_input_tokens", .cacheReadTokens),
        Rule("gen_ai.usage.cache_creation_input_tokens", .cacheWriteTokens),
        Rule("gen_ai.usage.cache_write_input_tokens", .cacheWriteTokens),
        Rule("gen_ai.usage.reasoning_tokens", .reasoningTokens),
        Rule("gen_ai.openai.request.seed", .seed),
        Rule("gen_ai.openai.request.service_tier", .requestServiceTier),
        Rule("gen_ai.openai.response.service_tier", .responseServiceTier),
        Rule("gen_ai.openai.response.system_fingerprint", .systemFingerprint),
        Rule("gen_ai.openai.request.response_format", .outputType),
        Rule("gen_ai.response.finish_reason", .finishReasons, .finishReasons),
        Rule("gen_ai.request.is_stream", .stream),
        Rule("gen_ai.request.embedding.dimensions", .embeddingDimensions),
        Rule("gen_ai.request.embedding_dimension", .embeddingDimensions),
        Rule("gen_ai.is_streaming", .stream),
    ]

    private static let newer: [Rule] = [
        Rule("gen_ai.usage.cache_write.input_tokens", .cacheWriteTokens),
        Rule("gen_ai.client.operation.time_to_first_chunk", .timeToFirstChunk, .seconds),
        // No convention has a word for money, and everybody has one of their own.
        Rule("gen_ai.usage.cost", .costTotal, else: 1),
        Rule("gen_ai.cost.total_cost", .costTotal, else: 2),
        Rule("gen_ai.cost.total_usd", .costTotal, else: 3),
        Rule("gen_ai.cost.usd", .costTotal, else: 4),
        Rule("gen_ai.cost.total", .costTotal, else: 5),
        // Axiom's word for what an application does with models.
        Rule("gen_ai.capability.name", .workflowName, else: 1),
        Rule("gen_ai.usage.input_tokens.cached", .cacheReadTokens, else: 1),
        Rule("gen_ai.usage.output_tokens.reasoning", .reasoningTokens, else: 1),
    ]

    /// The unit is written in several ways. What the third generation counts by kind of call has the second's name for all of them.
    package static let metrics: [MetricRule] = [
        MetricRule("gen_ai.client.token.usage", "gen_ai.client.token.usage", unit: "{token}"),
        MetricRule("gen_ai.client.inference.duration", "gen_ai.client.operation.duration", unit: "s"),
        MetricRule("gen_ai.client.inference.time_to_first_chunk", "gen_ai.client.operation.time_to_first_chunk", unit: "s"),
        MetricRule("gen_ai.client.inference.time_per_output_chunk", "gen_ai.client.operation.time_per_output_chunk", unit: "s"),
        MetricRule(
            "gen_ai.client.inference.operation.input_tokens",
            "gen_ai.client.token.usage",
            unit: "{token}",
            adding: ["gen_ai.token.type": "input"]
        ),
        MetricRule(
            "gen_ai.client.inference.operation.output_tokens",
            "gen_ai.client.token.usage",
            unit: "{token}",
            adding: ["gen_ai.token.type": "output"]
        ),
        MetricRule("gen_ai.workflow.duration", "gen_ai.invoke_workflow.duration", unit: "s"),
        // Micrometer's name of the same timer.
        MetricRule("gen_ai.client.operation", "gen_ai.client.operation.duration", unit: "s"),
    ]

    private static let messageEvents = [
        "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.choice",
        "gen_ai.content.",
    ]

    package static func complete(_ facts: inout Facts) {
        if facts.kind == .point {
            // The words of the first release that had any.
            switch facts.text(.tokenType) {
            case "prompt": facts.overrule(.tokenType, "input")
            case "completion": facts.overrule(.tokenType, "output")
            default: break
            }
            return
        }
        if facts.operation == .retrieval, !facts.isKnown(.retrievalTopK) { facts.convert(.topK, to: .retrievalTopK, .integer) }
        guard facts.isPrimary(self) else { return }
        facts.generation = generation(facts)
        if facts.text(.outputType) == "json_schema" || facts.text(.outputType) == "json_object" {
            facts.set(.outputType, "json", from: ["gen_ai.openai.request.response_format"])
        }
        // These keys came with the rule that what was cached is part of the input.
        if facts.has("gen_ai.usage.cache_read.input_tokens") || facts.has("gen_ai.usage.cache_creation.input_tokens")
            || facts.has("gen_ai.usage.cache_write.input_tokens")
        {
            facts.convention = .inclusiveByNumbers
        }
        if facts.nameBegins("gen_ai.client.operation.exception"), facts.kind == .log {
            facts.fail(.chat, type: facts.text("exception.type"), message: facts.brief("exception.message"))
        }
        if facts.text("mcp.method.name") == "tools/call" {
            facts.set(.executeTool, order: 1)
            facts.set(.toolKind, "mcp", else: 1)
            // The conventions' name of such a span ends in the tool's.
            facts.takeName(as: .toolName, after: "tools/call ")
            facts.takeName(as: .toolName, after: "MCP send tools/call ")
        }
        if facts.kind == .span { oldest(&facts) }
    }

    private static func generation(_ facts: borrowing Facts) -> String? {
        if facts.has("gen_ai.usage.cache_write.input_tokens") || facts.nameBegins("gen_ai.client.inference.operation.exception") {
            return "g3"
        }
        if facts.kind == .log, facts.nameBegins("gen_ai.") {
            return messageEvents.contains { facts.nameBegins($0) } ? "g1" : "g2"
        }
        if facts.has("gen_ai.provider.name") || facts.has("gen_ai.input.messages") || facts.has("gen_ai.output.messages") { return "g2" }
        return facts.has("gen_ai.system") ? "g1" : nil
    }

    /// Before there were messages: what was asked and what was answered, as JSON or as text.
    private static func oldest(_ facts: inout Facts) {
        guard facts.operation != .executeTool, facts.operation != .retrieval else { return }
        facts.take("gen_ai.prompt", as: .inputMessages, .inputMessages, else: 64)
        facts.take("gen_ai.completion", as: .outputMessages, .outputMessages, else: 64)
    }
}
