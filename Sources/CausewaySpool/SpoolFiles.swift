internal import CausewayPlatform
internal import Synchronization

/// The files of a spool, locked and recovered: what a spool is before it has threads.
///
/// Everything that touches the disk in one step is here or below, so that a test can take the steps one by one.
struct SpoolFiles: Sendable {
    let disk: any Disk
    let clock: any Clock
    let paths: SpoolPaths
    let options: SpoolOptions
    let identity: LogIdentity
    let recovery: RecoveryReport
    let catalog: Catalog
    let lock: HeldLock
    let readers = ReaderTable()
    let room: Room
    let damage: DamageKeep
    let emergency: EmergencyLedger
    let quarantine: QuarantineStore

    /// Opens the spool in `directory`, which is made when it is missing, and recovers what an earlier run left.
    init(
        directory: String,
        options: SpoolOptions,
        disk: any Disk,
        clock: any Clock,
        traces: TraceFinder? = nil
    ) throws(SpoolError) {
        self.disk = disk
        self.clock = clock
        self.options = options
        let paths = SpoolPaths(directory: directory)
        self.paths = paths
        let isLocked: Bool
        do throws(DiskError) {
            try Self.makeDirectories(paths, disk: disk)
            let file = try disk.open(paths.lock, .readWrite)
            isLocked = try file.lock()
            lock = HeldLock(file)
        } catch {
            throw .disk(error)
        }
        guard isLocked else { throw .locked(path: directory) }
        let known = Self.savedCursors(paths, disk: disk)
        let catalog = Catalog()
        self.catalog = catalog
        let all = Self.otherBytes(paths, disk: disk, segments: [])
        catalog.with { state in
            state.otherBytes = all
            state.damagedBytes = Self.bytes(in: paths.damaged, disk: disk)
        }
        let damage = DamageKeep(disk: disk, paths: paths, catalog: catalog, options: options)
        self.damage = damage
        let found = try Recovery(
            disk: disk,
            paths: paths,
            knownLogIDs: known.map(\.cursor.logID),
            wallNanoseconds: clock.wallNanoseconds(),
            damage: damage,
            keys: options.keys
        ).run()
        try Self.checkKeys(found, known, options: options, directory: directory)
        SegmentRewriting.removeLeftovers(paths, disk: disk)
        // A log whose segments are all gone, or that never had one, stays the one that its cursors speak of.
        let identity = found.identity ?? .random(logID: known.map(\.cursor).max { $0.highest < $1.highest }?.logID)
        self.identity = identity
        recovery = RecoveryReport(segments: found.segments.count, damage: found.damage, tornBytes: found.tornBytes)
        // Never below what a cursor has passed, should the newest segments be missing: a sequence is not given twice.
        let own = known.filter { $0.cursor.logID == identity.logID }
        let passed = own.map { $0.cursor.passed.ranges.last?.upperBound ?? $0.cursor.passed.prefix }.max() ?? 0
        let now = clock.bootNanoseconds()
        catalog.with { state in
            state.segments = found.segments
            state.segmentChanges = found.unindexed
            state.books = found.books
            state.lastSequence = max(found.lastSequence, passed)
            state.marks = found.marks
            state.damage = found.damage
            // A cursor keeps what it has not passed, whether or not its reader is opened in this run.
            for (name, cursor) in own {
                state.durablePrefixes[name] = cursor.passed.prefix
                state.parkedSince[name] = now
            }
        }
        let reserve = Reserve(disk: disk, paths: paths, options: options)
        room = Room(
            disk: disk,
            clock: clock,
            paths: paths,
            options: options,
            catalog: catalog,
            readers: readers,
            reserve: reserve,
            identity: identity,
            traces: traces
        )
        emergency = EmergencyLedger(disk: disk, paths: paths, options: options, logID: identity.logID)
        reserve.take()
        quarantine = QuarantineStore(room)
        try quarantine.recover(own)
        // Notes and checkpoints are counted by themselves. Last, so that nothing is left out; a reserve that is given back and taken
        // again is counted all the time.
        let others = Self.otherBytes(paths, disk: disk, segments: found.segments) + options.effectiveReserveBytes - reserve.heldBytes
        catalog.with { $0.otherBytes = others }
        catalog.origins.start(with: found.origins)
        try takeStockOfDerived()
    }

    /// What everything that is no segment of the log takes.
    private static func otherBytes(_ paths: SpoolPaths, disk: any Disk, segments: [SegmentInfo]) -> Int {
        let own = Set(segments.map(\.path))
        let names = (try? disk.list(paths.log)) ?? []
        let strays = names.filter { SpoolPaths.firstSequence(ofNotesNamed: $0) == nil }.map { paths.log + "/" + $0 }.filter {
            !own.contains($0)
        }
        return strays.reduce(0) { $0 + ((try? disk.allocatedBytes($1)) ?? 0) }
            + [paths.directory, paths.cursors, paths.quarantine, paths.damaged].reduce(0) { $0 + bytes(in: $1, disk: disk) }
    }

