/// OpenLLMetry since 0.5x, which Traceloop reads: the conventions' own attributes, and `traceloop.*` for what they have no word for.
enum OpenLLMetryRendering: Renderer {
    static func render(_ span: inout ItemRendering) {
        identity(&span)
        span.rename(.reasoningTokens, to: "gen_ai.usage.reasoning_tokens")
        span.rename(.systemFingerprint, to: "gen_ai.openai.response.system_fingerprint")
        span.rename(.stream, to: "gen_ai.is_streaming")
        if let usage = span.usage { span.put("gen_ai.usage.total_tokens", int: usage.total) }
        guard let operation = span.operation else { return }
        switch operation {
        case .chat, .generateContent, .fetchResponse: span.put("llm.request.type", word: "chat")
        case .textCompletion: span.put("llm.request.type", word: "completion")
        case .embeddings: span.put("llm.request.type", word: "embedding")
        case .rerank: span.put("llm.request.type", word: "rerank")
        case .executeTool: entity("tool", named: .toolName, &span)
        case .invokeAgent, .createAgent: entity("agent", named: .agentName, &span)
        case .invokeWorkflow: entity("workflow", named: .workflowName, &span)
        case .handoff: entity("handoff", named: .agentID, &span)
        default: entity("task", named: .agentID, &span)
        }
    }

    private static func identity(_ span: inout ItemRendering) {
        span.copy(.conversationID, to: "traceloop.association.properties.session_id")
        span.copy(.userID, to: "traceloop.association.properties.user_id")
        span.copy(.tenantID, to: "traceloop.association.properties.customer_id")
        if span.operation != nil { span.rename(.workflowName, to: "traceloop.workflow.name") }
        span.copy(.promptName, to: "traceloop.prompt.key")
    }

    private static func entity(_ kind: String, named field: Field, _ span: inout ItemRendering) {
        span.put("traceloop.span.kind", word: kind)
        if kind != "task", kind != "handoff", let name = span.textRange(field) {
            span.put("traceloop.entity.name", text: name)
        } else if !span.name.isEmpty {
            span.put("traceloop.entity.name", text: span.name)
        }
        if kind == "tool" {
            arguments(&span)
        } else if let input = span.input() {
            span.put("traceloop.entity.input", text: json(input))
        }
        if let output = span.output() {
            span.put("traceloop.entity.output", text: json(output))
        }
    }

    /// What a tool was called with, as the decorator writes it.
    private static func arguments(_ span: inout ItemRendering) {
        guard let range = span.textRange(.toolArguments), !span.isThere("traceloop.entity.input") else { return }
        if span.isObject(range) {
            let object = Array(span.payload[range])
            span.put("traceloop.entity.input", text: Array("{\"args\":[],\"kwargs\":".utf8) + object + [UInt8(ascii: "}")])
        } else {
            span.text.removeAll(keepingCapacity: true)
            span.appendJSON(range)
            span.put("traceloop.entity.input", text: span.text)
        }
    }

    /// A value as JSON, which entities are in whatever they are.
    private static func json(_ content: ItemRendering.Content) -> [UInt8] {
        if content.isJSON { return content.bytes }
        var text: [UInt8] = []
        JSONEscapes.quote(content.bytes, content.bytes.indices, to: &text)
        return text
    }
}
