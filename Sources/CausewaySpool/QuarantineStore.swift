internal import CausewayPlatform
internal import Synchronization

/// The quarantine of an open spool: bounded, the oldest goes first.
///
/// A copy is durable before its destination passes the items, and counts from then on. Letting one go is one save of the cursor, which
/// changes the books and names the copy; only then the file is removed. So a crash leaves neither a copy nor an item without its place.
final class QuarantineStore: Sendable {
    /// Makes copies, on another thread; see `FrameReader.setAside`.
    typealias Keeper = @Sendable ([QuarantineDraft], @escaping @Sendable (Result<Bool, SpoolError>) -> Void) -> Void

    /// Changes the cursor of a reader, open or not, and makes that durable; false when there is none of this log.
    typealias CursorChange = @Sendable (_ reader: String, _ change: (inout Cursor) -> Void) throws(SpoolError) -> Bool

    private let disk: any Disk
    private let clock: any Clock
    private let paths: SpoolPaths
    private let limit: Int
    private let room: Room
    private let logID: UInt64
    private let keys: SpoolKeys
    private let state = Mutex(State())
    /// One change at a time.
    private let changing = Mutex<Void>(())

    private struct State: Sendable {
        /// What each file takes on disk.
        var sizes: [UInt64: Int] = [:]
        var nextID: UInt64 = 1
        /// Whether the directory is on stable storage for certain.
        var isDirectoryCertain = false
    }

    init(_ room: Room) {
        self.room = room
        keys = room.options.keys
        disk = room.disk
        clock = room.clock
        paths = room.paths
        limit = room.options.quarantineBytes
        logID = room.identity.logID
    }

    private var catalog: Catalog { room.catalog }

    /// Takes up what an earlier run left: removes copies whose items come again, copies that were let go, and half-made ones.
    func recover(_ cursors: [(name: String, cursor: Cursor)]) throws(SpoolError) {
        let byName = Dictionary(cursors.map { ($0.name, $0.cursor) }) { first, _ in first }
        do throws(DiskError) {
            for name in (try? disk.list(paths.quarantine)) ?? [] where name.hasPrefix(Self.temporary) {
                try disk.unlink(paths.quarantine + "/" + name)
            }
            var newest = byName.values.flatMap(\.released).max() ?? 0
            for id in try QuarantineFiles.ids(paths, disk: disk) {
                newest = max(newest, id)
                let entry = try QuarantineFiles.read(id, paths, disk: disk)
                // What cannot be read, or speaks of no cursor that is there, is left for `verify` and people.
                if let entry, entry.logID == logID, let cursor = byName[entry.reader],
                    cursor.released.contains(id) || !entry.isAcknowledged(cursor)
                {
                    try disk.unlink(QuarantineFiles.path(id, paths))
                    continue
                }
                let size = (try? disk.allocatedBytes(QuarantineFiles.path(id, paths))) ?? 0
                state.withLock { $0.sizes[id] = size }
            }
            // A removal that is not durable must not come back when its cursor does not name it any more.
            if !byName.isEmpty, (try? disk.list(paths.quarantine)) != nil { try disk.syncDirectory(paths.quarantine) }
            state.withLock { $0.nextID = newest + 1 }
        } catch {
            throw .disk(error)
        }
    }

    private static let temporary = ".new"

    /// Of copies that were let go, those whose file may still be there; the others need not be named any more.
    func stillThere(_ released: [UInt64]) -> [UInt64] {
        if released.isEmpty { return [] }
        guard let files = try? QuarantineFiles.ids(paths, disk: disk) else { return released }
        return released.filter(Set(files).contains)
    }

    /// Copies, durable when it returns; false when there is no room for them by configuration.
    func add(_ drafts: [QuarantineDraft], reader: String, change: CursorChange) throws(SpoolError) -> Bool {
        try changing.withLock { _ throws(SpoolError) in
            let entries = drafts.map { draft in
                let id = state.withLock { state in
                    defer { state.nextID += 1 }
                    return state.nextID
                }
                return QuarantineEntry(
                    id: id,
                    reader: reader,
                    logID: logID,
                    setAsideNanoseconds: clock.wallNanoseconds(),
                    draft: draft
                )
            }
            let files = entries.map { ($0.id, $0.bytes(keys)) }
            let needed = files.reduce(0) { $0 + Self.onDisk($1.1.count) }
            guard needed <= limit else { return false }
            try makeRoom(needed, change: change)
            // It counts like everything else: history goes for it, and nothing that somebody has not had. Some copies find room also where
            // nothing is accepted any more: what one destination does not take is not to be lost because another is away.
            room.freeHistory(for: needed)
            let hasRoom = catalog.with { state in
                guard state.usedBytes + state.committingBytes + needed + SpoolOptions.margin / 2 <= room.options.maxBytes else {
                    return false
                }
                state.otherBytes += needed
                return true
            }
            guard hasRoom else { return false }
            defer { catalog.with { $0.otherBytes -= needed } }
            do throws(DiskError) {
                let isNew = try disk.createDirectory(paths.quarantine)
                // Also where it is there already: who made it may not have come to the sync.
                if isNew || !state.withLock({ $0.isDirectoryCertain }) {
                    try disk.syncDirectory(paths.directory)
                    state.withLock { $0.isDirectoryCertain = true }
                }
                for (id, bytes) in files {
                    let path = "\(paths.quarantine)/\(Self.temporary)\(id)"
                    let file = try disk.open(path, .readWrite)
                    try file.truncate(to: 0)
                    try file.writeAll([bytes], at: 0)
                    try file.sync()
                    try disk.rename(path, to: QuarantineFiles.path(id, paths))
                    let size = (try? disk.allocatedBytes(QuarantineFiles.path(id, paths))) ?? Self.onDisk(bytes.count)
                    state.withLock { $0.sizes[id] = size }
                    catalog.with { $0.otherBytes += size }
                }
                try disk.syncDirectory(paths.quarantine)
            } catch {
                let ids = files.map(\.0)
                // Its items come again, and one day have another outcome: a copy that is there in part must not seem to count then.
                room.readers[reader]?.cursor.shared.update { $0.released += ids }
                for id in ids {
                    forget(id)
                    for path in ["\(paths.quarantine)/\(Self.temporary)\(id)", QuarantineFiles.path(id, paths)] { try? disk.unlink(path) }
                    let left = (try? disk.allocatedBytes(QuarantineFiles.path(id, paths))) ?? 0
                    catalog.with { $0.otherBytes += left }
                }
                throw error.isNoSpace ? .full(reason: "no room for what is to be set aside (\(error))") : .disk(error)
            }
            return true
        }
    }

