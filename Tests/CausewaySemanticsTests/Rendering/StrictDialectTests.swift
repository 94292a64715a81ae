import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// Whatever is rendered is what its readers demand: every key has its type, JSON is JSON, and nothing that has to be there is missing.
struct StrictDialectTests {
    @Test(arguments: RenderedDialect.allCases)
    func `every captured span is strictly what the dialect demands`(dialect: RenderedDialect) throws {
        for (capture, stored) in StoredCorpus.all where capture.signal == .traces {
            let rendered = render(stored, signal: .traces, as: dialect)
            for (before, after) in zip(Changes.items(stored, .traces), Changes.items(rendered, .traces)) {
                let faults = StrictDialect(dialect, before, after).faults()
                #expect(faults.isEmpty, "\(capture) \(before.name): \(faults.joined(separator: "; "))")
            }
        }
    }

    @Test func `the checker sees what is wrong`() {
        let stored = Changes.Item(name: "chat", attributes: Spans.chat)
        func faults(_ dialect: RenderedDialect, _ attributes: [Attribute]) -> [String] {
            StrictDialect(dialect, stored, Changes.Item(name: "chat", attributes: attributes)).faults()
        }
        #expect(!faults(.openInference, []).isEmpty)
        #expect(!faults(.openInference, [Attribute("openinference.span.kind", "MODEL")]).isEmpty)
        #expect(!faults(.langfuse, [Attribute("langfuse.observation.type", "generation"), Attribute("gen_ai.usage.x", 1)]).isEmpty)
        #expect(!faults(.mlflow, [Attribute("mlflow.spanType", "LLM")]).isEmpty)
        #expect(!faults(.genAI1, [Attribute("gen_ai.provider.name", "x")]).isEmpty)
    }
}

/// What one span has to be in a dialect. Only what rendering wrote is looked at; what the source sent is its own affair.
struct StrictDialect {
    private let dialect: RenderedDialect
    private let before: Changes.Item
    private let after: Changes.Item
    private let written: [Attribute]

    init(_ dialect: RenderedDialect, _ before: Changes.Item, _ after: Changes.Item) {
        self.dialect = dialect
        self.before = before
        self.after = after
        written = after.attributes.filter { !before.attributes.contains($0) }
    }

    func faults() -> [String] {
        var faults: [String] = []
        for attribute in written {
            if let fault = Self.fault(dialect, attribute) { faults.append("\(attribute.key) \(fault)") }
        }
        // An agent's span says what it is, unless its source did.
        if isAgents, let key = Self.kindKey(dialect), !after.attributes.contains(where: { $0.key == key }) { faults.append("no \(key)") }
        if isCounted, let key = Self.usageKey(dialect), !after.attributes.contains(where: { $0.key == key }) { faults.append("no \(key)") }
        switch dialect {
        case .openInference: faults += messageFaults("llm.input_messages.") + messageFaults("llm.output_messages.")
        case .langfuse:
            if isAgents, after.attributes.contains(where: { $0.key.hasPrefix("gen_ai.usage.") }) { faults.append("gen_ai.usage.* is left") }
        case .genAI1:
            if isAgents, has(after, "gen_ai.provider.name"), !has(before, "gen_ai.system") { faults.append("gen_ai.provider.name is left") }
        case .genAI3: if has(after, "gen_ai.usage.cache_creation.input_tokens") { faults.append("cache_creation is left") }
        case .genAI2: if has(after, "gen_ai.usage.cache_write.input_tokens") { faults.append("cache_write is there") }
        default: break
        }
        if [.openInference, .langfuse, .mlflow, .langsmith].contains(dialect), !countsTokens, isAgents,
            after.attributes.contains(where: { $0.key.hasPrefix("gen_ai.usage.") && before.attributes.contains($0) })
        {
            faults.append("tokens that another span counts")
        }
        return faults
    }

    private func has(_ item: Changes.Item, _ key: String) -> Bool { item.attributes.contains { $0.key == key } }

    private func text(_ key: String) -> String? {
        if case .string(let text)? = before.attributes.first(where: { $0.key == key })?.value { text } else { nil }
    }

    private var isAgents: Bool { has(before, "gen_ai.operation.name") || has(before, "causeway.step.type") }

    private var countsTokens: Bool {
        guard !has(before, "causeway.usage.rollup"), !has(before, "causeway.duplicate_of") else { return false }
        return ["model_call", "embedding", "rerank"].contains(text("causeway.step.type") ?? "")
    }

    private var isCounted: Bool { countsTokens && has(before, "gen_ai.usage.input_tokens") }

    /// Numbers of messages have no gaps, and each message has a role.
    private func messageFaults(_ prefix: String) -> [String] {
        let indices = Set(
            written.compactMap { $0.key.hasPrefix(prefix) ? Int($0.key.dropFirst(prefix.count).prefix { $0 != "." }) : nil }
        )
        guard before.attributes.allSatisfy({ !$0.key.hasPrefix(prefix) }), let last = indices.max() else { return [] }
        if indices != Set(0...last) { return ["\(prefix) has gaps"] }
        return indices.sorted().compactMap { has(after, "\(prefix)\($0).message.role") ? nil : "\(prefix)\($0) has no role" }
    }

