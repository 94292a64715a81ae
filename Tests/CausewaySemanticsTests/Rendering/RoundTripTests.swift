import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import Testing

/// What comes in a dialect that we also write leaves in it as it came; what is stored means the same after it was out and in again.
struct RoundTripTests {
    /// The dialects that we write, with the captured requests of their newest instrumentations.
    static let newest: [(RenderedDialect, [String])] = [
        (.genAI2, ["otel-genai-openai", "otel-openai-v2-latest", "otel-google-genai"]),
        (
            .openInference,
            [
                "openinference-openai", "openinference-langchain", "openinference-openai-agents", "openinference-litellm",
                "openinference-llama-index", "openinference-crewai",
            ]
        ),
        (.openLLMetry, ["openllmetry-openai", "openllmetry-openai-agents"]),
        (.langfuse, ["langfuse-openai", "langfuse-langchain"]),
        (.langsmith, ["langsmith-otel"]),
    ]

    /// What is not the same afterwards.
    struct Difference: Sendable {
        let dialect: RenderedDialect
        let key: String
        /// Why that is so; nil if there is no reason.
        let reason: String?
        let text: String
    }

    /// The first of each dialect and key that has no reason.
    private static func unexplained(_ differences: [Difference], _ dialect: RenderedDialect) -> [Difference] {
        var keys: Set<String> = []
        return differences.filter { $0.dialect == dialect && $0.reason == nil && keys.insert($0.key).inserted }
    }

    @Test(arguments: newest.map(\.0))
    func `what came in a dialect leaves with the same values under the same keys`(dialect: RenderedDialect) throws {
        #expect(Self.values.alike[dialect, default: 0] > 0)
        for difference in Self.unexplained(Self.values.differences, dialect) { Issue.record("\(difference.text)") }
    }

    @Test(arguments: RenderedDialect.allCases)
    func `what is stored means the same after it was out in a dialect and in again`(dialect: RenderedDialect) throws {
        #expect(Self.meanings.alike[dialect, default: 0] > 0)
        for difference in Self.unexplained(Self.meanings.differences, dialect) { Issue.record("\(difference.text)") }
    }

    @Test func `there is no exception that nothing needs`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "RoundTripExceptions.swift")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.contains("//") }
        let listed = Set(lines.flatMap { line in line.matches(of: /"([a-z][a-zA-Z,;']* [a-zA-Z,;' ]*)"/).map { String($0.1) } })
        let needed = Set((Self.values.differences + Self.meanings.differences).compactMap(\.reason))
        #expect(!needed.isEmpty)
        #expect(listed.subtracting(needed).sorted() == [])
    }

    private typealias Found = (differences: [Difference], alike: [RenderedDialect: Int])

    private static let values: Found = {
        var found: Found = ([], [:])
        for (dialect, folders) in newest {
            for capture in Capture.all where capture.signal == .traces && folders.contains(where: { capture.path.hasPrefix($0 + "/") }) {
                guard let payload = try? capture.payload else { continue }
                let stored = understand(payload, signal: .traces, options: Changes.options).payload
                let rendered = render(stored, signal: .traces, as: dialect)
                for (before, after) in zip(Changes.items(payload, .traces), Changes.items(rendered, .traces)) {
                    for attribute in before.attributes {
                        let value = after.attributes.first { $0.key == attribute.key }
                        if let value, isSame(attribute.value, value.value) {
                            found.alike[dialect, default: 0] += 1
                            continue
                        }
                        let reason = RoundTripExceptions.reason(dialect, attribute, value?.value)
                        let text =
                            "\(capture) \(before.name): \(Changes.text(attribute)) → \(value.map { Changes.text($0) } ?? "nothing")"
                        found.differences.append(Difference(dialect: dialect, key: attribute.key, reason: reason, text: text))
                    }
                }
            }
        }
        return found
    }()

    private static let meanings: Found = {
        var found: Found = ([], [:])
        for dialect in RenderedDialect.allCases {
            for (capture, stored) in StoredCorpus.all where capture.signal == .traces {
                let rendered = render(stored, signal: .traces, as: dialect)
                let again = understand(unmarked(rendered), signal: .traces, options: Changes.options).payload
                for (before, after) in zip(Changes.items(stored, .traces), Changes.items(again, .traces)) {
                    let isAgents = before.attributes.contains { $0.key == "causeway.step.type" || $0.key == "gen_ai.operation.name" }
                    for field in RoundTripExceptions.meaning where isAgents {
                        guard let old = before.attributes.first(where: { $0.key == field }) else { continue }
                        let new = after.attributes.first { $0.key == field }
                        if let new, isSame(old.value, new.value) {
                            found.alike[dialect, default: 0] += 1
                            continue
                        }
                        let reason = RoundTripExceptions.reason(dialect, field, old.value, of: before, capture)
                        let text = "\(capture) \(before.name): \(Changes.text(old)) → \(new.map { Changes.text($0) } ?? "nothing")"
                        found.differences.append(Difference(dialect: dialect, key: field, reason: reason, text: text))
                    }
                }
            }
        }
        return found
    }()

    /// The payload as if nobody had understood it.
    static func unmarked(_ payload: [UInt8]) -> [UInt8] {
        var editor = PayloadEditor(payload)
        var edit = AttributeEdit()
        edit.remove(understoodKey)
        for resource in RequestView(payload, signal: .traces).resourceEntries {
            for scope in resource.scopeEntries(payload) where scope.scope != nil { editor.apply(edit, toScopeOf: scope) }
        }
        return editor.edited()
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
        if left == right || Set([left, right]) == ["tool_call", "tool_calls"] { return true }
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
            // Why an answer ended has a place of its own, too.
            let (first, second) = (said(a), said(b))
            return first.count == second.count
                && first.allSatisfy { one in second.contains { $0.name == one.name && areSame(one.value, $0.value) } }
        default: return left == right
        }
    }

    private static func said(_ members: [JSONMember]) -> [JSONMember] {
        // Nor is what a framework keeps beside the parts of a message.
        let isMessage = members.contains { $0.name == "parts" }
        let aside = isMessage ? ["finish_reason", "id", "additional_kwargs", "response_metadata"] : ["finish_reason"]
        // A call without arguments is one with none.
        return members.filter {
            $0.value != .null && !aside.contains($0.name) && !($0.name == "arguments" && $0.value == .object([]))
        }
    }
}
