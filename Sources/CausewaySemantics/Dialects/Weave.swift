/// What Weave adds to other people's spans.
package enum Weave: Dialect {
    package static let name = "weave"

    package static let signs: [Sign] = [.key("wandb.thread_id"), .key("wandb.is_turn"), .key("weave.span.kind"), .key("agent.span.type")]

    package static let rules: [Rule] = [Rule("wandb.thread_id", .conversationID)]

    private static let kinds: [String: Operation] = [
        "llm": .chat, "agent": .invokeAgent, "tool": .executeTool, "chain": .step, "retriever": .retrieval,
        // Those of the OpenAI Agents SDK, which it wraps.
        "response": .chat, "generation": .chat, "function": .executeTool, "handoff": .handoff, "guardrail": .guardrail, "custom": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        if let kind = facts.text("weave.span.kind").flatMap({ kinds[$0.lowercased()] }) { facts.set(kind) }
        if let kind = facts.text("agent.span.type").flatMap({ kinds[$0.lowercased()] }) { facts.set(kind) }
    }
}
