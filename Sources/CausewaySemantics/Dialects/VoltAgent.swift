/// VoltAgent.
package enum VoltAgent: Dialect {
    package static let name = "voltagent"

    package static let signs: [Sign] = [
        .key("voltagent."), .scope("@voltagent/core"), .scope("voltagent-core"), .key("llm.model_index"),
        .key("usage.prompt_context."), .beside("subagent.id"),
    ]

    package static let rules: [Rule] = [
        Rule("voltagent.conversation_id", .conversationID),
        Rule("conversation.id", .conversationID, else: 1),
        Rule("llm.model", .requestModel, .model),
        Rule("ai.model.name", .requestModel, .model, else: 1),
        Rule("llm.provider", .provider, .provider),
        Rule("ai.model.provider", .provider, .provider, else: 1),
        Rule("llm.usage.prompt_tokens", .inputTokens),
        Rule("llm.usage.completion_tokens", .outputTokens),
        Rule("llm.usage.total_tokens", .totalTokens),
        Rule("llm.usage.cached_tokens", .cacheReadTokens),
        Rule("llm.usage.reasoning_tokens", .reasoningTokens),
        Rule("usage.prompt_tokens", .inputTokens, else: 1),
        Rule("usage.completion_tokens", .outputTokens, else: 1),
        Rule("usage.total_tokens", .totalTokens, else: 1),
        Rule("usage.cached_tokens", .cacheReadTokens, else: 1),
        Rule("usage.reasoning_tokens", .reasoningTokens, else: 1),
        Rule("llm.finish_reason", .finishReasons, .finishReasons),
        Rule("ai.response.finish_reason", .finishReasons, .finishReasons, else: 1),
        Rule("llm.temperature", .temperature),
        Rule("ai.model.temperature", .temperature, else: 1),
        Rule("llm.max_output_tokens", .maxTokens),
        Rule("llm.top_p", .topP),
        Rule("llm.stream", .stream),
        Rule("tool.name", .toolName),
        Rule("tool.description", .toolDescription),
        Rule("tool.call.id", .toolCallID),
        Rule("workflow.name", .workflowName),
    ]

    package static let tokens = TokenConvention.inclusive

    private static let kinds: [String: Operation] = [
        "agent": .invokeAgent, "llm": .chat, "tool": .executeTool, "memory": .memory, "retriever": .retrieval, "embedding": .embeddings,
        "vector": .retrieval, "guardrail": .guardrail, "middleware": .step, "summary": .step, "workflow": .invokeWorkflow,
        "workflow-step": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        // Children have the entity of their parent, so that the span's own type comes first.
        if let type = facts.text("span.type"), let kind = kinds[type] {
            facts.set(kind)
            facts.drop("span.type")
        } else if facts.isRoot || facts.nameBegins("subagent:"), facts.text("entity.type") == "agent" {
            facts.set(.invokeAgent)
        } else if let type = facts.text("entity.type"), facts.isRoot, let kind = kinds[type] {
            facts.set(kind)
        } else if facts.nameBegins("workflow.") {
            facts.set(.invokeWorkflow)
        } else {
            facts.set(.step, order: 2)
        }
        switch facts.operation {
        case .chat:
            facts.take("llm.messages", as: .inputMessages, .inputMessages)
            facts.take("input", as: .inputMessages, .inputMessages, else: 1)
            facts.take("output", as: .outputMessages, .outputMessages)
            facts.take("llm.tools", as: .toolDefinitions)
            // One span for each try; the first is no new one.
            if let attempt = facts.number("llm.attempt").flatMap({ Int64(exactly: $0) }), attempt > 0, attempt < 1 << 20 {
                facts.set(.retryAttempt, attempt, from: ["llm.attempt"])
                if facts.isError { facts.noteRetries(1, attempt: attempt) }
            }
        case .executeTool:
            // `tool.parameters` is what the tool takes, not what it was given.
            facts.take("input", as: .toolArguments)
            facts.take("output", as: .toolResult)
        case .retrieval:
            facts.take("input", as: .retrievalQuery)
            facts.take("output", as: .retrievalDocuments)
        case .invokeAgent:
            // What is below another agent has that one's entity and an identity of its own.
            facts.take("subagent.name", as: .agentName)
            facts.take("subagent.id", as: .agentID)
            facts.take("entity.name", as: .agentName, else: 1)
            facts.take("entity.id", as: .agentID, else: 1)
            facts.take("agent.messages", as: .inputMessages, .inputMessages)
            facts.take("input", as: .inputMessages, .inputMessages, else: 1)
            facts.take("output", as: .outputMessages, .outputMessages)
        case .guardrail:
            if facts.flag("guardrail.pass") == false { facts.noted = .guardrailCompliance }
        default: break
        }
    }
}
