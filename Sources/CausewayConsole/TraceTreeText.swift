internal import CausewayModel

/// A trace tree as lines for a terminal: two lines that sum it up, then a step a line with its duration, tokens, model and status.
package struct TraceTreeText: Sendable {
    private let hasColour: Bool
    /// What does not fit is shortened.
    private static let nameColumns = 72
    private static let messageColumns = 160

    package init(colour: Bool) { hasColour = colour }

    /// Colour only on a terminal, and not when the environment has `NO_COLOR` with any value (no-color.org).
    package static func wantsColour(isTerminal: Bool, noColor: String?) -> Bool { isTerminal && (noColor ?? "").isEmpty }

    /// Each line ends in a line feed.
    package func text(_ tree: TraceTree) -> String {
        var lines = [summary(tree), counts(tree.totals)]
        let cells = tree.rows.map(Cells.init)
        let nameColumns = cells.map { TerminalText.width($0.name) }.max() ?? 0
        let durationColumns = cells.map { TerminalText.width($0.duration) }.max() ?? 0
        let inputColumns = cells.map { TerminalText.width($0.input) }.max() ?? 0
        let outputColumns = cells.map { TerminalText.width($0.output) }.max() ?? 0
        let modelColumns = cells.map { TerminalText.width($0.model) }.max() ?? 0
        for cell in cells {
            var parts = [
                TerminalText.padded(cell.name, to: nameColumns), TerminalText.rightAligned(cell.duration, to: durationColumns),
            ]
            if inputColumns + outputColumns > 0 {
                parts.append(TerminalText.rightAligned(cell.input, to: inputColumns))
                parts.append(TerminalText.rightAligned(cell.output, to: outputColumns))
            }
            if modelColumns > 0 { parts.append(TerminalText.padded(cell.model, to: modelColumns)) }
            parts.append(cell.hasFailed ? coloured(cell.status, "31") : cell.status)
            lines.append(parts.joined(separator: "  "))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func summary(_ tree: TraceTree) -> String {
        let totals = tree.totals
        let start = totals.startNanoseconds > 0 ? Timestamp(nanoseconds: totals.startNanoseconds).description : "no start"
        let length = totals.endNanoseconds >= totals.startNanoseconds ? totals.endNanoseconds - totals.startNanoseconds : nil
        return "trace \(coloured(tree.traceID.description, "1"))  \(start)  \(Self.duration(length))"
    }

    private func counts(_ totals: TraceTree.Totals) -> String {
        var parts: [String?] = [
            Self.count(totals.steps, "span"), Self.count(totals.modelCalls, "model call"), Self.count(totals.toolCalls, "tool call"),
            totals.retries == 1 ? "1 retry" : totals.retries > 1 ? "\(Self.grouped(totals.retries)) retries" : nil,
            totals.failedSteps > 0 ? coloured("\(Self.grouped(Int64(totals.failedSteps))) failed", "31") : "none failed",
        ]
        if totals.inputTokens > 0 || totals.outputTokens > 0 {
            parts.append("\(Self.grouped(totals.inputTokens)) tokens in, \(Self.grouped(totals.outputTokens)) out")
        }
        if !totals.cost.isEmpty {
            let amounts = totals.cost.sorted { $0.key < $1.key }.map { Self.money($1, TerminalText.harmless($0)) }.joined(separator: " + ")
            let unpriced = totals.pricedCalls > 0 ? totals.modelCalls - totals.pricedCalls : 0
            parts.append("cost " + amounts + (unpriced > 0 ? " + ? (\(Self.count(unpriced, "model call")) without a price)" : ""))
        }
        return parts.compactMap(\.self).joined(separator: " · ")
    }

    private func coloured(_ text: String, _ code: String) -> String { hasColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}

extension TraceTreeText {
    /// What stands in the columns of one step.
    private struct Cells {
        let name: String
        let duration: String
        let input: String
        let output: String
        let model: String
        let status: String
        let hasFailed: Bool

        init(_ row: TraceTree.Row) {
            let step = row.step
            let title = "\(step.kind.icon) \(step.kind.rawValue) \(TerminalText.harmless(step.name))"
            let marks = Self.marks(row)
            let indent = Self.indent(row)
            let room = TraceTreeText.nameColumns - TerminalText.width(indent) - TerminalText.width(marks)
            name = indent + TerminalText.shortened(title, to: max(24, room)) + marks
            duration = TraceTreeText.duration(step.durationNanoseconds)
            let sum = row.isRollup ? "Σ " : ""
            input = step.inputTokens.map { "\(sum)\(TraceTreeText.grouped($0)) in" } ?? ""
            output = step.outputTokens.map { "\(sum)\(TraceTreeText.grouped($0)) out" } ?? ""
            model = TerminalText.shortened(TerminalText.harmless(step.model ?? ""), to: 32)
            hasFailed = step.failure != nil
            status = Self.status(step)
        }

        private static func indent(_ row: TraceTree.Row) -> String {
            guard let isLast = row.isLast.last else { return "" }
            let own = isLast ? "└─ " : "├─ "
            if row.depth > TraceTree.indentLimit { return "⋯\(row.depth) " + own }
            return row.isLast.dropLast().map { $0 ? "   " : "│  " }.joined() + own
        }

        private static func marks(_ row: TraceTree.Row) -> String {
            let step = row.step
            var marks: [String] = []
            if let attempt = step.attempt { marks.append("attempt \(attempt)") }
            if let retries = step.retries, retries > 0 { marks.append(retries == 1 ? "1 retry" : "\(retries) retries") }
            if step.retriesExhausted { marks.append("retries exhausted") }
            if step.isCountedElsewhere { marks.append("counted elsewhere") }
            if step.sightings > 1 { marks.append("received \(step.sightings) times") }
            switch row.root {
            case .none, .real: break
            case .orphan(let parent): marks.append("parent \(parent) missing")
            case .circle: marks.append("parents form a circle")
            }
            return marks.isEmpty ? "" : " (" + marks.joined(separator: ", ") + ")"
        }

        private static func status(_ step: Step) -> String {
            guard let failure = step.failure else {
                return step.outcome.map { "ok (\(TerminalText.shortened(TerminalText.harmless($0), to: 32)))" } ?? "ok"
            }
            let type = failure.type.map { " " + TerminalText.shortened(TerminalText.harmless($0), to: 64) } ?? ""
            guard !failure.message.isEmpty else { return "ERROR" + type }
            return "ERROR\(type): " + TerminalText.shortened(TerminalText.harmless(failure.message), to: TraceTreeText.messageColumns)
        }
    }
}

extension TraceTreeText {
    /// Three digits where that is exact enough: `312 µs`, `48.1 ms`, `2.43 s`, `3 m 05 s`, `1 h 02 m`; `?` when unknown.
    static func duration(_ nanoseconds: UInt64?) -> String {
        guard let nanoseconds else { return "?" }
        switch nanoseconds {
        case ..<1_000: return "\(nanoseconds) ns"
        case ..<1_000_000: return decimal(nanoseconds, unit: 1_000) + " µs"
        case ..<1_000_000_000: return decimal(nanoseconds, unit: 1_000_000) + " ms"
        case ..<60_000_000_000: return decimal(nanoseconds, unit: 1_000_000_000) + " s"
        default:
            let seconds = nanoseconds / 1_000_000_000
            let (large, small, units) =
                seconds < 3600 ? (seconds / 60, seconds % 60, ("m", "s")) : (seconds / 3600, seconds / 60 % 60, ("h", "m"))
            return "\(large) \(units.0) \(small < 10 ? "0" : "")\(small) \(units.1)"
        }
    }

    /// Three significant digits, cut off and not rounded, so that a second never shows as `1000 ms`.
    private static func decimal(_ value: UInt64, unit: UInt64) -> String {
        let whole = value / unit
        let places = whole >= 100 ? 0 : whole >= 10 ? 1 : 2
        guard places > 0 else { return String(whole) }
        let scale: UInt64 = places == 1 ? 10 : 100
        let fraction = String(value % unit * scale / unit)
        return "\(whole)." + String(repeating: "0", count: places - fraction.count) + fraction
    }

    static func grouped(_ number: Int64) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits = String(digits.dropLast(3))
        }
        return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(grouped(Int64(number))) \(noun)\(number == 1 ? "" : "s")" }

    /// Two decimal places, and more where that would leave fewer than two digits: `$12.40`, `$0.0031`.
    static func money(_ amount: Double, _ currency: String) -> String {
        var places = 2
        var unit = 0.01
        while amount.magnitude > 0, amount.magnitude < unit * 10, places < 12 {
            places += 1
            unit /= 10
        }
        let scaled = (amount.magnitude / unit).rounded()
        guard scaled < 9e18 else { return "\(amount) \(currency)" }
        let digits = String(Int64(scaled))
        let filled = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let text = (amount < 0 ? "-" : "") + (currency == "USD" ? "$" : "") + filled.dropLast(places) + "." + filled.suffix(places)
        return currency == "USD" ? text : "\(text) \(currency)"
    }
}
