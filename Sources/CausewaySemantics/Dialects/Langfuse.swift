/// What Langfuse's SDKs send: observations, nearly all of them JSON in strings.
package enum Langfuse: Dialect {
    package static let name = "langfuse"

    package static let signs: [Sign] = [.key("langfuse.")]

    package static let rules: [Rule] = [
        Rule("langfuse.observation.metadata.ls_model_name", .requestModel, .quotedText),
        Rule("langfuse.observation.metadata.ls_provider", .provider, .provider, else: 1),
        Rule("langfuse.observation.completion_start_time", .timeToFirstChunk, .moment),
        Rule("langfuse.observation.prompt.name", .promptName),
        Rule("langfuse.observation.prompt.version", .promptVersion),
        Rule("langfuse.user.id", .userID, else: 1),
        Rule("langfuse.session.id", .conversationID, else: 1),
        Rule("langfuse.observation.metadata.finish_reason", .finishReasons, .finishReasons),
        Rule("langfuse.trace.metadata.tenant", .tenantID, .quotedText, else: 1),
        Rule("langfuse.trace.metadata.tenant_id", .tenantID, .quotedText, else: 2),
    ]

    private static let kinds: [String: Operation] = [
        "generation": .chat, "embedding": .embeddings, "retriever": .retrieval, "tool": .executeTool, "agent": .invokeAgent,
        "chain": .step, "span": .step, "event": .step, "guardrail": .guardrail, "evaluator": .evaluation,
    ]

    package static func complete(_ facts: inout Facts) {
        let type = facts.text("langfuse.observation.type")?.lowercased()
        var operation = type.flatMap { kinds[$0] }
        // SDKs up to 3.3 called generations spans.
        if type == "span", facts.has("langfuse.observation.model.name") || facts.has("langfuse.observation.usage_details") {
            operation = .chat
        }
        if type == "chain", facts.isRoot { operation = .invokeWorkflow }
        if let operation {
            facts.set(operation)
            if type != "span", type != "event" { facts.drop("langfuse.observation.type") }
        }
        if facts.isKnown(.requestModel) {
            facts.take("langfuse.observation.model.name", as: .responseModel, .model)
        } else {
            facts.take("langfuse.observation.model.name", as: .requestModel, .model)
        }
        facts.takeUsage("langfuse.observation.usage_details")
        facts.takeCosts("langfuse.observation.cost_details")
        if facts.takeParameters("langfuse.observation.model.parameters") { facts.drop("langfuse.observation.model.parameters") }
        if facts.text("langfuse.observation.level")?.uppercased() == "ERROR" {
            facts.hasFailed = true
            facts.failureText = facts.text("langfuse.observation.status_message")
        }
        // They stay, since they speak of the whole trace, wherever they stand.
        if facts.operation == .invokeWorkflow || facts.isRoot, let name = facts.text("langfuse.trace.name"), !name.isEmpty {
            facts.set(.workflowName, name, else: 8)
        }
        if facts.operation == .invokeAgent, let version = facts.text("langfuse.version") { facts.set(.agentVersion, version, else: 8) }
        if let name = facts.text("langfuse.experiment.name") { facts.set(.experimentName, name, else: 8) }
        content(&facts)
    }

    private static func content(_ facts: inout Facts) {
        let (input, output) = ("langfuse.observation.input", "langfuse.observation.output")
        switch facts.operation {
        case .chat, .invokeAgent, .invokeWorkflow:
            facts.take(input, as: .inputMessages, .inputMessages)
            facts.take(output, as: .outputMessages, .outputMessages)
        case .executeTool:
            facts.takeName(as: .toolName)
            facts.take(input, as: .toolArguments, .callArguments)
            facts.take(output, as: .toolResult, .content)
        case .retrieval:
            facts.takeQuery(input)
            facts.take(output, as: .retrievalDocuments)
        default: break
        }
        if facts.operation == .invokeAgent { facts.takeName(as: .agentName, else: 1) }
    }
}
