/// Lines of agent events: they come in canonical words, and get from here what is made of content and numbers.
package enum AgentEvents: Dialect {
    package static let name = "agent_events"

    /// What the lines become has this scope, and so has all else that we make; that is marked as understood already.
    package static let scope = "causeway"

    package static let signs: [Sign] = [.scope(scope)]

    package static let rules: [Rule] = OTelGenAI.canonical

    package static let tokens = TokenConvention.inclusive

    package static func complete(_ facts: inout Facts) {
        guard facts.isPrimary(self), let step = facts.text(.stepType), let operation = operations[step] else { return }
        facts.set(operation)
    }

    /// Those that no operation's name tells.
    private static let operations: [String: Operation] = [
        "rerank": .rerank, "guardrail": .guardrail, "validation": .validation, "evaluation": .evaluation, "handoff": .handoff,
        "memory": .memory,
    ]
}
