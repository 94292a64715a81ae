internal import CausewayPlatform
internal import Synchronization

/// Which segments may go, in which order, and their removal. Removing needs no room: a segment is one `unlink`.
///
/// History goes first; then a destination that lags gives way where another has had what it has not; then what the configuration says.
struct Room: Sendable {
    let disk: any Disk
    let clock: any Clock
    let paths: SpoolPaths
    let options: SpoolOptions
    let catalog: Catalog
    let readers: ReaderTable
    let reserve: Reserve
    let identity: LogIdentity
    /// Finds traces for the ledger; nil names none.
    var traces: TraceFinder?

    // MARK: History

    /// Gives up as much of the oldest history as makes `needed` bytes fit.
    func freeHistory(for needed: Int) {
        while shortage(of: needed) != nil, freeOldestHistory() {}
    }

    /// Gives up the oldest segment of history, if there is history.
    func freeOldestHistory() -> Bool {
        let before = catalog.with { $0.segments.first?.firstSequence }
        remove { _, oldest in oldest.firstSequence == before }
        return catalog.with { $0.segments.first?.firstSequence } != before
    }

    /// Gives up history that is older or larger than is to be kept.
    func expireHistory() {
        let now = clock.wallNanoseconds()
        let keepNanoseconds = UInt64(max(options.keepAge / .nanoseconds(1), 0))
        remove { [options] state, oldest in
            let history = state.segments.prefix { state.isHistory($0) }.reduce(0) { $0 + $1.readableBytes }
            return history > options.keepBytes || oldest.age(now) > keepNanoseconds
        }
    }

    private func remove(while condition: (Catalog.State, SegmentInfo) -> Bool) {
        while true {
            let candidate: SegmentInfo? = catalog.with { state in
                guard let oldest = state.segments.first, state.isHistory(oldest), condition(state, oldest) else { return nil }
                state.segments.removeFirst()
                return oldest
            }
            guard let candidate, unlink(candidate) else { return }
        }
    }

    // MARK: What somebody has not had

    /// Why a segment that a reader has not passed goes all the same, as the ledger says it.
    enum Reason: String {
        /// It lies further behind than the reader's `max_backlog`, and another destination has it.
        case backlog
        /// `when_full: drop_oldest`.
        case full
        /// `max_age`.
        case age
    }

    /// Makes readers pass the oldest segment for want of room, so that it becomes history; false when the rules do not allow it.
    func giveUpOldest() -> Bool {
        giveUpOldest(as: .backlog) || (options.whenFull == .dropOldest && giveUpOldest(as: .full))
    }

    /// Gives up what is older than `max_age`. With no reader at all it is the log's own loss; `record` puts that on the ledger.
    func expireByAge(record: (LedgerEntry) -> Bool) {
        guard let maxAge = options.maxAge else { return }
        let limit = UInt64(max(maxAge / .nanoseconds(1), 0))
        while let oldest = catalog.with({ $0.oldestRemovable }), oldest.age(clock.wallNanoseconds()) > limit {
            if catalog.with({ $0.durablePrefixes.isEmpty }) {
                guard record(loss(of: oldest, reason: Reason.age.rawValue)), remove(oldest) else { return }
            } else {
                if !catalog.with({ $0.isHistory(oldest) }) { guard giveUpOldest(as: .age) else { return } }
                guard freeOldestHistory() else { return }
            }
        }
    }

    private func giveUpOldest(as reason: Reason) -> Bool {
        guard let oldest = catalog.with({ $0.oldestRemovable }) else { return false }
        let (lagging, ahead) = catalog.with { state in
            let names = Set(state.durablePrefixes.filter { $0.value < oldest.lastItemSequence }.keys)
            return (names, Set(state.durablePrefixes.keys).subtracting(names))
        }
        // A cursor that was saved at this moment may have made it history.
        if lagging.isEmpty { return !ahead.isEmpty }
        guard lagging.allSatisfy({ mayPass(oldest, $0, reason, others: ahead) }) else { return false }
        guard lagging.sorted().allSatisfy({ pass(oldest, $0, reason) }) else { return false }
        // What they wanted to know of it they do without.
        catalog.with { $0.letGo(of: oldest, readers: lagging) }
        return true
    }

