// What those who derive from the log have done, and how far readers may go behind them.

/// A deriver that is at work in this run.
struct DeriverPlace: Sendable {
    /// Whether readers wait for its marks.
    var settles: Bool
    /// A restart would read again from behind this frame; what lies behind it is not given up as history.
    var replaySequence: UInt64
    /// Where its mark stands.
    var marked: LogPlace
    /// Where the mark will stand that is being written.
    var upcoming: (number: UInt64, place: LogPlace)?
}

/// A place between two frames of the log, by what lies before it: enough to say how many bytes lie behind it.
struct LogPlace: Equatable, Sendable {
    /// The segment, by its first sequence.
    var segment: UInt64
    /// Of the file in which `bytes` is right.
    var generation: Int
    /// Payload bytes, as stored, of the segment's item frames before the place.
    var bytes: Int
    /// The last frame before the place.
    var sequence: UInt64
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

    /// Payload bytes, as stored, of what is not settled; rather too few.
    var unsettledPayloadBytes: Int {
        derivers.values.reduce(0) { $1.settles ? max($0, payloadBytes(behind: $1.marked, atLeast: true)) : $0 }
    }

    /// Payload bytes, as stored, with items behind the place. Where its segment's file has been written anew since, how far the place is in
    /// the new one shows only when that is read: it counts as a whole or, with `atLeast`, not at all.
    func payloadBytes(behind place: LogPlace, atLeast: Bool = false) -> Int {
        let all = payloadBytes(from: place.segment)
        guard let current = segment(place.segment) else { return all }
        if current.generation == place.generation { return all - place.bytes }
        return atLeast || place.sequence >= current.lastItemSequence ? all - current.payloadBytes : all
    }

    /// Whether no deriver needs the segment: all have derived what is in it, and would not read it again after a restart.
    func isDerived(_ segment: SegmentInfo) -> Bool { derivers.values.allSatisfy { $0.replaySequence >= segment.lastItemSequence } }

    /// Readers have been moved over the segment: what they follow in it is nothing to wait for any more.
    mutating func letGo(of segment: SegmentInfo, readers: Set<String>) {
        for (name, place) in derivers where place.replaySequence < segment.lastItemSequence {
            guard let dot = name.firstIndex(of: "."), readers.contains(String(name[..<dot])) else { continue }
            derivers[name]!.replaySequence = segment.lastItemSequence
        }
    }

    /// A commit with these marks is durable.
    mutating func take(_ durable: [String: Mark]) {
        for mark in durable.values {
            marks.take(mark)
            guard let upcoming = derivers[mark.deriver]?.upcoming, upcoming.number == mark.number else { continue }
            derivers[mark.deriver]!.marked = upcoming.place
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
