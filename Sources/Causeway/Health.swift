internal import CausewayExporters
internal import CausewayModel
internal import CausewayPlatform
internal import CausewayReceivers
internal import CausewaySemantics
internal import CausewaySpool

/// What the admin listener answers: is it alive, is it ready, and its numbers.
struct Health: Sendable {
    let spool: Spool
    let exporter: Exporter
    let deriving: DerivingLoop
    let settle: SettleNumbers
    let receiver: OTLPReceiver
    let loop: HTTPEventLoop
    let state: BridgeState
    let counts: IntakeCounts
    let totals: DerivedTotals
    let events: EventAppending
    let prices: PriceShelf
    let clock: any Clock

    /// A work loop that has owed a sign of life for this long hangs. Longer than the slowest sync of a busy disk.
    private static let patience: Duration = .seconds(30)

    func answer(_ request: AdminRequest) -> AdminResponse {
        switch request.path {
        case "/healthz": json(health())
        case "/readyz": json(readiness())
        case "/metrics":
            AdminResponse(status: 200, contentType: PrometheusText.contentType, body: [UInt8](PrometheusText.text(metrics()).utf8))
        default:
            AdminResponse(
                status: 404,
                contentType: "text/plain; charset=utf-8",
                body: [UInt8]("no such page; there are /healthz, /readyz and /metrics\n".utf8)
            )
        }
    }

    private func json(_ answer: (isGood: Bool, body: JSONValue)) -> AdminResponse {
        AdminResponse(
            status: answer.isGood ? 200 : 503,
            contentType: "application/json",
            body: [UInt8]((answer.body.text(isPretty: true) + "\n").utf8)
        )
    }

    // MARK: /healthz

    private func health() -> (isGood: Bool, body: JSONValue) {
        // Read first: a turn that comes between the two looks would seem to lie ahead.
        let turns = [("exporter", exporter.status().lastTurnBootNanoseconds), ("deriving", deriving.lastTurnBootNanoseconds)]
        let now = clock.bootNanoseconds()
        let loops: [(name: String, silence: Duration)] =
            [
                ("event_loop", loop.silence()), ("work", receiver.silence()), ("log", spool.silence()),
            ] + turns.map { ($0.0, .nanoseconds(Int64(clamping: now > $0.1 ? now - $0.1 : 0))) }
        let hanging = loops.filter { $0.silence > Self.patience }
        let uptime = Int((clock.bootNanoseconds() - state.startBootNanoseconds) / 1_000_000_000)
        return (
            hanging.isEmpty,
            .members([
                ("status", .string(hanging.isEmpty ? "ok" : "hanging")),
                ("upSince", .string(Timestamp(nanoseconds: state.startWallNanoseconds).description)),
                ("uptimeSeconds", .integer(uptime)),
                ("hanging", .array(hanging.map { .string("\($0.name): no sign of life for \($0.silence.text)") })),
            ])
        )
    }

    // MARK: /readyz

    private func readiness() -> (isGood: Bool, body: JSONValue) {
        let status = spool.status()
        spool.nudge()
        var reasons: [String] = []
        if let refusal = status.refusal { reasons.append("spool: \(refusal)") }
        if let failure = status.cursorFailure { reasons.append("spool: a cursor cannot be saved: \(failure)") }
        if state.isDraining { reasons.append("draining: the bridge is being stopped") }
        let reloads = state.reloads
        return (
            reasons.isEmpty,
            .members([
                ("status", .string(reasons.isEmpty ? "ready" : "not ready")),
                ("reasons", .array(reasons.map { .string($0) })),
                (
                    "configuration",
                    .members([
                        ("lastReload", .string(reloads.errors.isEmpty ? "ok" : "refused")),
                        ("errors", .array((reloads.errors + [prices.status.problem].compactMap(\.self)).map { .string($0) })),
                    ])
                ),
                (
                    "spool",
                    .members([
                        ("bytes", .integer(status.bytes)), ("limitBytes", .integer(status.maxBytes)),
                        ("segments", .integer(status.segments)),
                        ("damagedStretches", .integer(status.damage.stretches)),
                        ("durability", .string(status.isDurable ? "synced" : "os_cache")),
                        ("parkedCursors", .array(status.parked.map { .string($0) })),
                    ])
                ),
                ("receivers", .array(receiver.addresses.map { .string($0) })),
                // For people: none of this makes the bridge unready.
                (
                    "deriving",
                    .members(
                        deriving.failures.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
                    )
                ),
                ("destinations", .array(exporter.status().destinations.map { destination($0, pending: status.pending($0.name)) })),
            ])
        )
    }

