internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform

/// `causeway check`: sends a test item to destinations, as their telemetry would go, and says what came back.
package struct DestinationCheck: Sendable {
    /// What one request came to.
    struct Result: Equatable {
        var destination: String
        var signal: Signal
        var url: String
        var verdict: CheckVerdict
        var duration: Duration
    }

    let results: [Result]

    /// Asks the destinations of these names, or all. Of each destination the first signal that it gets, or every one.
    package init(_ configuration: Configuration, names: [String], everySignal: Bool) throws(CausewayError) {
        if let unknown = names.first(where: { name in !configuration.destinations.contains { $0.name == name } }) {
            let known = configuration.destinations.map(\.name).joined(separator: ", ")
            throw CausewayError(.input, "no destination \(shown(unknown)); there are: \(known.isEmpty ? "none" : known)")
        }
        let wanted = configuration.destinations.filter { names.isEmpty || names.contains($0.name) }
        if wanted.isEmpty { throw CausewayError(.configuration, "no destination is configured; name a file with --config") }
        let now = SystemClock().wallNanoseconds()
        var pending: [(request: HTTPRequest, result: (CheckVerdict, Duration) -> Result)] = []
        for destination in wanted {
            let settings = DestinationSettings(destination, travellers: nil)
            let signals = Signal.allCases.filter { settings.urls[$0.rawValue] != nil }
            // Spans first, then log records: what a backend for agents takes.
            let order = [Signal.traces, .logs, .metrics].filter(signals.contains)
            for signal in everySignal ? order : Array(order.prefix(1)) {
                let url = settings.urls[signal.rawValue] ?? ""
                let encoded = settings.compression == .identity
                let body = Self.item(signal, now: now)
                var headers = [HTTPHeader("Content-Type", "application/x-protobuf")] + settings.headers
                if !encoded { headers.append(HTTPHeader("Content-Encoding", settings.compression.rawValue)) }
                let request = HTTPRequest(
                    url: url,
                    headers: headers,
                    body: [encoded ? body : Compressor(settings.compression, level: settings.compressionLevel).compressed(body)],
                    timeout: settings.timeout,
                    route: settings.route,
                    security: settings.security
                )
                pending.append(
                    (
                        request,
                        { verdict, duration in
                            Result(destination: destination.name, signal: signal, url: url, verdict: verdict, duration: duration)
                        }
                    )
                )
            }
        }
        // All at once: a dead one must not hold up the others.
        let client = HTTPClient(userAgent: "causeway/\(CausewayVersion.number)")
        var places: [HTTPTransferID: Int] = [:]
        for (place, one) in pending.enumerated() { places[client.start(one.request)] = place }
        var found = [Result?](repeating: nil, count: pending.count)
        while !places.isEmpty {
            for completion in client.poll(timeout: .seconds(5)) {
                guard let place = places.removeValue(forKey: completion.id) else { continue }
                let host = HTTPURL(pending[place].request.url)?.host ?? ""
                found[place] = pending[place].result(Self.verdict(completion.result, host: host), completion.duration)
            }
        }
        results = found.compactMap(\.self)
    }

    private static func verdict(_ result: Swift.Result<HTTPAnswer, HTTPFailure>, host: String) -> CheckVerdict {
        switch result {
        case .failure(let failure): return CheckVerdict(failure, host: host)
        case .success(let answer):
            let plan = PayloadPlan.stored(PayloadRendering())
            let partial = plan.partialSuccess(answer.body, answer.contentType, Signal.traces.rawValue)
            return CheckVerdict(answer, partial: partial, words: plan.describe(answer.body, answer.contentType))
        }
    }

    /// One span, record or point that says of itself that it is a test.
    static func item(_ signal: Signal, now: UInt64) -> [UInt8] {
        let marks = [
            Attribute("causeway.check", true),
            Attribute("causeway.check.note", "sent by `causeway check` to see whether telemetry is taken here; safe to delete"),
        ]
        let items: TelemetryRecord.Items
        switch signal {
        case .traces:
            var random = SystemRandomNumberGenerator()
            guard let trace = TraceID(high: random.next() | 1, low: random.next()), let id = SpanID(random.next() | 1) else { return [] }
            var span = SpanRecord(traceID: trace, spanID: id, name: "causeway check", startNanoseconds: now, endNanoseconds: now)
            span.attributes = marks
            items = .spans([span])
        case .logs:
            var record = LogRecord(timeNanoseconds: now, observedNanoseconds: now)
            (record.body, record.attributes) = ("causeway check", marks)
            items = .logs([record])
        case .metrics:
            let point = MetricPoint(attributes: marks, timeNanoseconds: now, value: .int(1))
            items = .metrics([MetricRecord(name: "causeway.check", unit: "1", data: .gauge([point]))])
        }
        let scope = ScopeRecord(name: "causeway.check", version: CausewayVersion.number)
        return TelemetryRecord(resource: [Attribute("service.name", "causeway-check")], scope: scope, items: items).encoded()
    }

    private var isReached: Bool { results.allSatisfy { !$0.verdict.word.isUnreached } }
    private var isFine: Bool { results.allSatisfy { $0.verdict.word == .ok } }

    /// What an exit status is made of.
    package enum Outcome: Sendable {
        case fine
        /// Somebody answered, and not as it should be.
        case wrong
        /// Somebody could not be asked.
        case unreached
    }

    package var outcome: Outcome { isFine ? .fine : isReached ? .wrong : .unreached }

    /// A line or two for each destination.
    package var text: String {
        results.map { result in
            let verdict = result.verdict
            let status = verdict.status.map { " (HTTP \($0), \(result.duration.inWholeMilliseconds) ms)" } ?? ""
            var text = "\(verdict.word == .ok ? "ok  " : "BAD ") \(result.destination) \(result.signal.name) \(result.url)\n"
            text += "     \(verdict.meaning)\(status)\n"
            if let said = verdict.said, !said.isEmpty { text += "     said: \(said)\n" }
            return text.split(separator: "\n").map { LogText.harmless(String($0)) + "\n" }.joined()
        }.joined()
    }

    package var json: String {
        JSONValue.members([
            ("ok", .bool(isFine)),
            (
                "results",
                .array(
                    results.map { result in
                        .members([
                            ("destination", .string(result.destination)), ("signal", .string(result.signal.name)),
                            ("url", .string(result.url)), ("verdict", .string(result.verdict.word.rawValue)),
                            ("meaning", .string(result.verdict.meaning)),
                            ("status", result.verdict.status.map { .integer($0) } ?? .null),
                            ("said", result.verdict.said.map { .string($0) } ?? .null),
                            ("milliseconds", .integer(result.duration.inWholeMilliseconds)),
                        ])
                    }
                )
            ),
        ]).text(isPretty: true) + "\n"
    }
}

extension Duration {
    fileprivate var inWholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
