/// What CrewAI adds to OpenInference's spans: keys without a namespace.
package enum CrewAI: Dialect {
    package static let name = "crewai"

    package static let signs: [Sign] = [.scope("openinference.instrumentation.crewai"), .beside("crew_key"), .beside("crew_id")]

    package static let rules: [Rule] = [
        Rule("tool.agent_role", .agentName, else: 1),
        Rule("tool.run_attempts", .retryAttempt),
        Rule("llm.tools", .toolDefinitions),
    ]

    package static func complete(_ facts: inout Facts) {
        // An agent's place in the graph is called by its role.
        if facts.operation == .invokeAgent, let role = facts.text("graph.node.id") { facts.set(.agentName, role, else: 2) }
        if facts.operation == .invokeWorkflow, facts.itemName.hasSuffix(".kickoff") {
            facts.set(.workflowName, String(facts.itemName.dropLast(8)))
        }
    }
}