    /// Lets copies go: their items become what `outcome` says, in the books of their destination, and the files are removed.
    ///
    /// `rejecting` of each are lost instead. Those that are not there any more are passed over. The number of items let go.
    func release(
        _ ids: [UInt64],
        as outcome: Outcome,
        rejecting: Int,
        change: CursorChange
    ) throws(SpoolError) -> Int {
        try changing.withLock { _ throws(SpoolError) in
            var items = 0
            for id in ids { items += try letGo(id, as: outcome, rejecting: rejecting, change: change) }
            return items
        }
    }

    private func makeRoom(_ needed: Int, change: CursorChange) throws(SpoolError) {
        while let oldest = state.withLock({ state in
            state.sizes.values.reduce(needed, +) > limit ? state.sizes.keys.min() : nil
        }) {
            _ = try letGo(oldest, as: .rejected(reason: "the quarantine was full"), rejecting: 0, change: change)
        }
    }

    private func letGo(
        _ id: UInt64,
        as outcome: Outcome,
        rejecting: Int,
        change: CursorChange
    ) throws(SpoolError) -> Int {
        let entry: QuarantineEntry?
        do throws(DiskError) {
            entry = try QuarantineFiles.read(id, paths, disk: disk)
        } catch {
            throw .disk(error)
        }
        guard let entry else {
            forget(id)
            return 0
        }
        let count = entry.draft.range.count
        // What is lost of it, and why.
        var lost: (count: Int, reason: String)?
        if case .rejected(let reason) = outcome { lost = (count, reason) }
        if lost == nil, rejecting > 0 { lost = (min(rejecting, count), "refused in part when it was sent again") }
        var isOnBooks = false
        if entry.logID == logID {
            _ = try change(entry.reader) { cursor in
                isOnBooks = cursor.totals.counts[entry.key, default: 0] >= count && !cursor.released.contains(id)
                guard isOnBooks else { return }
                cursor.totals.add(-count, to: entry.key)
                let draft = entry.draft
                let gone = lost?.count ?? 0
                cursor.totals.add(gone, to: Totals.Key(tenant: draft.tenant, signal: draft.signal, term: "rejected"))
                cursor.totals.add(count - gone, to: Totals.Key(tenant: draft.tenant, signal: draft.signal, term: outcome.term))
                if let lost { cursor.owe(loss(of: entry, lost.count, lost.reason)) }
                cursor.released.append(id)
            }
        }
        forget(id)
        do throws(DiskError) {
            try disk.unlink(QuarantineFiles.path(id, paths))
            try disk.syncDirectory(paths.quarantine)
        } catch {
            // Its cursor names it: the next start removes it.
            if !error.isMissing { return isOnBooks ? count : 0 }
        }
        if isOnBooks { _ = try change(entry.reader) { $0.released.removeAll { $0 == id } } }
        return isOnBooks ? count : 0
    }

    private func loss(of entry: QuarantineEntry, _ count: Int, _ reason: String) -> LedgerEntry {
        let draft = entry.draft
        var items = Totals()
        items.add(count, to: Totals.Key(tenant: draft.tenant, signal: draft.signal, term: "from_receivers"))
        return LedgerEntry(
            term: "rejected",
            reason: "\(draft.reason); \(reason)",
            reader: entry.reader,
            sequences: draft.range.sequence...draft.range.sequence,
            receivedNanoseconds: draft.receivedNanoseconds...draft.receivedNanoseconds,
            items: items,
            traceIDs: room.traces?(draft.signal, draft.payload, nil) ?? []
        )
    }

    private func forget(_ id: UInt64) {
        guard let size = state.withLock({ $0.sizes.removeValue(forKey: id) }) else { return }
        catalog.with { $0.otherBytes -= size }
    }

    private static func onDisk(_ bytes: Int) -> Int { (bytes + 4095) / 4096 * 4096 }
}
