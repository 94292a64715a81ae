internal import CausewayModel
internal import CausewayPlatform
internal import CausewaySemantics
internal import CausewaySpool

/// What `causeway metrics` and `causeway tools` print: how tools, models, agents or steps have done, from the derived metrics in a log.
package struct MetricsReport: Sendable {
    /// What a line is about.
    package enum Subject: String, CaseIterable, Sendable {
        case tool, model, agent, step
    }

    /// One tool, model, agent or kind of step.
    struct Row: Equatable {
        var name: String
        var calls: UInt64 = 0
        var failed: UInt64 = 0
        var retries: UInt64 = 0
        var tokens: [String: UInt64] = [:]
        var dollars = 0.0
        var time = CellCounts()
    }

    let subject: Subject
    private(set) var rows: [Row] = []
    /// Of all requests in the same time.
    private(set) var requestSeconds = 0.0
    private(set) var requests: UInt64 = 0
    private(set) var totalDollars = 0.0
    /// From the beginning of the first interval to the end of the last.
    private(set) var nanoseconds: ClosedRange<UInt64>?

    /// Reads what was derived in the last `since`; everything without it. Read-only, also while a bridge runs.
    package static func report(
        by subject: Subject,
        of source: SpoolSource,
        since: Duration?,
        tenant: String?,
        asJSON: Bool
    ) throws(CausewayError) -> SpoolReport {
        let now = SystemClock().wallNanoseconds()
        let first = since.map { now - min(now, UInt64(max($0, .zero) / .nanoseconds(1))) } ?? 0
        var conversion = MetricConversion(to: .cumulative, maxSeries: 1 << 20)
        try walk(source) { frame throws(CausewayError) in
            guard frame.flags.contains(.derived), frame.signal == Signal.metrics.rawValue, frame.receivedNanoseconds >= first,
                tenant == nil || frame.tenant == tenant
            else { return }
            _ = conversion.converted(frame.payload, tenant: frame.tenant)
        }
        let report = MetricsReport(subject, conversion.derivedSeries)
        return asJSON ? SpoolReport(report.json) : SpoolReport(report.text)
    }

    /// A length of time as people write it; nil for what is none.
    package static func duration(_ text: String) -> Duration? { Duration(text: text) }

    init(_ subject: Subject, _ series: [DerivedSeries]) {
        self.subject = subject
        var rows: [String: Row] = [:]
        for one in series {
            let range = one.startNanoseconds...max(one.startNanoseconds, one.timeNanoseconds)
            nanoseconds = nanoseconds.map { min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound) } ?? range
            if case .number(let dollars) = one.value { totalDollars += dollars }
            if one.metric == .requestDuration, case .cells(let cells) = one.value {
                requestSeconds += cells.sum
                requests += cells.count
            }
            guard let name = Self.name(subject, one) else { continue }
            rows[name, default: Row(name: name)].add(one, subject)
        }
        self.rows = rows.values.filter { $0.calls > 0 || $0.dollars > 0 || $0.failed > 0 }
            .sorted { ($0.time.sum, $1.name) > ($1.time.sum, $0.name) }
    }

    /// Whose series it is; nil for nobody's of this kind. What found no room has no name.
    private static func name(_ subject: Subject, _ series: DerivedSeries) -> String? {
        func text(_ attribute: MetricAttribute) -> String? {
            guard case .string(let text)? = series.attributes.first(where: { $0.key == attribute.key })?.value else { return nil }
            return text
        }
        let key: MetricAttribute =
            switch subject {
            case .tool: .tool
            case .model: .requestModel
            case .agent: .agent
            case .step: .stepType
            }
        guard series.metric.attributes.contains(key) else { return nil }
        if let name = text(key) { return name }
        return series.attributes.contains { $0.key == "otel.metric.overflow" } && isMain(subject, series.metric) ? "(others)" : nil
    }

    /// The metric whose measurements are the calls of a subject.
    private static func isMain(_ subject: Subject, _ metric: DerivedMetric) -> Bool {
        switch subject {
        case .tool: metric == .toolDuration
        case .model: metric == .operationDuration
        case .agent: metric == .requestDuration
        case .step: metric == .stepDuration
        }
    }

    // MARK: For people

    private static let shares: [(name: String, share: Double)] = [("P50", 0.5), ("P90", 0.9), ("P95", 0.95), ("P99", 0.99)]

    private var lattice: Lattice { DerivedMetric.stepDuration.lattice }

    private var seconds: Double { nanoseconds.map { Double($0.upperBound - $0.lowerBound) / 1e9 } ?? 0 }

    var text: String {
        guard !rows.isEmpty else { return "nothing measured of any \(subject.rawValue) here; metrics.derive says what is derived\n" }
        var header = [subject.rawValue, "calls", "/min", "failed", "retries"] + Self.shares.map(\.name)
        if subject != .step { header += ["time", "cost", "cost%"] }
        if subject == .model { header += ["in", "out", "cached"] }
        var table = TextTable(header, right: Set(1..<header.count))
        for row in rows {
            var cells = [
                row.name, "\(row.calls)", seconds > 0 ? Self.short(Double(row.calls) * 60 / seconds) : "?",
                row.failed == 0 ? "0" : "\(row.failed) (\(Self.percent(Double(row.failed) / Double(max(row.calls, 1)))))",
                "\(row.retries)",
            ]
            cells += Self.shares.map { row.time.percentile($0.share, lattice).map(Self.duration) ?? "?" }
            if subject != .step {
                cells += [
                    share(row).map(Self.percent) ?? "?", row.dollars > 0 ? Self.dollars(row.dollars) : "?",
                    row.dollars > 0 && totalDollars > 0 ? Self.percent(row.dollars / totalDollars) : "?",
                ]
            }
            if subject == .model { cells += ["input", "output", "cache_read"].map { "\(row.tokens[$0] ?? 0)" } }
            table.add(cells)
        }
        var text = table.text
        text += "\nn is the calls; percentiles are within \(Self.percent(Lattice.relativeError)) of the measured value"
        if subject != .step { text += "; time: of all time that requests took, what calls took one after the other" }
        if let nanoseconds {
            text += "\n\(requests) requests from \(Timestamp(nanoseconds: nanoseconds.lowerBound).text(fractionDigits: 0))"
            text += " to \(Timestamp(nanoseconds: nanoseconds.upperBound).text(fractionDigits: 0))"
        }
        return text + "\n"
    }

    private func share(_ row: Row) -> Double? { requestSeconds > 0 ? row.time.sum / requestSeconds : nil }

    private static func percent(_ share: Double) -> String { short(share * 100) + " %" }

    /// Three digits that count.
    private static func short(_ number: Double) -> String {
        if number >= 99.95 { return "\(Int(number.rounded()))" }
        let factor = number >= 9.995 ? 10.0 : 100
        let rounded = (number * factor).rounded() / factor
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    private static func duration(_ seconds: Double) -> String {
        if seconds < 1 { return short(seconds * 1000) + " ms" }
        return seconds < 600 ? short(seconds) + " s" : short(seconds / 60) + " min"
    }

    /// At least two digits that count, however small it is.
    static func dollars(_ amount: Double) -> String {
        guard amount > 0, amount < 0.995 else { return "$" + short(amount) }
        var digits = 2
        var scaled = amount * 100
        while scaled < 10, digits < 12 { (digits, scaled) = (digits + 1, scaled * 10) }
        let whole = String(Int(scaled.rounded()))
        return "$0." + String(repeating: "0", count: max(0, digits - whole.count)) + whole
    }

    // MARK: For programs

    var json: JSONValue {
        let ends = nanoseconds.map { [$0.lowerBound, $0.upperBound] } ?? []
        let times: [JSONValue] = ends.map { .string(Timestamp(nanoseconds: $0).description) }
        var members: [(String, JSONValue)] = [("by", .string(subject.rawValue))]
        members.append(("from", times.first ?? .null))
        members.append(("to", times.last ?? .null))
        members.append(("requests", .integer(Int(requests))))
        members.append(("request_seconds", Self.number(requestSeconds)))
        members.append(("cost", Self.number(totalDollars)))
        members.append(("percentile_error", Self.number(Lattice.relativeError)))
        members.append(("rows", .array(rows.map(json))))
        return .members(members)
    }

    private func json(_ row: Row) -> JSONValue {
        var members: [(String, JSONValue)] = [(subject.rawValue, .string(row.name)), ("calls", .integer(Int(row.calls)))]
        members.append(("per_minute", Self.number(seconds > 0 ? Double(row.calls) * 60 / seconds : nil)))
        members.append(("failed", .integer(Int(row.failed))))
        members.append(("retries", .integer(Int(row.retries))))
        for share in Self.shares {
            members.append((share.name.lowercased() + "_seconds", Self.number(row.time.percentile(share.share, lattice))))
        }
        members.append(("time_share", Self.number(share(row))))
        // What has no known price costs nobody knows what, and not nothing.
        let dollars = row.dollars > 0 ? row.dollars : nil
        members.append(("cost", Self.number(dollars)))
        members.append(("cost_share", Self.number(totalDollars > 0 ? dollars.map { $0 / totalDollars } : nil)))
        for (type, count) in row.tokens.sorted(by: { $0.key < $1.key }) { members.append(("\(type)_tokens", .integer(Int(count)))) }
        return .members(members)
    }

    private static func number(_ value: Double?) -> JSONValue {
        guard let value, let number = JSONNumber(value) else { return .null }
        return .number(number)
    }
}

