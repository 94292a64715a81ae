internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewayReceivers
internal import CausewaySemantics
internal import CausewaySpool
internal import Logging
internal import Synchronization

/// A running bridge: receivers before the log, destinations behind it, and the listener that tells how all of them are.
final class Bridge: RunningBridge {
    private let spool: Spool
    private let exporter: Exporter
    private let deriving: DerivingLoop
    private let loop: HTTPEventLoop
    private let receiver: OTLPReceiver
    private let inputs: EventInputs
    private let admin: AdminServer
    private let control: ControlServer?
    private let travellers: Travellers
    private let metrics: MetricStates
    private let tenants: TenantRules
    private let prices: PriceShelf
    private let state: BridgeState
    private let clock: any Clock
    private let log: Logger

    /// Opens the spool, starts to ship what it holds, then listens.
    init(_ configuration: Configuration, _ output: LogOutput, clock: any Clock = SystemClock()) throws(CausewayError) {
        let log = output.logger()
        let budget = Budget(limit: configuration.memory.budgetBytes)
        let state = BridgeState(configuration, budget: budget, clock: clock)
        let wake = LateCall()
        var options = SpoolOptions(configuration.spool)
        options.keys = try SpoolKeys(configuration.spool.encryption)
        do throws(SpoolError) {
            spool = try Spool(
                directory: configuration.spool.directory,
                options: options,
                clock: clock,
                reduce: configuration.spool.whenFull == .shedContent ? Self.shedContent : nil,
                traces: Self.traceIDs
            ) {
                wake.call()
            }
        } catch {
            throw CausewayError(.unavailable, "spool: \(error)", underlying: error)
        }
        let spool = spool
        Self.tell(spool, configuration, log)
        let travellers = Travellers(instanceID: spool.identity.instanceID)
        // Before any destination is opened: from then on none goes further than what is settled.
        let deriving = DerivingLoop(clock: clock, log: log)
        self.deriving = deriving
        let totals = DerivedTotals(maxSeries: configuration.metrics.maxSeries * 10)
        let metrics = MetricStates(spool, configuration)
        let counts = Self.intakeCounts(spool)
        let tenants = TenantRules(configuration.tenants)
        self.tenants = tenants
        let prices = PriceShelf(configuration.semantics, log)
        self.prices = prices
        let understanding = UnderstandingOptions(configuration.semantics, spool: spool).map {
            UnderstandingRules(options: $0, prices: prices)
        }
        // Agent events are nobody's dialect that could be left as it came.
        let eventUnderstanding = understanding ?? UnderstandingRules(options: .always(in: spool), prices: nil)
        let events = EventAppending(
            spool,
            configuration.receivers.events,
            clock: clock,
            counts: counts,
            tenants: tenants,
            understanding: eventUnderstanding
        )
        let settleNumbers: SettleNumbers
        do throws(SpoolError) {
            let joining = try EventJoining(
                spool,
                configuration.receivers.events,
                understanding: eventUnderstanding,
                appending: events
            ) {
                deriving.wake()
            }
            let settle = try Settling(spool, configuration) { deriving.wake() }
            settleNumbers = settle.numbers
            let measuring = try Self.measuring(configuration, spool, totals, clock: clock, log: log) { deriving.wake() }
            // In the order in which they are asked: what one derives the next has to see.
            deriving.start([joining, settle] + measuring)
        } catch {
            deriving.drain(until: 0)
            spool.close()
            throw CausewayError(.unavailable, "spool: \(error)", underlying: error)
        }
        do throws(SpoolError) {
            exporter = try Exporter(
                Self.destinations(configuration, spool, travellers, metrics, clock),
                budget: budget,
                clock: clock,
                userAgent: "causeway/\(CausewayVersion.number)",
                log: { event in
                    Self.tell(event, log)
                    if case .removed(let name) = event {
                        spool.close(reader: name)
                        metrics.forget(name)
                    }
                }
            )
        } catch {
            deriving.drain(until: 0)
            spool.close()
            throw CausewayError(.unavailable, "spool: \(error)", underlying: error)
        }
        let exporter = exporter
        wake.set { exporter.wake() }
        spool.eachMinute { counts.keep(in: spool) }
        let loop = HTTPEventLoop()
        do throws(ReceiverError) {
            var listener = HTTPListenerSettings(configuration.receivers.otlp)
            if configuration.spool.durability == .osCache { listener.answerHeaders = [("Causeway-Durability", "os_cache")] }
            let pipeline = Pipeline(
                spool: spool,
                clock: clock,
                counts: counts,
                travellers: travellers,
                tenants: tenants,
                understanding: understanding
            )
            let receiver = try OTLPReceiver(listener, budget: budget, on: loop, handler: pipeline, events: events)
            self.receiver = receiver
            let address = configuration.admin.listen
            let health = Health(
                spool: spool,
                exporter: exporter,
                deriving: deriving,
                settle: settleNumbers,
                receiver: receiver,
                loop: loop,
                state: state,
                counts: counts,
                totals: totals,
                events: events,
                prices: prices,
                clock: clock
            )
            do throws(ReceiverError) {
                admin = try AdminServer(HTTPListenerSettings(host: address.host, port: address.port, key: "admin.listen"), on: loop) {
                    health.answer($0)
                }
            } catch {
                receiver.stop(within: .zero)
                throw error
            }
            do throws(ReceiverError) {
                inputs = try Self.inputs(configuration.receivers.events, events, spool, log)
            } catch {
                receiver.stop(within: .zero)
                admin.stop(within: .zero)
                throw error
            }
        } catch {
            loop.shutDown()
            deriving.drain(until: 0)
            exporter.drain(until: 0)
            spool.close()
            throw CausewayError(.unavailable, "\(error)", underlying: error)
        }
        control = Self.control(configuration, spool, state, counts, log)
        self.loop = loop
        self.travellers = travellers
        self.metrics = metrics
        self.state = state
        self.clock = clock
        self.log = log
        travellers.whenChanged { [state] in
            state.replacing.withLock { _ in
                try? exporter.replace(Self.destinations(state.configuration, spool, travellers, metrics, clock))
            }
        }
        log.info(
            "listening",
            metadata: ["otlp": "\(receiver.addresses.joined(separator: ","))", "admin": "\(admin.addresses.joined(separator: ","))"]
        )
    }

