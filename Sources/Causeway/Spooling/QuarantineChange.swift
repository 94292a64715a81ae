internal import CausewayExporters
internal import CausewayModel
internal import CausewayPlatform
internal import CausewaySpool

/// Which of what is set aside is meant.
package struct QuarantineSelection: Sendable {
    package var ids: [UInt64]
    /// Nil for all destinations.
    package var destination: String?
    /// No numbers are all of them, and each number has to be there; else no numbers are none.
    var isExact = true

    package init(ids: [UInt64] = [], destination: String? = nil) {
        self.ids = ids
        self.destination = destination
    }

    /// Throws when one of them is not there.
    func chosen(from entries: [QuarantineEntry]) throws(CausewayError) -> [QuarantineEntry] {
        let found = entries.filter {
            ((ids.isEmpty && isExact) || ids.contains($0.id)) && (destination == nil || destination == $0.reader)
        }
        if isExact, let missing = ids.first(where: { id in !found.contains { $0.id == id } }) {
            throw CausewayError(.input, "nothing with the number \(missing) is set aside; causeway spool quarantine ls lists what is")
        }
        return found
    }
}

/// Sends again, or drops, what is set aside in an open spool: that of a running bridge, or that of a stopped one.
struct QuarantineChange: Sendable {
    let spool: Spool
    let source: SpoolSource
    /// Asked while a destination is waited for; false when there is no time left for that.
    var goesOn: @Sendable () -> Bool = { true }

    /// What became of one entry.
    struct Step {
        var entry: QuarantineEntry
        var isDone: Bool
        var said: String
        /// The destination gave no answer at all: there is no use in sending it more.
        var isUnanswered = false
    }

    private func chosen(_ selection: QuarantineSelection) throws(CausewayError) -> [QuarantineEntry] {
        try Self.chosen(selection, from: source)
    }

    private static func chosen(_ selection: QuarantineSelection, from source: SpoolSource) throws(CausewayError) -> [QuarantineEntry] {
        let found = try SpoolReport.spooling { () throws(SpoolError) in
            try QuarantineFiles.entries(directory: source.directory, keys: source.keys)
        }
        return try selection.chosen(from: found.entries)
    }

    /// They are rejected from then on, on the ledger.
    func drop(_ selection: QuarantineSelection) throws(CausewayError) -> [Step] {
        var steps: [Step] = []
        for entry in try chosen(selection) {
            try release(entry, as: .rejected(reason: "dropped by the operator"))
            steps.append(Step(entry: entry, isDone: true, said: "dropped"))
        }
        return steps
    }

    /// Each goes in a request of its own, as its destination is configured now. What is taken is delivered, the rest stays.
    func retry(_ selection: QuarantineSelection, _ configuration: Configuration) throws(CausewayError) -> [Step] {
        let client = HTTPClient(userAgent: "causeway/\(CausewayVersion.number)")
        var steps: [Step] = []
        var unreachable: [String: String] = [:]
        for entry in try chosen(selection) {
            func keep(_ said: String, isUnanswered: Bool = false) {
                steps.append(Step(entry: entry, isDone: false, said: said, isUnanswered: isUnanswered))
            }
            guard let destination = configuration.destinations.first(where: { $0.name == entry.reader }) else {
                keep("no destination of that name is configured")
                continue
            }
            if let key = entry.missingKey {
                keep("it is encrypted with key \(SpoolKey.name(key)), which is not given")
                continue
            }
            if let failure = unreachable[entry.reader] {
                keep(failure, isUnanswered: true)
                continue
            }
            let settings = DestinationSettings(destination, travellers: nil)
            let plan = PayloadPlan.stored(PayloadRendering(destination))
            guard let request = Self.request(entry, settings, plan) else {
                keep("the destination's configuration leaves it out")
                continue
            }
            switch send(request, client) {
            case .failure(let failure):
                unreachable[entry.reader] = failure.description
                keep(failure.description, isUnanswered: true)
            case .success(let answer) where (200..<300).contains(answer.status):
                let partial = plan.partialSuccess(answer.body, answer.contentType, entry.draft.signal)
                let refused = partial?.rejected ?? 0
                guard refused < entry.draft.range.count else {
                    keep("refused again: \(PlainWords.found(in: Array((partial?.message ?? "").utf8)) ?? "no reason given")")
                    continue
                }
                try release(entry, as: .delivered, rejecting: refused)
                steps.append(Step(entry: entry, isDone: true, said: refused > 0 ? "delivered, \(refused) of it refused" : "delivered"))
            case .success(let answer):
                keep("HTTP \(answer.status)\(plan.describe(answer.body, answer.contentType).map { ": " + $0 } ?? "")")
            }
        }
        return steps
    }

    private func release(_ entry: QuarantineEntry, as outcome: Outcome, rejecting: Int = 0) throws(CausewayError) {
        let spool = spool
        _ = try SpoolReport.spooling { () throws(SpoolError) in
            try spool.release(quarantined: [entry.id], as: outcome, rejecting: rejecting)
        }
    }

