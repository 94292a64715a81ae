/// n8n: workflows and their nodes, without a word about models.
package enum N8n: Dialect {
    package static let name = "n8n"

    package static let signs: [Sign] = [.key("n8n."), .scope("n8n-workflow")]

    package static let rules: [Rule] = [Rule("n8n.workflow.name", .workflowName)]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        facts.set(facts.nameBegins("workflow.execute") ? .invokeWorkflow : kind(facts))
        switch facts.operation {
        case .invokeAgent: facts.take("n8n.node.name", as: .agentName)
        case .executeTool: facts.take("n8n.node.name", as: .toolName)
        default: break
        }
        // It says that it is a new try, not which one: the second, at least.
        if facts.flag("n8n.execution.is_retry") == true { facts.set(.retryAttempt, 2 as Int64) }
        if facts.has("n8n.node.termination_reason") { facts.noted = .orchestrationCancelled }
    }

    private static let nodes: [(start: String, kind: Operation)] = [
        ("agentTool", .executeTool), ("agent", .invokeAgent), ("lmChat", .chat), ("lm", .textCompletion), ("openAi", .chat),
        ("embeddings", .embeddings), ("retriever", .retrieval), ("vectorStore", .retrieval), ("reranker", .rerank), ("tool", .executeTool),
        ("mcpClientTool", .executeTool), ("memory", .memory), ("outputParser", .parse), ("guardrails", .guardrail),
    ]

    /// Nodes of agents are told by the package they come from, and by what they are called in it.
    private static func kind(_ facts: borrowing Facts) -> Operation {
        guard let type = facts.text("n8n.node.type"), type.contains("langchain"), let dot = type.lastIndex(of: ".") else { return .step }
        let name = type[type.index(after: dot)...]
        return nodes.first { name.hasPrefix($0.start) }?.kind ?? .step
    }
}
