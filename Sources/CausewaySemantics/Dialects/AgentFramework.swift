/// Microsoft Agent Framework, in Python and .NET, and the chat layer below it (Microsoft.Extensions.AI).
package enum AgentFramework: Dialect {
    package static let name = "agent_framework"

    package static let signs: [Sign] = [
        .scope("agent_framework"), .scope("Experimental.Microsoft.Agents.AI"), .scope("Microsoft.Agents.AI"),
        .scope("Experimental.Microsoft.Extensions.AI"), .value("gen_ai.provider.name", ["microsoft.agent_framework"]),
        .key("agent_framework."), .metric("agent_framework."), .beside("edge_group."),
    ]

    package static let rules: [Rule] = [
        Rule("workflow.name", .workflowName),
        Rule("agent_framework.function.name", .toolName),
    ]

    package static let metrics: [MetricRule] = [
        MetricRule("agent_framework.function.invocation.duration", "gen_ai.execute_tool.duration", unit: "s")
    ]

    private static let spans: [(String, Operation)] = [
        ("workflow.build", .step), ("workflow.run", .invokeWorkflow), ("workflow.session", .step), ("workflow_invoke", .invokeWorkflow),
        ("executor.process", .step), ("edge_group.process", .step), ("message.send", .step), ("orchestrate_tools", .step),
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind != .point else {
            // Descriptions make long series, and nobody asks by them.
            if facts.has("gen_ai.tool.description") {
                facts.drop("gen_ai.tool.description")
                facts.unbounded += 1
            }
            return
        }
        if let kind = spans.first(where: { facts.nameBegins($0.0) })?.1 { facts.set(kind) }
        // A call without an id.
        if facts.text(.toolCallID) == "unknown" { facts.forget(.toolCallID) }
    }
}
