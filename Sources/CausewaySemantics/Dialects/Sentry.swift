/// Sentry's SDKs.
package enum Sentry: Dialect {
    package static let name = "sentry"

    package static let signs: [Sign] = [.key("gen_ai.operation.type"), .key("gen_ai.request.messages"), .key("ai.pipeline.name")]

    package static let rules: [Rule] = [
        Rule("gen_ai.request.messages", .inputMessages),
        Rule("gen_ai.request.available_tools", .toolDefinitions),
        Rule("gen_ai.tool.input", .toolArguments),
        Rule("gen_ai.tool.output", .toolResult),
        // Named like counts, and dollars all the same.
        Rule("gen_ai.cost.input_tokens", .costInput),
        Rule("gen_ai.cost.output_tokens", .costOutput),
        Rule("gen_ai.cost.total_tokens", .costTotal),
        Rule("ai.pipeline.name", .workflowName),
    ]

    private static let kinds: [String: Operation] = [
        "agent": .invokeAgent, "ai_client": .chat, "tool": .executeTool, "handoff": .handoff, "guardrail": .guardrail,
    ]

    package static func complete(_ facts: inout Facts) {
        answer(&facts)
        guard let kind = facts.text("gen_ai.operation.type").flatMap({ kinds[$0] }) else { return }
        // The operation's own name says more about a model's call.
        facts.set(kind, order: kind == .chat ? 2 : 0)
        facts.drop("gen_ai.operation.type")
    }

    /// What was said and which tools were asked for are two attributes.
    private static func answer(_ facts: inout Facts) {
        guard facts.has("gen_ai.response.tool_calls") else {
            return facts.take("gen_ai.response.text", as: .outputMessages, .outputMessages)
        }
        // The text may be a list of texts in JSON.
        let text = facts.json("gen_ai.response.text").map { $0.kind(0) == .array } ?? false
        facts.take(
            message: "assistant",
            of: [("content", "gen_ai.response.text", text), ("tool_calls", "gen_ai.response.tool_calls", true)],
            as: .outputMessages,
            .outputMessages
        )
    }
}
