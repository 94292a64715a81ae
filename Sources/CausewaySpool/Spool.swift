package import CausewayPlatform
internal import Synchronization

/// The durable log in one directory: append on one side, any number of readers on the other.
///
/// Two threads of its own: `log` writes and syncs, `keeper` saves cursors and gives up history. All methods may be called from any thread.
package final class Spool: Sendable {
    package let identity: LogIdentity
    /// What start-up found.
    package let recovery: RecoveryReport
    private let disk: any Disk
    private let clock: any Clock
    private let paths: SpoolPaths
    private let options: SpoolOptions
    private let catalog: Catalog
    private let appends = Mailbox<Append>()
    private let keeping = Mailbox<KeeperMessage>()
    private let pulse: Pulse
    private let threads: Mutex<(log: WorkThread, keeper: WorkThread)?>
    private let readers = Mutex<[String: ReaderEntry]>([:])
    private let saving = Mutex<Void>(())
    /// Held open for its lock; let go when the spool is closed.
    private let lockFile: Mutex<(any DiskFile)?>

    private struct Append: Sendable {
        var group: [FrameDraft]
        var completion: @Sendable (Result<Void, SpoolError>) -> Void
    }

    private enum KeeperMessage: Sendable { case cursorMoved }

    private struct ReaderEntry: Sendable {
        var shared: SharedCursor
        var file: CursorFile
    }

    /// Opens the spool in `directory`, which is made when it is missing, and recovers what an earlier run left.
    ///
    /// `appended` is called on the log's thread after every commit that added something.
    package init(
        directory: String,
        options: SpoolOptions,
        disk: any Disk = RealDisk(),
        clock: any Clock = SystemClock(),
        appended: @escaping @Sendable () -> Void
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
            lockFile = Mutex(file)
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
        let catalog = Catalog()
        self.catalog = catalog
        // Never below what a cursor has passed, should the newest segments be missing: a sequence is not given twice.
        let passed = known.filter { $0.logID == identity.logID }.map { $0.passed.ranges.last?.upperBound ?? $0.passed.prefix }.max() ?? 0
        catalog.with { state in
            state.segments = found.segments
            state.books = found.books
            state.lastSequence = max(found.lastSequence, passed)
            state.payloadBytes = found.segments.reduce(0) { $0 + $1.payloadBytes }
            state.damage = found.damage
        }
        pulse = Pulse(clock)
        threads = Mutex(nil)
        let writer = HandedOver(
            LogWriter(disk: disk, clock: clock, paths: paths, options: options, catalog: catalog, identity: identity)
        )
        let log = WorkThread(name: "causeway-log") { [self] in runLog(writer.take(), appended: appended) }
        let keeper = WorkThread(name: "causeway-keep") { [self] in runKeeper() }
        threads.withLock { $0 = (log, keeper) }
    }

    /// Appends the frames as one commit group. `completion` is called once, on the log's thread: with success when they are on stable
    /// storage, otherwise none of them is in the log.
    package func append(_ group: [FrameDraft], completion: @escaping @Sendable (Result<Void, SpoolError>) -> Void) {
        if !appends.send(Append(group: group, completion: completion)) { completion(.failure(.closed)) }
    }

    /// The same for who has nothing else to do meanwhile.
    package func appendAndWait(_ group: [FrameDraft]) throws(SpoolError) {
        let answers = Mailbox<Result<Void, SpoolError>>()
        append(group) { answers.send($0) }
        try (answers.receiveAll()?.first ?? .failure(.closed)).get()
    }

    /// Opens the reader `name`, with its cursor where it left off, or from `start` on when it is new. Each name may be open once.
    package func reader(_ name: String, start: ReaderStart) throws(SpoolError) -> LogReader {
        precondition(SpoolPaths.isReaderName(name), "the configuration checks names")
        precondition(readers.withLock { $0[name] == nil }, "a reader is open once")
        let file = try CursorFile(disk: disk, path: paths.cursor(name))
        var cursor = try file.load()
        if cursor?.logID != identity.logID {
            let fresh = catalog.with { $0.newCursor(logID: identity.logID, start: start) }
            try file.save(fresh)
            do throws(DiskError) {
                try disk.syncDirectory(paths.cursors)
            } catch {
                throw .disk(error)
            }
            cursor = fresh
        }
        let bytes = (try? disk.allocatedBytes(file.path)) ?? 0
        let opened = cursor!
        catalog.with { state in
            state.durablePrefixes[name] = opened.passed.prefix
            state.otherBytes += bytes
        }
        let shared = SharedCursor(opened) { [keeping] in keeping.send(.cursorMoved) }
        readers.withLock { $0[name] = ReaderEntry(shared: shared, file: file) }
        return LogReader(
            name: name,
            disk: disk,
            clock: clock,
            catalog: catalog,
            logID: identity.logID,
            shared: shared,
            ledger: { [self] entry in
                append([FrameDraft(kind: .ledger, receivedNanoseconds: clock.wallNanoseconds(), payload: entry.payload)]) { _ in }
            }
        )
    }

    /// Saves the cursor of a reader that is used no more and forgets the reader; its file stays.
    package func close(reader name: String) {
        saveCursors()
        readers.withLock { $0[name] = nil }
        catalog.with { $0.durablePrefixes[name] = nil }
    }

    package func status() -> SpoolStatus {
        let cursors = readers.withLock { $0.mapValues { $0.shared.with { cursor in cursor } } }
        return catalog.with { SpoolStatus($0, cursors: cursors, maxBytes: options.maxBytes) }
    }

    /// How long the log's thread has owed a sign of life; asks for one. Zero when it turns.
    package func silence() -> Duration {
        pulse.silence { append([]) { [pulse] _ in pulse.answer() } }
    }

    /// Has the log look whether there is room again, after a refusal for want of it.
    package func nudge() { append([]) { _ in } }

    /// Commits what has been handed in, closes the open segment, saves all cursors. Readers must not be used afterwards.
    package func close() {
        let running = threads.withLock { threads in
            defer { threads = nil }
            return threads
        }
        guard let running else { return }
        appends.close()
        running.log.join()
        keeping.close()
        running.keeper.join()
        saveCursors()
        lockFile.withLock { $0 = nil }
    }

    // MARK: The log's thread

    private func runLog(_ writer: LogWriter, appended: @Sendable () -> Void) {
        while let messages = appends.receiveAll(timeout: wait(until: writer.sealDeadlineNanoseconds)) {
            let groups = messages.filter { !$0.group.isEmpty }
            if !groups.isEmpty {
                let results = writer.commit(groups.map(\.group))
                catalog.with { state in
                    state.refusal = nil
                    for case .failure(let error) in results { state.refusal = error }
                }
                for (message, result) in zip(groups, results) { message.completion(result) }
                appended()
            }
            if groups.isEmpty { writer.reconsiderRefusal() }
            for message in messages where message.group.isEmpty { message.completion(.success(())) }
            if let deadline = writer.sealDeadlineNanoseconds, clock.bootNanoseconds() >= deadline { try? writer.seal() }
            if options.commitInterval > .zero { pause(options.commitInterval) }
        }
        try? writer.seal()
    }

    private func wait(until deadline: UInt64?) -> Duration? {
        guard let deadline else { return nil }
        let now = clock.bootNanoseconds()
        return deadline > now ? .nanoseconds(Int64(deadline - now)) : .zero
    }

    // MARK: The keeper's thread

    private func runKeeper() {
        // History expires by age as well, hence a look now and then when nothing moves.
        while keeping.receiveAll(timeout: .seconds(60)) != nil {
            saveCursors()
            Room.expire(disk: disk, paths: paths, options: options, catalog: catalog, wallNanoseconds: clock.wallNanoseconds())
            pause(options.cursorInterval)
        }
    }

    private func saveCursors() {
        // One at a time: an older cursor must not be saved over a newer one.
        saving.withLock { _ in
            for (name, entry) in readers.withLock({ $0 }) { save(entry, of: name) }
        }
    }

    private func save(_ entry: ReaderEntry, of name: String) {
        guard let cursor = entry.shared.takeDirty() else { return }
        do throws(SpoolError) {
            try entry.file.save(cursor)
        } catch {
            entry.shared.markDirty()
            return
        }
        catalog.with { state in
            if state.durablePrefixes[name] != nil { state.durablePrefixes[name] = cursor.passed.prefix }
        }
    }

    // MARK: Start

    private static func makeDirectories(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) {
        var made = ""
        for part in paths.directory.split(separator: "/", omittingEmptySubsequences: true) {
            let parent = made.isEmpty ? (paths.directory.hasPrefix("/") ? "/" : ".") : made
            made = made.isEmpty ? (paths.directory.hasPrefix("/") ? "/" + part : String(part)) : made + "/" + part
            if try disk.createDirectory(made) { try disk.syncDirectory(parent) }
        }
        for directory in [paths.log, paths.cursors] {
            if try disk.createDirectory(directory) { try disk.syncDirectory(paths.directory) }
        }
    }

    private static func savedCursors(_ paths: SpoolPaths, disk: any Disk) -> [Cursor] {
        let names = (try? disk.list(paths.cursors)) ?? []
        return names.filter(SpoolPaths.isReaderName).compactMap { name in
            try? CursorFile(disk: disk, path: paths.cursor(name)).load()
        }
    }
}