    /// What the files right in a directory take; nothing when it is missing.
    private static func bytes(in directory: String, disk: any Disk) -> Int {
        ((try? disk.list(directory)) ?? []).reduce(0) { $0 + ((try? disk.allocatedBytes(directory + "/" + $1)) ?? 0) }
    }

    /// The only writer; made once.
    func writer() -> LogWriter { LogWriter(room, identity: identity, emergency: emergency) }

    /// Opens the reader `name`, with its cursor where it left off, or from `start` on when it is new.
    func open(
        reader name: String,
        start: ReaderStart,
        wait: ReaderWait = .settled(late: false),
        rules: ReaderRules = ReaderRules(),
        quarantine: @escaping QuarantineStore.Keeper = { $1(.success(false)) },
        becameDirty: @escaping @Sendable () -> Void
    ) throws(SpoolError) -> OpenReader {
        try readers.opening.withLock { _ throws(SpoolError) in
            let path = paths.cursor(name)
            let bytesBefore = (try? disk.allocatedBytes(path)) ?? 0
            var (opened, file) = try savedCursor(name, start: start)
            if opened.logID != identity.logID {
                opened = fresh(name, start: start)
                try file.save(opened)
            }
            let bytes = (try? disk.allocatedBytes(path)) ?? 0
            catalog.with { state in
                state.durablePrefixes[name] = opened.passed.prefix
                state.parkedSince[name] = nil
                state.otherBytes += bytes - bytesBefore
            }
            let shared = SharedCursor(opened, becameDirty: becameDirty)
            let released = self.quarantine.stillThere(opened.released)
            if released != opened.released { shared.update { $0.released = released } }
            let cursor = ReaderCursor(name: name, shared: shared, file: file)
            readers[name] = ReaderTable.Entry(cursor: cursor, rules: rules)
            let reader = LogReader(
                name: name,
                disk: disk,
                clock: clock,
                catalog: catalog,
                logID: identity.logID,
                shared: shared,
                wait: wait,
                keys: options.keys,
                damage: damage,
                traces: room.traces,
                quarantine: quarantine
            )
            return OpenReader(reader: reader, cursor: cursor)
        }
    }

    private func savedCursor(_ name: String, start: ReaderStart) throws(SpoolError) -> (Cursor, CursorFile) {
        let path = paths.cursor(name)
        guard let file = try CursorFile(disk: disk, path: path) else {
            let fresh = fresh(name, start: start)
            return (fresh, try CursorFile(disk: disk, path: path, in: paths.cursors, creating: fresh))
        }
        if let cursor = try file.loadDurably() { return (cursor, file) }
        // A cursor file appears with a cursor in it, so this one is damaged: rather all there is once more than one frame left out.
        let oldest = fresh(name, start: .oldest)
        try file.save(oldest)
        return (oldest, file)
    }

    /// A cursor for a new reader. What it begins with is kept from here on, before the cursor is on disk.
    private func fresh(_ name: String, start: ReaderStart) -> Cursor {
        let now = clock.bootNanoseconds()
        return catalog.with { state in
            let cursor = state.newCursor(logID: identity.logID, start: start)
            state.durablePrefixes[name] = cursor.passed.prefix
            state.parkedSince[name] = now
            return cursor
        }
    }

    /// The reader is used no more; its cursor goes on keeping what it has not passed, for a while.
    func park(_ name: String) {
        readers[name] = nil
        let now = clock.bootNanoseconds()
        catalog.with { $0.parkedSince[name] = now }
    }

    /// Removes a cursor that nobody has open; what it kept is history from now on. False when there is none.
    func removeCursor(_ name: String) throws(SpoolError) -> Bool {
        guard SpoolPaths.isReaderName(name) else { return false }
        do throws(DiskError) {
            try disk.unlink(paths.cursor(name))
            try disk.syncDirectory(paths.cursors)
        } catch {
            if error.isMissing { return false }
            throw .disk(error)
        }
        catalog.with { state in
            state.durablePrefixes[name] = nil
            state.parkedSince[name] = nil
        }
        return true
    }

    /// Saves the cursor if it has moved; false when the disk would not, and it has to be tried again.
    @discardableResult
    func save(_ reader: ReaderCursor) -> Bool { room.save(reader) }

