/// AgentOps: its decorators, and its instrumentations with the flattened keys of old.
package enum AgentOps: Dialect {
    package static let name = "agentops"

    package static let signs: [Sign] = [.key("agentops."), .scope("agentops")]

    package static let rules: [Rule] = [
        Rule("gen_ai.streaming.time_to_first_token", .timeToFirstChunk, .seconds),
        Rule("gen_ai.request.streaming", .stream),
        Rule("gen_ai.request.system_instruction", .systemInstructions, .systemInstructions),
        Rule("gen_ai.request.instructions", .systemInstructions, .systemInstructions, else: 1),
        Rule("gen_ai.openai.instructions", .systemInstructions, .systemInstructions, else: 2),
        Rule("gen_ai.request.candidate_count", .choiceCount),
        Rule("tool.id", .toolCallID),
        Rule("tool.name", .toolName),
        Rule("tool.description", .toolDescription),
        Rule("tool.parameters", .toolArguments, else: 1),
        Rule("tool.result", .toolResult, else: 1),
        Rule("agent.id", .agentID),
        Rule("agent.name", .agentName),
    ]

    /// The providers' own numbers.
    package static let tokens = TokenConvention.byProvider

    private static let kinds: [String: Operation] = [
        "session": .invokeWorkflow, "agent": .invokeAgent, "tool": .executeTool, "llm": .chat, "llm.call": .chat, "task": .step,
        "operation": .step, "workflow": .invokeWorkflow, "workflow.step": .step, "chain": .step, "guardrail": .guardrail, "http": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        let kind = facts.text("agentops.span.kind")?.lowercased()
        if let kind {
            facts.set(kinds[kind] ?? .step)
            facts.drop("agentops.span.kind")
        }
        facts.take(family: "gen_ai.request.tools.", as: .toolDefinitions)
        facts.take(family: "gen_ai.prompt.", as: .inputMessages, .inputMessages)
        facts.take(family: "gen_ai.completion.", as: .outputMessages, .outputMessages)
        let (input, output) = kind.map { ("agentops.\($0).input", "agentops.\($0).output") } ?? ("", "")
        switch facts.operation {
        case .executeTool:
            facts.take(input, as: .toolArguments, .callArguments)
            facts.take("agentops.entity.input", as: .toolArguments, .callArguments, else: 2)
            facts.take(output, as: .toolResult, .quotedContent)
            facts.take("agentops.entity.output", as: .toolResult, .quotedContent, else: 2)
            facts.take("gen_ai.usage.total_cost", as: .costTool)
            if let status = facts.text("tool.status")?.lowercased(), ["error", "failed", "failure"].contains(status) {
                facts.noted = facts.isError ? nil : .toolReportedError
            }
            // A decorated function is called `name.tool`.
            if facts.itemName.hasSuffix(".tool") { facts.set(.toolName, String(facts.itemName.dropLast(5)), else: 4) }
        case .invokeAgent, .invokeWorkflow, .chat:
            facts.take(input, as: .inputMessages, .inputMessages, else: 2)
            facts.take("agentops.entity.input", as: .inputMessages, .inputMessages, else: 3)
            facts.take(output, as: .outputMessages, .outputMessages, else: 2)
            facts.take("agentops.entity.output", as: .outputMessages, .outputMessages, else: 3)
            facts.take("gen_ai.usage.total_cost", as: .costTotal)
        default: break
        }
        switch facts.text("agentops.session.end_state")?.lowercased() {
        case "success": facts.set(.outcome, "success", from: ["agentops.session.end_state"])
        case "fail": facts.set(.outcome, "failure", from: ["agentops.session.end_state"])
        default: break
        }
    }
}