    private func destination(_ destination: DestinationStatus, pending: Int) -> JSONValue {
        let state =
            switch destination.state {
            case .ok: "ok"
            case .backingOff: "backing off"
            case .paused(let status, _): status == 0 ? "paused: the request cannot be made" : "paused: answered \(status)"
            case .leaving: "leaving"
            }
        var members: [(String, JSONValue)] = [
            ("name", .string(destination.name)), ("state", .string(state)), ("pendingItems", .integer(pending)),
        ]
        let muted = destination.mutedSignals.compactMap { Signal(rawValue: $0)?.name }
        if !muted.isEmpty { members.append(("noAddressFor", .array(muted.map { .string($0) }))) }
        if let error = destination.lastError { members.append(("lastError", .string(error))) }
        return .members(members)
    }

    // MARK: /metrics

    private func metrics() -> [MetricFamily] {
        intake() + log() + settling() + destinations() + sending() + process() + derived()
    }

    private func derived() -> [MetricFamily] {
        guard state.configuration.metrics.exposes(.scrape) else { return [] }
        return [
            SelfTelemetry.derivedSeries.with(MetricValue.integer(totals.seriesCount)),
            SelfTelemetry.seriesOverflow.with(
                totals.overflowed.sorted { $0.key < $1.key }.map { MetricSample($0.value, ["attribute": $0.key]) }
            ),
        ] + DerivedMetricFamilies.families(totals.series)
    }

