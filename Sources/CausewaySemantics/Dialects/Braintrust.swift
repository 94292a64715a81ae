/// Braintrust: JSON in a handful of attributes.
package enum Braintrust: Dialect {
    package static let name = "braintrust"

    package static let signs: [Sign] = [.key("braintrust.")]

    private static let kinds: [String: Operation] = [
        "llm": .chat, "tool": .executeTool, "task": .step, "function": .step, "score": .evaluation, "eval": .evaluation,
    ]

    package static func complete(_ facts: inout Facts) {
        if let about = facts.json("braintrust.span_attributes"), let kind = about.string(about.member("type", of: 0)).flatMap({ kinds[$0] })
        {
            facts.set(kind)
        }
        if facts.operation == .evaluation { facts.takeName(as: .evaluationName) }
        if let metadata = facts.json("braintrust.metadata") {
            if let model = metadata.string(metadata.member("model", of: 0)) { facts.set(.requestModel, model) }
            _ = facts.takeParameters(metadata, of: 0)
        }
        if let metrics = facts.json("braintrust.metrics") {
            _ = facts.takeUsage(metrics, 0)
            if let seconds = metrics.double(metrics.member("time_to_first_token", of: 0)) { facts.set(.timeToFirstChunk, seconds) }
        }
        switch facts.operation {
        case .chat:
            facts.take("braintrust.input_json", as: .inputMessages, .inputMessages)
            facts.take("braintrust.output_json", as: .outputMessages, .outputMessages)
        case .executeTool:
            facts.takeName(as: .toolName, else: 4)
            facts.take("braintrust.input_json", as: .toolArguments)
            facts.take("braintrust.output_json", as: .toolResult, .quotedContent)
        default: break
        }
    }
}
