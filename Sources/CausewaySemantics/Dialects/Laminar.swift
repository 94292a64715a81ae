/// Laminar.
package enum Laminar: Dialect {
    package static let name = "laminar"

    package static let signs: [Sign] = [.key("lmnr."), .scope("lmnr.")]

    package static let rules: [Rule] = [
        Rule("lmnr.association.properties.session_id", .conversationID),
        Rule("lmnr.association.properties.user_id", .userID),
        Rule("lmnr.association.properties.metadata.tenant_id", .tenantID),
        Rule("llm.usage.total_tokens", .totalTokens),
        Rule("gen_ai.usage.cost", .costTotal),
        Rule("gen_ai.usage.input_cost", .costInput),
        Rule("gen_ai.usage.output_cost", .costOutput),
    ]

    package static let tokens = TokenConvention.inclusive

    private static let kinds: [String: Operation] = [
        "LLM": .chat, "CACHED": .chat, "TOOL": .executeTool, "EXECUTOR": .invokeAgent, "DEFAULT": .step, "PIPELINE": .step,
        "EVALUATOR": .evaluation, "HUMAN_EVALUATOR": .evaluation, "EVALUATION": .evaluation,
    ]

    package static func complete(_ facts: inout Facts) {
        let type = facts.text("lmnr.span.type")
        if let type, let kind = kinds[type] {
            facts.set(kind)
            // An answer that was played again keeps its sign: nobody was paid for it.
            if type == "CACHED" { facts.isReplayed = true } else { facts.drop("lmnr.span.type") }
        }
        switch facts.operation {
        case .chat, .textCompletion, .invokeAgent:
            facts.take("lmnr.span.input", as: .inputMessages, .inputMessages, else: 1)
            facts.take("lmnr.span.output", as: .outputMessages, .outputMessages, else: 1)
        case .executeTool:
            facts.takeName(as: .toolName, else: 4)
            facts.take("lmnr.span.input", as: .toolArguments)
            facts.take("lmnr.span.output", as: .toolResult)
        default: break
        }
        if type == "EXECUTOR" { facts.takeName(as: .agentName, else: 4) }
    }
}
