/// pydantic-ai, in all versions of its instrumentation: the conventions' keys and, in the older ones, its own for content and tools.
package enum PydanticAI: Dialect {
    package static let name = "pydantic_ai"

    package static let signs: [Sign] = [
        .key("pydantic_ai."), .key("gen_ai.aggregated_usage."), .key("model_request_parameters"), .key("all_messages_events"),
        .key("tool_arguments"), .key("tool_response"), .scope("pydantic-ai"),
    ]

    package static let rules: [Rule] =
        [
            Rule("tool_arguments", .toolArguments),
            Rule("tool_response", .toolResult),
            Rule("agent_name", .agentName),
            Rule("model_name", .requestModel, .model),
            Rule("pydantic_ai.all_messages", .inputMessages),
            Rule("operation.cost", .costTotal),
            Rule("gen_ai.client.operation.time_to_first_chunk", .timeToFirstChunk, .seconds),
            Rule("gen_ai.usage.details.cache_read_tokens", .cacheReadTokens, else: 1),
            Rule("gen_ai.usage.details.cache_write_tokens", .cacheWriteTokens, else: 1),
            Rule("gen_ai.usage.details.reasoning_tokens", .reasoningTokens, else: 1),
            Rule("gen_ai.usage.details.input_audio_tokens", .audioInputTokens, else: 1),
            Rule("gen_ai.usage.details.output_audio_tokens", .audioOutputTokens, else: 1),
        ] + aggregated

    /// An agent's sums stand under names of their own, so that nobody adds them to those of its calls.
    private static let aggregated: [Rule] = [
        Rule("gen_ai.aggregated_usage.input_tokens", .inputTokens),
        Rule("gen_ai.aggregated_usage.output_tokens", .outputTokens),
        Rule("gen_ai.aggregated_usage.cache_read.input_tokens", .cacheReadTokens),
        Rule("gen_ai.aggregated_usage.cache_creation.input_tokens", .cacheWriteTokens),
        Rule("gen_ai.aggregated_usage.details.cache_read_tokens", .cacheReadTokens, else: 1),
        Rule("gen_ai.aggregated_usage.details.cache_write_tokens", .cacheWriteTokens, else: 1),
        Rule("gen_ai.aggregated_usage.details.reasoning_tokens", .reasoningTokens, else: 1),
    ]

    package static let tokens = TokenConvention.inclusive

    package static func complete(_ facts: inout Facts) {
        if facts.nameBegins("agent run") || facts.nameBegins("invoke_agent") {
            facts.set(.invokeAgent)
        } else if facts.nameBegins("running tools") || facts.nameBegins("preparing model request") {
            facts.set(.step)
        } else if facts.nameBegins("running tool") || facts.nameBegins("execute_tool") {
            facts.set(.executeTool)
        }
        facts.generation =
            if facts.has("events") || facts.has("all_messages_events") {
                "v1"
            } else if facts.has("tool_arguments") || facts.has("tool_response") || facts.nameBegins("agent run")
                || facts.nameBegins("running")
            {
                "v2"
            } else {
                "v3"
            }
        // What an agent made is its last word, or a value of the type it was asked for.
        if let result = facts.json("final_result"), result.kind(0) != .string {
            facts.take("final_result", as: .outputPayload)
        } else {
            facts.take("final_result", as: .outputMessages, .outputMessages)
        }
        facts.take(messageEvents: "events")
        facts.take(messageEvents: "all_messages_events")
        tools(&facts)
        if let attempt = facts.number("pydantic_ai.tool.retry.attempt").flatMap({ Int64(exactly: $0) }) {
            let maximum = facts.number("pydantic_ai.tool.retry.max_retries").flatMap { Int64(exactly: $0) }
            facts.noteRetries(1, reason: facts.text("pydantic_ai.tool.retry.cause"), maximum: maximum, attempt: attempt)
            facts.retryState = attempt < maximum ?? .max ? "will_retry" : "exhausted"
        }
    }

    /// The tools offered, where only the request's own parameters say it.
    private static func tools(_ facts: inout Facts) {
        guard !facts.isKnown(.toolDefinitions), let parameters = facts.json("model_request_parameters"),
            let tools = parameters.member("function_tools", of: 0)
        else { return }
        facts.take(parameters, tools, as: .toolDefinitions)
    }
}
