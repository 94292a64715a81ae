/// n8n: workflows and their nodes, without a word about models.
package enum N8n: Dialect {
    package static let name = "n8n"

    package static let signs: [Sign] = [.key("n8n."), .scope("n8n-workflow")]

    package static let rules: [Rule] = [Rule("n8n.workflow.name", .workflowName)]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        facts.set(facts.nameBegins("workflow.execute") ? .invokeWorkflow : .step)
        if facts.has("n8n.node.termination_reason") { facts.noted = .orchestrationCancelled }
    }
}
