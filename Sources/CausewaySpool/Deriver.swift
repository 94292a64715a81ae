internal import CausewayPlatform

/// One who derives from the log: reads every frame in its order, and adds notes, frames of its own, and marks that say how far it has got.
///
/// What a mark covers, and what was added with it, is there exactly once after any crash: notes are durable before their mark, derived
/// frames are one commit group with it, and a deriver begins behind its last mark. To know there what it knew, it takes its checkpoint
/// and reads the frames behind it again up to the mark, without adding anything. Used from one thread.
package final class Deriver {
    package let name: String
    /// The newest that is in the log; derived is everything up to its sequence.
    package private(set) var mark: Mark
    /// What the deriver knew at some frame before its mark; nil where it has to begin with the oldest frame that there is.
    package let checkpoint: Checkpoint?
    /// Frames are gone that would have to be read again to know everything: the disk was full, or a checkpoint is damaged.
    package let hasGap: Bool
    private let files: SpoolFiles
    private let reader: LogReader
    private let notes: NotesWriter
    private let append: ([FrameDraft]) throws(SpoolError) -> Void
    /// The place behind each frame that was read and is not covered.
    private var ahead: [(sequence: UInt64, place: LogPlace)] = []
    /// A commit failed: nobody knows whether a crash would bring it back, until something else is in the log.
    private var isUncertain = false
    private var sealsSeen: Int

    /// Opens the deriver where it left off; a new one begins at `start`, and has a mark there when this returns. `append` returns when the
    /// group is durable.
    init(
        _ name: String,
        settles: Bool,
        start: ReaderStart,
        wait: ReaderWait = .none,
        files: SpoolFiles,
        append: @escaping ([FrameDraft]) throws(SpoolError) -> Void
    ) throws(SpoolError) {
        precondition(SpoolPaths.isReaderName(name), "a name is a file's name")
        self.name = name
        self.files = files
        self.append = append
        let catalog = files.catalog
        let known = catalog.with { $0.marks[name] }
        let oldest = catalog.with { ($0.segments.first?.firstSequence ?? $0.lastSequence + 1) - 1 }
        if let known {
            mark = known
        } else {
            let sequence = if case .oldest = start { oldest } else { catalog.with { $0.lastSequence } }
            mark = Mark(deriver: name, number: 1, sequence: sequence)
        }
        var found = known == nil ? nil : files.checkpoint(name)
        // One of a time that the log knows nothing of says nothing about it.
        if let checkpoint = found, checkpoint.sequence > mark.sequence || checkpoint.markNumber > mark.number { found = nil }
        if found == nil, known != nil, let key = files.missingKey(ofCheckpoint: name) {
            throw .unreadable(path: files.paths.state(name), reason: SpoolKeys.missing([key]))
        }
        checkpoint = found
        notes = NotesWriter(files: files, deriver: name, settles: settles)
        let replay = found?.sequence ?? (known == nil ? mark.sequence : min(oldest, mark.sequence))
        let marked = mark.sequence
        hasGap = known != nil && oldest > replay && oldest > (found?.sequence ?? 0)
        sealsSeen = catalog.with { state in
            // Until it is read, the bytes before the mark are guessed: rather too many, which costs a look in vain.
            let around = state.segments.last { $0.firstSequence <= marked }
            state.derivers[name] = DeriverPlace(
                settles: settles,
                replaySequence: replay,
                marked: LogPlace(
                    segment: around?.firstSequence ?? 0,
                    generation: around?.generation ?? 0,
                    bytes: around?.payloadBytes ?? 0,
                    sequence: marked
                )
            )
            return state.seals
        }
        reader = LogReader(
            name: name,
            disk: files.disk,
            clock: files.clock,
            catalog: catalog,
            logID: files.identity.logID,
            shared: SharedCursor(Cursor(logID: files.identity.logID, prefix: replay)) {},
            // Who settles takes up what it said as it was said.
            wait: settles ? .noted(through: marked) : wait,
            keys: files.options.keys
        )
        do throws(SpoolError) {
            try notes.recover()
            if known == nil { try append([mark.draft(receivedNanoseconds: files.clock.wallNanoseconds())]) }
        } catch {
            catalog.with { $0.derivers[name] = nil }
            throw error
        }
    }

    /// The next frames that hold items, oldest first; none at the end of the log. Those up to the mark that was found when it was opened
    /// are read for what they tell, and nothing is to be derived from them.
    package func read(maxBytes: Int) throws(SpoolError) -> [StoredFrame] {
        var frames: [StoredFrame] = []
        var bytes = 0
        while bytes < maxBytes {
            let before = reader.place
            let next: [StoredFrame]
            do throws(SpoolError) {
                next = try reader.read(maxBytes: 1)
            } catch {
                // What was read before is not lost with it.
                if frames.isEmpty { throw error }
                break
            }
            if next.isEmpty { break }
            // Several only where all but the last are empty.
            for frame in next {
                let isLast = frame.sequence == next.last!.sequence
                try reader.record(.delivered, of: [ItemRange(sequence: frame.sequence, first: 0, count: frame.items)])
                ahead.append((frame.sequence, isLast ? reader.place : before))
            }
            bytes += next.last!.payload.count
            frames += next
        }
        return frames
    }

    /// The last frame of any kind that reading has passed: as far as a mark may go.
    package var position: UInt64 { max(reader.position, mark.sequence) }

    /// Adds notes and frames to the log, with a mark that covers everything up to `sequence`; returns when all of it is durable. When it
    /// throws, nothing of it counts, and it may be tried again or something else instead.
    ///
    /// The deriver reads what it has derived like any other frame, and is not to mark because of its marks.
    package func commit(
        upTo sequence: UInt64,
        notes drafts: [NoteDraft] = [],
        frames: [FrameDraft] = [],
        payload: [UInt8] = []
    ) throws(SpoolError) {
        precondition(sequence >= mark.sequence && sequence <= position, "a mark covers what was read, and never less than the one before")
        precondition(payload.count <= Mark.maxPayload, "a mark is small")
        let wall = files.clock.wallNanoseconds()
        if isUncertain {
            // With the last mark in the log once more, nothing that failed can come back: its notes may go.
            try append([mark.draft(receivedNanoseconds: wall)])
            isUncertain = false
        }
        try notes.rollBack()
        let next = Mark(deriver: name, number: mark.number + 1, sequence: sequence, payload: payload)
        try notes.write(drafts, mark: next, settled: mark.sequence)
        let covered = ahead.prefix { $0.sequence <= sequence }
        let reached = covered.count == ahead.count ? reader.place : covered.last?.place
        files.catalog.with { state in
            guard let marked = state.derivers[name]?.marked else { return }
            // A mark again where the last one is, before anything was read, does not move it.
            let place = if let reached, reached.sequence > marked.sequence { reached } else { marked }
            state.derivers[name]!.upcoming = (next.number, place)
        }
        let derived = frames.map { draft in
            var draft = draft
            draft.flags.insert(.derived)
            return draft
        }
        do throws(SpoolError) {
            try append([next.draft(receivedNanoseconds: wall)] + derived)
        } catch {
            isUncertain = true
            files.catalog.with { $0.derivers[name]?.upcoming = nil }
            throw error
        }
        notes.settle()
        ahead.removeFirst(covered.count)
        mark = next
    }

    /// Whether a segment was closed since the last checkpoint: the time to write one.
    package var isCheckpointDue: Bool { files.catalog.with { $0.seals } > sealsSeen }

    /// Data are refused for want of room, and a checkpoint at the mark would let go of what this deriver holds.
    package var isHoldingFullSpool: Bool {
        files.catalog.with { state in
            guard case .full = state.refusal, let place = state.derivers[name] else { return false }
            return place.replaySequence < mark.sequence
        }
    }

    /// Keeps what the deriver knows when it has taken in every frame up to `sequence`, which a mark covers. Frames behind the newest
    /// checkpoint are not given up as history: a deriver that saves none fills the spool. One that fails is tried again later.
    package func save(_ payload: [UInt8], version: UInt64, upTo sequence: UInt64) throws(SpoolError) {
        precondition(sequence <= mark.sequence, "what no mark covers is derived once more")
        let checkpoint = Checkpoint(version: version, sequence: sequence, markNumber: mark.number, payload: payload)
        let seals = files.catalog.with { $0.seals }
        do throws(SpoolError) {
            try files.save(checkpoint, as: name)
        } catch {
            guard case .full = error else { throw error }
            try saveInFullSpool(checkpoint)
        }
        sealsSeen = seals
        files.catalog.with { $0.derivers[name]?.replaySequence = sequence }
    }

    /// What may only go when the checkpoint is there is all that could make room for it. It goes, in the hope that there is no crash
    /// between the two: else nothing could ever be given up again.
    private func saveInFullSpool(_ checkpoint: Checkpoint) throws(SpoolError) {
        let catalog = files.catalog
        let (before, oldest) = catalog.with { state in
            let before = state.derivers[name]?.replaySequence ?? 0
            state.derivers[name]?.replaySequence = checkpoint.sequence
            return (before, state.segments.first?.firstSequence)
        }
        do throws(SpoolError) {
            guard files.room.freeOldestHistory() else { throw .full(reason: "no room for a checkpoint") }
            files.room.freeHistory(for: checkpoint.payload.count + SpoolOptions.margin)
            try files.save(checkpoint, as: name)
        } catch {
            catalog.with { state in
                // Unless it is too late.
                if state.segments.first?.firstSequence == oldest { state.derivers[name]?.replaySequence = before }
            }
            throw error
        }
    }
}
