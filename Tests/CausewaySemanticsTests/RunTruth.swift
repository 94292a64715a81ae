import Foundation
import Testing

/// What a captured run came to, as `Fixtures/truth.tsv` says it: its provider's answers and its tools were scripted.
struct RunTruth: Sendable, CustomTestStringConvertible {
    /// One answer of a provider, its tokens as they are billed.
    struct Answer: Sendable, Equatable, Comparable, CustomStringConvertible {
        var model: String
        var input: Int64
        var cached: Int64
        var written: Int64
        var output: Int64
        var reasoning: Int64

        var description: String { "\(input) in (\(cached) cached, \(written) written), \(output) out (\(reasoning) thought)" }

        private var counts: [Int64] { [input, output, cached, written, reasoning] }

        static func < (left: Answer, right: Answer) -> Bool { left.counts.lexicographicallyPrecedes(right.counts) }
        static func == (left: Answer, right: Answer) -> Bool { left.counts == right.counts }
    }

    /// What there is to know of a run.
    enum Fact: String, CaseIterable { case calls, embeddings, tokens, cached, tools, failures, retries, handoffs }

    var run: String
    /// All that was answered.
    var answers: [Answer]
    /// What its source does not say.
    var untold: Set<Fact>
    var why: String
    var outcomes: [String]
    /// In nano-dollars, and how it comes about.
    var cost: Int64
    var arithmetic: String
    /// Whose price it is: the source's own, or the table's. Both where it depends on which of two sights of a call counts.
    var pricedBy: Set<String>
    private var counts: [Fact: Int64]

    var testDescription: String { run }

    /// The answers as far as the source tells them.
    var told: [Answer] {
        if untold.contains(.calls) { return [] }
        return answers.filter { !untold.contains(.embeddings) || !$0.model.contains("embedding") }.map { answer in
            var told = answer
            if untold.contains(.cached) { told.cached = 0 }
            return untold.contains(.tokens) ? Answer(model: told.model, input: 0, cached: 0, written: 0, output: 0, reasoning: 0) : told
        }
    }

    /// Those that were paid for.
    var paid: [Answer] { told.filter { $0.input + $0.output > 0 } }

    /// How often something happened, as far as that is told.
    func count(_ fact: Fact) -> Int64 { untold.contains(fact) ? 0 : counts[fact] ?? 0 }

    static let all: [RunTruth] = {
        let file = Capture.fixtures.appending(path: "truth.tsv")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        guard let names = lines.first else { return [] }
        return lines.dropFirst().map { cells in
            precondition(cells.count == names.count, "\(cells[0]): \(cells.count) columns of \(names.count)")
            return RunTruth(Dictionary(zip(names, cells)) { first, _ in first })
        }
    }()

    private init(_ row: [String: String]) {
        func cell(_ name: String) -> String { row[name] == "-" ? "" : row[name]! }
        func parts(_ name: String) -> [String] { cell(name).split(separator: "+").map(String.init) }
        run = cell("run")
        let models = parts("models")
        let columns = ["input", "cached", "written", "output", "reasoning"].map { name in
            let numbers = parts(name).map { Int64($0)! }
            precondition(numbers.isEmpty || numbers.count == models.count, "\(row): as many numbers as calls")
            return numbers.isEmpty ? models.map { _ in 0 } : numbers
        }
        answers = models.indices.map {
            Answer(
                model: models[$0],
                input: columns[0][$0],
                cached: columns[1][$0],
                written: columns[2][$0],
                output: columns[3][$0],
                reasoning: columns[4][$0]
            )
        }
        untold = Set(cell("not told").split(separator: " ").map { Fact(rawValue: String($0))! })
        why = cell("why")
        outcomes = parts("outcomes").sorted()
        arithmetic = cell("cost")
        cost = Int64(arithmetic.split(separator: "=").last!)!
        pricedBy = Set(cell("by").split(separator: " ").map(String.init))
        counts = [:]
        for (fact, name) in [(Fact.tools, "tools"), (.failures, "failures"), (.retries, "retries"), (.handoffs, "hand-offs")] {
            counts[fact] = Int64(cell(name))!
        }
    }
}
