/// SwiftAgent.
package enum SwiftAgent: Dialect {
    package static let name = "swiftagent"

    package static let signs: [Sign] = [.key("swiftagent."), .metric("swiftagent.")]

    package static let rules: [Rule] = [
        Rule("llm.model", .requestModel, .model),
        Rule("llm.provider", .provider, .provider),
        Rule("llm.temperature", .temperature),
        Rule("llm.max_tokens", .maxTokens),
        Rule("llm.usage.prompt_tokens", .inputTokens),
        Rule("llm.usage.completion_tokens", .outputTokens),
        Rule("llm.usage.total_tokens", .totalTokens),
        Rule("swiftagent.agent.name", .agentName),
        Rule("swiftagent.tool.name", .toolName),
    ]

    package static let metrics: [MetricRule] = [
        MetricRule("swiftagent.tool.execution.duration", "gen_ai.execute_tool.duration", unit: "s")
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        if facts.nameBegins("Generate.") {
            facts.set(.chat)
            // The tries are all inside the span.
            if let attempt = facts.number("swiftagent.retry.attempt").flatMap({ Int64(exactly: $0) }), attempt > 0 {
                let maximum = facts.number("swiftagent.retry.max").flatMap { Int64(exactly: $0) }
                facts.noteRetries(attempt, maximum: maximum)
            }
        } else if facts.isKnown(.toolName) {
            facts.set(.executeTool)
        } else {
            facts.set(.step, order: 2)
        }
    }
}
