internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewaySemantics
internal import CausewaySpool
internal import Logging

/// Derives metrics from what is settled: measures each item once, and writes what was new in an interval to the log, together with the mark
/// up to which it has measured.
///
/// Whatever a crash leaves of it is exact: a measurement is in the log exactly when the mark is that covers its span. What it has to know
/// over a restart, which series there are and what sources send themselves, it keeps once a segment; its own frames tell the rest.
final class MetricsDeriver: Deriving {
    let name = "metrics"
    private let deriver: Deriver
    private var measurements: Measurements
    private let totals: DerivedTotals
    private let instance: String
    private var interval: Duration
    private let log: Logger
    /// Frames that were read and not measured yet.
    private var queue: ArraySlice<StoredFrame> = []
    /// The last frame that was taken in.
    private var measured: UInt64
    /// Up to here everything is in the log already: it is only read for what it tells.
    private let replayEnd: UInt64
    /// Where the next interval begins, on the wall clock; 0 until the first turn.
    private var startNanoseconds: UInt64 = 0
    private var nextCut: UInt64 = 0
    /// Something was measured, or passed over, that is not our own: a mark may be worth it.
    private var hasNews = false
    /// What a restart has to know.
    private var kept: KeptState

    /// Of the checkpoint; in the first one all of it stood in the checkpoint itself.
    private static let version: UInt64 = 2

    /// `instance` stands in the resource of everything derived: it has one writer.
    init(
        _ deriver: Deriver,
        _ settings: Configuration.Metrics,
        kept: KeptState,
        totals: DerivedTotals,
        instance: String,
        wallNanoseconds: UInt64,
        log: Logger
    ) {
        self.deriver = deriver
        self.kept = kept
        self.totals = totals
        self.instance = instance
        self.log = log
        interval = settings.interval
        measurements = Measurements(settings)
        measured = deriver.mark.sequence
        replayEnd = deriver.mark.sequence
        startNanoseconds = Self.nanoseconds(deriver.mark.payload)
        let known = before()
        let isAnew = deriver.hasGap || known == nil && deriver.checkpoint != nil
        if isAnew { totals.reset(at: wallNanoseconds) }
        guard let known else { return }
        var fields = FieldReader(0..<known.count)
        while let field = fields.next(known) {
            switch field.number {
            case 1: measurements.restore([UInt8](known[field.contents]))
            case 2: if !isAnew { totals.restore([UInt8](known[field.contents])) }
            default: break
            }
        }
    }

    /// What was kept; nil when there is nothing, or none that can be read.
    private func before() -> [UInt8]? {
        guard let checkpoint = deriver.checkpoint else { return nil }
        switch checkpoint.version {
        case 1: return checkpoint.payload
        case Self.version: return kept.contents(checkpoint.payload)
        default: return nil
        }
    }

    /// Opens it where it left off, or at the oldest frame there is. Whoever settles is opened before it.
    static func open(
        _ settings: Configuration.Metrics,
        in spool: Spool,
        totals: DerivedTotals,
        clock: any Clock,
        log: Logger,
        wake: @escaping @Sendable () -> Void
    ) throws(SpoolError) -> MetricsDeriver {
        let deriver = try spool.deriver("metrics", settles: false, start: .oldest, wait: .settled(late: false), wake: wake)
        return MetricsDeriver(
            deriver,
            settings,
            kept: KeptState(spool, "metrics.series"),
            totals: totals,
            instance: SpoolReport.hexadecimal(spool.identity.logID),
            wallNanoseconds: clock.wallNanoseconds(),
            log: log
        )
    }

    /// Up to this frame everything that is measured is in the log.
    var covered: UInt64 { deriver.mark.sequence }

    func reload(_ configuration: Configuration) {
        interval = configuration.metrics.interval
        measurements.allow(MetricAttributeSet(configuration.metrics))
    }

    func turn(_ moment: DerivingMoment) throws(SpoolError) -> DerivingPause {
        if startNanoseconds == 0 { startNanoseconds = moment.wallNanoseconds }
        if nextCut == 0 { nextCut = moment.bootNanoseconds + UInt64(max(interval, .zero) / .nanoseconds(1)) }
        if queue.isEmpty { queue = try deriver.read(maxBytes: Self.batchBytes)[...] }
        let isIdle = queue.isEmpty
        while let frame = queue.first {
            take(frame)
            queue.removeFirst()
            // So many series that some have to be forgotten: first what they have measured is written.
            if measurements.isFull {
                try commit(moment)
                measurements.forgetQuiet()
            }
        }
        if moment.bootNanoseconds >= nextCut || (moment.isDraining && isIdle) {
            if !measurements.isEmpty { try commit(moment) }
            startNanoseconds = max(startNanoseconds, moment.wallNanoseconds)
            nextCut = moment.bootNanoseconds + UInt64(max(interval, .zero) / .nanoseconds(1))
        }
        // A mark of its own only where something was passed over that nothing is measured of: our own frames are no news to us, unless they
        // hold up a full spool.
        if deriver.isCheckpointDue, queue.isEmpty, hasNews || deriver.isHoldingFullSpool { try commit(moment) }
        guard isIdle else { return .none }
        return measurements.isEmpty ? .untilAppended : .until(nextCut)
    }