    func reload(_ configuration: Configuration) {
        do throws(SpoolError) {
            try state.replacing.withLock { _ throws(SpoolError) in
                metrics.take(configuration)
                try exporter.replace(Self.destinations(configuration, spool, travellers, metrics, clock))
                for destination in configuration.destinations { spool.set(ReaderRules(destination), of: destination.name) }
                deriving.reload(configuration)
                inputs.follow(configuration.receivers.events.files)
                tenants.reloaded(configuration.tenants)
                prices.reload(configuration.semantics, log)
                state.reloaded(configuration)
            }
        } catch {
            log.error("reload refused, the configuration in force stays", metadata: ["reason": "\(error)"])
            state.refusedReload(["\(error)"])
        }
    }

    func refuseReload(_ findings: [Finding]) {
        state.refusedReload(findings.filter { $0.severity == .error }.map(\.description))
    }

    func drain() {
        let timeout = state.configuration.shutdown.timeout
        let deadline = clock.bootNanoseconds() + UInt64(max(timeout, .zero) / .nanoseconds(1))
        state.beginDraining()
        // Senders get their answers first: what they hand in now is still delivered, or kept.
        inputs.stop()
        receiver.stop(within: timeout / 2)
        // What is received is complete now, and is settled at once. The rest of the time is for delivering.
        deriving.drain(until: clock.bootNanoseconds() / 2 + deadline / 2)
        exporter.drain(until: deadline)
        control?.stop()
        spool.close()
        admin.stop(within: .zero)
        loop.shutDown()
        let left = spool.status()
        for name in left.readers.keys.sorted() where left.pending(name) > 0 {
            log.info("not delivered yet, kept in the spool", metadata: ["destination": "\(name)", "items": "\(left.pending(name))"])
        }
    }

