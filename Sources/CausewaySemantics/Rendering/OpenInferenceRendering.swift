internal import CausewayOTLP

/// OpenInference, which Phoenix and Arize read: kinds, flattened messages, token counts under keys of its own.
enum OpenInferenceRendering: Renderer {
    static func render(_ span: inout ItemRendering) {
        identity(&span)
        guard let operation = span.operation else { return }
        span.put("openinference.span.kind", word: kind(operation))
        switch operation {
        case .chat, .textCompletion, .generateContent, .fetchResponse: model(&span)
        case .embeddings: embeddings(&span)
        case .retrieval: retrieval(&span, documents: "retrieval.documents.")
        case .rerank:
            span.rename(.requestModel, to: "reranker.model_name")
            if let query = span.textRange(.retrievalQuery) { span.put("reranker.query", text: query) }
            span.rename(.retrievalTopK, to: "reranker.top_k")
            retrieval(&span, documents: "reranker.output_documents.")
        case .executeTool, .handoff: tool(&span)
        case .step, .invokeAgent, .invokeWorkflow:
            // Agents and nodes of a graph are given the conversation so far.
            if let input = span.json(.inputMessages) {
                var messages = FlatMessages("llm.input_messages.")
                messages.add(input, &span)
            }
            if let output = span.json(.outputMessages) {
                var messages = FlatMessages("llm.output_messages.")
                messages.add(output, &span)
            }
            content(&span)
        default: content(&span)
        }
        usage(&span)
        cost(&span)
    }

    /// The value of `openinference.span.kind`. What it has no word for is a chain, because the pages show a span without kind as unknown.
    private static func kind(_ operation: Operation) -> String {
        switch operation {
        case .chat, .textCompletion, .generateContent, .fetchResponse: "LLM"
        case .embeddings: "EMBEDDING"
        case .retrieval: "RETRIEVER"
        case .rerank: "RERANKER"
        case .executeTool, .handoff: "TOOL"
        case .invokeAgent, .createAgent: "AGENT"
        case .guardrail: "GUARDRAIL"
        case .evaluation: "EVALUATOR"
        case .prompt: "PROMPT"
        default: "CHAIN"
        }
    }

    private static func identity(_ span: inout ItemRendering) {
        span.rename(.conversationID, to: "session.id")
        span.rename(.agentName, to: "agent.name")
        // What stands in the metadata can be searched for.
        if !span.isThere("metadata"), let metadata = span.findingsObject(withTenant: true) { span.put("metadata", text: metadata) }
    }

    private static func model(_ span: inout ItemRendering) {
        if let parameters = span.parameters(with: true), span.put("llm.invocation_parameters", text: parameters) {
            span.drop(ItemRendering.parameterFields)
        }
        if span.has(.responseModel) {
            if !span.has(.requestModel) { span.copy(.responseModel, to: "llm.response.model_name") }
            span.rename(.responseModel, to: "llm.model_name")
        } else {
            span.copy(.requestModel, to: "llm.model_name")
        }
        span.drop(.requestModel)
        provider(&span)
        let asked = span.lastUserText()
        if let input = span.json(.inputMessages) ?? span.json(.systemInstructions) {
            var messages = FlatMessages("llm.input_messages.")
            if let system = span.json(.systemInstructions) { messages.addSystem(system, &span) }
            if span.has(.inputMessages) { messages.add(input, &span) }
            span.drop([.inputMessages, .systemInstructions])
        }
        if let text = asked, !span.isThere("input.value") {
            span.drop(key: "input.mime_type")
            span.put("input.value", text: text)
            span.put("input.mime_type", word: "text/plain")
        }
        if let output = span.json(.outputMessages) {
            if !span.isThere("output.value"), let content = span.output() {
                span.drop(key: "output.mime_type")
                span.put("output.value", text: content.bytes)
                span.put("output.mime_type", word: content.isJSON ? "application/json" : "text/plain")
            }
            var messages = FlatMessages("llm.output_messages.")
            messages.add(output, &span)
            span.drop(.outputMessages)
        }
        if let tools = span.toolSchemas() {
            for (number, tool) in tools.enumerated() { span.put("llm.tools.\(number).tool.json_schema", text: tool) }
            span.drop(.toolDefinitions)
        }
        let reasons = span.texts(.finishReasons)
        if let first = reasons.first {
            span.put("llm.finish_reason", text: first)
            if reasons.count == 1 { span.drop(.finishReasons) }
        }
        if let name = span.textRange(.promptName) { span.put("prompt.id", text: name) }
        span.copy(.promptVersion, to: "llm.prompt_template.version")
    }

