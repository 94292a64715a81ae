internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySemantics
internal import CausewaySpool

/// Settling at work: reads the log behind append, lets the table decide, writes notes and moves the mark up to which destinations read.
///
/// Frames at or below the mark are read again at a start for what they tell; nothing is decided about them a second time. A checkpoint holds
/// where that reading begins, and which traces were given up: everything else that is known is found again in the log.
final class Settling {
    static let deriverName = "settle"

    let name = Settling.deriverName
    let numbers = SettleNumbers()
    private let deriver: Deriver
    private var table: SettleTable
    /// The last frame whose items are decided already.
    private let replayEnd: UInt64
    /// The newest frame with items that was read, and the newest that everything up to is decided.
    private var lastRead: UInt64
    private var settled: UInt64
    /// Notes and roots that are not written yet, and up to where they are to be marked.
    private var batch: Batch?
    private var nextCommit: UInt64 = 0
    private var failuresInRow = 0
    /// So much of the log is read again after a restart, at most.
    private let replayBytes: Int
    /// With `passthrough`, and nobody who samples, frames that are settled by nobody here say nothing that is asked for.
    private let passesOver: Bool

    private struct Batch {
        var through: UInt64
        var notes: [NoteDraft]
        var frames: [FrameDraft]
    }

    /// The least time between two marks: each costs a sync.
    private static let markNanoseconds: UInt64 = 50_000_000
    private static let readBytes = 1 << 20
    private static let checkpointVersion: UInt64 = 2
    private static let noteBytes = 1 << 20
    /// Without room for notes after so many tries, the mark moves without them: nothing could be delivered, and so nothing be given up.
    private static let maxFailures = 4

    /// Of what may be asked for again after a restart, `replayBytes` at most are kept from being given up.
    init(_ deriver: Deriver, _ options: SettleOptions, replayBytes: Int, passesOver: Bool = false) {
        self.deriver = deriver
        table = SettleTable(options)
        if let checkpoint = deriver.checkpoint, checkpoint.version == Self.checkpointVersion {
            table.abandonedTraces = checkpoint.payload
        }
        replayEnd = deriver.mark.sequence
        (lastRead, settled) = (replayEnd, replayEnd)
        self.replayBytes = replayBytes
        self.passesOver = passesOver
    }

    /// What is looked for for sampling from now on.
    func set(sampled: [SampleAttribute]?) { table.set(sampled: sampled) }

    /// Goes on for a while, like every deriver.
    func turn(_ moment: DerivingMoment) throws(SpoolError) -> DerivingPause {
        if batch != nil { try commit(moment) }
        var hasMore = false
        // What is full is decided first: reading goes on when there is room.
        let frames = try deriver.read(maxBytes: Self.readBytes)
        hasMore = !frames.isEmpty
        for frame in frames { take(frame, moment) }
        // As long as there is more of what came while nobody looked, the rest of a trace may be in it.
        if frames.reduce(0, { $0 + $1.payload.count }) >= Self.readBytes {
            table.makeRoom()
        } else {
            table.advance(to: moment.bootNanoseconds)
        }
        if moment.isDraining && !hasMore { table.finish() }
        if moment.isDraining || moment.bootNanoseconds >= nextCommit || table.isFull {
            if gather(moment) {
                try commit(moment)
                hasMore = true
            }
        }
        try saveIfDue()
        numbers.set(table.counts, traces: table.traceCount, bytes: table.memoryBytes, lag: lag(moment))
        if hasMore { return .none }
        // Each in its time, and never in a circle.
        let soon = moment.bootNanoseconds + 1_000_000
        if table.hasNews { return .until(max(nextCommit, soon)) }
        guard let deadline = table.deadline else { return .untilAppended }
        return .until(max(deadline, soon))
    }