    /// Changes the cursor of a reader, open or parked; durable when it returns. False when there is none of this log.
    func change(_ name: String, _ body: (inout Cursor) -> Void) throws(SpoolError) -> Bool {
        try readers.opening.withLock { _ throws(SpoolError) in
            if let open = readers[name]?.cursor {
                try room.change(open, body)
                return true
            }
            guard SpoolPaths.isReaderName(name), let file = try CursorFile(disk: disk, path: paths.cursor(name)),
                var cursor = try file.loadDurably(), cursor.logID == identity.logID
            else { return false }
            body(&cursor)
            try file.save(cursor)
            return true
        }
    }

    /// Has `commit` put on the ledger what open readers owe to it, and has them forget it when that is done.
    func settleLedger(commit: ([FrameDraft]) -> Bool) {
        let now = clock.wallNanoseconds()
        for reader in readers.all.sorted(by: { $0.cursor.name < $1.cursor.name }) {
            let owed = reader.cursor.shared.with { $0.owed }
            guard !owed.isEmpty else { continue }
            // A cursor that was saved with what it owes, before a crash that came after the commit, owes it once more: it is the same entry.
            guard commit(owed.map { FrameDraft(kind: .ledger, receivedNanoseconds: now, payload: $0) }) else { return }
            // One that has been joined with another meanwhile is said again.
            reader.cursor.shared.update { cursor in
                for entry in owed { if let index = cursor.owed.firstIndex(of: entry) { cursor.owed.remove(at: index) } }
            }
        }
    }

    /// Gives up history that is older or larger than is to be kept.
    func expireHistory() {
        let now = clock.bootNanoseconds()
        let pin = UInt64(max(options.parkedPin / .nanoseconds(1), 0))
        catalog.with { state in
            for (name, since) in state.parkedSince where now > since && now - since > pin {
                state.parkedSince[name] = nil
                state.durablePrefixes[name] = nil
            }
        }
        room.expireHistory()
        room.reserve.take()
    }

    /// Refuses to start where data that a reader still needs could not be read, or what is encrypted would be gone on with in the clear.
    private static func checkKeys(
        _ found: Recovery.Found,
        _ cursors: [(name: String, cursor: Cursor)],
        options: SpoolOptions,
        directory: String
    ) throws(SpoolError) {
        let prefixes = cursors.filter { $0.cursor.logID == found.identity?.logID }.map(\.cursor.passed.prefix)
        let needed = found.segments.filter { segment in
            segment.lastItemSequence > 0 && (prefixes.isEmpty || prefixes.contains { $0 < segment.lastItemSequence })
        }
        var missing = found.missingKeys
        for case let id? in needed.map(\.keyID) where id != 0 && options.keys[id] == nil { missing.insert(id) }
        if !missing.isEmpty { throw .unreadable(path: directory, reason: SpoolKeys.missing(missing)) }
        if options.keepsEncryption, options.keys.current == nil, let id = found.segments.last?.keyID, id != 0 {
            throw .unreadable(path: directory, reason: SpoolKeys.missing([id]))
        }
    }

    private static func makeDirectories(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) {
        var made = ""
        for part in paths.directory.split(separator: "/", omittingEmptySubsequences: true) {
            let parent = made.isEmpty ? (paths.directory.hasPrefix("/") ? "/" : ".") : made
            made = made.isEmpty ? (paths.directory.hasPrefix("/") ? "/" + part : String(part)) : made + "/" + part
            if try disk.createDirectory(made) { try disk.syncDirectory(parent) }
        }
        for directory in [paths.log, paths.cursors, paths.state] {
            _ = try disk.createDirectory(directory)
        }
        // Also what is there already: a process that was killed may have made or renamed it and not come to the sync.
        for directory in [paths.directory, paths.log, paths.cursors, paths.state] { try disk.syncDirectory(directory) }
    }

    private static func savedCursors(_ paths: SpoolPaths, disk: any Disk) -> [(name: String, cursor: Cursor)] {
        let names = (try? disk.list(paths.cursors)) ?? []
        return names.filter(SpoolPaths.isReaderName).compactMap { name in
            guard let cursor = try? CursorFile(disk: disk, path: paths.cursor(name))?.load() else { return nil }
            return (name, cursor)
        }
    }
}

/// A reader, for the one thread that reads, and its cursor, for the one that saves.
struct OpenReader {
    var reader: LogReader
    var cursor: ReaderCursor
}

/// The cursor of an open reader, and where it is saved.
struct ReaderCursor: Sendable {
    var name: String
    var shared: SharedCursor
    var file: CursorFile
}

/// The lock of a directory, held as long as its file is open.
final class HeldLock: Sendable {
    private let file: Mutex<(any DiskFile)?>

    init(_ file: any DiskFile) { self.file = Mutex(file) }

    func release() { file.withLock { $0 = nil } }
}