    private static let batchBytes = 1 << 20

    private func take(_ frame: StoredFrame) {
        defer { measured = max(measured, frame.sequence) }
        // Parts of spans are measured as the spans that are put together from them.
        guard frame.kind == .otlp, let signal = Signal(rawValue: frame.signal) else { return }
        if frame.flags.contains(.derived), signal == .metrics {
            // Our own: which series there are, and what they have come to.
            totals.take(frame.payload, tenant: frame.tenant)
            if frame.sequence <= replayEnd { measurements.recognise(frame.payload, tenant: frame.tenant, at: frame.receivedNanoseconds) }
            return
        }
        hasNews = true
        if frame.sequence <= replayEnd, signal != .metrics {
            if signal == .traces, frame.flags.contains(.derived) {
                measurements.recogniseSyntheticRoots(frame.payload, tenant: frame.tenant)
            }
            return
        }
        measurements.take(
            frame.settledPayload(signal),
            signal: signal,
            tenant: frame.tenant,
            receivedNanoseconds: frame.receivedNanoseconds,
            isUnderstoodElsewhere: frame.origin != nil || frame.flags.contains(.understood)
        )
    }

    /// What was measured, and the mark that covers it, in one commit.
    private func commit(_ moment: DerivingMoment) throws(SpoolError) {
        // The wall clock may have gone back: intervals never do.
        let end = max(moment.wallNanoseconds, startNanoseconds + 1)
        let frames = measurements.frames(
            startNanoseconds: startNanoseconds,
            timeNanoseconds: end,
            instance: instance,
            version: CausewayVersion.number
        ).map { frame in
            FrameDraft(
                kind: .otlp,
                signal: Signal.metrics.rawValue,
                tenant: frame.tenant,
                items: frame.items,
                receivedNanoseconds: moment.wallNanoseconds,
                payload: frame.payload
            )
        }
        try deriver.commit(upTo: position, frames: frames, payload: Self.bytes(end))
        measurements.written()
        startNanoseconds = end
        hasNews = false
        tellOverflows()
        try keepState()
    }

    private func tellOverflows() {
        for overflow in measurements.takeOverflows() {
            totals.countOverflow(overflow.measurements, of: overflow.widest)
            log.warning(
                "more series than metrics.max_series: further ones are counted together",
                metadata: [
                    "tenant": "\(overflow.tenant)", "measurements": "\(overflow.measurements)",
                    "metrics": "\(overflow.metrics.joined(separator: ","))", "widest": "\(overflow.widest)", "values": "\(overflow.values)",
                ]
            )
        }
    }

    /// When nothing waits everything that was read is measured; that is more than the last frame with items.
    private var position: UInt64 { queue.isEmpty ? deriver.position : measured }

    /// Keeps what a restart has to know. Only right after a commit, when what is known is what all frames up to the mark tell, and no more.
    private func keepState() throws(SpoolError) {
        guard deriver.isCheckpointDue else { return }
        var writer = WireWriter()
        writer.field(1, measurements.state)
        writer.field(2, totals.bytes)
        try deriver.save(kept.head(writer.bytes), version: Self.version, upTo: deriver.mark.sequence)
        kept.isDurable()
    }

    private static func bytes(_ nanoseconds: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: nanoseconds >> ($0 * 8)) } }

    private static func nanoseconds(_ bytes: [UInt8]) -> UInt64 {
        bytes.count == 8 ? bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) } : 0
    }
}

extension StoredFrame {
    /// Its items as they are settled.
    fileprivate func settledPayload(_ signal: Signal) -> [UInt8] {
        guard !notes.isEmpty else { return payload }
        let noted = notes.map { stored in
            var note = ItemNote(stored.payload)
            // Who reads the span only sees what stands on it.
            if note.marks.contains(.redelivered) { note.set("causeway.redelivered", true) }
            return NotedItem(item: stored.item, note: note)
        }
        return applying(noted, to: payload, signal: signal)
    }
}

extension Measurements {
    init(_ settings: Configuration.Metrics) {
        self.init(
            derive: settings.derive == .on ? .on : .auto,
            maxSeries: settings.maxSeries,
            allowed: MetricAttributeSet(settings)
        )
    }
}

extension MetricAttributeSet {
    init(_ settings: Configuration.Metrics) {
        let named = MetricAttribute.allCases.filter { settings.attributes.contains($0.key) }
        self = settings.attributes.isEmpty ? .all : MetricAttributeSet(named)
    }
}
