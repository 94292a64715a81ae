/// TrueFoundry's gateway: a tree for each request, the call itself in `Model`.
package enum TrueFoundry: Dialect {
    package static let name = "truefoundry"

    package static let signs: [Sign] = [.key("tfy."), .resource("service.name", ["tfy-llm-gateway"])]

    package static let rules: [Rule] = [
        Rule("tfy.model.metric.input_tokens", .inputTokens),
        Rule("tfy.model.metric.output_tokens", .outputTokens),
        Rule("tfy.model.metric.cache_read_input_tokens", .cacheReadTokens),
        Rule("tfy.model.metric.cache_creation_input_tokens", .cacheWriteTokens),
        Rule("tfy.model.metric.cost_in_usd", .costTotal),
        Rule("tfy.model.metric.time_to_first_token_in_ms", .timeToFirstChunk, .milliseconds),
        Rule("tfy.request.conversation_id", .conversationID),
        Rule("tfy.request.created_by_subject", .userID),
    ]

    private static let kinds: [String: Operation] = [
        "Model": .chat, "ChatCompletion": .step, "Completion": .step, "Embedding": .step, "Rerank": .step, "AgentResponse": .invokeAgent,
        "MCP": .executeTool, "Guardrail": .guardrail,
    ]

    package static func complete(_ facts: inout Facts) {
        if let type = facts.text("tfy.span_type"), let kind = kinds[type] {
            facts.set(kind)
            facts.drop("tfy.span_type")
        }
        if let message = facts.text("tfy.error_message"), !message.isEmpty, facts.operation != .step {
            facts.hasFailed = true
            facts.failureText = message
        }
        switch facts.operation {
        case .chat, .invokeAgent:
            facts.take("tfy.input", as: .inputMessages, .inputMessages)
            facts.take("tfy.output", as: .outputMessages, .outputMessages)
        case .executeTool:
            facts.set(.toolKind, "mcp")
            facts.take("tfy.input", as: .toolArguments)
            facts.take("tfy.output", as: .toolResult)
            if facts.flag("tfy.mcp_server.is_tool_call_execution_error") == true {
                facts.fail(.executeTool, message: facts.brief("tfy.error_message"))
            }
        default: break
        }
    }
}