    private func intake() -> [MetricFamily] {
        let requests = receiver.counts
        let items = counts.snapshot
        return [
            SelfTelemetry.requests.with(
                requests.acceptedRequests.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    MetricSample($0.value, ["signal": $0.key.name])
                }
                    + (requests.acceptedEventRequests > 0
                        ? [MetricSample(requests.acceptedEventRequests, ["signal": "agent_events"])] : [])
            ),
            SelfTelemetry.openAgentSpans.with(MetricValue.integer(events.open.spans)),
            SelfTelemetry.openAgentSpanBytes.with(MetricValue.integer(events.open.bytes)),
            SelfTelemetry.receivedBytes.with(MetricValue.integer(requests.bodyBytes)),
            SelfTelemetry.refusedRequests.with(
                requests.refusedRequests.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                    MetricSample($0.value, ["reason": $0.key.rawValue])
                }
            ),
            SelfTelemetry.decodedItems.with(
                items.decodedItems.sorted { $0.key.rawValue < $1.key.rawValue }.map { MetricSample($0.value, ["signal": $0.key.name]) }
            ),
            SelfTelemetry.refusedItems.with(
                items.refusedItems.sorted { ($0.key.signal.rawValue, $0.key.reason) < ($1.key.signal.rawValue, $1.key.reason) }
                    .map { MetricSample($0.value, ["signal": $0.key.signal.name, "reason": $0.key.reason]) }
            ),
            SelfTelemetry.repeatedItems.with(
                items.repeatedItems.sorted { $0.key.rawValue < $1.key.rawValue }.map { MetricSample($0.value, ["signal": $0.key.name]) }
            ),
            SelfTelemetry.repairedStrings.with(MetricValue.integer(items.repairedStrings)),
            SelfTelemetry.understoodItems.with(
                items.understoodItems.sorted { $0.key < $1.key }.map { MetricSample($0.value, ["dialect": $0.key]) }
            ),
            SelfTelemetry.unboundedAttributes.with(MetricValue.integer(items.unboundedAttributes)),
            SelfTelemetry.pricedCalls.with(MetricValue.integer(items.pricedCalls)),
            SelfTelemetry.unpricedCalls.with(
                items.unpricedCalls.sorted {
                    ($0.key.provider, $0.key.model, $0.key.reason.rawValue) < ($1.key.provider, $1.key.model, $1.key.reason.rawValue)
                }
                .map { call, count in
                    MetricSample(count, ["provider": call.provider, "model": call.model, "reason": call.reason.rawValue])
                }
            ),
            SelfTelemetry.invalidUsage.with(MetricValue.integer(items.invalidUsage)),
            SelfTelemetry.pricedModels.with(prices.status.models.map { MetricSample($0.count, ["table": $0.table]) }),
            SelfTelemetry.priceTableLoads.with([
                MetricSample(prices.status.loads, ["result": "read"]), MetricSample(prices.status.failures, ["result": "refused"]),
            ]),
            SelfTelemetry.openConnections.with(MetricValue.integer(requests.openConnections)),
            SelfTelemetry.memoryBytes.with(MetricValue.integer(state.budget.usedBytes)),
            SelfTelemetry.memoryLimitBytes.with(MetricValue.integer(state.budget.limit)),
        ]
    }

    private func log() -> [MetricFamily] {
        let status = spool.status()
        let now = clock.wallNanoseconds()
        // A frame from the future has no age.
        let age = status.oldestReceivedNanoseconds.map { now > $0 ? Double(now - $0) / 1e9 : 0 }
        return [
            SelfTelemetry.appendedItems.with(status.books.items.samples { ["signal": $0] }),
            SelfTelemetry.spoolBytes.with(MetricValue.integer(status.bytes)),
            SelfTelemetry.spoolLimitBytes.with(MetricValue.integer(status.maxBytes)),
            SelfTelemetry.spoolOldestSeconds.with(age.map { [MetricSample(MetricValue.number($0))] } ?? []),
            SelfTelemetry.maintenanceSeconds.with(MetricValue.number(Double(status.maintenance.nanoseconds) / 1e9)),
            SelfTelemetry.compressedBytes.with(MetricValue.integer(status.maintenance.savedBytes)),
            SelfTelemetry.shedBytes.with(MetricValue.integer(status.maintenance.shedBytes)),
            SelfTelemetry.reducedFrames.with(MetricValue.integer(status.maintenance.reducedFrames)),
        ]
    }

    private func settling() -> [MetricFamily] {
        let settle = settle.snapshot
        return [
            SelfTelemetry.settleSeconds.with(MetricValue.number(Double(settle.lagNanoseconds) / 1e9)),
            SelfTelemetry.settleTraces.with(MetricValue.integer(settle.traces)),
            SelfTelemetry.settleBytes.with(MetricValue.integer(settle.bytes)),
            SelfTelemetry.notes.with(MetricValue.integer(settle.counts.notes)),
            SelfTelemetry.lateDecisions.with(MetricValue.integer(settle.counts.lateNotes)),
            SelfTelemetry.settledEarly.with(MetricValue.integer(settle.counts.early)),
            SelfTelemetry.redelivered.with(MetricValue.integer(settle.counts.redelivered)),
            SelfTelemetry.abandoned.with(MetricValue.integer(settle.counts.abandoned)),
            SelfTelemetry.lostNotes.with(MetricValue.integer(settle.lostNotes)),
        ]
    }

    /// The terms of the books, as the cursors have them, so that they hold over restarts.
    private func destinations() -> [MetricFamily] {
        let status = spool.status()
        let readers = status.readers.sorted { $0.key < $1.key }
        func family(_ family: MetricFamily, _ term: String, reason: String? = nil) -> MetricFamily {
            var samples: [MetricSample] = []
            for (name, totals) in readers { samples += totals.samples(of: term, label: reason) { ["destination": name, "signal": $0] } }
            return family.with(samples)
        }
        var evicted = family(SelfTelemetry.evictedItems, "evicted", reason: "reason")
        evicted.samples += status.books.samples(of: "evicted", label: "reason") { ["signal": $0] }
        return [
            family(SelfTelemetry.deliveredItems, "delivered"),
            family(SelfTelemetry.rejectedItems, "rejected"),
            family(SelfTelemetry.quarantinedItems, "quarantined"),
            evicted,
            family(SelfTelemetry.filteredItems, "filtered", reason: "rule"),
            family(SelfTelemetry.foldedItems, "folded"),
            family(SelfTelemetry.beforeStartItems, "before_start"),
            SelfTelemetry.pendingItems.with(readers.map { MetricSample(status.pending($0.key), ["destination": $0.key]) }),
        ]
    }

    private func sending() -> [MetricFamily] {
        let destinations = exporter.status().destinations
        return [
            SelfTelemetry.sendRequests.with(
                destinations.flatMap { destination in
                    destination.requests.sorted { $0.key.rawValue < $1.key.rawValue }
                        .map { MetricSample($0.value, ["destination": destination.name, "outcome": $0.key.rawValue]) }
                }
            ),
            SelfTelemetry.sendRetries.with(destinations.map { MetricSample($0.retries, ["destination": $0.name]) }),
            SelfTelemetry.sentBytes.with(destinations.map { MetricSample($0.bytesSent, ["destination": $0.name]) }),
            SelfTelemetry.sendSeconds.with(destinations.flatMap { $0.sendDuration.samples(destination: $0.name) }),
            SelfTelemetry.lastSuccess.with(
                destinations.compactMap { destination in
                    destination.lastSuccessWallNanoseconds.map {
                        MetricSample(MetricValue.number(Double($0) / 1e9), ["destination": destination.name])
                    }
                }
            ),
        ]
    }

    private func process() -> [MetricFamily] {
        let reloads = state.reloads
        return [
            SelfTelemetry.reloads.with([
                MetricSample(reloads.accepted, ["result": "applied"]), MetricSample(reloads.refused, ["result": "refused"]),
            ]),
            SelfTelemetry.lastReloadSuccessful.with(MetricValue.integer(reloads.errors.isEmpty ? 1 : 0)),
            SelfTelemetry.startTime.with(MetricValue.number(Double(state.startWallNanoseconds) / 1e9)),
            SelfTelemetry.buildInformation(),
        ]
    }
}

