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
            knownLogIDs: known.map(\.logID),
            wallNanoseconds: clock.wallNanoseconds()
        ).run()
        let identity = found.identity ?? .random()
        self.identity = identity
        recovery = RecoveryReport(segments: found.segments.count, damage: found.damage, tornBytes: found.tornBytes)
        catalog = Catalog()
        // Never below what a cursor has passed, should the newest segments be missing: a sequence is not given twice.
        let passed = known.filter { $0.logID == identity.logID }.map { $0.passed.ranges.last?.upperBound ?? $0.passed.prefix }.max() ?? 0
        catalog.with { state in
            state.segments = found.segments
            state.books = found.books
            state.lastSequence = max(found.lastSequence, passed)
            state.payloadBytes = found.segments.reduce(0) { $0 + $1.payloadBytes }
            state.damage = found.damage
        }
    }

    /// The only writer; made once.
    func writer() -> LogWriter {
        LogWriter(disk: disk, clock: clock, paths: paths, options: options, catalog: catalog, identity: identity)
    }

    /// Opens the reader `name`, with its cursor where it left off, or from `start` on when it is new.
    func open(
        reader name: String,
        start: ReaderStart,
        becameDirty: @escaping @Sendable () -> Void,
        ledger: @escaping @Sendable (LedgerEntry) -> Void
    ) throws(SpoolError) -> OpenReader {
        var (opened, file) = try savedCursor(name, start: start)
        if opened.logID != identity.logID {
            opened = catalog.with { $0.newCursor(logID: identity.logID, start: start) }
            try file.save(opened)
        }
        let bytes = (try? disk.allocatedBytes(file.path)) ?? 0
        catalog.with { state in
            state.durablePrefixes[name] = opened.passed.prefix
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
            ledger: ledger
        )
        return OpenReader(reader: reader, cursor: ReaderCursor(name: name, shared: shared, file: file))
    }

    private func savedCursor(_ name: String, start: ReaderStart) throws(SpoolError) -> (Cursor, CursorFile) {
        let path = paths.cursor(name)
        guard let file = try CursorFile(disk: disk, path: path) else {
            let fresh = catalog.with { $0.newCursor(logID: identity.logID, start: start) }
            return (fresh, try CursorFile(disk: disk, path: path, in: paths.cursors, creating: fresh))
        }
        if let cursor = try file.loadDurably() { return (cursor, file) }
        // A cursor file appears with a cursor in it, so this one is damaged: rather all there is once more than one frame left out.
        let oldest = catalog.with { $0.newCursor(logID: identity.logID, start: .oldest) }
        try file.save(oldest)
        return (oldest, file)
    }

    /// Saves the cursor if it has moved; false when the disk would not, and it has to be tried again.
    @discardableResult
    func save(_ reader: ReaderCursor) -> Bool {
        guard let cursor = reader.shared.takeDirty() else { return true }
        do throws(SpoolError) {
            try reader.file.save(cursor)
        } catch {
            reader.shared.markDirty()
            return false
        }
        catalog.with { state in
            if state.durablePrefixes[reader.name] != nil { state.durablePrefixes[reader.name] = cursor.passed.prefix }
        }
        return true
    }

    /// Gives up history that is older or larger than is to be kept.
    func expireHistory() {
        Room.expire(disk: disk, paths: paths, options: options, catalog: catalog, wallNanoseconds: clock.wallNanoseconds())
    }

    private static func makeDirectories(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) {
        var made = ""
        for part in paths.directory.split(separator: "/", omittingEmptySubsequences: true) {
            let parent = made.isEmpty ? (paths.directory.hasPrefix("/") ? "/" : ".") : made
            made = made.isEmpty ? (paths.directory.hasPrefix("/") ? "/" + part : String(part)) : made + "/" + part
            if try disk.createDirectory(made) { try disk.syncDirectory(parent) }
        }
        for directory in [paths.log, paths.cursors] {
            _ = try disk.createDirectory(directory)
        }
        // Also what is there already: a process that was killed may have made or renamed it and not come to the sync.
        for directory in [paths.directory, paths.log, paths.cursors] { try disk.syncDirectory(directory) }
    }

    private static func savedCursors(_ paths: SpoolPaths, disk: any Disk) -> [Cursor] {
        let names = (try? disk.list(paths.cursors)) ?? []
        return names.filter(SpoolPaths.isReaderName).compactMap { name in
            try? CursorFile(disk: disk, path: paths.cursor(name))?.load()
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