    private func mayPass(_ segment: SegmentInfo, _ name: String, _ reason: Reason, others: Set<String>) -> Bool {
        let rules = readers[name]?.rules ?? ReaderRules()
        switch reason {
        case .age: return true
        case .full: return !rules.isRequired
        case .backlog:
            guard !rules.isRequired, backlog(of: name) > rules.maxBacklog ?? options.maxBytes / 2 else { return false }
            let cursors = others.compactMap { readers[$0]?.cursor.shared.with { $0 } }
            return segment.books.items.counts.keys.allSatisfy { key in
                cursors.contains { $0.hasDelivered(key, inSegment: segment.firstSequence) }
            }
        }
    }

    /// Bytes of the segments that a reader has not passed for certain.
    private func backlog(of name: String) -> Int {
        catalog.with { state in
            let prefix = state.durablePrefixes[name] ?? .max
            return state.segments.reduce(0) { $1.lastItemSequence > prefix ? $0 + $1.fileBytes : $0 }
        }
    }

    /// Moves one cursor over a segment; what had no outcome is evicted in its books, and owed to the ledger. Durable when true.
    private func pass(_ segment: SegmentInfo, _ name: String, _ reason: Reason) -> Bool {
        do throws(SpoolError) {
            if let open = readers[name] {
                try change(open.cursor, try eviction(of: segment, open.cursor, reason))
                return true
            }
            return try readers.opening.withLock { _ throws(SpoolError) in
                guard let file = try CursorFile(disk: disk, path: paths.cursor(name)), let cursor = try file.loadDurably() else {
                    return false
                }
                let parked = ReaderCursor(name: name, shared: SharedCursor(cursor) {}, file: file)
                try change(parked, try eviction(of: segment, parked, reason))
                return true
            }
        } catch {
            return false
        }
    }

    /// What has to happen to a cursor that passes the segment.
    private func eviction(
        of segment: SegmentInfo,
        _ reader: ReaderCursor,
        _ reason: Reason
    ) throws(SpoolError) -> (inout Cursor) -> Void {
        let (name, shared) = (reader.name, reader.shared)
        var frames: [(header: FrameHeader, tenant: String)] = []
        var named: [UInt64: [[UInt8]]] = [:]
        do throws(DiskError) {
            let file = SalvagedFile(try disk.open(segment.path, .read))
            let log = shared.with { $0.logID }
            var walk = SegmentWalk(
                file: file,
                length: segment.readableBytes,
                logID: log,
                firstSequence: segment.firstSequence,
                before: .max
            )
            while let frame = try walk.next() {
                guard frame.header.kind?.countsItems == true else { continue }
                frames.append((frame.header, walk.tenant(frame.header)))
                if named.count < LedgerEntry.maxTraceIDs, !shared.with({ $0.passed.contains(frame.header.sequence) }) {
                    named[frame.header.sequence] = traceIDs(frame, in: segment)
                }
            }
        } catch {
            throw .disk(error)
        }
        let end = catalog.segment(after: segment.firstSequence)?.firstSequence ?? 0
        return { [frames, named] cursor in
            var loss = Loss()
            for (header, tenant) in frames where !cursor.passed.contains(header.sequence) {
                let key = Totals.Key(tenant: tenant, signal: header.signal, term: "evicted:" + reason.rawValue)
                let lost = cursor.evict((header.sequence, Int(header.items)), of: key, inSegment: segment.firstSequence)
                loss.add(lost, of: tenant, header.signal, sequence: header.sequence, received: header.receivedNanoseconds)
                loss.name(named[header.sequence] ?? [])
            }
            // With what lies before it, which is gone, and with its footer.
            cursor.passed.insert(1...max(segment.lastSequence, end - 1))
            if let entry = loss.entry("evicted", reason: reason.rawValue, reader: name) { cursor.owe(entry) }
        }
    }

