// What those who derive from the log have done, and how far readers may go behind them.

/// A deriver that is at work in this run.
struct DeriverPlace: Sendable {
    /// Whether readers wait for its marks.
    var settles: Bool
    /// A restart would read again from behind this frame; what lies behind it is not given up as history.
    var replaySequence: UInt64
    /// Payload bytes of item frames up to its mark, counted like `Catalog.State.payloadBytes`.
    var markedPayloadBytes: Int
    /// The same up to the mark that is being written.
    var upcoming: (number: UInt64, payloadBytes: Int)?
}

/// The notes beside one segment.
struct NotesInfo: Equatable, Sendable {
    var path: String
    /// Bytes that may be read.
    var end: Int
    /// Bytes that the file takes, or may take while it is written.
    var bytes: Int
}

extension Catalog {
    func notes(of segment: UInt64) -> NotesInfo? { with { $0.notes[segment] } }
}

extension Catalog.State {
    /// The last sequence that readers may be handed which wait for what is settled.
    var settledSequence: UInt64 {
        var settled = UInt64.max
        for (name, place) in derivers where place.settles { settled = min(settled, marks[name]?.sequence ?? 0) }
        return settled
    }

    /// Payload bytes up to there.
    var settledPayloadBytes: Int {
        derivers.values.reduce(payloadBytes) { $1.settles ? min($0, $1.markedPayloadBytes) : $0 }
    }

    /// Whether no deriver needs the segment: all have derived what is in it, and would not read it again after a restart.
    func isDerived(_ segment: SegmentInfo) -> Bool { derivers.values.allSatisfy { $0.replaySequence >= segment.lastItemSequence } }

    /// A commit with these marks is durable.
    mutating func take(_ durable: [String: Mark]) {
        for mark in durable.values {
            marks.take(mark)
            guard let upcoming = derivers[mark.deriver]?.upcoming, upcoming.number == mark.number else { continue }
            derivers[mark.deriver]!.markedPayloadBytes = upcoming.payloadBytes
            derivers[mark.deriver]!.upcoming = nil
        }
    }

    /// The segment, by its first sequence, that holds the frame.
    func segment(holding sequence: UInt64) -> UInt64? {
        let index = index(atOrAfter: sequence + 1)
        guard index > 0, segments[index - 1].lastSequence >= sequence else { return nil }
        return segments[index - 1].firstSequence
    }

    func hasSegment(_ firstSequence: UInt64) -> Bool {
        let index = index(atOrAfter: firstSequence)
        return index < segments.count && segments[index].firstSequence == firstSequence
    }

    /// Bytes of notes and checkpoints.
    var derivedBytes: Int { noteBytes + stateBytes.values.reduce(0, +) }

    mutating func reserveNotes(of segment: UInt64, path: String, end: Int, bytes: Int) {
        let known = notes[segment]?.bytes ?? 0
        notes[segment] = NotesInfo(path: path, end: end, bytes: end + bytes)
        noteBytes += end + bytes - known
    }

    mutating func setNotes(of segment: UInt64, end: Int, bytes: Int) {
        guard var info = notes[segment] else { return }
        noteBytes += bytes - info.bytes
        info.end = end
        info.bytes = bytes
        notes[segment] = info
    }

    mutating func dropNotes(of segment: UInt64) {
        if let info = notes.removeValue(forKey: segment) { noteBytes -= info.bytes }
    }
}
