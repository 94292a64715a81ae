internal import CausewayModel
internal import CausewayOTLP

/// What Langfuse reads: the kind of each observation, tokens and money in buckets that do not overlap, the conversation as chat messages.
///
/// Its server adds up every `gen_ai.usage.*` that it finds, those it does not know included: none of them is left.
enum LangfuseRendering: Renderer {
    static func render(_ span: inout ItemRendering) {
        span.copy(.conversationID, to: "session.id")
        if let tenant = span.textRange(.tenantID) {
            span.text.removeAll(keepingCapacity: true)
            span.quote(tenant)
            span.put("langfuse.trace.metadata.tenant", text: span.text)
        }
        findings(&span)
        guard let operation = span.operation else { return }
        span.put("langfuse.observation.type", word: type(operation))
        if operation.countsUsage { model(&span) }
        usage(&span)
        content(&span, operation)
    }

    /// Events of spans are not shown there: what went wrong and was tried again is said beside the observation.
    private static func findings(_ span: inout ItemRendering) {
        for finding in span.findings(withTenant: false) {
            var text: [UInt8] = []
            span.appendJSON(finding, to: &text)
            span.put("langfuse.observation.metadata.\(finding.name)", text: text)
            if span.isRoot, finding.name == "outcome" { span.put("langfuse.trace.metadata.outcome", text: text) }
        }
        guard let view = span.span else { return }
        // An error is one because the span's status says so; what came of a run as a whole may be worse than that.
        if span.isRoot, view.statusCode != 2, let outcome = span.string(.outcome), outcome != "success" {
            span.put("langfuse.observation.level", word: outcome == "partial" ? "WARNING" : "ERROR")
        }
        if view.statusMessage.isEmpty, let message = span.textRange(.failureMessage) ?? span.textRange(.failureCode) {
            span.put("langfuse.observation.status_message", text: message)
        }
    }

    /// Kinds that the server does not know from operations become generations there as soon as a model is named: so each is said.
    private static func type(_ operation: Operation) -> String {
        switch operation {
        case .chat, .textCompletion, .generateContent: "generation"
        case .embeddings: "embedding"
        case .retrieval: "retriever"
        case .executeTool: "tool"
        case .invokeAgent, .createAgent: "agent"
        case .guardrail: "guardrail"
        case .evaluation: "evaluator"
        case .invokeWorkflow, .step, .plan, .handoff, .rerank: "chain"
        default: "span"
        }
    }

    private static func model(_ span: inout ItemRendering) {
        let field = span.has(.responseModel) ? Field.responseModel : .requestModel
        if let name = span.textRange(field) { span.put("langfuse.observation.model.name", text: name) }
        if let parameters = span.parameters(with: false), span.put("langfuse.observation.model.parameters", text: parameters) {
            span.drop(ItemRendering.parameterFields)
        }
        if let name = span.textRange(.promptName) { span.put("langfuse.observation.prompt.name", text: name) }
        if let version = span.string(.promptVersion).flatMap({ Int64($0) }) ?? span.int(.promptVersion) {
            span.put("langfuse.observation.prompt.version", int: version)
        }
        if let reason = span.texts(.finishReasons).first {
            span.text.removeAll(keepingCapacity: true)
            span.quote(reason)
            span.put("langfuse.observation.metadata.finish_reason", text: span.text)
        }
        // Only a moment is read, not how long it took.
        if let seconds = span.double(.timeToFirstChunk), let start = span.span?.startNanoseconds, 0...86_400 ~= seconds {
            let moment = Timestamp(nanoseconds: start &+ UInt64((seconds * 1e9).rounded())).text(fractionDigits: 6)
            span.put("langfuse.observation.completion_start_time", text: Array("\"\(moment)\"".utf8))
        }
    }

    private static func usage(_ span: inout ItemRendering) {
        if !span.isCountedElsewhere {
            if let usage = span.usage {
                let (spoken, heard) = (span.int(.audioOutputTokens), span.int(.audioInputTokens))
                let buckets: [(String, Int64?)] = [
                    ("input", max(0, usage.plainInput - (heard ?? 0))), ("input_cache_read", usage.cacheRead),
                    ("input_cache_creation", usage.cacheWrite), ("input_audio", heard),
                    ("output", max(0, usage.plainOutput - (spoken ?? 0))), ("output_reasoning", usage.reasoning),
                    ("output_audio", spoken), ("total", usage.total),
                ]
                if let details = ItemRendering.object(buckets) { span.put("langfuse.observation.usage_details", text: details) }
            }
        }
        if !span.isPaidElsewhere {
            let costs = [("input", span.double(.costInput)), ("output", span.double(.costOutput)), ("total", span.double(.costTotal))]
            if span.has(.costTotal), let details = ItemRendering.object(costs) {
                span.put("langfuse.observation.cost_details", text: details)
            }
        }
        span.dropUsage()
    }

    private static func content(_ span: inout ItemRendering, _ operation: Operation) {
        if operation.isModelCall {
            if let messages = span.chatInput() {
                if let tools = span.chatTools() {
                    let request = Array("{\"tools\":".utf8) + tools + Array(",\"messages\":".utf8) + messages
                    if span.put("langfuse.observation.input", text: request + [UInt8(ascii: "}")]) {
                        span.drop([.toolDefinitions, .inputMessages, .systemInstructions])
                    }
                } else if span.put("langfuse.observation.input", text: messages) {
                    span.drop([.inputMessages, .systemInstructions])
                }
            }
            if let answers = span.chatOutput(), let list = JSONOutline(answers) {
                let all = list.elements(0)
                // A single answer stands for itself.
                let only = all.count == 1 ? Array(answers[list.source(all[0])]) : answers
                if span.put("langfuse.observation.output", text: only) { span.drop(.outputMessages) }
            }
            return
        }
        if let input = span.input(), span.put("langfuse.observation.input", text: input.bytes) {
            span.drop(
                operation == .executeTool ? [.toolArguments] : [.inputMessages, .systemInstructions, .toolArguments, .retrievalQuery]
            )
        }
        if let output = span.output(), span.put("langfuse.observation.output", text: output.bytes) {
            span.drop(operation == .executeTool ? [.toolResult] : [.outputMessages, .toolResult, .retrievalDocuments])
        }
    }
}
