/// Haystack's own tracing: everything about a model stands in its answer's JSON.
package enum Haystack: Dialect {
    package static let name = "haystack"

    package static let signs: [Sign] = [.key("haystack."), .spanName("haystack.")]

    package static let rules: [Rule] = [
        Rule("haystack.tool.name", .toolName),
        Rule("haystack.tool.description", .toolDescription),
        Rule("haystack.tool.call.id", .toolCallID),
    ]

    /// By what a component's class is called.
    private static let components: [(String, Operation)] = [
        ("ChatGenerator", .chat), ("Generator", .chat), ("Embedder", .embeddings), ("Retriever", .retrieval), ("Ranker", .rerank),
        ("Agent", .invokeAgent), ("ToolInvoker", .step),
    ]

    private static let spans: [(String, Operation)] = [
        ("haystack.pipeline.run", .invokeWorkflow), ("haystack.async_pipeline.run", .invokeWorkflow),
        ("haystack.chat_generator.run", .chat),
        ("haystack.agent.run", .invokeAgent), ("haystack.agent.step.llm", .chat), ("haystack.agent.step.tool", .executeTool),
        ("haystack.agent.step", .step), ("haystack.agent.hook.human_in_the_loop", .wait), ("haystack.agent.hook", .hook),
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        if let kind = spans.first(where: { facts.nameBegins($0.0) })?.1 {
            facts.set(kind)
        } else if let type = facts.text("haystack.component.type") {
            facts.set(components.first { type.hasSuffix($0.0) }?.1 ?? .step)
        } else {
            facts.set(.step)
        }
        let keys = ["haystack.agent.step.llm", "haystack.component", "haystack.agent"]
        switch facts.operation {
        case .chat:
            for (order, key) in keys.enumerated() {
                facts.take(key + ".input", as: .inputMessages, .inputMessages, else: UInt16(order))
                answer(&facts, key + ".output", UInt16(order))
            }
        case .invokeAgent:
            for (order, key) in keys.enumerated() {
                facts.take(key + ".input", as: .inputMessages, .inputMessages, else: UInt16(order))
                facts.take(key + ".output", as: .outputMessages, .outputMessages, else: UInt16(order))
            }
        case .executeTool:
            facts.take("haystack.agent.step.tool.input", as: .toolArguments)
            facts.take("haystack.agent.step.tool.output", as: .toolResult)
        case .retrieval, .rerank:
            if let input = facts.json("haystack.component.input"), let query = input.string(input.member("query", of: 0)) {
                facts.set(.retrievalQuery, query)
            }
            facts.take("haystack.component.output", as: .retrievalDocuments)
        case .embeddings:
            if let output = facts.json("haystack.component.output"), let meta = output.member("meta", of: 0) {
                about(&facts, output, meta)
            }
        default: break
        }
    }

    private static func answer(_ facts: inout Facts, _ key: String, _ order: UInt16) {
        guard let output = facts.json(key) else { return }
        if let replies = output.member("replies", of: 0), let reply = output.elements(replies).first {
            if let meta = output.kind(reply) == .object ? output.member(["meta", "_meta"], of: reply) : nil { about(&facts, output, meta) }
        }
        // Generators of the older kind have it beside the replies.
        if let list = output.member("meta", of: 0), let meta = output.elements(list).first { about(&facts, output, meta) }
        facts.take(key, as: .outputMessages, .outputMessages, else: order)
    }

    /// Model and tokens in the provider's words.
    private static func about(_ facts: inout Facts, _ output: JSONOutline, _ meta: Int) {
        if let model = output.string(output.member("model", of: meta)) { facts.set(.responseModel, model) }
        if let usage = output.member("usage", of: meta) { _ = facts.takeUsage(output, usage) }
    }
}
