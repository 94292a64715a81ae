internal import CausewayExporters
internal import CausewayModel
internal import CausewayPlatform
internal import CausewaySpool

/// Which of what is set aside is meant.
package struct QuarantineSelection: Sendable {
    package var ids: [UInt64]
    /// Nil for all destinations.
    package var destination: String?

    package init(ids: [UInt64] = [], destination: String? = nil) {
        self.ids = ids
        self.destination = destination
    }

    /// Throws when one of them is not there.
    func chosen(from entries: [QuarantineEntry]) throws(CausewayError) -> [QuarantineEntry] {
        let found = entries.filter {
            (ids.isEmpty || ids.contains($0.id)) && (destination == nil || destination == $0.reader)
        }
        if let missing = ids.first(where: { id in !found.contains { $0.id == id } }) {
            throw CausewayError(.input, "nothing with the number \(missing) is set aside; causeway spool quarantine ls lists what is")
        }
        return found
    }
}

/// Sends again, or drops, what is set aside in an open spool: that of a running bridge, or that of a stopped one.
struct QuarantineChange {
    let spool: Spool
    let source: SpoolSource

    /// What became of one entry.
    struct Step {
        var entry: QuarantineEntry
        var isDone: Bool
        var said: String
    }

    private func chosen(_ selection: QuarantineSelection) throws(CausewayError) -> [QuarantineEntry] {
        let source = source
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
            func keep(_ said: String) { steps.append(Step(entry: entry, isDone: false, said: said)) }
            guard let destination = configuration.destinations.first(where: { $0.name == entry.reader }) else {
                keep("no destination of that name is configured")
                continue
            }
            if let key = entry.missingKey {
                keep("it is encrypted with key \(SpoolKey.name(key)), which is not given")
                continue
            }
            if let failure = unreachable[entry.reader] {
                keep(failure)
                continue
            }
            let settings = DestinationSettings(destination, travellers: nil)
            let plan = PayloadPlan.stored(PayloadRendering(destination))
            guard let request = Self.request(entry, settings, plan) else {
                keep("the destination's configuration leaves it out")
                continue
            }
            switch Self.send(request, client) {
            case .failure(let failure):
                unreachable[entry.reader] = failure.description
                keep(failure.description)
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
        let frame = StoredFrame(
            sequence: draft.range.sequence,
            signal: draft.signal,
            tenant: draft.tenant,
            items: draft.range.count,
            receivedNanoseconds: draft.receivedNanoseconds,
            payload: draft.payload
        )
        guard let url = settings.urls[draft.signal], settings.tenants?.contains(draft.tenant) != false else { return nil }
        let body = plan.render([Part(frame, items: 0..<draft.range.count)]).pieces.joined()
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

    private static func send(_ request: HTTPRequest, _ client: HTTPClient) -> Result<HTTPAnswer, HTTPFailure> {
        _ = client.start(request)
        while true {
            if let completion = client.poll(timeout: .seconds(5)).first { return completion.result }
        }
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
