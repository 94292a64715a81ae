/// Agno: OpenInference's keys with a few of its own, and its own numbers.
package enum Agno: Dialect {
    package static let name = "agno"

    package static let signs: [Sign] = [.key("agno."), .scope("openinference.instrumentation.agno")]

    package static let rules: [Rule] = [
        Rule("agno.agent.id", .agentID),
        Rule("agno.team.id", .agentID, else: 1),
        Rule("agno.model.id", .requestModel, .model, else: 1),
        Rule("agno.step.agent_name", .agentName, else: 1),
        Rule("agno.step.team_name", .agentName, else: 2),
    ]

    /// Its metrics are copied from the providers': beside the input for some, part of it for others.
    package static let tokens = TokenConvention.byProvider

    package static func complete(_ facts: inout Facts) {
        guard facts.has("agno.workflow.id") else { return }
        // A workflow's span is called `name.run`.
        for end in [".run", ".arun"] where facts.itemName.hasSuffix(end) {
            facts.set(.workflowName, String(facts.itemName.dropLast(end.count)))
        }
    }
}