    private func traceIDs(_ frame: SegmentWalk.Frame, in segment: SegmentInfo) -> [[UInt8]] {
        guard let traces, let payload = try? StoredForm(keys: options.keys, keyID: segment.keyID).opened(frame.header, frame.stored) else {
            return []
        }
        return traces(frame.header.signal, payload, nil)
    }

    /// The ledger entry for when the log itself gives a segment up.
    func loss(of segment: SegmentInfo, reason: String) -> LedgerEntry {
        var entry = segment.loss(reason: reason)
        guard traces != nil, let file = try? disk.open(segment.path, .read) else { return entry }
        var loss = Loss()
        var walk = SegmentWalk(
            file: file,
            length: segment.readableBytes,
            logID: identity.logID,
            firstSequence: segment.firstSequence,
            before: .max
        )
        while loss.traceIDs.count < LedgerEntry.maxTraceIDs, let frame = try? walk.next() {
            if frame.header.kind?.holdsItems == true { loss.name(traceIDs(frame, in: segment)) }
        }
        entry.traceIDs = loss.traceIDs
        return entry
    }

    /// Saves a cursor if it has moved; false when the disk would not, and it has to be tried again.
    @discardableResult
    func save(_ reader: ReaderCursor) -> Bool {
        reader.shared.saving.withLock { _ in
            guard let cursor = reader.shared.takeDirty() else { return true }
            do throws(SpoolError) {
                try write(cursor, of: reader)
                return true
            } catch {
                reader.shared.markDirty()
                return false
            }
        }
    }

    /// Changes a cursor: first on disk, then where it is at work. What could not be saved has not happened either.
    ///
    /// `body` is called for both, and must do the same to the one as to the other but for what came to the latter in between.
    func change(_ reader: ReaderCursor, _ body: (inout Cursor) -> Void) throws(SpoolError) {
        try reader.shared.saving.withLock { _ throws(SpoolError) in
            var cursor = reader.shared.with { $0 }
            body(&cursor)
            do throws(SpoolError) {
                try write(cursor, of: reader)
            } catch {
                // A part of it may be on disk: what is true is to be written over it.
                reader.shared.markDirty()
                throw error
            }
            reader.shared.update(body)
        }
    }

    private func write(_ cursor: Cursor, of reader: ReaderCursor) throws(SpoolError) {
        do throws(SpoolError) {
            try reader.file.save(cursor)
        } catch {
            catalog.with { $0.cursorFailure = error }
            throw error
        }
        catalog.with { state in
            state.cursorFailure = nil
            if state.durablePrefixes[reader.name] != nil { state.durablePrefixes[reader.name] = cursor.passed.prefix }
        }
    }

    // MARK: Removal

    /// Removes a segment whose loss is on the ledger; false when the disk would not.
    func remove(_ segment: SegmentInfo) -> Bool {
        catalog.with { state in state.segments.removeAll { $0.firstSequence == segment.firstSequence } }
        return unlink(segment)
    }

    /// Durable before the room is used again, else the old files and the new ones may both be there after a power loss; and before the next
    /// one goes, which would be missing between two that are there. The one that comes back where the sync fails is passed, or on the ledger,
    /// already, and goes again.
    private func unlink(_ segment: SegmentInfo) -> Bool {
        do throws(DiskError) {
            try disk.unlink(segment.path)
        } catch {
            if error.isMissing {
                removeNotes(of: segment)
                return true
            }
            catalog.with { $0.segments.insert(segment, at: 0) }
            return false
        }
        // Before the next one goes: should a power loss undo only some removals, it would look like damage.
        try? disk.syncDirectory(paths.log)
        removeNotes(of: segment)
        return true
    }

