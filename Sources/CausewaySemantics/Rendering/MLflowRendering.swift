internal import CausewayOTLP

/// What MLflow reads: the type of each span, inputs and outputs as JSON with the system's text among the messages, tokens and money.
///
/// Every value under a key of its own is JSON text, so that a word stands in quotes; only tags are plain.
enum MLflowRendering: Renderer {
    static func render(_ span: inout ItemRendering) {
        span.copy(.conversationID, to: "session.id")
        if span.isRoot {
            quoted(.conversationID, as: "mlflow.trace.session", &span)
            quoted(.userID, as: "mlflow.trace.user", &span)
            // Tags of the trace, by which traces are searched; these are plain text.
            for finding in span.findings(withTenant: true) {
                if case .text(let range) = finding.value { span.put("mlflow.traceTag.\(finding.name)", text: range) }
            }
        }
        guard let operation = span.operation else { return }
        span.put("mlflow.spanType", word: type(operation))
        if operation.isModelCall {
            model(&span)
        } else {
            content(&span)
        }
        if operation.countsUsage {
            quoted(span.has(.responseModel) ? .responseModel : .requestModel, as: "mlflow.llm.model", &span)
            quoted(.provider, as: "mlflow.llm.provider", &span)
        }
        usage(&span)
    }

    private static func type(_ operation: Operation) -> String {
        switch operation {
        case .chat: "\"CHAT_MODEL\""
        case .textCompletion, .generateContent, .fetchResponse: "\"LLM\""
        case .embeddings: "\"EMBEDDING\""
        case .retrieval: "\"RETRIEVER\""
        case .rerank: "\"RERANKER\""
        case .executeTool: "\"TOOL\""
        case .invokeAgent, .createAgent: "\"AGENT\""
        case .invokeWorkflow: "\"WORKFLOW\""
        case .guardrail: "\"GUARDRAIL\""
        case .evaluation: "\"EVALUATOR\""
        case .parse: "\"PARSER\""
        case .createMemoryStore, .deleteMemoryStore, .createMemory, .updateMemory, .upsertMemory, .searchMemory, .deleteMemory, .memory:
            "\"MEMORY\""
        case .plan, .step, .handoff, .prompt, .validation, .hook, .wait: "\"CHAIN\""
        }
    }

    private static func model(_ span: inout ItemRendering) {
        if span.has(.inputMessages) || span.has(.outputMessages) { span.put("mlflow.message.format", word: "\"openai\"") }
        if let messages = span.chatInput(),
            span.put("mlflow.spanInputs", text: Array("{\"messages\":".utf8) + messages + [UInt8(ascii: "}")])
        {
            span.drop([.inputMessages, .systemInstructions])
        }
        if span.has(.outputMessages), let choices = span.chatChoices(), span.put("mlflow.spanOutputs", text: choices) {
            span.drop(.outputMessages)
        }
        if let tools = span.chatTools(), span.put("mlflow.chat.tools", text: tools) { span.drop(.toolDefinitions) }
    }

    private static func content(_ span: inout ItemRendering) {
        if span.operation == .retrieval, let documents = documents(&span), span.put("mlflow.spanOutputs", text: documents) {
            span.drop(.retrievalDocuments)
        }
        let isTool = span.operation == .executeTool
        if let input = span.input(), span.put("mlflow.spanInputs", text: json(input)) {
            span.drop(isTool ? [.toolArguments] : [.inputMessages, .systemInstructions, .toolArguments])
        }
        if !(span.operation == .retrieval && span.has(.retrievalDocuments)), let output = span.output(),
            span.put("mlflow.spanOutputs", text: json(output))
        {
            span.drop(isTool ? [.toolResult] : [.outputMessages, .toolResult])
        }
    }

    /// Documents under the names of the page that shows them.
    private static func documents(_ span: inout ItemRendering) -> [UInt8]? {
        guard let documents = span.json(.retrievalDocuments), documents.kind(0) == .array else { return nil }
        return RetrievedPages.list(documents, type: nil)
    }

    private static func usage(_ span: inout ItemRendering) {
        if span.isCountedElsewhere {
            span.dropUsage()
        } else if let usage = span.usage {
            let counts: [(String, Int64?)] = [
                ("input_tokens", usage.input), ("output_tokens", usage.output), ("total_tokens", usage.total),
                ("cache_read_input_tokens", usage.cacheRead), ("cache_creation_input_tokens", usage.cacheWrite),
            ]
            if let counts = ItemRendering.object(counts) { span.put("mlflow.chat.tokenUsage", text: counts) }
        }
        guard !span.isPaidElsewhere, let total = span.double(.costTotal) else { return }
        // Its form has two parts only, and shows nothing without them.
        let output = span.double(.costOutput) ?? 0
        let costs = [("input_cost", max(0, total - output)), ("output_cost", output), ("total_cost", total)]
        if let costs = ItemRendering.object(costs.map { ($0.0, Optional($0.1)) }) { span.put("mlflow.llm.cost", text: costs) }
    }

    private static func quoted(_ field: Field, as key: String, _ span: inout ItemRendering) {
        guard let range = span.textRange(field) else { return }
        span.text.removeAll(keepingCapacity: true)
        span.quote(range)
        span.put(key, text: span.text)
    }

    private static func json(_ content: ItemRendering.Content) -> [UInt8] {
        if content.isJSON { return content.bytes }
        var text: [UInt8] = []
        JSONEscapes.quote(content.bytes, content.bytes.indices, to: &text)
        return text
    }
}
