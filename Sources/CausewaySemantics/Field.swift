/// What can be known about an item, by the canonical attribute that says it.
package enum Field: UInt8, CaseIterable, Sendable {
    // What was done, by whom and for whom.
    case operationName, stepType, provider, requestModel, responseModel, responseID
    case conversationID, userID, tenantID, requestID, workspaceID, entryPoint, intent, route, configID
    case agentName, agentID, agentVersion, agentDescription, workflowName, dataSourceID
    case experimentName, experimentVariant, outcome
    // Tokens. All of them are parts of the two totals once `Usage` has looked at them.
    case inputTokens, outputTokens, totalTokens, cacheReadTokens, cacheWriteTokens, cacheWriteHourTokens, reasoningTokens
    case textInputTokens, imageInputTokens, audioInputTokens, textOutputTokens, imageOutputTokens, audioOutputTokens
    case textCacheReadTokens, imageCacheReadTokens, audioCacheReadTokens
    /// Searches that the provider made while it answered.
    case webSearches
    /// Of a metric's point: which tokens it counts.
    case tokenType
    // Reported money, in dollars.
    case costTotal, costInput, costOutput, costCacheRead, costCacheWrite, costReasoning, costTool
    /// Who says so, by which rule, in which money.
    case costSource, costRule, costCurrency
    // Content.
    case inputMessages, outputMessages, systemInstructions, toolDefinitions, inputSummary, outputPayload
    case toolName, toolCallID, toolType, toolDescription, toolArguments, toolResult, toolVersion, toolKind
    case retrievalQuery, retrievalDocuments, retrievalTopK, embeddingDimensions, encodingFormats
    case promptName, promptVersion
    // The request and its answer.
    case temperature, topP, topK, maxTokens, frequencyPenalty, presencePenalty, seed, choiceCount, stopSequences
    case stream, outputType, reasoningLevel, previousResponseID, finishReasons, timeToFirstChunk
    case requestServiceTier, responseServiceTier, systemFingerprint, apiType
    // How it went.
    case errorType, retryCount, retryExhausted, retryAttempt, isolationID, coldStart
    case rateLimitRemaining, rateLimitLimit, rateLimitReset
    case evaluationName, evaluationScore, evaluationLabel, evaluationExplanation
    case feedbackKind, feedbackValue, feedbackLabel, feedbackComment

    /// What its values are.
    package enum Form: Sendable {
        case text
        /// A count: not negative.
        case count
        case integer, number, flag
        /// A list of strings.
        case texts
        /// JSON text of any shape; other text stays text.
        case content
        case messages, documents, definitions
    }

    package var key: String { Self.table[Int(rawValue)].key }

    package var form: Form { Self.table[Int(rawValue)].form }

    /// The bytes of every key, by the number of the field.
    static let keys: [[UInt8]] = table.map { Array($0.key.utf8) }

    private static let table: [(key: String, form: Form)] = allCases.map(\.row)

    private var row: (key: String, form: Form) {
        switch self {
        case .operationName: ("gen_ai.operation.name", .text)
        case .stepType: ("causeway.step.type", .text)
        case .provider: ("gen_ai.provider.name", .text)
        case .requestModel: ("gen_ai.request.model", .text)
        case .responseModel: ("gen_ai.response.model", .text)
        case .responseID: ("gen_ai.response.id", .text)
        case .conversationID: ("gen_ai.conversation.id", .text)
        case .userID: ("user.id", .text)
        case .tenantID: ("causeway.tenant.id", .text)
        case .requestID: ("causeway.request.id", .text)
        case .workspaceID: ("causeway.workspace.id", .text)
        case .entryPoint: ("causeway.entry_point", .text)
        case .intent: ("causeway.intent", .text)
        case .route: ("causeway.route", .text)
        case .configID: ("causeway.config.id", .text)
        case .agentName: ("gen_ai.agent.name", .text)
        case .agentID: ("gen_ai.agent.id", .text)
        case .agentVersion: ("gen_ai.agent.version", .text)
        case .agentDescription: ("gen_ai.agent.description", .text)
        case .workflowName: ("gen_ai.workflow.name", .text)
        case .dataSourceID: ("gen_ai.data_source.id", .text)
        case .experimentName: ("causeway.experiment.name", .text)
        case .experimentVariant: ("causeway.experiment.variant", .text)
        case .outcome: ("causeway.outcome", .text)
        case .inputTokens: ("gen_ai.usage.input_tokens", .count)
        case .outputTokens: ("gen_ai.usage.output_tokens", .count)
        case .totalTokens: ("gen_ai.usage.total_tokens", .count)
        case .cacheReadTokens: ("gen_ai.usage.cache_read.input_tokens", .count)
        case .cacheWriteTokens: ("gen_ai.usage.cache_creation.input_tokens", .count)
        case .cacheWriteHourTokens: ("causeway.usage.cache_write_1h.input_tokens", .count)
        case .reasoningTokens: ("gen_ai.usage.reasoning.output_tokens", .count)
        case .textInputTokens: ("gen_ai.usage.text.input_tokens", .count)
        case .imageInputTokens: ("gen_ai.usage.image.input_tokens", .count)
        case .audioInputTokens: ("gen_ai.usage.audio.input_tokens", .count)
        case .textOutputTokens: ("gen_ai.usage.text.output_tokens", .count)
        case .imageOutputTokens: ("gen_ai.usage.image.output_tokens", .count)
        case .audioOutputTokens: ("gen_ai.usage.audio.output_tokens", .count)
        case .textCacheReadTokens: ("gen_ai.usage.text.cache_read.input_tokens", .count)
        case .imageCacheReadTokens: ("gen_ai.usage.image.cache_read.input_tokens", .count)
        case .audioCacheReadTokens: ("gen_ai.usage.audio.cache_read.input_tokens", .count)
        case .webSearches: ("causeway.usage.web_searches", .count)
        case .tokenType: ("gen_ai.token.type", .text)
        case .costTotal: ("causeway.cost.total", .number)
        case .costInput: ("causeway.cost.input", .number)
        case .costOutput: ("causeway.cost.output", .number)
        case .costCacheRead: ("causeway.cost.cache_read", .number)
        case .costCacheWrite: ("causeway.cost.cache_write", .number)
        case .costReasoning: ("causeway.cost.reasoning", .number)
        case .costTool: ("causeway.cost.tool", .number)
        case .costSource: ("causeway.cost.source", .text)
        case .costRule: ("causeway.cost.rule", .text)
        case .costCurrency: ("causeway.cost.currency", .text)
        case .inputMessages: ("gen_ai.input.messages", .messages)
        case .outputMessages: ("gen_ai.output.messages", .messages)
        case .systemInstructions: ("gen_ai.system_instructions", .messages)
        case .toolDefinitions: ("gen_ai.tool.definitions", .definitions)
        case .inputSummary: ("causeway.input.summary", .text)
        case .outputPayload: ("causeway.output.payload", .content)
        case .toolName: ("gen_ai.tool.name", .text)
        case .toolCallID: ("gen_ai.tool.call.id", .text)
        case .toolType: ("gen_ai.tool.type", .text)
        case .toolDescription: ("gen_ai.tool.description", .text)
        case .toolArguments: ("gen_ai.tool.call.arguments", .content)
        case .toolResult: ("gen_ai.tool.call.result", .content)
        case .toolVersion: ("causeway.tool.version", .text)
        case .toolKind: ("causeway.tool.kind", .text)
        case .retrievalQuery: ("gen_ai.retrieval.query.text", .text)
        case .retrievalDocuments: ("gen_ai.retrieval.documents", .documents)
        case .retrievalTopK: ("gen_ai.retrieval.top_k", .integer)
        case .embeddingDimensions: ("gen_ai.embeddings.dimension.count", .integer)
        case .encodingFormats: ("gen_ai.request.encoding_formats", .texts)
        case .promptName: ("gen_ai.prompt.name", .text)
        case .promptVersion: ("gen_ai.prompt.version", .text)
        case .temperature: ("gen_ai.request.temperature", .number)
        case .topP: ("gen_ai.request.top_p", .number)
        case .topK: ("gen_ai.request.top_k", .number)
        case .maxTokens: ("gen_ai.request.max_tokens", .integer)
        case .frequencyPenalty: ("gen_ai.request.frequency_penalty", .number)
        case .presencePenalty: ("gen_ai.request.presence_penalty", .number)
        case .seed: ("gen_ai.request.seed", .integer)
        case .choiceCount: ("gen_ai.request.choice.count", .integer)
        case .stopSequences: ("gen_ai.request.stop_sequences", .texts)
        case .stream: ("gen_ai.request.stream", .flag)
        case .outputType: ("gen_ai.output.type", .text)
        case .reasoningLevel: ("gen_ai.request.reasoning.level", .text)
        case .previousResponseID: ("gen_ai.request.previous_response.id", .text)
        case .finishReasons: ("gen_ai.response.finish_reasons", .texts)
        case .timeToFirstChunk: ("gen_ai.response.time_to_first_chunk", .number)
        case .requestServiceTier: ("openai.request.service_tier", .text)
        case .responseServiceTier: ("openai.response.service_tier", .text)
        case .systemFingerprint: ("openai.response.system_fingerprint", .text)
        case .apiType: ("openai.api.type", .text)
        case .errorType: ("error.type", .text)
        case .retryCount: ("causeway.retry.count", .count)
        case .retryExhausted: ("causeway.retry.exhausted", .flag)
        case .retryAttempt: ("causeway.retry.attempt", .count)
        case .isolationID: ("causeway.isolation.id", .text)
        case .coldStart: ("faas.coldstart", .flag)
        case .rateLimitRemaining: ("causeway.rate_limit.remaining", .count)
        case .rateLimitLimit: ("causeway.rate_limit.limit", .count)
        case .rateLimitReset: ("causeway.rate_limit.reset_at", .text)
        case .evaluationName: ("gen_ai.evaluation.name", .text)
        case .evaluationScore: ("gen_ai.evaluation.score.value", .number)
        case .evaluationLabel: ("gen_ai.evaluation.score.label", .text)
        case .evaluationExplanation: ("gen_ai.evaluation.explanation", .text)
        case .feedbackKind: ("causeway.feedback.kind", .text)
        case .feedbackValue: ("causeway.feedback.value", .number)
        case .feedbackLabel: ("causeway.feedback.label", .text)
        case .feedbackComment: ("causeway.feedback.comment", .text)
        }
    }
}