    private func take(_ stored: StoredFrame, _ moment: DerivingMoment) {
        let isReplay = stored.sequence <= replayEnd
        if !isReplay { lastRead = stored.sequence }
        let isPassedOver = passesOver && stored.flags.contains(.understood)
        var frame = SettleTable.Frame(
            sequence: stored.sequence,
            tenant: stored.tenant,
            // Parts of spans say nothing of a trace until the spans are put together from them.
            signal: stored.kind == .otlp && !isPassedOver ? Signal(rawValue: stored.signal) : nil,
            items: stored.items,
            payload: stored.payload
        )
        frame.isReplay = isReplay
        if isReplay { frame.earlierNotes = stored.notes.map { SettleTable.EarlierNote(item: $0.item, payload: $0.payload) } }
        frame.isDerived = stored.flags.contains(.derived)
        frame.isSettledElsewhere = stored.origin != nil || stored.flags.contains(.understood)
        // What came while nobody looked has waited already.
        let wall = moment.wallNanoseconds
        let age = wall > stored.receivedNanoseconds ? wall - stored.receivedNanoseconds : 0
        let waited = min(age, table.options.maxNanoseconds, moment.bootNanoseconds)
        table.take(frame, arrival: moment.bootNanoseconds - waited)
    }

    /// Puts together what is to be written next; false where there is nothing.
    private func gather(_ moment: DerivingMoment) -> Bool {
        let roots = table.takeSyntheticRoots()
        let found = table.takeSettled(maxBytes: Self.noteBytes)
        if let through = found?.through { settled = max(settled, through) }
        guard found != nil || !roots.isEmpty else { return false }
        // Behind the last frame there may be marks and entries that say nothing about items.
        let through = table.isSettled ? max(settled, min(deriver.position, lastRead)) : settled
        batch = Batch(
            through: max(through, deriver.mark.sequence),
            notes: (found?.notes ?? []).map {
                NoteDraft(sequence: $0.sequence, item: $0.item, payload: $0.payload)
            },
            frames: roots.map { root in
                let record = TelemetryRecord(
                    resource: [],
                    scope: ScopeRecord(
                        name: SettleTable.scope,
                        attributes: [Attribute(understoodKey, .int(rulesVersion))]
                    ),
                    items: .spans([root.span])
                )
                return FrameDraft(
                    kind: .otlp,
                    signal: Signal.traces.rawValue,
                    tenant: root.tenant,
                    items: 1,
                    receivedNanoseconds: moment.wallNanoseconds,
                    payload: record.encoded()
                )
            }
        )
        return true
    }

    private func commit(_ moment: DerivingMoment) throws(SpoolError) {
        guard let next = batch else { return }
        do throws(SpoolError) {
            try deriver.commit(upTo: next.through, notes: next.notes, frames: next.frames)
        } catch {
            failuresInRow += 1
            // The mark alone is let in where nothing else is.
            if case .full = error, failuresInRow >= Self.maxFailures {
                numbers.lost(next.notes.count)
                batch = Batch(through: next.through, notes: [], frames: [])
            }
            throw error
        }
        (batch, failuresInRow) = (nil, 0)
        nextCommit = moment.bootNanoseconds + Self.markNanoseconds
    }

    /// How long the oldest waits that is not settled.
    private func lag(_ moment: DerivingMoment) -> UInt64 {
        guard let oldest = table.oldestArrival else { return 0 }
        return moment.bootNanoseconds > oldest ? moment.bootNanoseconds - oldest : 0
    }

    /// A restart reads again from the oldest frame with something known of a trace, but no more than so many bytes, and of a full spool
    /// nothing: what is to be read again cannot be given up.
    private func saveIfDue() throws(SpoolError) {
        let isFull = deriver.isHoldingFullSpool
        guard deriver.isCheckpointDue || isFull else { return }
        let limit = isFull ? deriver.mark.sequence : deriver.sequence(before: replayBytes)
        let needed = (table.oldestSequence ?? deriver.mark.sequence + 1) - 1
        try deriver.save(table.abandonedTraces, version: Self.checkpointVersion, upTo: min(deriver.mark.sequence, max(needed, limit)))
    }
}
