internal import CausewayOTLP

/// What LangSmith reads: the type of each run, whole inputs and outputs as JSON, both names of the provider.
enum LangSmithRendering: Renderer {
    static func render(_ span: inout ItemRendering) {
        identity(&span)
        guard let operation = span.operation else { return }
        span.put("langsmith.span.kind", word: kind(operation))
        if operation.countsUsage { model(&span) }
        usage(&span)
        content(&span, operation)
    }

    private static func kind(_ operation: Operation) -> String {
        switch operation {
        case .chat, .textCompletion, .generateContent, .fetchResponse: "llm"
        case .embeddings: "embedding"
        case .retrieval: "retriever"
        case .executeTool: "tool"
        case .prompt: "prompt"
        case .parse: "parser"
        default: "chain"
        }
    }

    private static func identity(_ span: inout ItemRendering) {
        span.copy(.conversationID, to: "langsmith.metadata.session_id")
        span.copy(.userID, to: "langsmith.metadata.user_id")
        span.copy(.tenantID, to: "langsmith.metadata.tenant_id")
        span.copy(.agentName, to: "langsmith.metadata.lc_agent_name")
        // What runs are searched by.
        for finding in span.findings(withTenant: false) {
            let key = "langsmith.metadata.\(finding.name)"
            switch finding.value {
            case .text(let range): span.put(key, text: range)
            case .int(let number): span.put(key, int: number)
            case .bool(let flag): span.put(key, bool: flag)
            }
        }
    }

    private static func model(_ span: inout ItemRendering) {
        span.copy(.provider, to: "gen_ai.system")
        span.copy(.provider, to: "langsmith.metadata.ls_provider")
        span.copy(.requestModel, to: "langsmith.metadata.ls_model_name")
        span.copy(.temperature, to: "langsmith.metadata.ls_temperature")
        span.copy(.maxTokens, to: "langsmith.metadata.ls_max_tokens")
        span.rename(.responseServiceTier, to: "gen_ai.response.service_tier")
        span.rename(.systemFingerprint, to: "gen_ai.response.system_fingerprint")
        let reasons = span.texts(.finishReasons)
        guard !reasons.isEmpty else { return }
        var list: [UInt8] = []
        for reason in reasons {
            if !list.isEmpty { list.append(UInt8(ascii: ",")) }
            list += span.payload[reason]
        }
        span.drop(.finishReasons)
        span.put(Field.finishReasons.key, text: list)
    }

    private static func usage(_ span: inout ItemRendering) {
        guard !span.isCountedElsewhere else { return span.dropUsage() }
        guard let usage = span.usage else { return }
        span.put("gen_ai.usage.total_tokens", int: usage.total)
        let input = [("cache_read", usage.cacheRead), ("cache_creation", usage.cacheWrite), ("audio", span.int(.audioInputTokens))]
        if let details = ItemRendering.object(input), span.put("gen_ai.usage.input_token_details", text: details) {
            span.drop([.cacheReadTokens, .cacheWriteTokens, .audioInputTokens])
        }
        let output = [("reasoning", usage.reasoning), ("audio", span.int(.audioOutputTokens))]
        if let details = ItemRendering.object(output), span.put("gen_ai.usage.output_token_details", text: details) {
            span.drop([.reasoningTokens, .audioOutputTokens])
        }
    }

    private static func content(_ span: inout ItemRendering, _ operation: Operation) {
        if operation.isModelCall || operation == .embeddings || operation == .invokeAgent || operation == .invokeWorkflow {
            if let messages = span.chatInput(), span.put("gen_ai.prompt", text: object("messages", messages)) {
                span.drop([.inputMessages, .systemInstructions])
            }
            if span.has(.outputMessages), let choices = operation.isModelCall ? span.chatChoices() : span.chatOutput(),
                span.put("gen_ai.completion", text: operation.isModelCall ? choices : object("messages", choices))
            {
                span.drop(.outputMessages)
            }
        }
        if operation == .retrieval {
            if let query = span.textRange(.retrievalQuery) {
                span.text.removeAll(keepingCapacity: true)
                span.quote(query)
                span.put("gen_ai.prompt", text: object("query", span.text))
            }
            if let documents = span.json(.retrievalDocuments), documents.kind(0) == .array,
                span.put("gen_ai.completion", text: object("documents", RetrievedPages.list(documents, type: "Document")))
            {
                span.drop(.retrievalDocuments)
            }
            return
        }
        let isTool = operation == .executeTool
        if isTool || !span.has(.inputMessages), let input = span.input() {
            let isObject = input.isJSON && input.bytes.first == UInt8(ascii: "{")
            if span.put("gen_ai.prompt", text: isObject ? input.bytes : object("input", json(input))) { span.drop(.toolArguments) }
        }
        if isTool || !span.has(.outputMessages), let output = span.output(),
            span.put("gen_ai.completion", text: object("output", json(output)))
        {
            span.drop(.toolResult)
        }
    }

    private static func object(_ name: String, _ value: [UInt8]) -> [UInt8] {
        Array("{\"\(name)\":".utf8) + value + [UInt8(ascii: "}")]
    }

    private static func json(_ content: ItemRendering.Content) -> [UInt8] {
        if content.isJSON { return content.bytes }
        var text: [UInt8] = []
        JSONEscapes.quote(content.bytes, content.bytes.indices, to: &text)
        return text
    }
}
