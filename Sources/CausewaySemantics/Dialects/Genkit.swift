/// Genkit: every value is text, most of it JSON.
package enum Genkit: Dialect {
    package static let name = "genkit"

    package static let signs: [Sign] = [.key("genkit:"), .scope("genkit-tracer"), .metric("genkit/")]

    package static let rules: [Rule] = [
        Rule("genkit:sessionId", .conversationID),
        Rule("genkit:metadata:sessionId", .conversationID, else: 1),
    ]

    package static let metrics: [MetricRule] = [
        MetricRule("genkit/ai/generate/latency", "gen_ai.client.operation.duration", scale: 1e-3, unit: "s")
    ]

    private static let kinds: [String: Operation] = [
        "model": .chat, "background-model": .chat, "embedder": .embeddings, "retriever": .retrieval, "reranker": .rerank,
        "tool": .executeTool, "tool.v2": .executeTool, "flow": .invokeWorkflow, "prompt": .prompt, "executable-prompt": .prompt,
        "evaluator": .evaluation,
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        feedback(&facts)
        let kind = facts.text("genkit:metadata:subtype").flatMap { kinds[$0] } ?? .step
        facts.set(kind)
        let name = facts.text("genkit:name")
        switch kind {
        case .chat:
            model(&facts, name)
            if let input = facts.json("genkit:input") {
                if let config = input.member("config", of: 0) { _ = facts.takeParameters(input, of: config) }
                if let tools = input.member("tools", of: 0) { facts.take(input, tools, as: .toolDefinitions) }
                if let messages = input.member("messages", of: 0) { facts.take(input, messages, as: .inputMessages) }
            }
            if let output = facts.json("genkit:output") {
                if let usage = output.member("usage", of: 0) { _ = facts.takeUsage(output, usage) }
                facts.take("genkit:output", as: .outputMessages, .outputMessages)
            }
        case .embeddings: model(&facts, name)
        case .executeTool:
            if let name { facts.set(.toolName, name, from: ["genkit:name"]) }
            facts.take("genkit:input", as: .toolArguments)
            facts.take("genkit:output", as: .toolResult)
        case .retrieval, .rerank:
            facts.takeQuery("genkit:input")
            facts.take("genkit:output", as: .retrievalDocuments)
        case .prompt: if let name { facts.set(.promptName, name, from: ["genkit:name"]) }
        case .evaluation: if let name { facts.set(.evaluationName, name, from: ["genkit:name"]) }
        case .invokeWorkflow:
            if let name { facts.set(.workflowName, name, from: ["genkit:name"]) }
            facts.take("genkit:input", as: .inputMessages, .inputMessages)
            facts.take("genkit:output", as: .outputMessages, .outputMessages)
        default: break
        }
    }

    /// Who runs a model stands before its name.
    private static func model(_ facts: inout Facts, _ name: String?) {
        guard let name else { return }
        guard let slash = name.firstIndex(of: "/") else { return facts.set(.requestModel, name, from: ["genkit:name"]) }
        facts.set(provider: String(name[..<slash]), from: [])
        facts.set(.requestModel, String(name[name.index(after: slash)...]), from: ["genkit:name"])
    }

    private static func feedback(_ facts: inout Facts) {
        if let value = facts.text("genkit:metadata:feedbackValue") {
            facts.set(.feedbackKind, "thumbs")
            facts.set(.feedbackLabel, value, from: ["genkit:metadata:feedbackValue"])
            facts.take("genkit:metadata:textFeedback", as: .feedbackComment)
        } else if let value = facts.text("genkit:metadata:acceptanceValue") {
            facts.set(.feedbackKind, "task_completed")
            facts.set(.feedbackLabel, value, from: ["genkit:metadata:acceptanceValue"])
        }
    }
}
