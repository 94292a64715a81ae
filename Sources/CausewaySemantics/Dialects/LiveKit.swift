/// LiveKit Agents: talk with models. What is personal got `pii` into its key at some time; both forms are read.
package enum LiveKit: Dialect {
    package static let name = "livekit"

    package static let signs: [Sign] = [.key("lk."), .scope("livekit-agents"), .metric("lk.agents.")]

    package static let rules: [Rule] =
        personal + [
            Rule("lk.job_id", .conversationID),
            Rule("lk.agent_name", .agentName),
            Rule("lk.agent_label", .agentName, else: 1),
            Rule("lk.function_tool.id", .toolCallID),
            Rule("lk.function_tool.name", .toolName),
            Rule("lk.response.ttft", .timeToFirstChunk, .seconds),
            Rule("langfuse.observation.completion_start_time", .timeToFirstChunk, .moment, else: 1),
            Rule("gen_ai.usage.input_text_tokens", .textInputTokens),
            Rule("gen_ai.usage.input_audio_tokens", .audioInputTokens),
            Rule("gen_ai.usage.input_cached_tokens", .cacheReadTokens),
            Rule("gen_ai.usage.output_text_tokens", .textOutputTokens),
            Rule("gen_ai.usage.output_audio_tokens", .audioOutputTokens),
        ]

    private static let personal: [Rule] = [
        ("participant_identity", Field.userID, Reading.text, 0), ("instructions", .systemInstructions, .systemInstructions, 0),
        ("user_input", .inputMessages, .inputMessages, 0), ("user_transcript", .inputMessages, .inputMessages, 2),
        ("chat_ctx", .inputMessages, .inputMessages, 4), ("input_text", .inputMessages, .inputMessages, 6),
        ("response.text", .outputMessages, .outputMessages, 0), ("response.function_calls", .outputMessages, .outputMessages, 2),
        ("function_tool.arguments", .toolArguments, .content, 0), ("function_tool.output", .toolResult, .content, 0),
    ].flatMap { (key: String, field: Field, reading: Reading, order: UInt8) in
        [Rule("lk.pii." + key, field, reading, else: order), Rule("lk." + key, field, reading, else: order + 1)]
    }

    package static let tokens = TokenConvention.inclusive

    package static let metrics: [MetricRule] = [
        MetricRule("lk.agents.turn.llm_ttft", "gen_ai.client.operation.time_to_first_chunk", unit: "s")
    ]

    private static let kinds: [String: Operation] = [
        "llm_request": .chat, "realtime_metrics": .chat, "agent_turn": .invokeAgent, "agent_session": .invokeWorkflow,
        "function_tool": .executeTool, "judge_evaluation": .evaluation, "start": .hook, "on_enter": .hook, "on_exit": .hook, "drain": .hook,
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        if let kind = kinds[facts.itemName] {
            facts.set(kind)
        } else if ["llm_node", "llm_fallback_adapter", "llm_request_run"].contains(where: { facts.nameBegins($0) }) {
            // What wraps a request has its operation and its model, but it is not the request.
            facts.forget(.operationName)
            facts.set(.step)
        } else {
            facts.set(.step, order: 2)
        }
        // Each try is a span of its own, counted from zero, below the request that has the tokens.
        if let count = facts.number("lk.retry_count").flatMap({ Int64(exactly: $0) }), count >= 0, count < 1 << 20 {
            facts.set(.retryAttempt, count + 1, from: ["lk.retry_count"])
            if facts.isError { facts.noteRetries(1, attempt: count + 1) }
        }
        if facts.flag("lk.function_tool.is_error") == true {
            facts.fail(.executeTool, message: facts.brief("lk.pii.function_tool.output") ?? facts.brief("lk.function_tool.output"))
        }
    }
}
