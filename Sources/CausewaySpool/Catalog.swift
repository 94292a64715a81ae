internal import CausewayPlatform
internal import Synchronization

/// What all parts of an open spool know together: its segments, and how far each reader has got for certain.
package final class Catalog: Sendable {
    private let state: Mutex<State>
    /// What has come from other logs.
    package let origins = CoveredOrigins()
    /// Held while a file is put in another's place, and while readers open one; never by the log's thread.
    let replacing = Mutex<Void>(())

    struct State: Sendable {
        /// Oldest first.
        var segments: [SegmentInfo] = []
        /// Bytes of cursor files and of everything else that is not a segment.
        var otherBytes = 0
        /// Of these, copies of what was damaged.
        var damagedBytes = 0
        /// The log's own books: all items ever appended, and given up by the log, by tenant, signal and term.
        var books = Totals()
        /// Room that maintenance has for the copy of a segment it makes.
        var reservedBytes = 0
        /// The segment whose file is replaced by its new copy at this very moment: it does not go meanwhile.
        var replacing: UInt64?
        var maintenance = MaintenanceCounts()
        /// Of the newest durable frame.
        var lastSequence: UInt64 = 0
        /// By reader: the last sequence before which its durable cursor has passed everything.
        var durablePrefixes: [String: UInt64] = [:]
        /// Readers with a cursor on disk that nobody has open, by when that was first so, on the boot-time clock. They pin what they have
        /// not passed like any other, for `SpoolOptions.parkedPin`.
        var parkedSince: [String: UInt64] = [:]
        /// Why the last cursor could not be saved; nil when it could.
        var cursorFailure: SpoolError?
        /// Why nothing is accepted at present; nil when all is well.
        var refusal: SpoolError?
        var damage = DamageCount()
        /// The newest durable mark of each deriver there has ever been, by its name.
        var marks: [String: Mark] = [:]
        /// Those at work in this run.
        var derivers: [String: DeriverPlace] = [:]
        /// Files of notes, by the first sequence of their segment.
        var notes: [UInt64: NotesInfo] = [:]
        var noteBytes = 0
        /// Bytes of the files in `state/`, by name.
        var stateBytes: [String: Int] = [:]
        /// At most so many bytes the writer is adding at this moment.
        var committingBytes = 0
        /// Segments closed in this run.
        var seals = 0
        /// Segments that have become what the index on disk does not say yet, in this run; and how many of them it has taken in since.
        var segmentChanges = 0
        var indexedChanges = 0
        /// There may be segments whose footer is not known to be on stable storage.
        var doubtfulFooters = true
    }

    init() { state = Mutex(State()) }

    func with<Result, Failure: Error>(
        _ body: (inout State) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try state.withLock { (state: inout sending State) throws(Failure) in try body(&state) }
    }

    /// Opens the segment's file for reading; nil when it is gone. What is said of it and the file belong together, also when maintenance
    /// puts a new file in its place.
    func open(_ firstSequence: UInt64, on disk: any Disk) throws(DiskError) -> (info: SegmentInfo, file: any DiskFile)? {
        try replacing.withLock { _ throws(DiskError) in
            guard let info = readable(firstSequence) else { return nil }
            return (info, try disk.open(info.path, .read))
        }
    }

    /// How far the segment that begins at `firstSequence` may be read; nil when it is gone.
    func readable(_ firstSequence: UInt64) -> SegmentInfo? {
        with { $0.segment(firstSequence) }
    }

    /// The first segment behind the one that begins at `firstSequence`.
    func segment(after firstSequence: UInt64) -> SegmentInfo? {
        with { state in
            let index = state.index(atOrAfter: firstSequence + 1)
            return index < state.segments.count ? state.segments[index] : nil
        }
    }
}

extension Catalog.State {
    func segment(_ firstSequence: UInt64) -> SegmentInfo? {
        let index = index(atOrAfter: firstSequence)
        return index < segments.count && segments[index].firstSequence == firstSequence ? segments[index] : nil
    }

    /// Puts in the segment's place what is known of it now; false when it is gone.
    mutating func update(_ segment: SegmentInfo) -> Bool {
        let index = index(atOrAfter: segment.firstSequence)
        guard index < segments.count, segments[index].firstSequence == segment.firstSequence else { return false }
        segments[index] = segment
        return true
    }

    /// Of the newest frame that holds items.
    var lastItemSequence: UInt64 { segments.last { $0.lastItemSequence > 0 }?.lastItemSequence ?? 0 }

    /// Stored payload bytes with items from the segment that begins at `firstSequence` on.
    func payloadBytes(from firstSequence: UInt64) -> Int {
        segments[index(atOrAfter: firstSequence)...].reduce(0) { $0 + $1.payloadBytes }
    }

    /// Where the segment is, or would be, that begins at `firstSequence`.
    func index(atOrAfter firstSequence: UInt64) -> Int {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].firstSequence < firstSequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// One segment file, as far as it is durable.
struct SegmentInfo: Equatable, Sendable {
    var path: String
    var firstSequence: UInt64
    var lastSequence: UInt64
    /// 0 when no frame holds items.
    var lastItemSequence: UInt64
    /// Bytes that may be read; the file may be longer while a commit is under way.
    var readableBytes: Int
    /// What the file takes on disk; more than may be read where its end could not be cut off.
    var fileBytes: Int
    /// Payload bytes, as stored, of frames that hold items.
    var payloadBytes: Int
    /// Its part of the log's own books.
    var books: Totals
    var firstReceivedNanoseconds: UInt64
    var lastReceivedNanoseconds: UInt64
    /// The key its frames are encrypted with; 0 = none, nil = its head does not hold.
    var keyID: UInt64? = 0
    /// How often its file has been replaced in this run.
    var generation = 0
    /// Nothing is appended to it any more.
    var isClosed: Bool
    /// Items that its head counts before it and that neither are in the segments before it nor were given up by the log.
    var missingBefore = Totals()
    /// Whether it ends with its footer.
    var isSealed = false
    /// Its file as it was when it had its footer on stable storage; nil when that is not certain.
    var stamp: FileStamp?
    /// Whether items in it came from other logs.
    var holdsOrigins = false
    /// Whether its head counts before it what the segments before it say, and it is called as it should be.
    var isInOrder = true
}

/// What could not be read back.
package struct DamageCount: Equatable, Sendable {
    /// Stretches of bytes passed over.
    package var stretches = 0
    package var bytes = 0
    /// Frames missing by their sequence.
    package var frames = 0

    package init() {}
}
