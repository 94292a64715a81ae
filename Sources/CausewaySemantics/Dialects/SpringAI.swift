/// Spring AI: every value is text, for that is what Micrometer has.
package enum SpringAI: Dialect {
    package static let name = "spring_ai"

    package static let signs: [Sign] = [.key("spring.ai."), .scope("org.springframework.ai"), .value("gen_ai.system", ["spring_ai"])]

    package static let rules: [Rule] = [
        Rule("spring.ai.tool.definition.name", .toolName),
        Rule("spring.ai.tool.definition.description", .toolDescription),
        Rule("spring.ai.tool.call.id", .toolCallID),
        Rule("spring.ai.tool.call.arguments", .toolArguments),
        Rule("spring.ai.tool.call.result", .toolResult),
        Rule("spring.ai.chat.client.conversation.id", .conversationID),
        Rule("spring.ai.model.request.tool.names", .toolDefinitions),
        Rule("db.vector.query.content", .retrievalQuery),
        Rule("db.vector.query.top_k", .retrievalTopK),
        Rule("db.vector.query.response.documents", .retrievalDocuments),
    ]

    /// As the clients of the models report them.
    package static let tokens = TokenConvention.byProvider

    private static let kinds: [String: Operation] = [
        "advisor": .step, "chat_client": .step, "tool_call": .executeTool, "vector_store": .retrieval,
    ]

    package static func complete(_ facts: inout Facts) {
        // Micrometer: the class of an exception, or the word for none.
        if facts.holds("error", "none") { facts.drop("error") } else { facts.take("error", as: .errorType, else: 1) }
        if facts.kind == .log {
            facts.takeBody(as: .inputMessages, .inputMessages, behind: "Chat Model Prompt Content:")
            facts.takeBody(as: .outputMessages, .outputMessages, behind: "Chat Model Completion:")
            facts.takeBody(as: .outputMessages, .outputMessages, behind: "Chat Model Completion Content:")
        }
        guard facts.kind == .span, let kind = facts.text("spring.ai.kind").flatMap({ kinds[$0] }) else { return }
        // Around the call of a model stand the client's span and one for each advisor: all of them are the same call.
        // What is written to a store is no search.
        let writes = ["add", "delete", "insert", "upsert", "update"]
        let isWriting = kind == .retrieval && (facts.text("db.operation.name").map { writes.contains($0.lowercased()) } ?? false)
        facts.set(isWriting ? .step : kind)
    }
}
