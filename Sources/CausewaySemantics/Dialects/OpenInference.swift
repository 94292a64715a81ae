/// OpenInference, the vocabulary of Arize's instrumentations and of Phoenix.
package enum OpenInference: Dialect {
    package static let name = "openinference"

    package static let signs: [Sign] = [
        .key("openinference.span.kind"), .key("llm.token_count."), .key("llm.input_messages."), .key("llm.output_messages."),
        .key("retrieval.documents."), .key("embedding.embeddings."), .key("llm.invocation_parameters"),
        .key("llm.prompts."), .key("llm.choices."), .key("reranker."), .beside("llm.cost."),
    ]

    package static let rules: [Rule] = [
        Rule("llm.request.model_name", .requestModel, .model),
        Rule("llm.model_name", .requestModel, .model, else: 1),
        Rule("embedding.model_name", .requestModel, .model, else: 2),
        Rule("reranker.model_name", .requestModel, .model, else: 3),
        Rule("llm.response.model_name", .responseModel, .model),
        Rule("llm.token_count.prompt", .inputTokens),
        Rule("llm.token_count.completion", .outputTokens),
        Rule("llm.token_count.total", .totalTokens),
        Rule("llm.token_count.prompt_details.cache_read", .cacheReadTokens),
        Rule("llm.token_count.prompt_details.cache_input", .cacheReadTokens, else: 1),
        Rule("llm.token_count.prompt_details.cache_write", .cacheWriteTokens),
        Rule("llm.token_count.prompt_details.audio", .audioInputTokens),
        Rule("llm.token_count.completion_details.reasoning", .reasoningTokens),
        Rule("llm.token_count.completion_details.audio", .audioOutputTokens),
        Rule("llm.cost.total", .costTotal),
        Rule("llm.cost.prompt", .costInput),
        Rule("llm.cost.completion", .costOutput),
        Rule("llm.cost.prompt_details.cache_read", .costCacheRead),
        Rule("llm.cost.prompt_details.cache_write", .costCacheWrite),
        Rule("llm.cost.completion_details.reasoning", .costReasoning),
        Rule("llm.finish_reason", .finishReasons, .finishReasons),
        Rule("llm.user", .userID, else: 2),
        Rule("agent.name", .agentName),
        Rule("tool.name", .toolName),
        Rule("tool.id", .toolCallID),
        Rule("tool_call.id", .toolCallID, else: 1),
        Rule("tool.description", .toolDescription),
        Rule("reranker.query", .retrievalQuery),
        Rule("reranker.top_k", .retrievalTopK),
        Rule("llm.prompt_template.version", .promptVersion),
        Rule("prompt.id", .promptName),
    ]

    package static let tokens = TokenConvention.inclusive

    private static let kinds = WordTable<Operation>([
        ("LLM", .chat), ("EMBEDDING", .embeddings), ("RETRIEVER", .retrieval), ("RERANKER", .rerank),
        ("TOOL", .executeTool),
        ("AGENT", .invokeAgent), ("CHAIN", .step), ("GUARDRAIL", .guardrail),
        ("EVALUATOR", .evaluation), ("PROMPT", .prompt),
    ])

    /// Whose a span is, where it stands among what else the caller said about it.
    private static let identity: [(field: Field, names: [String])] = [
        (.conversationID, ["session_id", "thread_id", "conversation_id"]), (.userID, ["user_id"]),
        (.tenantID, ["tenant_id", "customer_id", "organization_id", "org_id"]),
    ]

    package static func complete(_ facts: inout Facts) {
        if var operation = facts.word("openinference.span.kind", in: kinds) {
            if operation == .step, facts.isRoot { operation = .invokeWorkflow }
            if operation == .executeTool, facts.nameBegins("handoff") { operation = .handoff }
            facts.set(operation)
            facts.drop("openinference.span.kind")
        } else if facts.has("openinference.span.kind") {
            facts.set(.step, order: 2)
        }
        provider(&facts)
        facts.take(family: "llm.input_messages.", as: .inputMessages, .inputMessages)
        facts.take(family: "llm.output_messages.", as: .outputMessages, .outputMessages)
        facts.take(family: "llm.tools.", as: .toolDefinitions)
        facts.take(family: "llm.prompts.", as: .inputMessages, .inputMessages, else: 1)
        facts.take(family: "llm.choices.", as: .outputMessages, .outputMessages, else: 1)
        facts.take(family: "retrieval.documents.", as: .retrievalDocuments)
        facts.take(family: "reranker.output_documents.", as: .retrievalDocuments, else: 1)
        facts.takePromptVariables("llm.prompt_template.variables")
        facts.takeEvaluations(family: "annotations.", member: "annotation")
        facts.takeEvaluations(family: "evaluations.", member: "evaluation")
        facts.takeIdentity("metadata", identity)
        parameters(&facts)
        switch facts.operation {
        case .executeTool:
            // Only one of its instrumentations shows how the function was called.
            facts.take("input.value", as: .toolArguments, facts.has(Smolagents.self) ? .callArguments : .content)
            facts.take("tool.parameters", as: .toolArguments, else: 1)
            facts.take("output.value", as: .toolResult)
            dropTypes(&facts)
        case .retrieval, .rerank:
            facts.takeQuery("input.value")
            if !facts.isKnown(.retrievalDocuments) { facts.take("output.value", as: .retrievalDocuments) }
        case .chat, .textCompletion:
            facts.take("input.value", as: .inputMessages, .inputMessages, else: 8)
            facts.take("output.value", as: .outputMessages, .outputMessages, else: 8)
        case .invokeAgent, .invokeWorkflow:
            facts.take("input.value", as: .inputMessages, .inputMessages, else: 8)
            facts.take("output.value", as: .outputMessages, .outputMessages, else: 8)
        default: break
        }
    }

    /// Who runs the model stands in two places: the host, and whose interface it speaks.
    private static func provider(_ facts: inout Facts) {
        if facts.takeCanonicalProvider("llm.provider", or: "llm.system") { return }
        let host = facts.text("llm.provider")?.lowercased()
        let system = facts.text("llm.system")?.lowercased()
        let name: String? =
            switch (host, system) {
            case ("azure", "openai"): "azure.ai.openai"
            case ("azure", _): "azure.ai.inference"
            case ("aws", _): "aws.bedrock"
            case ("google", "vertexai"), (nil, "vertexai"): "gcp.vertex_ai"
            case ("google", _): "gcp.gen_ai"
            case (nil, "amazon"): "aws.bedrock"
            default: host ?? system
            }
        guard let name else { return }
        facts.set(provider: name, from: ["llm.provider", "llm.system"])
    }

    private static func parameters(_ facts: inout Facts) {
        guard facts.takeParameters("llm.invocation_parameters") else { return }
        facts.drop("llm.invocation_parameters")
    }

    /// What kind of text the values are is seen from them.
    private static func dropTypes(_ facts: inout Facts) {
        if facts.isKnown(.toolArguments) { facts.drop("input.mime_type") }
        if facts.isKnown(.toolResult) { facts.drop("output.mime_type") }
    }
}
