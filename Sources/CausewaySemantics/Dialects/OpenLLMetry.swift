/// OpenLLMetry, the vocabulary of Traceloop's instrumentations: flattened prompts before 0.5x, the conventions' messages after that.
package enum OpenLLMetry: Dialect {
    package static let name = "openllmetry"

    package static let signs: [Sign] = [
        .key("traceloop.span.kind"), .key("traceloop.entity.name"), .key("traceloop.entity.input"), .key("traceloop.entity.output"),
        .key("traceloop.prompt."), .key("llm.request.type"), .key("llm.usage."), .key("llm.is_streaming"), .key("gen_ai.prompt.0."),
        .key("gen_ai.completion.0."), .key("gen_ai.task."), .key("gen_ai.workflow.nodes"), .key("langgraph.command."),
        .key("mcp.request.argument"), .key("mcp.response.value"), .key("db.vector.query."), .event("db.query.result"),
        .event("db.search.result"), .event("llm.content.completion.chunk"),
        .beside("traceloop.workflow.name"), .beside("traceloop.association.properties."), .beside("traceloop.entity.path"),
        .beside("gen_ai.openai.api_base"), .beside("gen_ai.is_streaming"),
        .metric("llm."), .metric("gen_ai.client.generation.choices"), .metric("db.client.query.duration"),
    ]

    package static let rules: [Rule] = [
        Rule("gen_ai.usage.prompt_tokens", .inputTokens),
        Rule("gen_ai.usage.completion_tokens", .outputTokens),
        Rule("llm.usage.total_tokens", .totalTokens),
        Rule("llm.usage.reasoning_tokens", .reasoningTokens),
        Rule("llm.is_streaming", .stream),
        Rule("gen_ai.is_streaming", .stream),
        Rule("llm.frequency_penalty", .frequencyPenalty),
        Rule("llm.presence_penalty", .presencePenalty),
        Rule("llm.top_k", .topK),
        Rule("llm.chat.stop_sequences", .stopSequences),
        Rule("gen_ai.request.max_completion_tokens", .maxTokens),
        Rule("gen_ai.request.n", .choiceCount),
        Rule("gen_ai.request.reasoning_effort", .reasoningLevel),
        Rule("gen_ai.openai.system_fingerprint", .systemFingerprint),
        Rule("gen_ai.response.stop_reason", .finishReasons, .finishReasons, else: 1),
        Rule("llm.response.finish_reason", .finishReasons, .finishReasons, else: 2),
        Rule("llm.response.stop_reason", .finishReasons, .finishReasons, else: 3),
        Rule("gen_ai.user", .userID, else: 1),
        Rule("llm.user", .userID, else: 2),
        Rule("traceloop.association.properties.session_id", .conversationID),
        Rule("traceloop.association.properties.thread_id", .conversationID, else: 1),
        Rule("traceloop.association.properties.chat_id", .conversationID, else: 2),
        Rule("traceloop.association.properties.user_id", .userID),
        Rule("traceloop.association.properties.customer_id", .tenantID),
        Rule("traceloop.association.properties.tenant_id", .tenantID, else: 1),
        Rule("traceloop.association.properties.ls_provider", .provider, .provider, else: 1),
        Rule("traceloop.association.properties.lc_agent_name", .agentName, else: 4),
        Rule("traceloop.workflow.name", .workflowName),
        Rule("traceloop.prompt.key", .promptName),
        Rule("traceloop.prompt.version", .promptVersion),
        Rule("traceloop.prompt.version_name", .promptVersion, else: 1),
        Rule("gen_ai.tool.call.arguments", .toolArguments, .callArguments),
        Rule("db.vector.query.top_k", .retrievalTopK),
        Rule("gen_ai.system", .provider, .provider),
        Rule("mcp.request.argument", .toolArguments),
        Rule("mcp.response.value", .toolResult),
    ]

    package static let tokens = TokenConvention.inclusive

    private static let kinds: [String: Operation] = [
        "tool": .executeTool, "agent": .invokeAgent, "workflow": .invokeWorkflow, "task": .step, "handoff": .handoff,
    ]
    private static let requests: [String: Operation] = [
        "chat": .chat, "completion": .textCompletion, "embedding": .embeddings, "rerank": .rerank,
    ]

    package static func complete(_ facts: inout Facts) {
        if let kind = facts.text("traceloop.span.kind")?.lowercased(), let operation = kinds[kind] {
            facts.set(operation)
            facts.drop("traceloop.span.kind")
        } else if let type = facts.text("llm.request.type")?.lowercased(), let operation = requests[type] {
            facts.set(operation)
            facts.drop("llm.request.type")
        } else if facts.has("db.vector.query.top_k") {
            facts.set(.retrieval)
        }
        facts.take(family: "gen_ai.prompt.", as: .inputMessages, .inputMessages)
        facts.take(family: "gen_ai.completion.", as: .outputMessages, .outputMessages)
        facts.take(family: "llm.request.functions.", as: .toolDefinitions)
        facts.take(family: "gen_ai.tool.definitions.", as: .toolDefinitions, else: 1)
        facts.take(events: "db.query.result", as: .retrievalDocuments)
        facts.take(events: "db.search.result", as: .retrievalDocuments, else: 1)
        if facts.text("gen_ai.task.status") == "failure" { facts.hasFailed = true }
        facts.takePromptVariables("traceloop.prompt.template_variables")

        switch facts.operation {
        case .executeTool:
            facts.take("traceloop.entity.name", as: .toolName)
            facts.take("traceloop.entity.version", as: .toolVersion)
            facts.take("traceloop.entity.input", as: .toolArguments, .callArguments)
            facts.take("traceloop.entity.output", as: .toolResult, .quotedContent)
            facts.take("gen_ai.task.input", as: .toolArguments, .callArguments, else: 1)
            facts.take("gen_ai.task.output", as: .toolResult, .quotedContent, else: 1)
        case .invokeAgent:
            facts.take("traceloop.entity.name", as: .agentName)
            facts.take("traceloop.entity.version", as: .agentVersion)
            content(&facts)
        case .invokeWorkflow:
            facts.take("traceloop.entity.name", as: .workflowName, else: 1)
            content(&facts)
        default: break
        }
    }

    /// What a whole agent was asked and what it answered, where that is a conversation.
    private static func content(_ facts: inout Facts) {
        facts.take("traceloop.entity.input", as: .inputMessages, .inputMessages, else: 8)
        facts.take("traceloop.entity.output", as: .outputMessages, .outputMessages, else: 8)
    }
}