extension Totals {
    /// One sample a signal, all tenants and terms together: what tenants there are is nobody's business here.
    fileprivate func samples(_ labels: (_ signal: String) -> KeyValuePairs<String, String>) -> [MetricSample] {
        Signal.allCases.compactMap { signal in
            let count = sum { $0.signal == signal.rawValue }
            return count > 0 ? MetricSample(count, labels(signal.name)) : nil
        }
    }

    /// One sample a signal and, where `label` names one, a reason or rule, of the terms that begin with `term`.
    fileprivate func samples(
        of term: String,
        label: String?,
        _ labels: (_ signal: String) -> [String: String]
    ) -> [MetricSample] {
        var sums: [String: Int] = [:]
        for signal in Signal.allCases {
            for (key, count) in counts where key.signal == signal.rawValue {
                let parts = key.term.split(separator: ":", maxSplits: 1)
                if parts.first.map(String.init) == term {
                    sums["\(signal.name):\(parts.count > 1 ? String(parts[1]) : "")", default: 0] += count
                }
            }
        }
        return sums.sorted { $0.key < $1.key }.map { key, count in
            let parts = key.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            var all = labels(parts[0])
            if let label { all[label] = parts[1] }
            return MetricSample(.integer(count), sorted: all)
        }
    }
}

extension DurationHistogram {
    fileprivate func samples(destination: String) -> [MetricSample] {
        MetricSample.histogram(
            bounds: Self.bounds.map { $0 / .seconds(1) },
            counts: counts,
            sum: sum / .seconds(1),
            ["destination": destination]
        )
    }
}
