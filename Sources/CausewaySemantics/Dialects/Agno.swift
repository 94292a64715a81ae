/// Agno: OpenInference's keys with a few of its own, and its own numbers.
package enum Agno: Dialect {
    package static let name = "agno"

    package static let signs: [Sign] = [.key("agno."), .scope("openinference.instrumentation.agno")]

    package static let rules: [Rule] = [
        Rule("agno.agent.id", .agentID),
        Rule("agno.team.id", .agentID, else: 1),
    ]

    /// Its metrics are copied from the providers': beside the input for some, part of it for others.
    package static let tokens = TokenConvention.byProvider
}