extension MetricsReport.Row {
    mutating func add(_ series: DerivedSeries, _ subject: MetricsReport.Subject) {
        func has(_ key: String, _ value: String) -> Bool { series.attributes.contains { $0.key == key && $0.value == .string(value) } }
        switch (series.value, series.metric, subject) {
        case (.cells(let cells), .toolDuration, .tool), (.cells(let cells), .operationDuration, .model),
            (.cells(let cells), .stepDuration, .step):
            time.add(cells)
            calls += cells.count
            // A tool counts its failures itself; the others' say what type of error it was.
            if subject == .model, series.attributes.contains(where: { $0.key == MetricAttribute.errorType.key }) { failed += cells.count }
        case (.cells(let cells), .requestDuration, .agent):
            time.add(cells)
            calls += cells.count
            if has("causeway.outcome", "failure") || has("causeway.outcome", "abandoned") { failed += cells.count }
        case (.count(let count), .toolCalls, .tool): if has("causeway.outcome", "failure") { failed += UInt64(max(count, 0)) }
        case (.count(let count), .retries, _): retries += UInt64(max(count, 0))
        case (.count(let count), .tokens, .model):
            guard case .string(let type)? = series.attributes.first(where: { $0.key == MetricAttribute.tokenType.key })?.value else {
                return
            }
            tokens[type, default: 0] += UInt64(max(count, 0))
        case (.number(let dollars), .cost, _): self.dollars += dollars
        default: break
        }
    }
}
