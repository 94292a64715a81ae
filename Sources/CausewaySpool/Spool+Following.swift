// For readers that have to know what went before what they send: what a destination was told is a sum over the log.
extension Spool {
    /// How many segments were closed in this run: once for each it is time to keep what such a reader knows.
    package var sealCount: Int { files.catalog.with { $0.seals } }

    /// Frames behind `sequence` are not given up as history, until it is said anew, further on; nil lets go of all. `name` is the reader's, a
    /// dot, and its own word for it: what is given up for want of room, that reader does without.
    package func keep(behind sequence: UInt64?, for name: String) {
        files.catalog.with { state in
            guard let asked = sequence else { return state.derivers[name] = nil }
            let sequence = max(asked, state.derivers[name]?.replaySequence ?? 0)
            state.derivers[name] = DeriverPlace(
                settles: false,
                replaySequence: sequence,
                marked: LogPlace(segment: 0, generation: 0, bytes: 0, sequence: sequence)
            )
        }
    }

    /// Hands out the frames that hold items behind `sequence` up to and including `last`, oldest first, as they came. False when some are
    /// gone or damaged.
    package func frames(after sequence: UInt64, upTo last: UInt64, _ body: (StoredFrame) -> Void) throws(SpoolError) -> Bool {
        guard last > sequence else { return true }
        let oldest = files.catalog.with { $0.segments.first?.firstSequence ?? $0.lastSequence + 1 }
        let shared = SharedCursor(Cursor(logID: files.identity.logID, prefix: sequence)) {}
        let reader = LogReader(
            name: "following",
            disk: files.disk,
            clock: files.clock,
            catalog: files.catalog,
            logID: files.identity.logID,
            shared: shared,
            wait: .none,
            keys: files.options.keys
        )
        reading: while reader.position < last {
            let frames = try reader.read(maxBytes: 1)
            if frames.isEmpty { break }
            for frame in frames {
                try reader.record(.delivered, of: [ItemRange(sequence: frame.sequence, first: 0, count: frame.items)])
                if frame.sequence > last { break reading }
                body(frame)
            }
        }
        return oldest <= sequence + 1 && !shared.with { cursor in cursor.totals.counts.keys.contains { $0.term.hasPrefix("evicted") } }
    }
}
