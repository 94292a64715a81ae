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
        let stored = Changes.Item(name: "chat", attributes: Spans.chat + Spans.step("model_call"))
        func faults(_ dialect: RenderedDialect, _ attributes: [Attribute]) -> [String] {
            StrictDialect(dialect, stored, Changes.Item(name: "chat", attributes: attributes)).faults()
        }
        #expect(!faults(.openInference, []).isEmpty)
        #expect(!faults(.openInference, [Attribute("openinference.span.kind", "MODEL")]).isEmpty)
        #expect(!faults(.langfuse, [Attribute("langfuse.observation.type", "generation"), Attribute("gen_ai.usage.x", 1)]).isEmpty)
        #expect(!faults(.mlflow, [Attribute("mlflow.spanType", "LLM")]).isEmpty)
        #expect(!faults(.genAI1, [Attribute("gen_ai.provider.name", "x")]).isEmpty)
        #expect(faults(.openLLMetry, [Attribute("gen_ai.usage.total_tokens", 1)]).contains { $0.contains("llm.request.type") })
        #expect(faults(.openInference, [Attribute("llm.model_name", 1)]).contains("llm.model_name is no text"))
        #expect(faults(.genAI3, [Attribute("gen_ai.usage.cache_write.input_tokens", 1.5)]).contains { $0.hasSuffix("is no count") })
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
        for (key, reason) in requiredKeys() where !has(after, key) { faults.append("no \(key), and there is \(reason)") }
        switch dialect {
        case .openInference: faults += messageFaults("llm.input_messages.") + messageFaults("llm.output_messages.")
        case .langfuse:
            // Its server counts whatever is under these, too.
            for counted in ["gen_ai.usage.", "llm.token_count.", "llm.usage.", "ai.usage."] where isAgents {
                if after.attributes.contains(where: { $0.key.hasPrefix(counted) }) { faults.append("\(counted)* is left") }
            }
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

    /// Keys that have to be there because of what is stored, and the stored key that is the reason.
    private func requiredKeys() -> [(key: String, reason: String)] {
        guard isAgents else { return [] }
        let isCall = text("causeway.step.type") == "model_call"
        var required: [(String, String)] = []
        func require(_ key: String, for reason: String, _ condition: Bool = true) {
            if condition, text(reason)?.isEmpty == false { required.append((key, reason)) }
        }
        let hasModel = isCall ? ["gen_ai.request.model", "gen_ai.response.model"] : []
        let isChat = isCall && ["chat", "text_completion", "generate_content"].contains(text("gen_ai.operation.name"))
        let isMoney = ["model_call", "embedding", "rerank", "tool_call", "retrieval", "guardrail"].contains(text("causeway.step.type"))
        let isPaidHere = isMoney && has(before, "causeway.cost.total") && !isMarkedElsewhere
        switch dialect {
        case .openInference:
            for model in hasModel { require("llm.model_name", for: model) }
            require("llm.provider", for: "gen_ai.provider.name", isCall)
            require("input.value", for: "gen_ai.tool.call.arguments", text("causeway.step.type") == "tool_call")
            require("output.value", for: "gen_ai.tool.call.result", text("causeway.step.type") == "tool_call")
            require("tool.name", for: "gen_ai.tool.name", text("causeway.step.type") == "tool_call")
            require("session.id", for: "gen_ai.conversation.id")
            for side in ["input", "output"] where has(after, "\(side).value") && !has(before, "\(side).value") {
                required.append(("\(side).mime_type", "\(side).value"))
            }
            if isPaidHere { required.append(("llm.cost.total", "causeway.cost.total")) }
        case .langfuse:
            for model in hasModel { require("langfuse.observation.model.name", for: model, isChat) }
            require("langfuse.observation.input", for: "gen_ai.tool.call.arguments", text("causeway.step.type") == "tool_call")
            require("langfuse.observation.output", for: "gen_ai.tool.call.result", text("causeway.step.type") == "tool_call")
            require("session.id", for: "gen_ai.conversation.id")
            if isPaidHere { required.append(("langfuse.observation.cost_details", "causeway.cost.total")) }
        case .mlflow:
            for model in hasModel { require("mlflow.llm.model", for: model, isChat) }
            require("mlflow.llm.provider", for: "gen_ai.provider.name", isChat)
            require("mlflow.spanInputs", for: "gen_ai.tool.call.arguments", text("causeway.step.type") == "tool_call")
            require("mlflow.spanOutputs", for: "gen_ai.tool.call.result", text("causeway.step.type") == "tool_call")
            require("session.id", for: "gen_ai.conversation.id")
            if isPaidHere { required.append(("mlflow.llm.cost", "causeway.cost.total")) }
        case .langsmith:
            require("gen_ai.system", for: "gen_ai.provider.name", isChat)
            require("gen_ai.prompt", for: "gen_ai.tool.call.arguments", text("causeway.step.type") == "tool_call")
            require("gen_ai.completion", for: "gen_ai.tool.call.result", text("causeway.step.type") == "tool_call")
            require("langsmith.metadata.session_id", for: "gen_ai.conversation.id")
        case .openLLMetry:
            if isChat { required.append(("llm.request.type", "gen_ai.operation.name")) }
            if !isCall, !["embedding", "rerank"].contains(text("causeway.step.type")) {
                required += ["kind", "entity.name"].map { ("traceloop.\($0 == "kind" ? "span.kind" : $0)", "a step") }
            }
            require("traceloop.association.properties.session_id", for: "gen_ai.conversation.id")
        case .genAI1: require("gen_ai.system", for: "gen_ai.provider.name")
        case .genAI2, .genAI3:
            // What makes a span one of the conventions'.
            for key in ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model"] { require(key, for: key) }
        }
        return required
    }

    private var isMarkedElsewhere: Bool { has(before, "causeway.usage.rollup") || has(before, "causeway.duplicate_of") }

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

    /// What the value of a key has to be.
    private enum Form: String, CustomStringConvertible {
        case text, count, flag, texts

        var description: String { rawValue }

        func holds(_ value: AttributeValue) -> Bool {
            switch (self, value) {
            case (.text, .string), (.flag, .bool): true
            case (.count, .int(let count)): count >= 0
            case (.texts, .array(let elements)): elements.allSatisfy { if case .string = $0 { true } else { false } }
            default: false
            }
        }
    }

    /// Nil for keys of which nothing is known here.
    private static func form(_ key: String) -> Form? {
        let counted = [
            "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.cache_creation_input_tokens",
            "gen_ai.usage.cache_write.input_tokens", "gen_ai.usage.reasoning_tokens", "gen_ai.request.top_k",
        ]
        if counted.contains(key) { return .count }
        if key.hasPrefix("llm.input_messages.") || key.hasPrefix("llm.output_messages.") { return .text }
        if key.hasPrefix("mlflow.") || key.hasPrefix("traceloop.entity.") { return .text }
        let texts = [
            "llm.model_name", "llm.provider", "llm.system", "session.id", "user.id", "agent.name", "tool.name", "tool.id",
            "tool.parameters", "input.value", "output.value", "embedding.model_name", "reranker.model_name", "reranker.query",
            "gen_ai.system",
            "langfuse.observation.input", "langfuse.observation.output", "langfuse.observation.model.name", "langfuse.observation.level",
            "langfuse.observation.status_message", "langfuse.observation.prompt.name", "langsmith.metadata.session_id",
            "langsmith.metadata.ls_provider", "traceloop.workflow.name", "traceloop.association.properties.session_id",
        ]
        if texts.contains(key) { return .text }
        return key == "gen_ai.is_streaming" ? .flag : nil
    }

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
        if let form = form(key), !form.holds(attribute.value) { return "is no \(form)" }
        if key.hasPrefix("llm.cost.") || key.hasSuffix(".document.score") {
            if case .double = attribute.value { return nil }
            return "is no double"
        }
        let isJSON =
            key.hasPrefix("mlflow.") && !key.hasPrefix("mlflow.traceTag.") || key.hasPrefix("langfuse.observation.metadata.")
            || key.hasPrefix("traceloop.entity.") && key != "traceloop.entity.name"
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