    /// Notes go with their segment, when that cannot come back without them. Those that the disk would not remove are counted until the
    /// next start does it.
    private func removeNotes(of segment: SegmentInfo) {
        guard let notes = catalog.notes(of: segment.firstSequence) else { return }
        do throws(DiskError) {
            let directory = segment.path.lastIndex(of: "/").map { String(segment.path[..<$0]) }
            try disk.syncDirectory(directory ?? ".")
            try disk.unlink(notes.path)
        } catch {
            if !error.isMissing { return }
        }
        catalog.with { $0.dropNotes(of: segment.firstSequence) }
    }

    // MARK: Is there room?

    /// How large a segment may become: where the disk has less room than `max_bytes`, it is the disk that must not be half one segment.
    var segmentBytes: Int {
        guard let free = try? disk.freeBytes(paths.log) else { return options.effectiveSegmentBytes }
        let room = min(free, options.maxBytes + options.minFreeBytes) - options.minFreeBytes + catalog.with { $0.usedBytes }
        return options.segmentBytes(in: min(room, options.maxBytes))
    }

    /// Why `bytes` more would be too much; nil when they fit.
    func shortage(of bytes: Int) -> String? { limitReached(by: bytes + SpoolOptions.margin) ?? diskShortage(of: bytes) }

    func limitReached(by bytes: Int) -> String? {
        guard catalog.with({ $0.usedBytes }) + bytes > options.maxBytes else { return nil }
        return "the spool holds its \(options.maxBytes) bytes (spool.max_bytes)"
    }

    func diskShortage(of bytes: Int) -> String? {
        guard options.minFreeBytes > 0, let free = try? disk.freeBytes(paths.log), free - bytes < options.minFreeBytes else { return nil }
        return "the disk has \(free) bytes left, and \(options.minFreeBytes) are to stay free (spool.min_free)"
    }
}

extension SegmentInfo {
    /// How long ago its newest frame was received; a frame from the future is as old as nothing.
    func age(_ wallNanoseconds: UInt64) -> UInt64 {
        wallNanoseconds > lastReceivedNanoseconds ? wallNanoseconds - lastReceivedNanoseconds : 0
    }

    /// The ledger entry for when the log itself gives it up.
    func loss(reason: String) -> LedgerEntry {
        LedgerEntry(
            term: "evicted",
            reason: reason,
            sequences: firstSequence...lastSequence,
            receivedNanoseconds: firstReceivedNanoseconds...max(firstReceivedNanoseconds, lastReceivedNanoseconds),
            items: books.items
        )
    }
}

extension Catalog.State {
    /// The oldest segment, if it may go at all: the newest stays, since it carries the log's identity, sequence and books over a restart.
    var oldestRemovable: SegmentInfo? {
        guard let oldest = segments.first, oldest.isClosed, segments.count > 1, oldest.firstSequence != replacing else { return nil }
        return oldest
    }

    /// The segment that goes when there is no room and nobody reads.
    var evictableWithoutReader: SegmentInfo? { durablePrefixes.isEmpty ? oldestRemovable : nil }

    /// Whether every reader has passed the segment for certain. With no reader at all nothing is history.
    func isHistory(_ segment: SegmentInfo) -> Bool {
        segment.isClosed && segment.firstSequence != replacing && segment.firstSequence != segments.last?.firstSequence
            && isPassed(segment) && isDerived(segment)
    }

    /// Whether there are readers, and every one has passed the segment for certain.
    func isPassed(_ segment: SegmentInfo) -> Bool {
        !durablePrefixes.isEmpty && durablePrefixes.values.allSatisfy { $0 >= segment.lastItemSequence }
    }
}

/// The ids of some traces that items of a payload belong to, 16 bytes each; of all items when none are named.
package typealias TraceFinder = @Sendable (_ signal: UInt8, _ payload: [UInt8], _ items: Range<Int>?) -> [[UInt8]]