    /// A bridge without its socket does its work all the same; its directory can then be changed only when it is stopped.
    private static func control(
        _ configuration: Configuration,
        _ spool: Spool,
        _ state: BridgeState,
        _ counts: IntakeCounts,
        _ log: Logger
    ) -> ControlServer? {
        do {
            let commands = ControlCommand.all(spool, try SpoolSource(configuration.spool), state, counts)
            return try ControlServer(directory: configuration.spool.directory, commands: commands)
        } catch {
            log.warning("no control socket: commands that change the spool wait for a stopped bridge", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private static func intakeCounts(_ spool: Spool) -> IntakeCounts {
        let books = spool.status().books
        return IntakeCounts(
            appended: Dictionary(
                uniqueKeysWithValues: Signal.allCases.map { signal in
                    (signal, books.sum { $0.signal == signal.rawValue && $0.term == "from_receivers" })
                }.filter { $0.1 > 0 }
            ),
            earlier: spool.checkpoint(IntakeCounts.name).flatMap { IntakeCounts.Numbers($0) }
        )
    }

    /// The ways in for agent events beside HTTP. Their thread is there in any case: a reload may name files.
    private static func inputs(
        _ settings: Configuration.Receivers.Events,
        _ events: EventAppending,
        _ spool: Spool,
        _ log: Logger
    ) throws(ReceiverError) -> EventInputs {
        var wanted = EventInputs.Settings()
        wanted.socket = settings.socket
        wanted.readsStandardInput = settings.readsStandardInput
        wanted.files = settings.files
        return try EventInputs(wanted, handler: events, positions: { spool.position($0) }) { report in
            switch report {
            case .refused(let source, let lines, let first):
                log.warning(
                    "lines of agent events are not what they should be; the others are kept",
                    metadata: ["source": "\(source)", "lines": "\(lines)", "first": "line \(first.line): \(LogText.harmless(first.text))"]
                )
            case .stranger(let user):
                log.warning("another user's process may not send to the socket for agent events", metadata: ["user": "\(user)"])
            case .failed(let source, let reason):
                log.warning(
                    "agent events cannot be stored at the moment; none is read on",
                    metadata: ["source": "\(source)", "reason": "\(reason)"]
                )
            case .recovered(let source): log.info("agent events are stored again", metadata: ["source": "\(source)"])
            }
        }
    }

    /// The first traces that stored spans belong to, for the ledger.
    private static let traceIDs: TraceFinder = { signal, payload, items in
        guard let signal = Signal(rawValue: signal), signal != .metrics else { return [] }
        var found: [[UInt8]] = []
        var ordinal = 0
        for resource in RequestView(payload, signal: signal).resourceEntries {
            for scope in resource.scopeEntries(payload) {
                let ids =
                    signal == .traces
                    ? scope.spans(payload).map { $0.traceID?.bytes } : scope.logRecords(payload).map { $0.traceID?.bytes }
                for id in ids {
                    defer { ordinal += 1 }
                    if items?.contains(ordinal) == false { continue }
                    guard found.count < LedgerEntry.maxTraceIDs else { return found }
                    if let id, !found.contains(id) { found.append(id) }
                }
            }
        }
        return found
    }

    /// What `when_full: shed_content` takes out of stored telemetry.
    private static let shedContent: ContentReduction = { kind, signal, payload in
        guard kind == .otlp, let signal = Signal(rawValue: signal) else { return nil }
        return ContentShedding.shed(payload, signal: signal)
    }

    /// Who derives metrics, if anybody is to.
    private static func measuring(
        _ configuration: Configuration,
        _ spool: Spool,
        _ totals: DerivedTotals,
        clock: any Clock,
        log: Logger,
        wake: @escaping @Sendable () -> Void
    ) throws(SpoolError) -> [any Deriving] {
        guard configuration.metrics.derive != .off else { return [] }
        do throws(SpoolError) {
            return [try MetricsDeriver.open(configuration.metrics, in: spool, totals: totals, clock: clock, log: log, wake: wake)]
        } catch {
            // A full spool is to be emptied by delivering, for which this is not needed.
            guard case .full(let reason) = error else { throw error }
            log.error("no metrics are derived in this run", metadata: ["reason": "\(reason)"])
            return []
        }
    }

    private static func destinations(
        _ configuration: Configuration,
        _ spool: Spool,
        _ travellers: Travellers,
        _ metrics: MetricStates,
        _ clock: any Clock
    ) -> [Destination] {
        configuration.destinations.map { destination in
            let demand = MetricDemand(destination, configuration.metrics)
            return Destination(
                settings: DestinationSettings(destination, travellers: travellers),
                plan: .plan(destination, spool, demand)
            ) { () throws(SpoolError) in
                let reader = try spool.reader(
                    destination.name,
                    start: destination.start.readerStart,
                    wait: destination.wait == .none ? .none : .settled(late: false),
                    rules: ReaderRules(destination)
                )
                return try MetricReader(reader, metrics, clock: clock)
            }
        }
    }
}

// What the log lines say.
extension Bridge {
    private static func tell(_ spool: Spool, _ configuration: Configuration, _ log: Logger) {
        let status = spool.status()
        log.info(
            "spool open",
            metadata: [
                "directory": "\(configuration.spool.directory)", "segments": "\(status.segments)", "bytes": "\(status.bytes)",
                "limit": "\(ByteCount(configuration.spool.maxBytes))",
            ]
        )
        if let key = (try? SpoolKeys(configuration.spool.encryption))?.current {
            log.info("what is stored is encrypted", metadata: ["key": "\(key.name)"])
        }
        if spool.recovery.tornBytes > 0 {
            log.info("cut off what was being written when the last run ended", metadata: ["bytes": "\(spool.recovery.tornBytes)"])
        }
        if configuration.spool.durability == .osCache {
            log.warning("what is answered is not yet on stable storage: a power loss takes the last second (spool.durability: os_cache)")
        }
        // Those of configured destinations are not open yet.
        let parked = status.parked.filter { name in !configuration.destinations.contains { $0.name == name } }
        if !parked.isEmpty {
            log.info(
                "cursors of destinations that are not configured keep what they have not had for a day; causeway spool cursors rm NAME",
                metadata: ["cursors": "\(parked.joined(separator: ","))"]
            )
        }
        let damage = spool.recovery.damage
        if damage.stretches > 0 {
            log.error(
                "the log is damaged; what is intact is delivered",
                metadata: ["stretches": "\(damage.stretches)", "bytes": "\(damage.bytes)", "frames": "\(damage.frames)"]
            )
        }
        log.info("content is stored as it comes: this version does not redact secrets or personal data")
        for destination in configuration.destinations {
            let urls = Signal.allCases.compactMap { destination.url(for: $0)?.description }
            log.info("destination", metadata: ["destination": "\(destination.name)", "urls": "\(urls.joined(separator: ","))"])
        }
    }

    private static func tell(_ event: ExporterEvent, _ log: Logger) {
        switch event {
        case .backingOff(let name, let reason, let wait):
            log.warning(
                "destination takes nothing at the moment; all is kept and tried again",
                metadata: ["destination": "\(name)", "reason": "\(reason)", "wait": "\(wait)"]
            )
        case .paused(let name, let status, let reason):
            log.error(
                "destination refuses us; all is kept; correct its configuration",
                metadata: ["destination": "\(name)", "status": "\(status)", "reason": "\(reason)"]
            )
        case .recovered(let name, let failures):
            log.info("destination takes data again", metadata: ["destination": "\(name)", "failures": "\(failures)"])
        case .rejected(let name, let signal, let items, let reason):
            let words = Signal(rawValue: signal)?.itemsName ?? "items"
            log.error(
                "destination refused items for good; they are on the ledger",
                metadata: ["destination": "\(name)", "items": "\(items) \(words)", "reason": "\(reason)"]
            )
        case .quarantined(let name, let signal, let items, let reason):
            let words = Signal(rawValue: signal)?.itemsName ?? "items"
            log.error(
                "destination does not take these items; they are set aside: causeway spool quarantine ls",
                metadata: ["destination": "\(name)", "items": "\(items) \(words)", "reason": "\(reason)"]
            )
        case .warning(let name, let message):
            log.warning("destination says", metadata: ["destination": "\(name)", "message": "\(message)"])
        case .redirected(let name, let address):
            log.warning("destination has moved; configure where it is", metadata: ["destination": "\(name)", "to": "\(address)"])
        case .logFailed(let name, let reason):
            log.error("the log cannot be read", metadata: ["destination": "\(name)", "reason": "\(reason)"])
        case .removed(let name):
            log.info("destination let go; its cursor stays", metadata: ["destination": "\(name)"])
        }
    }
}

extension SpoolOptions {
    init(_ spool: Configuration.Spool) {
        self.init()
        maxBytes = spool.maxBytes
        segmentBytes = spool.segmentBytes
        keepAge = spool.keep.age
        keepBytes = spool.keep.bytes
        // However small the spool, most of it is for what is not refused.
        quarantineBytes = min(spool.quarantine.maxBytes, spool.maxBytes / 4)
        commitInterval = spool.commitInterval
        minFreeBytes = spool.minFreeBytes
        maxAge = spool.maxAge
        isDurable = spool.durability == .synced
        whenFull =
            switch spool.whenFull {
            case .refuse, .shedContent: .refuse
            case .dropOldest: .dropOldest
            }
        bootID = ProcessSurroundings.bootID()
    }
}

extension ReaderRules {
    init(_ destination: Configuration.Destination) {
        self.init(isRequired: destination.isRequired, maxBacklog: destination.maxBacklogBytes)
    }
}

extension HTTPListenerSettings {
    init(_ receiver: Configuration.Receivers.OTLP) {
        self.init(host: receiver.http.host, port: receiver.http.port, key: "receivers.otlp.http")
        maxBody = receiver.maxBodyBytes
        maxConnections = receiver.maxConnections
        idleTimeout = receiver.idleTimeout
        readTimeout = receiver.readTimeout
    }
}

/// A call whose other end is made later.
private final class LateCall: Sendable {
    private let action = Mutex<(@Sendable () -> Void)?>(nil)

    func set(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }

    func call() { action.withLock { $0 }?() }
}