/// Where a reader begins that has no cursor yet.
package enum ReaderStart: Sendable {
    /// With what is appended from now on; what lies before is `before_start` in its books.
    case now
    /// With the oldest frame there is.
    case oldest
}

/// What start-up found in the directory.
package struct RecoveryReport: Equatable, Sendable {
    package var segments: Int
    package var damage: DamageCount
    /// Bytes of what was being written when the last run ended; never acknowledged.
    package var tornBytes: Int
}

extension LogIdentity {
    static func random() -> LogIdentity {
        LogIdentity(logID: .random(in: 1...UInt64.max), instanceID: (0..<16).map { _ in UInt8.random(in: 0...255) })
    }
}

extension Catalog.State {
    func newCursor(logID: UInt64, start: ReaderStart) -> Cursor {
        var before = books.items
        var prefix = lastSequence
        if case .oldest = start, let oldest = segments.first {
            prefix = oldest.firstSequence - 1
            for segment in segments {
                for (key, count) in segment.books.items.counts { before.add(-count, to: key) }
            }
        }
        var cursor = Cursor(logID: logID, prefix: prefix)
        for (key, count) in before.counts {
            cursor.totals.add(count, to: Totals.Key(tenant: key.tenant, signal: key.signal, term: "before_start"))
        }
        return cursor
    }
}

/// Something made on one thread and used on another from then on.
private final class HandedOver<Value>: @unchecked Sendable {
    private let value: Value

    init(_ value: Value) { self.value = value }

    func take() -> Value { value }
}
