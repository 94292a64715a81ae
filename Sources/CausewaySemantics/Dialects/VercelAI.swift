/// The Vercel AI SDK: its own keys (`ai.*`, up to version 6), and the few that version 7 adds to the conventions'.
package enum VercelAI: Dialect {
    package static let name = "vercel_ai"

    package static let signs: [Sign] = [
        .key("ai.operationId"), .key("ai.model."), .key("ai.usage."), .key("ai.response."), .key("ai.toolCall."), .key("ai.telemetry."),
        .key("ai.prompt"), .key("ai.settings."), .key("gen_ai.execute_tool.duration"), .key("gen_ai.client.operation.duration"),
        .value("gen_ai.operation.name", ["agent_step"]),
    ]

    package static let rules: [Rule] = [
        Rule("ai.model.id", .requestModel, .model),
        Rule("ai.model.provider", .provider, .provider),
        Rule("ai.response.model", .responseModel, .model),
        Rule("ai.response.id", .responseID),
        Rule("ai.usage.inputTokens", .inputTokens),
        Rule("ai.usage.promptTokens", .inputTokens, else: 1),
        Rule("ai.usage.tokens", .inputTokens, else: 2),
        Rule("ai.usage.outputTokens", .outputTokens),
        Rule("ai.usage.completionTokens", .outputTokens, else: 1),
        Rule("ai.usage.totalTokens", .totalTokens),
        Rule("ai.usage.inputTokenDetails.cacheReadTokens", .cacheReadTokens),
        Rule("ai.usage.cachedInputTokens", .cacheReadTokens, else: 1),
        Rule("ai.usage.inputTokenDetails.cacheWriteTokens", .cacheWriteTokens),
        Rule("ai.usage.outputTokenDetails.reasoningTokens", .reasoningTokens),
        Rule("ai.usage.reasoningTokens", .reasoningTokens, else: 1),
        Rule("ai.response.finishReason", .finishReasons, .finishReasons),
        Rule("ai.finishReason", .finishReasons, .finishReasons, else: 1),
        Rule("ai.response.msToFirstChunk", .timeToFirstChunk, .milliseconds),
        Rule("ai.stream.msToFirstChunk", .timeToFirstChunk, .milliseconds, else: 1),
        Rule("ai.telemetry.functionId", .agentName),
        Rule("resource.name", .agentName, else: 1),
        Rule("ai.telemetry.metadata.userId", .userID),
        Rule("ai.telemetry.metadata.sessionId", .conversationID),
        Rule("ai.telemetry.metadata.tenantId", .tenantID),
        Rule("ai.prompt.messages", .inputMessages),
        Rule("ai.prompt", .inputMessages, .inputMessages, else: 1),
        Rule("ai.prompt.tools", .toolDefinitions),
        Rule("ai.toolCall.name", .toolName),
        Rule("ai.toolCall.id", .toolCallID),
        Rule("ai.toolCall.args", .toolArguments),
        Rule("ai.toolCall.result", .toolResult),
        Rule("ai.settings.maxOutputTokens", .maxTokens),
        Rule("ai.settings.maxTokens", .maxTokens, else: 1),
        Rule("ai.settings.temperature", .temperature),
        Rule("ai.settings.topP", .topP),
        Rule("ai.settings.topK", .topK),
        Rule("ai.settings.seed", .seed),
        Rule("ai.settings.frequencyPenalty", .frequencyPenalty),
        Rule("ai.settings.presencePenalty", .presencePenalty),
    ]

    private static let operations: [String: Operation] = [
        "ai.generateText.doGenerate": .chat, "ai.streamText.doStream": .chat, "ai.generateObject.doGenerate": .chat,
        "ai.streamObject.doStream": .chat, "ai.embed.doEmbed": .embeddings, "ai.embedMany.doEmbed": .embeddings, "ai.rerank": .step,
        "ai.rerank.doRerank": .rerank, "ai.toolCall": .executeTool, "ai.generateText": .invokeAgent, "ai.streamText": .invokeAgent,
        "ai.generateObject": .invokeAgent, "ai.streamObject": .invokeAgent, "ai.embed": .step, "ai.embedMany": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        let operation = facts.text("ai.operationId")
        if let operation, let known = operations[operation] { facts.set(known) }
        if let operation, operation.hasSuffix("doStream") { facts.set(.stream, true, else: 1) }
        for event in facts.events(named: "ai.stream.firstChunk")
        where facts.take("ai.stream.msToFirstChunk", of: event, as: .timeToFirstChunk, .milliseconds, else: 2) {
            facts.leave(["ai.stream.msToFirstChunk"], outOf: event)
        }
        if let reason = facts.text("ai.response.finishReason"), facts.texts("gen_ai.response.finish_reasons") == [reason] {
            facts.settle("ai.response.finishReason")
        }
        facts.takePrompt("ai.telemetry.metadata.langfusePrompt")
        if facts.operation == .rerank, facts.has("ai.ranking") { facts.take("ai.ranking", as: .retrievalDocuments) }
        // Only since version 6 does the input include what was cached, whoever the provider is.
        facts.convention = facts.has("ai.usage.inputTokenDetails.noCacheTokens") ? .inclusive : .byProvider
        if let metadata = facts.json("ai.response.providerMetadata") {
            for provider in ["anthropic", "bedrock", "openai"] {
                guard let object = metadata.member(provider, of: 0) else { continue }
                if let written = metadata.integer(metadata.member("cacheCreationInputTokens", of: object)) {
                    facts.set(.cacheWriteTokens, written, else: 2)
                }
                if let read = metadata.integer(metadata.member(["cacheReadInputTokens", "cachedPromptTokens"], of: object)) {
                    facts.set(.cacheReadTokens, read, else: 2)
                }
                if let usage = metadata.member("usage", of: object), let written = metadata.member("cache_creation", of: usage),
                    let hour = metadata.integer(metadata.member("ephemeral_1h_input_tokens", of: written))
                {
                    facts.set(.cacheWriteHourTokens, hour)
                }
            }
        }
        answer(&facts)
    }

    /// The parts of an answer stand in attributes of their own.
    private static func answer(_ facts: inout Facts) {
        let parts = [
            ("text", ["ai.response.text", "ai.result.text"]), ("object", ["ai.response.object", "ai.result.object"]),
            ("reasoning", ["ai.response.reasoning"]), ("tool_calls", ["ai.response.toolCalls", "ai.result.toolCalls"]),
        ]
        var members: [(name: String, key: String, isJSON: Bool)] = []
        for (name, keys) in parts {
            guard let key = keys.first(where: { facts.has($0) }) else { continue }
            members.append((name == "object" ? "text" : name, key, name == "tool_calls"))
        }
        guard !members.isEmpty else { return }
        facts.take(message: "assistant", of: members, as: .outputMessages, .outputMessages)
    }
}
