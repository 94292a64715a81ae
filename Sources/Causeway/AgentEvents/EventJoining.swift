internal import CausewayModel
internal import CausewaySemantics
internal import CausewaySpool

/// Puts the parts of agents' spans together: reads them from the log, and appends each span when it has ended or was given up.
///
/// What it knows is a function of the log and of the time that its marks say, so that after a crash every span is there once.
final class EventJoining: Deriving {
    static let deriverName = "events"

    let name = EventJoining.deriverName
    private let deriver: Deriver
    private let understanding: UnderstandingRules
    private let appending: EventAppending?
    private var table: OpenSpans
    private var closed = ClosedSpans()
    /// Up to here nothing is derived: it was, before the last stop.
    private let replayEnd: UInt64
    /// The time at which the last mark closed what had waited.
    private let replayTime: UInt64
    private var isReplaying = true
    /// Everything that was in the log at the start has been read.
    private var isCaughtUp = false
    private var framesSinceMark = 0
    private var hasSavedForDraining = false

    /// Frames that are read again after a crash, at most, beside those behind the last checkpoint.
    private static let framesAMark = 4096

    init(
        _ spool: Spool,
        _ settings: Configuration.Receivers.Events,
        understanding: UnderstandingRules,
        appending: EventAppending?,
        wake: @escaping @Sendable () -> Void
    ) throws(SpoolError) {
        deriver = try spool.deriver(Self.deriverName, settles: false, start: .oldest, wake: wake)
        self.understanding = understanding
        self.appending = appending
        table = OpenSpans(
            abandonAfter: Self.nanoseconds(settings.abandonAfter),
            grace: Self.nanoseconds(settings.disconnectGrace),
            maxSpans: settings.maxOpen + settings.maxOpen / 8,
            maxBytes: settings.openMemoryBytes + settings.openMemoryBytes / 4
        )
        replayEnd = deriver.mark.sequence
        replayTime = Self.time(deriver.mark.payload)
        if let checkpoint = deriver.checkpoint, checkpoint.version == OpenSpans.version {
            var restored = table
            if restored.restore(checkpoint.payload) { table = restored }
        }
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 { UInt64(max(0, duration / .nanoseconds(1))) }

    func reload(_ configuration: Configuration) {
        table.abandonAfter = Self.nanoseconds(configuration.receivers.events.abandonAfter)
        table.grace = Self.nanoseconds(configuration.receivers.events.disconnectGrace)
    }

    func turn(_ moment: DerivingMoment) throws(SpoolError) -> DerivingPause {
        // What could not be appended the last time goes first.
        if !closed.isEmpty { try commit() }
        let frames = try deriver.read(maxBytes: 1 << 20)
        for frame in frames { take(frame) }
        framesSinceMark += frames.count
        if frames.isEmpty {
            endReplay()
            if !isCaughtUp {
                // What came since the start is known there already.
                isCaughtUp = true
                appending?.noteOpen(table.keys)
            }
            table.advance(to: moment.wallNanoseconds, &closed)
        }
        if !closed.isEmpty || framesSinceMark >= Self.framesAMark { try commit() }
        let savesForDraining = moment.isDraining && frames.isEmpty && !hasSavedForDraining && !isReplaying
        if !isReplaying, deriver.isCheckpointDue || savesForDraining {
            if deriver.position > deriver.mark.sequence { try commit() }
            try deriver.save(table.checkpoint, version: OpenSpans.version, upTo: deriver.mark.sequence)
            hasSavedForDraining = moment.isDraining
        }
        guard frames.isEmpty else { return .none }
        guard let deadline = table.deadline else { return .untilAppended }
        let wait = deadline > moment.wallNanoseconds ? deadline - moment.wallNanoseconds : 0
        return .until(moment.bootNanoseconds + max(wait, 1_000_000))
    }

    private func take(_ frame: StoredFrame) {
        if isReplaying, frame.sequence > replayEnd { endReplay() }
        guard isReplaying else { return take(frame, &closed) }
        var known = ClosedSpans()
        take(frame, &known)
    }

    private func take(_ frame: StoredFrame, _ closed: inout ClosedSpans) {
        switch frame.kind {
        case .event: table.take(frame.payload, tenant: frame.tenant, received: frame.receivedNanoseconds, &closed)
        case .otlp where frame.signal == Signal.traces.rawValue && !frame.flags.contains(.derived):
            table.note(frame.payload, tenant: frame.tenant, received: frame.receivedNanoseconds, &closed)
        default: table.advance(to: frame.receivedNanoseconds, &closed)
        }
    }

    /// From here on what closes is appended.
    private func endReplay() {
        guard isReplaying else { return }
        isReplaying = false
        var known = ClosedSpans()
        table.advance(to: replayTime, &known)
    }

    private func commit() throws(SpoolError) {
        let now = table.now
        let drafts = closed.requests { understanding.current(tenant: $0) }.map { request in
            FrameDraft(
                kind: .otlp,
                signal: request.signal.rawValue,
                tenant: request.tenant,
                items: request.items,
                receivedNanoseconds: now,
                payload: request.payload
            )
        }
        try deriver.commit(upTo: deriver.position, frames: drafts, payload: (0..<8).map { UInt8(truncatingIfNeeded: now >> (8 * $0)) })
        appending?.noteClosed(closed.abandonedKeys)
        closed = ClosedSpans()
        framesSinceMark = 0
    }

    private static func time(_ payload: [UInt8]) -> UInt64 {
        payload.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    }
}
