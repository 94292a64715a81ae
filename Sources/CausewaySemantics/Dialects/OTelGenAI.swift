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
    ]

    /// The unit is written in several ways.
    package static let metrics: [MetricRule] = [MetricRule("gen_ai.client.token.usage", "gen_ai.client.token.usage", unit: "{token}")]

    package static func complete(_ facts: inout Facts) {
        guard facts.isPrimary(self) else { return }
        facts.generation =
            if facts.has("gen_ai.usage.cache_write.input_tokens") || facts.nameBegins("gen_ai.client.inference.operation.exception") {
                "g3"
            } else if facts.has("gen_ai.provider.name") || facts.has("gen_ai.input.messages") || facts.has("gen_ai.output.messages")
                || facts.nameBegins("gen_ai.client.inference.operation.details")
            {
                "g2"
            } else if facts.has("gen_ai.system") || facts.nameBegins("gen_ai.") {
                "g1"
            } else {
                nil
            }
        if facts.text(.outputType) == "json_schema" || facts.text(.outputType) == "json_object" {
            facts.set(.outputType, "json", from: ["gen_ai.openai.request.response_format"])
        }
        if facts.text("mcp.method.name") == "tools/call" {
            facts.set(.executeTool, order: 1)
            // The conventions' name of such a span ends in the tool's.
            facts.takeName(as: .toolName, after: "tools/call ")
            facts.takeName(as: .toolName, after: "MCP send tools/call ")
        }
    }
}
