internal import CausewaySpool

/// Which part of the log is read next: mostly the oldest; beside a backlog also the newest, and where something is under suspicion also what
/// lies behind it.
struct ReadTurns: Equatable {
    /// Data that waited longer than this are a backlog, beside which new data have their share, in nanoseconds.
    static let backlogAge: UInt64 = 30_000_000_000
    /// One batch in so many is of new data.
    static let freshShare = 4

    private var batches = 0
    /// What was read last in the log's order had waited for long.
    private var isBehind = false

    /// Where to look before the oldest; nil when it is the oldest's turn. There may be nothing.
    mutating func next(looksForOthers: Bool, orderedSignals: Set<UInt8>) -> ReadPlace? {
        batches += 1
        if looksForOthers, batches % 2 == 0 { return .ahead }
        if isBehind, batches % Self.freshShare == 0 { return .fresh(without: orderedSignals) }
        return nil
    }

    /// The oldest frame there was came then, and is sent now, both on the wall clock.
    mutating func sawOldest(receivedNanoseconds: UInt64, now: UInt64) {
        isBehind = now > receivedNanoseconds && now - receivedNanoseconds > Self.backlogAge
    }
}
