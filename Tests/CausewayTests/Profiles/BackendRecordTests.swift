import CausewayModel
import Foundation
import Testing

@testable import Causeway

/// What real backends showed when they were last asked (`make backends`), and that the page says the same.
struct BackendRecordTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static let backends = [("phoenix", "Arize Phoenix"), ("mlflow", "MLflow")]

    private func record() throws -> JSONValue {
        let file = Self.root.appending(path: "Tests/Fixtures/backends/record.json")
        return try JSONValue(parsing: [UInt8](try Data(contentsOf: file)))
    }

    private func text(_ value: JSONValue?) -> String {
        switch value {
        case .number(let number): number.text
        case .string(let text): text
        case .array(let elements) where !elements.isEmpty && elements.allSatisfy { $0["role"] != nil }: "raw JSON"
        case .array(let elements) where elements.isEmpty: "–"
        case .array(let elements): elements.map { text($0) }.joined(separator: ", ")
        default: "–"
        }
    }

    @Test(arguments: ["phoenix", "mlflow"])
    func `through the bridge a backend shows everything there is to a run of nine steps`(backend: String) throws {
        let facts = try #require(try record()["bridge"]?[backend])
        let expected: [(String, String)] = [
            ("kinds", "9"), ("parents", "9"), ("inputs", "9"), ("outputs", "8"), ("input_tokens", "240"), ("output_tokens", "116"),
            ("summed_tokens", "356"), ("cached_tokens", "80"), ("cost", "0.00123"), ("session", "session-31"), ("users", "9"),
            ("attempts", "2"),
            ("errors", "the refund service does not answer"), ("root_input", "How long does a refund take?"),
            ("root_output", "Three more days."), ("numbered", "1, 2"), ("retries", "causeway.retry"), ("failure_codes", "server_error"),
            ("outcome", "success"),
        ]
        for (name, value) in expected { #expect(text(facts[name]) == value, "\(name)") }
    }

    @Test func `a run whose root never came is closed where it would go on for ever, and its fallback is told`() throws {
        let dead = try record()["dead"]
        #expect(text(dead?["plain"]?["mlflow"]?["state"]) == "IN_PROGRESS")
        #expect(text(dead?["bridge"]?["mlflow"]?["state"]) == "ERROR" && text(dead?["bridge"]?["mlflow"]?["outcome"]) == "abandoned")
        for (backend, _) in Self.backends {
            #expect(text(dead?["bridge"]?[backend]?["fallbacks"]) == "causeway.fallback")
            #expect(text(dead?["bridge"]?[backend]?["fell_back_to"]) == "gpt-4o-mini")
        }
    }

    @Test func `the record was made with the versions that the profiles name`() throws {
        for (name, _) in Self.backends {
            #expect(text(try record()["versions"]?[name]) == BackendProfile.named(name)?.tested)
        }
    }

    @Test func `the page shows the record`() throws {
        let file = Self.root.appending(path: "docs/backends.md")
        let page = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        let (start, end) = ("<!-- record -->\n", "<!-- end of record -->\n")
        let from = try #require(page.range(of: start)).upperBound
        let to = try #require(page.range(of: end)).lowerBound
        let made = page[..<from] + (try table()) + page[to...]
        if ProcessInfo.processInfo.environment["CAUSEWAY_WRITE_GOLDEN"] != nil { return try Data(made.utf8).write(to: file) }
        #expect(page == made)
    }

    private func table() throws -> String {
        let record = try record()
        let columns = Self.backends.flatMap { [($0.0, "plain"), ($0.0, "bridge")] }
        var text =
            "| | "
            + Self.backends.map { "\($0.1) \(self.text(record["versions"]?[$0.0])), directly | through Causeway" }
            .joined(separator: " | ") + " |\n| --- | --- | --- | --- | --- |\n"
        let rows: [(String, String, of: String)] = [
            ("right kind", "kinds", " of 9"), ("under its parent", "parents", " of 9"), ("input shown", "inputs", " of 9"),
            ("output shown, of those that have one", "outputs", " of 8"), ("input of the run", "root_input", ""),
            ("input tokens (240)", "input_tokens", ""), ("output tokens (116)", "output_tokens", ""),
            ("tokens of the whole run (356)", "summed_tokens", ""), ("cached tokens (80)", "cached_tokens", ""),
            ("reported cost ($0.00123)", "cost", ""), ("session", "session", ""),
            ("user", "users", " of 9"), ("the failure", "errors", ""), ("attempts of the failed tool", "attempts", ""),
            ("… by their number", "numbered", ""), ("the retry as an event", "retries", ""), ("code of the failure", "failure_codes", ""),
            ("outcome of the run", "outcome", ""),
        ]
        for (what, name, of) in rows {
            let cells = columns.map { backend, way in self.text(record[way]?[backend]?[name]) + of }
            text += "| \(what) | \(cells.joined(separator: " | ")) |\n"
        }
        let dead = record["dead"]
        let (open, closed) = (dead?["plain"]?["mlflow"]?["state"], dead?["bridge"]?["mlflow"]?["state"])
        text +=
            "\nA run whose root never comes is `\(self.text(open))` in MLflow for ever; through Causeway it is `\(self.text(closed))`, tagged"
        text += " `\(self.text(dead?["bridge"]?["mlflow"]?["outcome"]))`.\n"
        let corpus = record["corpus"]
        text +=
            "\nOf the corpus (\(self.text(corpus?["requests"])) requests, \(self.text(corpus?["spans"])) spans) nothing was refused; Phoenix"
        text += " shows a kind for \(self.text(corpus?["spans_of_a_kind"])) spans, MLflow \(self.text(corpus?["mlflow_traces"])) traces,"
        text += " VictoriaMetrics \(self.text(corpus?["metric_series"])) series of \(self.text(corpus?["metric_names"])) metrics.\n"
        text += "MLflow shows exactly the tokens and the cost of the calls that count for each of these traces"
        text +=
            " (\(self.text(corpus?["input_tokens"])) in, \(self.text(corpus?["output_tokens"])) out, $\(self.text(corpus?["cost"])) in all),"
        text += " Phoenix the tokens of those that are no embeddings, and what was derived from them in VictoriaMetrics is as much.\n"
        text += "\nPhoenix keeps the reported cost on the span; its own sums are by its own prices"
        text += " ($\(self.text(record["bridge"]?["phoenix"]?["own_price"])) for the run).\n"
        return text
    }
}
