import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Foundation
import Testing

/// What is understood of each dialect, found out from the captured and the documented requests, and written into `docs/dialects.md`.
struct ConformanceTests {
    private static let concepts: [(name: String, keys: [String])] = [
        ("operation", ["gen_ai.operation.name", "causeway.step.type"]),
        ("provider", ["gen_ai.provider.name"]),
        ("model", ["gen_ai.request.model", "gen_ai.response.model"]),
        ("tokens", ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens"]),
        ("cached", ["gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_creation.input_tokens"]),
        ("reasoning", ["gen_ai.usage.reasoning.output_tokens"]),
        ("cost", ["causeway.cost.total"]),
        ("input", ["gen_ai.input.messages"]),
        ("output", ["gen_ai.output.messages"]),
        ("tools offered", ["gen_ai.tool.definitions"]),
        ("tool", ["gen_ai.tool.name"]),
        ("arguments", ["gen_ai.tool.call.arguments"]),
        ("result", ["gen_ai.tool.call.result"]),
        ("documents", ["gen_ai.retrieval.documents"]),
        ("session", ["gen_ai.conversation.id"]),
        ("user", ["user.id"]),
        ("tenant", ["causeway.tenant.id"]),
        ("agent", ["gen_ai.agent.name"]),
        ("finish", ["gen_ai.response.finish_reasons"]),
        ("parameters", ["gen_ai.request.temperature", "gen_ai.request.max_tokens", "gen_ai.request.top_p", "gen_ai.request.seed"]),
        ("first token", ["gen_ai.response.time_to_first_chunk"]),
        ("prompt", ["gen_ai.prompt.name", "gen_ai.prompt.version"]),
        ("failure", ["causeway.failure.code"]),
        ("retries", ["causeway.retry.count", "causeway.retry.attempt"]),
    ]

    /// The canonical keys seen on items of each dialect.
    private static func seen(_ payloads: [([UInt8], Signal)]) -> [String: Set<String>] {
        var seen: [String: Set<String>] = [:]
        for (payload, signal) in payloads where signal != .metrics {
            let understood = understand(payload, signal: signal, options: Changes.options)
            for item in Changes.items(understood.payload, signal) {
                guard case .string(let dialect)? = item.attributes.first(where: { $0.key == "causeway.source.dialect" })?.value else {
                    continue
                }
                seen[dialect, default: []].formUnion(item.attributes.map(\.key))
            }
        }
        return seen
    }

    private static func table() throws -> String {
        let captured = seen(try Capture.all.map { (try $0.payload, $0.signal) })
        let documented = seen(
            try DialectFixture.all.map { (try $0.payload, $0.signal) } + Documented.all.map { ($0.payload, $0.signal) }
        )
        var lines = ["| dialect | " + concepts.map(\.name).joined(separator: " | ") + " |"]
        lines.append("| --- |" + String(repeating: " --- |", count: concepts.count))
        for dialect in dialects {
            let cells = concepts.map { concept in
                if concept.keys.contains(where: { captured[dialect.name]?.contains($0) ?? false }) { return "yes" }
                let isInTable = dialect.rules.contains { concept.keys.contains($0.target.key) }
                let isInFixture = concept.keys.contains { documented[dialect.name]?.contains($0) ?? false }
                return isInTable || isInFixture ? "doc." : "–"
            }
            lines.append("| `\(dialect.name)` | " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }

    /// What the dialects' metrics are called afterwards.
    private static func metrics() -> String {
        var lines = ["| dialect | metric | becomes |", "| --- | --- | --- |"]
        for dialect in dialects {
            for rule in dialect.metrics {
                var words = ["`\(rule.canonical)`"]
                if let unit = rule.unit { words.append("in `\(unit)`") }
                if rule.scale != 1 { words.append("(× \(rule.scale))") }
                for (key, value) in rule.adding {
                    words.append("with `\(String(decoding: key, as: UTF8.self))` = `\(String(decoding: value, as: UTF8.self))`")
                }
                lines.append("| `\(dialect.name)` | `\(rule.name)` | \(words.joined(separator: " ")) |")
            }
        }
        return lines.joined(separator: "\n")
    }

    @Test func `the page of dialects says what is understood of each, and what becomes of metrics`() throws {
        let page = Capture.fixtures.appending(path: "../../docs/dialects.md").standardizedFileURL
        for (name, table) in [("table", try Self.table()), ("metrics", Self.metrics())] {
            let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
            let before = try #require(text.range(of: "<!-- written by the tests: \(name) -->\n"))
            let after = try #require(text.range(of: "\n<!-- end of the \(name) -->"))
            if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_GOLDEN"] != nil {
                try Data((text[..<before.upperBound] + table + text[after.lowerBound...]).utf8).write(to: page)
            } else {
                #expect(text[before.upperBound..<after.lowerBound] == table)
            }
        }
    }

    @Test func `the page of dialects names every dialect and every key that is made`() throws {
        let page = Capture.fixtures.appending(path: "../../docs/dialects.md").standardizedFileURL
        let text = String(decoding: try Data(contentsOf: page), as: UTF8.self)
        for dialect in dialects { #expect(text.contains("`\(dialect.name)`"), "\(dialect.name)") }
        for field in Field.allCases where field.key.hasPrefix("causeway.") { #expect(text.contains("`\(field.key)`"), "\(field.key)") }
        for code in FailureCode.allCases { #expect(text.contains("`\(code.words.code)`"), "\(code.words.code)") }
    }

    @Test func `the pages of dialects, metrics and vocabulary name every key of ours that the code writes`() throws {
        let text = try ["dialects", "metrics", "vocabulary"].map { name in
            let page = Capture.fixtures.appending(path: "../../docs/\(name).md").standardizedFileURL
            return String(decoding: try Data(contentsOf: page), as: UTF8.self)
        }.joined()
        let sources = Capture.fixtures.appending(path: "../../Sources/CausewaySemantics").standardizedFileURL
        let files = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
        var keys: Set<String> = []
        for file in files where file.hasSuffix(".swift") {
            let source = String(decoding: try Data(contentsOf: sources.appending(path: file)), as: UTF8.self)
            for piece in source.split(separator: "\"") where piece.hasPrefix("causeway.") && !piece.contains(where: { " \\".contains($0) })
            {
                keys.insert(String(piece))
            }
        }
        #expect(keys.count > 40)
        for key in keys.sorted() { #expect(text.contains("`\(key)`"), "\(key)") }
    }
}