    /// Who runs the model, and whose interface it has.
    private static func provider(_ span: inout ItemRendering) {
        guard let name = span.string(.provider) else { return }
        switch name {
        case "azure.ai.openai": both(&span, "azure", "openai")
        case "azure.ai.inference": both(&span, "azure", nil)
        case "aws.bedrock": both(&span, "aws", nil)
        case "gcp.vertex_ai": both(&span, "google", "vertexai")
        case "gcp.gen_ai", "gcp.gemini": both(&span, "google", nil)
        case "mistral_ai": both(&span, "mistralai", "mistralai")
        case "x_ai": both(&span, "xai", "xai")
        case "moonshot_ai": both(&span, "moonshot", nil)
        case "together_ai": both(&span, "together", nil)
        case "openai", "anthropic", "cohere", "deepseek": both(&span, name, name)
        default: both(&span, name, nil)
        }
        // The one name for both of Google's cheaper roads says less than the canonical one.
        if name != "gcp.gemini" { span.drop(.provider) }
    }

    private static func both(_ span: inout ItemRendering, _ provider: String, _ system: String?) {
        span.put("llm.provider", word: provider)
        if let system { span.put("llm.system", word: system) }
    }

    private static func usage(_ span: inout ItemRendering) {
        guard !span.isCountedElsewhere else { return span.dropUsage() }
        if let usage = span.usage {
            span.put("llm.token_count.prompt", int: usage.input)
            span.put("llm.token_count.completion", int: usage.output)
            span.put("llm.token_count.total", int: usage.total)
            span.drop([.inputTokens, .outputTokens, .totalTokens])
            span.rename(.cacheReadTokens, to: "llm.token_count.prompt_details.cache_read")
            span.rename(.cacheWriteTokens, to: "llm.token_count.prompt_details.cache_write")
            span.rename(.reasoningTokens, to: "llm.token_count.completion_details.reasoning")
            span.rename(.audioInputTokens, to: "llm.token_count.prompt_details.audio")
            span.rename(.audioOutputTokens, to: "llm.token_count.completion_details.audio")
        }
    }

    private static func cost(_ span: inout ItemRendering) {
        guard !span.isPaidElsewhere else { return }
        span.put("llm.cost.total", double: span.double(.costTotal))
        span.put("llm.cost.prompt", double: span.double(.costInput))
        span.put("llm.cost.completion", double: span.double(.costOutput))
        span.put("llm.cost.prompt_details.cache_read", double: span.double(.costCacheRead))
        span.put("llm.cost.prompt_details.cache_write", double: span.double(.costCacheWrite))
        span.put("llm.cost.completion_details.reasoning", double: span.double(.costReasoning))
    }

    private static func embeddings(_ span: inout ItemRendering) {
        span.rename(span.has(.requestModel) ? .requestModel : .responseModel, to: "embedding.model_name")
        provider(&span)
        if let messages = span.json(.inputMessages) {
            for (number, message) in messages.elements(0).enumerated() {
                let text = MessagePart.texts(messages, message)
                if !text.isEmpty { span.put("embedding.embeddings.\(number).embedding.text", text: text) }
            }
        }
        content(&span)
    }

    private static func tool(_ span: inout ItemRendering) {
        span.rename(.toolName, to: "tool.name")
        span.rename(.toolCallID, to: "tool.id")
        span.rename(.toolDescription, to: "tool.description")
        if let arguments = span.textRange(.toolArguments) { span.put("tool.parameters", text: arguments) }
        content(&span)
    }

    private static func retrieval(_ span: inout ItemRendering, documents prefix: String) {
        if let documents = span.json(.retrievalDocuments), documents.kind(0) == .array {
            for (number, document) in documents.elements(0).enumerated() { add(documents, document, "\(prefix)\(number).document.", &span) }
            span.drop(.retrievalDocuments)
        }
        // The pages show the documents: no need to say them twice.
        content(&span, hasOutput: !span.has(.retrievalDocuments))
    }

    private static func add(_ documents: JSONOutline, _ document: Int, _ prefix: String, _ span: inout ItemRendering) {
        func text(_ node: Int) -> [UInt8] {
            var text: [UInt8] = []
            if documents.kind(node) == .string { documents.text(node, to: &text) } else { documents.copy(node, to: &text) }
            return text
        }
        guard documents.kind(document) == .object else {
            span.put(prefix + "content", text: text(document))
            return span.put(prefix + "score", double: 0)
        }
        if let id = documents.member("id", of: document) { span.put(prefix + "id", text: text(id)) }
        if let content = documents.member("content", of: document) { span.put(prefix + "content", text: text(content)) }
        if let metadata = documents.member("metadata", of: document) { span.put(prefix + "metadata", text: text(metadata)) }
        // A page for documents stumbles over one without a number.
        span.put(prefix + "score", double: documents.double(documents.member("score", of: document)) ?? 0)
    }

    /// What every step has: a value that went in and one that came out.
    private static func content(_ span: inout ItemRendering, hasOutput: Bool = true) {
        if !span.isThere("input.value"), let input = span.input() {
            span.drop(key: "input.mime_type")
            span.put("input.value", text: input.bytes)
            span.put("input.mime_type", word: input.isJSON ? "application/json" : "text/plain")
            span.drop(span.operation == .executeTool ? [.toolArguments] : [.inputMessages, .toolArguments, .retrievalQuery])
        }
        if hasOutput, !span.isThere("output.value"), let output = span.output() {
            span.drop(key: "output.mime_type")
            span.put("output.value", text: output.bytes)
            span.put("output.mime_type", word: output.isJSON ? "application/json" : "text/plain")
            span.drop(span.operation == .executeTool ? [.toolResult] : [.outputMessages, .toolResult])
        }
    }
}

