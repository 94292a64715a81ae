package import CausewayModel
internal import CausewayPlatform
internal import CausewaySemantics

/// How a price comes about: what was looked for, by which rule, each product and the sum.
package struct PriceExplanation {
    /// What is asked on the command line.
    package struct Question: Sendable {
        package var model = ""
        package var responseModel: String?
        package var provider = ""
        /// A JSON object as providers write it, or `input=1000,output=200`.
        package var usage = ""
        package var tier: String?
        package var host: String?
        package var region: String?
        /// A moment, RFC 3339; now if nil.
        package var time: String?
        package var seconds: String?
        package var tenant: String?
        /// A file of prices instead of the configuration's.
        package var file: String?

        package init() {}
    }

    private let question: ModelQuestion
    private let reading: CallUsage.Reading
    private let attempts: [PriceAttempt]
    private let match: PriceMatch?
    private let bill: Bill?
    private let reason: Unpriced?

    package var isPriced: Bool { bill != nil }

    package init(_ asked: Question, _ configuration: Configuration) throws(CausewayError) {
        try self.init(asked, configuration, nowNanoseconds: SystemClock().wallNanoseconds())
    }

    /// `nowNanoseconds`: what time it is.
    init(_ asked: Question, _ configuration: Configuration, nowNanoseconds: UInt64) throws(CausewayError) {
        var question = ModelQuestion()
        question.provider = Provider.word(asked.provider)
        (question.requestModel, question.responseModel) = (asked.model, asked.responseModel ?? "")
        (question.host, question.region, question.tenant) = (asked.host ?? "", asked.region ?? "", asked.tenant ?? "")
        self.question = question
        reading = try Self.usage(asked, provider: question.provider)
        var time = nowNanoseconds
        if let text = asked.time {
            guard let moment = Moment.nanoseconds(text) else {
                throw CausewayError(.input, "\(shown(text)) is no time; write 2026-11-22T12:00:00Z")
            }
            time = moment
        }
        let book = try Self.book(configuration, file: asked.file)
        var attempts: [PriceAttempt]? = []
        let match = book.find(question, &attempts)
        self.attempts = attempts ?? []
        self.match = match
        guard reading.problem == nil, let match else {
            (bill, reason) = (nil, reading.problem == nil ? .model : .usage)
            return
        }
        do throws(PriceBook.UnpricedError) {
            let tier = asked.tier.map { ServiceTier($0) } ?? .standard
            bill = try book.bill(match, reading.usage, tier: tier, seconds: Int64(time / 1_000_000_000), isExplained: true)
            reason = nil
        } catch {
            (bill, reason) = (nil, error.reason)
        }
    }

    /// The prices that a configuration means; a file that cannot be used is an error here.
    static func book(_ configuration: Configuration, file: String?) throws(CausewayError) -> PriceBook {
        let pricing = configuration.semantics.pricing
        guard let path = file ?? pricing.file else { return PriceBook(pricing, nil) }
        switch PriceLoading.table(path) {
        case .success(let table): return PriceBook(pricing, table)
        case .failure(let mistake): throw CausewayError(.input, "\(path): \(mistake)", underlying: mistake)
        }
    }

    private static func usage(_ asked: Question, provider: String) throws(CausewayError) -> CallUsage.Reading {
        var reading: CallUsage.Reading
        if asked.usage.contains("{") {
            guard let found = CallUsage.read([UInt8](asked.usage.utf8), provider: provider) else {
                throw CausewayError(
                    .input,
                    "--usage is no JSON object with a count in it; write '{\"input_tokens\": 1000}' or input=1000,output=200"
                )
            }
            reading = found
        } else {
            reading = CallUsage.Reading(usage: CallUsage(), rule: "inclusive", problem: nil, isWhole: true)
            for part in asked.usage.split(separator: ",") {
                let words = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
                guard words.count == 2, let count = Int64(words[1]), let path = counts[words[0]] else {
                    throw CausewayError(
                        .input,
                        "\(shown(String(part))) is no count; known: \(counts.keys.sorted().joined(separator: ", "))"
                    )
                }
                reading.usage[keyPath: path] = count
            }
            reading.problem = reading.usage.contradiction
        }
        if let text = asked.seconds {
            guard let seconds = Double(text), seconds >= 0, seconds < 1e9 else {
                throw CausewayError(.input, "\(shown(text)) is no number of seconds")
            }
            reading.usage.nanoseconds = UInt64((seconds * 1e9).rounded())
        }
        return reading
    }

    private static let counts: [String: any WritableKeyPath<CallUsage, Int64> & Sendable] = [
        "input": \.input, "output": \.output, "cache_read": \.cacheRead, "cache_write": \.cacheWrite, "cache_write_1h": \.cacheWriteHour,
        "reasoning": \.reasoning, "audio_input": \.audioInput, "audio_output": \.audioOutput, "image_input": \.imageInput,
        "image_output": \.imageOutput, "audio_cache_read": \.audioCacheRead, "image_cache_read": \.imageCacheRead,
        "web_searches": \.webSearches,
    ]
}

