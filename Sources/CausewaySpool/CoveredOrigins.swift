internal import Synchronization

/// What has come from other logs and is in this one for certain, and what is on its way: so that items which are sent again are not stored
/// again, and are never taken for stored while they are not.
package final class CoveredOrigins: Sendable {
    private let state = Mutex(State())

    private struct State {
        var covered = OriginItems()
        /// Being appended.
        var claimed = OriginItems()
        var waiting: [@Sendable () -> Void] = []
        var isSaved = true
    }

    /// 16 bytes each, so 4 MiB.
    static let limit = 1 << 18

    /// The items of each range that are not in the log; they are the caller's to append until it calls `release`.
    ///
    /// Nil while any of them is being appended for somebody else, of whom it is not known yet whether it will succeed: `again` is called
    /// then, when that may have changed.
    package func claim(_ ranges: [OriginRange], again: @escaping @Sendable () -> Void) -> [[Range<Int>]]? {
        state.withLock { state in
            guard !ranges.contains(where: state.claimed.overlaps) else {
                state.waiting.append(again)
                return nil
            }
            return ranges.map { range in
                let missing = state.covered.missing(range)
                // Also what is listed twice in one request.
                return missing.flatMap { items in
                    var part = range
                    part.items = items
                    let fresh = state.claimed.missing(part)
                    state.claimed.insert(part)
                    return fresh
                }
            }
        }
    }

    /// What was claimed is in the log, or will not be.
    package func release(_ ranges: [OriginRange]) {
        let waiting = state.withLock { state in
            for range in ranges { state.claimed.remove(range) }
            defer { state.waiting = [] }
            return state.waiting
        }
        for again in waiting { again() }
    }

    /// Durable: called before anybody is told so.
    func insert(_ ranges: [OriginRange]) {
        if ranges.isEmpty { return }
        state.withLock { state in
            for range in ranges { state.covered.insert(range) }
            state.covered.forget(beyond: Self.limit)
            state.isSaved = false
        }
    }

    func start(with known: OriginItems) { state.withLock { $0.covered = known } }

    /// What is to be kept, when there is anything new in it.
    func takeUnsaved() -> OriginItems? {
        state.withLock { state in
            if state.isSaved { return nil }
            state.isSaved = true
            return state.covered
        }
    }

    func markUnsaved() { state.withLock { $0.isSaved = false } }
}

/// The checkpoint of what has come from other logs: with it a start reads the footers behind it, and not those before.
enum CoveredCheckpoint {
    /// No deriver has this name.
    static let name = "origins"
    private static let version: UInt64 = 1
    private static let number: UInt16 = 1

    static func read(_ checkpoint: Checkpoint?) -> (covered: OriginItems, sequence: UInt64) {
        guard let checkpoint, checkpoint.version == version else { return (OriginItems(), 0) }
        return (OriginItems(Fields(checkpoint.payload).every(number)), checkpoint.sequence)
    }

    static func checkpoint(_ covered: OriginItems, sequence: UInt64) -> Checkpoint {
        var fields = Fields()
        for source in covered.fields { fields.add(number, source) }
        return Checkpoint(version: version, sequence: sequence, payload: fields.bytes)
    }
}