    private static func kindKey(_ dialect: RenderedDialect) -> String? {
        switch dialect {
        case .openInference: "openinference.span.kind"
        case .langfuse: "langfuse.observation.type"
        case .mlflow: "mlflow.spanType"
        case .langsmith: "langsmith.span.kind"
        case .openLLMetry, .genAI1, .genAI2, .genAI3: nil
        }
    }

    private static func usageKey(_ dialect: RenderedDialect) -> String? {
        switch dialect {
        case .openInference: "llm.token_count.prompt"
        case .langfuse: "langfuse.observation.usage_details"
        case .mlflow: "mlflow.chat.tokenUsage"
        case .langsmith, .openLLMetry: "gen_ai.usage.total_tokens"
        case .genAI1, .genAI2, .genAI3: "gen_ai.usage.input_tokens"
        }
    }

    private static let words: [String: Set<String>] = [
        "openinference.span.kind": [
            "LLM", "EMBEDDING", "RETRIEVER", "RERANKER", "TOOL", "AGENT", "CHAIN", "GUARDRAIL", "EVALUATOR", "PROMPT",
        ],
        "langfuse.observation.type": [
            "generation", "embedding", "retriever", "tool", "agent", "chain", "span", "guardrail", "evaluator", "event",
        ],
        "mlflow.spanType": [
            "\"LLM\"", "\"CHAT_MODEL\"", "\"EMBEDDING\"", "\"RETRIEVER\"", "\"RERANKER\"", "\"TOOL\"", "\"AGENT\"", "\"WORKFLOW\"",
            "\"CHAIN\"",
            "\"GUARDRAIL\"", "\"EVALUATOR\"", "\"PARSER\"", "\"MEMORY\"",
        ],
        "langsmith.span.kind": ["llm", "embedding", "retriever", "tool", "chain", "prompt", "parser"],
        "traceloop.span.kind": ["workflow", "agent", "tool", "task", "handoff"],
        "llm.request.type": ["chat", "completion", "embedding", "rerank"],
        "input.mime_type": ["text/plain", "application/json"], "output.mime_type": ["text/plain", "application/json"],
    ]

    /// What is wrong with an attribute's value; nil if nothing is.
    private static func fault(_ dialect: RenderedDialect, _ attribute: Attribute) -> String? {
        let key = attribute.key
        if let allowed = words[key] {
            guard case .string(let word) = attribute.value, allowed.contains(word) else { return "is no word of the dialect" }
            return nil
        }
        if key.hasPrefix("llm.token_count.") || key == "gen_ai.usage.total_tokens" || key == "langfuse.observation.prompt.version" {
            if case .int(let count) = attribute.value, count >= 0 { return nil }
            return "is no count"
        }
        if key.hasPrefix("llm.cost.") || key.hasSuffix(".document.score") {
            if case .double = attribute.value { return nil }
            return "is no double"
        }
        let isJSON =
            key.hasPrefix("mlflow.") || key.hasPrefix("traceloop.entity.") && key != "traceloop.entity.name"
            || key.hasSuffix(".tool.json_schema")
            || [
                "llm.invocation_parameters", "langfuse.observation.usage_details", "langfuse.observation.cost_details",
                "langfuse.observation.model.parameters", "langfuse.observation.completion_start_time", "gen_ai.usage.input_token_details",
                "gen_ai.usage.output_token_details", "gen_ai.output.messages", "gen_ai.prompt", "gen_ai.completion", "metadata",
            ].contains(key)
        guard isJSON else { return nil }
        guard case .string(let text) = attribute.value, let json = try? JSONValue(parsing: Array(text.utf8)) else { return "is no JSON" }
        switch key {
        case "langfuse.observation.usage_details":
            // Buckets that do not overlap make the total.
            let counts = integers(json)
            let sum = counts.filter { $0.key != "total" }.reduce(0) { $0 + $1.value }
            return counts.values.allSatisfy { $0 >= 0 } && sum == counts["total"] ? nil : "does not add up"
        case "mlflow.chat.tokenUsage":
            let counts = integers(json)
            return counts["total_tokens"] == (counts["input_tokens"] ?? 0) + (counts["output_tokens"] ?? 0) ? nil : "does not add up"
        case "gen_ai.prompt", "gen_ai.completion":
            if case .object = json { return nil }
            return "is no object"
        case "gen_ai.output.messages":
            guard dialect == .genAI2, case .array(let messages) = json else { return nil }
            let isWhole = messages.allSatisfy { message in
                guard case .object(let members) = message else { return false }
                return members.contains { $0.name == "finish_reason" }
            }
            return isWhole ? nil : "has an answer without a reason why it ended"
        default: return nil
        }
    }

    private static func integers(_ json: JSONValue) -> [String: Int] {
        guard case .object(let members) = json else { return [:] }
        return Dictionary(members.map { ($0.name, { if case .number(let number) = $0 { Int(number.text) ?? -1 } else { -1 } }($0.value)) })
        { $1 }
    }
}