    private static func request(_ entry: QuarantineEntry, _ settings: DestinationSettings, _ plan: PayloadPlan) -> HTTPRequest? {
        let draft = entry.draft
        guard let url = settings.urls[draft.signal], settings.tenants?.contains(draft.tenant) != false else { return nil }
        let body = plan.render([Part(draft.frame, items: 0..<draft.range.count)]).pieces.joined()
        guard !body.isEmpty else { return nil }
        var headers = [HTTPHeader("Content-Type", plan.contentType)] + settings.headers
        if settings.compression != .identity { headers.append(HTTPHeader("Content-Encoding", settings.compression.rawValue)) }
        let compressor = Compressor(settings.compression, level: settings.compressionLevel)
        return HTTPRequest(
            url: url,
            headers: headers,
            body: [compressor.compressed([UInt8](body))],
            timeout: settings.timeout,
            route: settings.route,
            security: settings.security
        )
    }

    private func send(_ request: HTTPRequest, _ client: HTTPClient) -> Result<HTTPAnswer, HTTPFailure> {
        _ = client.start(request)
        while goesOn() {
            if let completion = client.poll(timeout: .milliseconds(200)).first { return completion.result }
        }
        return .failure(HTTPFailure(.other, "the bridge is being stopped"))
    }
}

extension QuarantineChange {
    /// In the spool of a stopped bridge, which is locked meanwhile.
    static func stopped(_ source: SpoolSource, _ body: (QuarantineChange) throws(CausewayError) -> [Step]) throws(CausewayError) -> [Step] {
        // Before anything could be made there: a mistyped directory holds no spool.
        _ = try SpoolReport.spooling { () throws(SpoolError) in try QuarantineFiles.entries(directory: source.directory) }
        let spool = try SpoolReport.spooling { () throws(SpoolError) in
            try Spool(directory: source.directory, options: .keepingEverything(source.keys), clock: SystemClock()) {}
        }
        defer { spool.close() }
        return try body(QuarantineChange(spool: spool, source: source))
    }
}

// By the bridge that works in the directory: a few at a time, so that others get their turn, and no answer is too long.
extension QuarantineChange {
    /// Nil when no bridge works there.
    static func running(
        _ command: String,
        _ selection: QuarantineSelection,
        of source: SpoolSource,
        atOnce: Int,
        patience: Duration = .seconds(30)
    ) throws(CausewayError) -> [Step]? {
        let all = try chosen(selection, from: source)
        var steps: [Step] = []
        var unanswered: [String: String] = [:]
        var next = 0
        repeat {
            var asked: [QuarantineEntry] = []
            while asked.count < atOnce, next < all.count {
                let entry = all[next]
                next += 1
                if let said = unanswered[entry.reader] {
                    steps.append(Step(entry: entry, isDone: false, said: said, isUnanswered: true))
                } else {
                    asked.append(entry)
                }
            }
            // Also when nothing is chosen: whether a bridge works there is to be known.
            if asked.isEmpty && next > 0 { continue }
            let numbers = JSONValue.array(asked.map { .integer(Int(clamping: $0.id)) })
            guard let report = try ControlServer.ask(source.directory, command, [("numbers", numbers)], patience: patience) else {
                if steps.isEmpty { return nil }
                throw CausewayError(.unavailable, "\(source.directory): the bridge has stopped meanwhile; the rest is as it was")
            }
            let said = (try? JSONValue(parsing: [UInt8](report.text.utf8)))?["entries"]?.array ?? []
            for entry in asked {
                let answer = said.first { $0["number"]?.integer == Int64(clamping: entry.id) }
                let step = Step(
                    entry: entry,
                    isDone: answer?["done"] == .bool(true),
                    said: answer?["said"]?.string ?? "it has gone meanwhile",
                    isUnanswered: answer?["unanswered"] == .bool(true)
                )
                if step.isUnanswered { unanswered[entry.reader] = step.said }
                steps.append(step)
            }
        } while next < all.count
        return steps
    }

    /// What the bridge answers.
    static func answer(_ steps: [Step]) -> SpoolReport {
        let entries = steps.map { step in
            JSONValue.members([
                ("number", .integer(Int(clamping: step.entry.id))), ("done", .bool(step.isDone)), ("said", .string(step.said)),
                ("unanswered", .bool(step.isUnanswered)),
            ])
        }
        return SpoolReport(.members([("entries", .array(entries))]))
    }
}

extension QuarantineSelection {
    /// What a request names, by number; what has gone meanwhile is passed over.
    init(_ request: JSONValue) {
        self.init(ids: (request["numbers"]?.array ?? []).compactMap { $0.integer.flatMap { UInt64(exactly: $0) } })
        isExact = false
    }
}

extension SpoolOptions {
    /// For a command in somebody else's spool: its owner decides about size and history, here nothing is given up.
    static func keepingEverything(_ keys: SpoolKeys) -> SpoolOptions {
        var options = SpoolOptions()
        options.keys = keys
        options.keepsEncryption = true
        options.maxBytes = 1 << 60
        options.keepBytes = 1 << 60
        options.quarantineBytes = 1 << 60
        options.keepAge = .seconds(1 << 32)
        options.evictsWithoutReader = false
        options.bootID = ProcessSurroundings.bootID()
        return options
    }
}
