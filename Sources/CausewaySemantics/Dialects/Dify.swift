/// Dify, from inside and through its exporters.
package enum Dify: Dialect {
    package static let name = "dify"

    package static let signs: [Sign] = [.key("dify."), .value("gen_ai.framework", ["dify"]), .scope("dify-sdk")]

    package static let rules: [Rule] = [
        Rule("dify.tenant_id", .tenantID),
        Rule("gen_ai.user.id", .userID),
        Rule("gen_ai.session.id", .conversationID),
        // Nanoseconds, here alone.
        Rule("gen_ai.user.time_to_first_token", .timeToFirstChunk, .nanoseconds),
        Rule("gen_ai.response.finish_reason", .finishReasons, .finishReasons),
        Rule("gen_ai.prompt", .inputMessages),
        Rule("gen_ai.completion", .outputMessages, .outputMessages),
    ]

    private static let kinds: [String: Operation] = [
        "LLM": .chat, "GENERATION": .chat, "RETRIEVER": .retrieval, "TOOL": .executeTool, "AGENT": .invokeAgent,
        "WORKFLOW": .invokeWorkflow, "TASK": .step, "CHAIN": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        if let kind = facts.text("gen_ai.span.kind").flatMap({ kinds[$0.uppercased()] }) {
            facts.set(kind)
            facts.drop("gen_ai.span.kind")
        }
        let (input, output) = ("gen_ai.entity.input", "gen_ai.entity.output")
        switch facts.operation {
        case .executeTool:
            facts.take(input, as: .toolArguments, else: 1)
            facts.take(output, as: .toolResult, else: 1)
        case .retrieval:
            facts.takeQuery(input, else: 1)
            facts.take(output, as: .retrievalDocuments, else: 1)
        default:
            facts.take(input, as: .inputMessages, .inputMessages, else: 1)
            facts.take(output, as: .outputMessages, .outputMessages, else: 1)
        }
        // A provider may be a path of plug-ins.
        if let provider = facts.text("gen_ai.provider.name"), let slash = provider.lastIndex(of: "/") {
            facts.overrule(provider: String(provider[provider.index(after: slash)...]))
        }
    }
}