// What it says.
extension PriceExplanation {
    private var rule: String { (match?.rule ?? "") + (bill?.conditions.map { "+" + $0 }.joined() ?? "") }

    package var text: String {
        let usage = reading.usage
        var used = ["input \(usage.input)", "output \(usage.output)"]
        let parts: [(String, Int64)] = [
            ("cache_read", usage.cacheRead), ("cache_write", usage.cacheWrite), ("cache_write_1h", usage.cacheWriteHour),
            ("reasoning", usage.reasoning), ("audio_input", usage.audioInput), ("audio_output", usage.audioOutput),
            ("image_input", usage.imageInput), ("image_output", usage.imageOutput), ("web_searches", usage.webSearches),
        ]
        used += parts.filter { $0.1 != 0 }.map { "\($0.0) \($0.1)" }
        var text = "used     \(used.joined(separator: ", ")) (\(reading.problem.map { "cannot be: \($0)" } ?? reading.rule))\n"
        if !reading.isWhole { text += "         some of it was not understood\n" }
        var table = TextTable(["looked in", "for", ""])
        for attempt in attempts { table.add([attempt.place, attempt.name, attempt.isFound ? "found" : "-"]) }
        text += table.text
        if let match { text += "source   \(match.source)\nrule     \(LogText.harmless(rule))\n" }
        guard let bill else { return text + "no price: \(Self.words(reason))\n" }
        var sum = TextTable(["count", "of", "dollars for one", "dollars"], right: [0, 2, 3])
        for line in bill.lines ?? [] {
            let count = line.unit == .second ? Self.seconds(line.count) : "\(line.count)"
            let unit = line.unit == line.pricedAs ? line.unit.name : "\(line.unit.name) (as \(line.pricedAs.name))"
            sum.add([count, unit, line.price.text, line.product.text])
        }
        sum.add(["", "total", "", Dollars.text(nano: bill.total.nano)])
        return text + sum.text
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        Dollars(atto: Int128(nanoseconds) * 1_000_000_000).text
    }

    static func words(_ reason: Unpriced?) -> String {
        switch reason {
        case .model: "no table knows the model"
        case .rate: "the table knows the model, but not what all of this costs"
        case .usage: "the counts cannot be"
        case .counts, nil: "it is not said what was used"
        }
    }

    package var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("priced", .bool(isPriced)), ("usageRule", .string(reading.rule)),
            (
                "attempts",
                .array(
                    attempts.map { .members([("in", .string($0.place)), ("name", .string($0.name)), ("found", .bool($0.isFound))]) }
                )
            ),
        ]
        if let match { members += [("source", .string(match.source)), ("rule", .string(rule))] }
        if let problem = reading.problem { members.append(("invalid", .string(problem))) }
        guard let bill else { return .members(members + [("reason", .string(reason?.rawValue ?? ""))]) }
        let lines = (bill.lines ?? []).map { line in
            JSONValue.members([
                ("unit", .string(line.unit.name)), ("pricedAs", .string(line.pricedAs.name)),
                ("count", line.unit == .second ? .string(Self.seconds(line.count)) : .number(JSONNumber(line.count))),
                ("price", .string(line.price.text)), ("product", .string(line.product.text)),
            ])
        }
        return .members(members + [("lines", .array(lines)), ("total", .string(Dollars.text(nano: bill.total.nano)))])
    }

    package var jsonText: String { json.text(isPretty: true) + "\n" }
}
