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

    /// Opens the spool in `directory`, which is made when it is missing, and recovers what an earlier run left.
    init(directory: String, options: SpoolOptions, disk: any Disk, clock: any Clock) throws(SpoolError) {
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
        let found = try Recovery(
            disk: disk,
            paths: paths,
            knownLogIDs: known.map(\.cursor.logID),
            wallNanoseconds: clock.wallNanoseconds()
        ).run()
        let identity = found.identity ?? .random()
        self.identity = identity
        recovery = RecoveryReport(segments: found.segments.count, damage: found.damage, tornBytes: found.tornBytes)
        catalog = Catalog()
        // Never below what a cursor has passed, should the newest segments be missing: a sequence is not given twice.
        let own = known.filter { $0.cursor.logID == identity.logID }
        let passed = own.map { $0.cursor.passed.ranges.last?.upperBound ?? $0.cursor.passed.prefix }.max() ?? 0
        let now = clock.bootNanoseconds()
        catalog.with { state in
            state.segments = found.segments
            state.books = found.books
            state.lastSequence = max(found.lastSequence, passed)
            state.marks = found.marks
            state.payloadBytes = found.segments.reduce(0) { $0 + $1.payloadBytes }
            state.damage = found.damage
            // A cursor keeps what it has not passed, whether or not its reader is opened in this run.
            for (name, cursor) in own {
                state.durablePrefixes[name] = cursor.passed.prefix
                state.parkedSince[name] = now
            }
        }
        catalog.origins.start(with: found.origins)
        try takeStockOfDerived()
    }

    /// The only writer; made once.
    func writer() -> LogWriter {
        LogWriter(disk: disk, clock: clock, paths: paths, options: options, catalog: catalog, identity: identity)
    }

    /// Opens the reader `name`, with its cursor where it left off, or from `start` on when it is new.
    func open(
        reader name: String,
        start: ReaderStart,
        wait: ReaderWait = .settled(late: false),
        becameDirty: @escaping @Sendable () -> Void,
        ledger: @escaping @Sendable (LedgerEntry) -> Void
    ) throws(SpoolError) -> OpenReader {
        var (opened, file) = try savedCursor(name, start: start)
        if opened.logID != identity.logID {
            opened = fresh(name, start: start)
            try file.save(opened)
        }
        let bytes = (try? disk.allocatedBytes(file.path)) ?? 0
        catalog.with { state in
            state.durablePrefixes[name] = opened.passed.prefix
            state.parkedSince[name] = nil
            state.otherBytes += bytes
        }
        let shared = SharedCursor(opened, becameDirty: becameDirty)
        let reader = LogReader(
            name: name,
            disk: disk,
            clock: clock,
            catalog: catalog,
            logID: identity.logID,
            shared: shared,
            wait: wait,
            ledger: ledger
        )
        return OpenReader(reader: reader, cursor: ReaderCursor(name: name, shared: shared, file: file))
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
    func save(_ reader: ReaderCursor) -> Bool {
        guard let cursor = reader.shared.takeDirty() else { return true }
        do throws(SpoolError) {
            try reader.file.save(cursor)
        } catch {
            catalog.with { $0.cursorFailure = error }
            reader.shared.markDirty()
            return false
        }
        catalog.with { state in
            state.cursorFailure = nil
            if state.durablePrefixes[reader.name] != nil { state.durablePrefixes[reader.name] = cursor.passed.prefix }
        }
        return true
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
        Room.expire(disk: disk, paths: paths, options: options, catalog: catalog, wallNanoseconds: clock.wallNanoseconds())
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
