internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySemantics

/// A look at a file of prices before it is used.
package struct PriceFileReport {
    package let text: String
    /// Nothing in it had to be left out.
    package let isFine: Bool

    /// A file that cannot be used at all is an error.
    package init(_ path: String) throws(CausewayError) {
        switch PriceLoading.table(path) {
        case .failure(let mistake): throw CausewayError(.input, "\(path): \(mistake)", underlying: mistake)
        case .success(let table):
            var lines = ["\(path): \(table.modelCount) models, \(table.source), \(table.byteCount / 1024) KiB in memory"]
            lines += table.warnings.map { "left out: \($0)" }
            let more = table.warningCount - table.warnings.count
            if more > 0 { lines.append("left out: \(more) more") }
            text = lines.joined(separator: "\n") + "\n"
            isFine = table.warningCount == 0
        }
    }
}

/// Which models in the log have no price, and whether they would have one now.
package struct UnpricedReport {
    private struct Row {
        var calls = 0
        var input: Int64 = 0
        var output: Int64 = 0
        /// The prices that are configured now have one.
        var isKnownNow = false
        var reason = Unpriced.model
    }

    private struct Key: Hashable {
        var provider: String
        var model: String
    }

    private var rows: [Key: Row] = [:]
    private var priced = 0

    /// More models than anybody looks at.
    private static let maxRows = 10_000

    package init(_ source: SpoolSource, _ configuration: Configuration) throws(CausewayError) {
        let book = try PriceExplanation.book(configuration, file: nil)
        var rows: [Key: Row] = [:]
        var priced = 0
        try storedTraces(source) { payload in
            for resource in RequestView(payload, signal: .traces).resourceEntries {
                for scope in resource.scopeEntries(payload) {
                    for span in scope.spans(payload) { Self.count(span, payload, book, &rows, &priced) }
                }
            }
        }
        (self.rows, self.priced) = (rows, priced)
    }

    private static let calls = ["model_call", "embedding", "rerank"]

    private static func count(_ span: SpanView, _ payload: [UInt8], _ book: PriceBook, _ rows: inout [Key: Row], _ priced: inout Int) {
        func text(_ key: String) -> String {
            if case .string(let range)? = span.attributes.value(key, payload) { payload.text(range) } else { "" }
        }
        func int(_ key: String) -> Int64? {
            if case .int(let value)? = span.attributes.value(key, payload) { value } else { nil }
        }
        guard calls.contains(text("causeway.step.type")), span.attributes.value("causeway.usage.rollup", payload) == nil else { return }
        guard span.attributes.value("causeway.cost.total", payload) == nil else {
            priced += 1
            return
        }
        let response = text("gen_ai.response.model")
        let request = text("gen_ai.request.model")
        let key = Key(provider: text("gen_ai.provider.name"), model: response.isEmpty ? request : response)
        guard rows[key] != nil || rows.count < maxRows else { return }
        var row = rows[key] ?? Row()
        let (input, output) = (int("gen_ai.usage.input_tokens"), int("gen_ai.usage.output_tokens"))
        row.calls += 1
        row.input &+= input ?? 0
        row.output &+= output ?? 0
        if row.calls == 1 {
            var question = ModelQuestion()
            (question.provider, question.responseModel, question.requestModel) = (key.provider, response, request)
            row.isKnownNow = book.find(question) != nil
            row.reason =
                span.attributes.value("causeway.usage.invalid", payload) != nil ? .usage : input == nil && output == nil ? .counts : .model
        }
        rows[key] = row
    }

    package var isFine: Bool { rows.isEmpty }

    package var text: String {
        if rows.isEmpty { return "every call of a model has a price (\(priced) calls)\n" }
        var table = TextTable(["provider", "model", "calls", "input", "output", "why", "now"], right: [2, 3, 4])
        for (key, row) in sorted {
            table.add([
                key.provider.isEmpty ? "-" : key.provider, key.model.isEmpty ? "-" : key.model, "\(row.calls)", "\(row.input)",
                "\(row.output)",
                row.reason.rawValue, row.isKnownNow ? "priced" : "-",
            ])
        }
        return table.text + "\(priced) calls have a price\n"
    }

    package var json: String {
        JSONValue.members([
            ("priced", .integer(priced)),
            (
                "unpriced",
                .array(
                    sorted.map { key, row in
                        .members([
                            ("provider", .string(key.provider)), ("model", .string(key.model)), ("calls", .integer(row.calls)),
                            ("inputTokens", .number(JSONNumber(row.input))), ("outputTokens", .number(JSONNumber(row.output))),
                            ("reason", .string(row.reason.rawValue)), ("knownNow", .bool(row.isKnownNow)),
                        ])
                    }
                )
            ),
        ]).text(isPretty: true) + "\n"
    }

    private var sorted: [(Key, Row)] {
        rows.sorted { ($1.value.calls, $0.key.provider, $0.key.model) < ($0.value.calls, $1.key.provider, $1.key.model) }.map {
            ($0.key, $0.value)
        }
    }
}
