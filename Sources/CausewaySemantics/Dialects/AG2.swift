/// AG2's own tracing.
package enum AG2: Dialect {
    package static let name = "ag2"

    package static let signs: [Sign] = [.key("ag2.span.type"), .key("ag2.usage."), .scope("opentelemetry.instrumentation.ag2")]

    package static let rules: [Rule] = [
        Rule("ag2.usage.total_tokens", .totalTokens),
        Rule("gen_ai.usage.cost", .costTotal),
    ]

    private static let kinds: [String: Operation] = [
        "llm": .chat, "tool": .executeTool, "agent": .invokeAgent, "conversation": .invokeWorkflow, "multi_conversation": .invokeWorkflow,
        "multi-conversation": .invokeWorkflow, "human_input": .wait, "human input": .wait, "code_execution": .executeTool,
        "code execution": .executeTool, "speaker_selection": .step, "usage": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        guard let type = facts.text("ag2.span.type") else { return }
        guard let kind = kinds[type] else { return facts.set(.step, order: 2) }
        facts.set(kind)
        if type != "usage" { facts.drop("ag2.span.type") }
        // Its tools that fail have a type of error and no status.
        if kind == .executeTool, facts.text("error.type") == "ExecutionError" { facts.noted = .toolException }
        if type.hasPrefix("code") { facts.set(.toolName, "code_execution", else: 8) }
    }
}
