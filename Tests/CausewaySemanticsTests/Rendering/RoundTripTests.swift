import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// What comes in a dialect that we also write leaves in it as it came; what is stored means the same after it was out and in again.
struct RoundTripTests {
    /// The dialects that we write, with the captured requests of their newest instrumentations.
    static let newest: [(RenderedDialect, [String])] = [
        (.genAI2, ["otel-genai-openai", "otel-openai-v2-latest", "otel-google-genai", "pydantic-ai-v5", "pydantic-ai-v6"]),
        (.openInference, [
            "openinference-openai", "openinference-langchain", "openinference-openai-agents", "openinference-litellm",
            "openinference-llama-index", "openinference-crewai",
        ]),
        (.openLLMetry, ["openllmetry-openai", "openllmetry-openai-agents"]),
        (.langfuse, ["langfuse-openai", "langfuse-langchain"]),
        (.langsmith, ["langsmith-otel"]),
    ]

    @Test(arguments: newest.indices)
    func `what came in a dialect leaves with the same values under the same keys`(index: Int) throws {
        let (dialect, folders) = Self.newest[index]
        var unlike: [String: Int] = [:]
        var alike = 0
        for capture in Capture.all where capture.signal == .traces && folders.contains(where: { capture.path.hasPrefix($0 + "/") }) {
            let payload = try capture.payload
            let stored = understand(payload, signal: .traces, options: Changes.options).payload
            let rendered = render(stored, signal: .traces, as: dialect)
            for (before, after) in zip(Changes.items(payload, .traces), Changes.items(rendered, .traces)) {
                for attribute in before.attributes {
                    let found = after.attributes.first { $0.key == attribute.key }
                    if let found, Self.isSame(attribute.value, found.value) {
                        alike += 1
                    } else if !RoundTripExceptions.isListed(dialect, attribute, in: before, found?.value) {
                        unlike[attribute.key, default: 0] += 1
                        if unlike[attribute.key] == 1 {
                            Issue.record(
                                "\(capture) \(before.name): \(Changes.text(attribute)) → \(found.map { Changes.text($0) } ?? "nothing")"
                            )
                        }
                    }
                }
            }
        }
        #expect(alike > 0)
    }

    @Test(arguments: RenderedDialect.allCases)
    func `what is stored means the same after it was out in a dialect and in again`(dialect: RenderedDialect) throws {
        for capture in Capture.all where capture.signal == .traces {
            let stored = understand(try capture.payload, signal: .traces, options: Changes.options).payload
            let rendered = render(stored, signal: .traces, as: dialect)
            let again = understand(rendered, signal: .traces, options: Changes.options).payload
            for (before, after) in zip(Changes.items(stored, .traces), Changes.items(again, .traces)) {
                guard before.attributes.contains(where: { $0.key == "causeway.step.type" || $0.key == "gen_ai.operation.name" }) else { continue }
                for field in RoundTripExceptions.meaning where !RoundTripExceptions.isLost(field, dialect, before) {
                    guard let old = before.attributes.first(where: { $0.key == field }) else { continue }
                    let new = after.attributes.first { $0.key == field }
                    guard let new, Self.isSame(old.value, new.value) else {
                        Issue.record("\(capture) \(before.name): \(Changes.text(old)) → \(new.map { Changes.text($0) } ?? "nothing")")
                        return
                    }
                }
            }
        }
    }

    /// The same up to the order of members, the type of numbers, and JSON that stands in a string once more.
    static func isSame(_ left: AttributeValue, _ right: AttributeValue) -> Bool {
        if left == right { return true }
        switch (left, right) {
        case (.int(let a), .double(let b)), (.double(let b), .int(let a)): return Double(a) == b
        case (.string(let a), .string(let b)): return SameJSON.areSame(a, b)
        default: return false
        }
    }
}

/// Whether two texts say the same as JSON.
enum SameJSON {
    static func areSame(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        guard let a = value(left), let b = value(right) else { return text(left) == text(right) }
        return areSame(a, b)
    }

    private static func value(_ text: String) -> JSONValue? {
        guard let value = try? JSONValue(parsing: Array(text.utf8)) else { return nil }
        if case .string(let inner) = value { return self.value(inner) ?? value }
        return value
    }

    private static func text(_ text: String) -> String {
        if case .string(let inner)? = try? JSONValue(parsing: Array(text.utf8)) { return inner }
        return text
    }

    private static func areSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        switch (left, right) {
        case (.number(let a), .number(let b)): return a.text == b.text || Double(a.text) == Double(b.text)
        case (.string(let a), .string(let b)): return areSame(a, b)
        case (.string(let a), .object), (.string(let a), .array): return value(a).map { areSame($0, right) } ?? false
        case (.object, .string(let b)), (.array, .string(let b)): return value(b).map { areSame(left, $0) } ?? false
        case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { areSame($0, $1) }
        case (.object(let a), .object(let b)):
            // A member that is null says what a member says that is not there.
            let (first, second) = (a.filter { $0.value != .null }, b.filter { $0.value != .null })
            return first.count == second.count
                && first.allSatisfy { one in second.contains { $0.name == one.name && areSame(one.value, $0.value) } }
        default: return left == right
        }
    }
}

/// What does not leave as it came, and why.
enum RoundTripExceptions {
    static func isListed(_ dialect: RenderedDialect, _ attribute: Attribute, in item: Changes.Item, _ found: AttributeValue?) -> Bool { false }

    /// Canonical attributes that have to mean the same afterwards.
    static let meaning = [
        "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.response.model", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens",
        "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens", "gen_ai.usage.reasoning.output_tokens",
        "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions", "gen_ai.tool.name",
        "gen_ai.tool.call.id", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.retrieval.query.text",
        "gen_ai.conversation.id", "user.id", "gen_ai.agent.name", "gen_ai.request.temperature", "gen_ai.request.max_tokens",
        "causeway.step.type",
    ]

    static func isLost(_ field: String, _ dialect: RenderedDialect, _ item: Changes.Item) -> Bool { false }
}