/// Messages under one key for each of their leaves.
private struct FlatMessages {
    private let prefix: String
    private var count = 0

    init(_ prefix: String) { self.prefix = prefix }

    /// Instructions that stand apart are the first message.
    mutating func addSystem(_ system: JSONOutline, _ span: inout ItemRendering) {
        let key = next()
        span.put(key + "role", word: "system")
        parts(system, system.elements(0), key, &span)
    }

    mutating func add(_ messages: JSONOutline, _ span: inout ItemRendering) {
        guard messages.kind(0) == .array else { return }
        for message in messages.elements(0) where messages.kind(message) == .object { add(messages, message, &span) }
    }

    private mutating func next() -> String {
        count += 1
        return "\(prefix)\(count - 1).message."
    }

    private mutating func add(_ messages: JSONOutline, _ message: Int, _ span: inout ItemRendering) {
        let all = messages.member("parts", of: message).map { messages.elements($0) } ?? []
        let responses = all.filter { isOf(messages, $0, "tool_call_response") }
        for response in responses { addResponse(messages, response, &span) }
        let others = all.filter { !isOf(messages, $0, "tool_call_response") }
        guard responses.isEmpty || !others.isEmpty else { return }
        let key = next()
        if let role = messages.member("role", of: message) { span.put(key + "role", text: text(messages, role)) }
        if let name = messages.member("name", of: message) { span.put(key + "name", text: text(messages, name)) }
        parts(messages, others, key, &span)
    }

    private mutating func addResponse(_ messages: JSONOutline, _ response: Int, _ span: inout ItemRendering) {
        let key = next()
        span.put(key + "role", word: "tool")
        if let id = messages.member("id", of: response) { span.put(key + "tool_call_id", text: text(messages, id)) }
        if let name = messages.member("name", of: response) { span.put(key + "name", text: text(messages, name)) }
        if let value = messages.member("response", of: response) { span.put(key + "content", text: text(messages, value)) }
    }

    private func parts(_ messages: JSONOutline, _ parts: [Int], _ key: String, _ span: inout ItemRendering) {
        let calls = parts.filter { isOf(messages, $0, "tool_call") }
        let others = parts.filter { !isOf(messages, $0, "tool_call") }
        if others.count == 1, let only = others.first, isOf(messages, only, "text"), let content = messages.member("content", of: only) {
            span.put(key + "content", text: text(messages, content))
        } else {
            for (number, part) in others.enumerated() { add(messages, part, "\(key)contents.\(number).message_content.", &span) }
        }
        for (number, call) in calls.enumerated() {
            let key = "\(key)tool_calls.\(number).tool_call."
            if let id = messages.member("id", of: call) { span.put(key + "id", text: text(messages, id)) }
            if let name = messages.member("name", of: call) { span.put(key + "function.name", text: text(messages, name)) }
            if let arguments = messages.member("arguments", of: call) {
                span.put(key + "function.arguments", text: text(messages, arguments))
            }
        }
    }

    private func add(_ messages: JSONOutline, _ part: Int, _ key: String, _ span: inout ItemRendering) {
        if isOf(messages, part, "text"), let content = messages.member("content", of: part) {
            span.put(key + "type", word: "text")
            span.put(key + "text", text: text(messages, content))
        } else if isOf(messages, part, "reasoning") {
            span.put(key + "type", word: "reasoning")
            if let content = messages.member("content", of: part) { span.put(key + "text", text: text(messages, content)) }
            // What some models keep to themselves comes back sealed.
            for name in ["id", "signature", "data", "encrypted_content"] {
                if let value = messages.member(name, of: part) { span.put(key + name, text: text(messages, value)) }
            }
        } else if let url = MessagePart.imageURL(messages, part) {
            span.put(key + "type", word: "image")
            span.put(key + "image.image.url", text: url)
        } else if let url = MessagePart.audioURL(messages, part) {
            span.put(key + "type", word: "audio")
            span.put(key + "audio.audio.url", text: url)
        } else {
            span.put(key + "type", word: "text")
            span.put(key + "text", text: text(messages, part))
        }
    }

    private func isOf(_ messages: JSONOutline, _ part: Int, _ type: String) -> Bool {
        guard messages.kind(part) == .object, let found = messages.member("type", of: part) else { return false }
        return messages.holds(found, type)
    }

    private func text(_ messages: JSONOutline, _ node: Int) -> [UInt8] {
        var text: [UInt8] = []
        if messages.kind(node) == .string { messages.text(node, to: &text) } else { messages.copy(node, to: &text) }
        return text
    }
}
