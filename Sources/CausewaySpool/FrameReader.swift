/// A destination's way through the log: hands out frames in order, remembers what became of each item.
///
/// Used from one thread. Memory does not grow with the backlog: a frame is read when it is asked for.
package protocol FrameReader: AnyObject {
    /// The destination's name, which is its identity.
    var name: String { get }

    /// What lies ahead and is not handed out.
    func backlog() -> Backlog

    /// The next frames, oldest first: at least one if there is any, more until their payloads reach `maxBytes`.
    /// Only frames that hold items are handed out.
    func read(maxBytes: Int, from place: ReadPlace) throws(SpoolError) -> [StoredFrame]

    /// Frames that were handed out and could not be sent now: `read` hands them out again, before newer ones.
    func giveBack(_ frames: [StoredFrame])

    /// What became of items that were handed out. A frame is passed when all of its items have an outcome.
    func record(_ outcome: Outcome, of items: [ItemRange]) throws(SpoolError)

    /// Has copies made of items that were handed out. `done` is called once, on any thread: with true when they are on stable storage, and
    /// only then their outcome may be recorded; with false when there is no room for them by configuration.
    func setAside(_ items: [QuarantineDraft], done: @escaping @Sendable (Result<Bool, SpoolError>) -> Void)
}

extension FrameReader {
    package func read(maxBytes: Int) throws(SpoolError) -> [StoredFrame] { try read(maxBytes: maxBytes, from: .oldest) }
}

/// Where to read.
package enum ReadPlace: Equatable, Sendable {
    /// What was given back, then the next.
    case oldest
    /// The same, without frames of some signals that were given back.
    case others(than: Set<UInt8>)
    /// The next that was never handed out.
    case ahead
    /// What was appended since this was first asked for, without some signals.
    case fresh(without: Set<UInt8>)
}

/// What a reader has before it.
package struct Backlog: Equatable, Sendable {
    /// Bytes of payload not yet handed out; frames given back count again.
    package var bytes: Int
    /// When the oldest of it was appended, on the boot-time clock; 0 for what an earlier run appended.
    package var oldestBootNanoseconds: UInt64

    package init(bytes: Int, oldestBootNanoseconds: UInt64) {
        self.bytes = bytes
        self.oldestBootNanoseconds = oldestBootNanoseconds
    }
}

/// A frame as it comes out of the log.
package struct StoredFrame: Equatable, Sendable {
    package var sequence: UInt64
    /// The caller's number for the signal; the spool only keeps frames of different signals apart.
    package var signal: UInt8
    /// The tenant's name; empty for the default tenant.
    package var tenant: String
    package var items: Int
    /// Wall clock when the request came.
    package var receivedNanoseconds: UInt64
    /// Ordinals of the items that have no outcome yet, ascending: all of them, unless a part was done before a restart.
    package var pending: [Range<Int>]
    package var payload: [UInt8]
    /// Of those that hold items.
    package var kind: FrameKind = .otlp
    package var flags: FrameFlags = []
    /// Where it was before it came here; nil when this log was the first to hold it.
    package var origin: FrameOrigin?
    /// What settling adds to its items; empty where the reader does not wait for that.
    package var notes: [StoredNote] = []

    package init(
        sequence: UInt64,
        signal: UInt8,
        tenant: String,
        items: Int,
        receivedNanoseconds: UInt64,
        pending: [Range<Int>]? = nil,
        payload: [UInt8]
    ) {
        self.sequence = sequence
        self.signal = signal
        self.tenant = tenant
        self.items = items
        self.receivedNanoseconds = receivedNanoseconds
        self.pending = pending ?? [0..<items]
        self.payload = payload
    }
}

/// Neighbouring items of one frame.
package struct ItemRange: Hashable, Sendable {
    package var sequence: UInt64
    /// Ordinal of the first item in its frame, from 0.
    package var first: Int
    package var count: Int

    package init(sequence: UInt64, first: Int, count: Int) {
        self.sequence = sequence
        self.first = first
        self.count = count
    }
}

/// What became of an item at one destination; each is a term of the books.
package enum Outcome: Hashable, Sendable {
    case delivered
    /// The destination refused it for good, with its own words. Goes on the ledger.
    case rejected(reason: String)
    /// The destination's configuration leaves it out.
    case filtered(rule: String)
    /// A copy of it is kept apart.
    case quarantined
    /// It is part of another item that the destination gets.
    case folded
}
