internal import CausewayOTLP

/// LangSmith's OpenTelemetry export: whole inputs and outputs as JSON in two attributes.
package enum LangSmith: Dialect {
    package static let name = "langsmith"

    package static let signs: [Sign] = [.key("langsmith.")]

    package static let rules: [Rule] = [
        Rule("langsmith.metadata.ls_provider", .provider, .provider),
        Rule("langsmith.metadata.ls_model_name", .requestModel, .model),
        Rule("langsmith.metadata.session_id", .conversationID),
        Rule("langsmith.metadata.thread_id", .conversationID, else: 1),
        Rule("langsmith.metadata.conversation_id", .conversationID, else: 2),
        Rule("langsmith.metadata.user_id", .userID),
        Rule("langsmith.metadata.lc_agent_name", .agentName),
        Rule("langsmith.metadata.tenant_id", .tenantID),
        Rule("langsmith.metadata.ls_temperature", .temperature, else: 1),
        Rule("langsmith.metadata.ls_max_tokens", .maxTokens, else: 1),
        Rule("gen_ai.response.service_tier", .responseServiceTier),
        Rule("gen_ai.response.system_fingerprint", .systemFingerprint),
    ]

    package static let tokens = TokenConvention.inclusive

    private static let kinds: [String: Operation] = [
        "llm": .chat, "tool": .executeTool, "retriever": .retrieval, "embedding": .embeddings, "prompt": .prompt, "parser": .parse,
        "chain": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        if let kind = facts.text("langsmith.span.kind")?.lowercased(), var operation = kinds[kind] {
            if operation == .step, facts.isRoot { operation = .invokeWorkflow }
            facts.set(operation)
            facts.drop("langsmith.span.kind")
        }
        // Details stand beside the counts, each as JSON.
        for key in ["gen_ai.usage.input_token_details", "gen_ai.usage.output_token_details", "langsmith.metadata.usage_metadata"] {
            facts.takeUsage(key, else: 1)
        }
        facts.convention = .inclusive
        if let first = facts.events(named: "new_token").first, first.timeNanoseconds >= facts.startNanoseconds {
            facts.set(.timeToFirstChunk, Double(first.timeNanoseconds - facts.startNanoseconds) / 1e9)
        }
        let (input, output) = ("gen_ai.prompt", "gen_ai.completion")
        switch facts.operation {
        case .chat, .invokeWorkflow:
            facts.take(input, as: .inputMessages, .inputMessages, else: 1)
            facts.take(output, as: .outputMessages, .outputMessages, else: 1)
        case .executeTool:
            facts.takeName(as: .toolName, else: 1)
            facts.take(input, as: .toolArguments, .callArguments, else: 1)
            facts.take(output, as: .toolResult, .quotedContent, else: 1)
        case .retrieval:
            facts.takeQuery(input, else: 1)
            facts.take(output, as: .retrievalDocuments, else: 1)
        default: break
        }
    }
}
