package import CausewayPlatform
internal import Synchronization

/// The durable log in one directory: append on one side, any number of readers on the other.
///
/// Three threads of its own: `log` writes and syncs, `keeper` saves cursors and gives up history, `tidy` writes sealed segments anew. The
/// log's thread waits for neither of the others. All methods may be called from any thread.
package final class Spool: Sendable {
    let files: SpoolFiles
    private let appends = Mailbox<Append>()
    private let keeping = Mailbox<KeeperMessage>()
    private let tidying = Mailbox<Never>()
    private let isClosing = Atomic<Bool>(false)
    private let settling = Mutex<Void>(())
    private let pulse: Pulse
    private let threads: Mutex<(log: WorkThread, keeper: WorkThread, tidy: WorkThread)?>
    private let chores = Mutex<[@Sendable () -> Void]>([])
    /// Who wants to hear of every commit and every segment that is closed.
    private let listeners = Mutex<[String: @Sendable () -> Void]>([:])

    private struct Append: Sendable {
        var group: [FrameDraft]
        var completion: @Sendable (Result<Void, SpoolError>) -> Void
    }

    private enum KeeperMessage: Sendable {
        case cursorMoved
        case setAside(reader: String, [QuarantineDraft], @Sendable (Result<Bool, SpoolError>) -> Void)
        case chore(@Sendable () -> Void)
    }

    /// Opens the spool in `directory`, which is made when it is missing, and recovers what an earlier run left.
    ///
    /// `appended` is called on the log's thread after every commit that added something. With `reduce`, message content of the oldest
    /// telemetry is shed when room gets short; with `traces`, the ledger names some of the traces that have lost something.
    package init(
        directory: String,
        options: SpoolOptions,
        disk: any Disk = RealDisk(),
        clock: any Clock = SystemClock(),
        reduce: ContentReduction? = nil,
        traces: TraceFinder? = nil,
        appended: @escaping @Sendable () -> Void
    ) throws(SpoolError) {
        let files = try SpoolFiles(directory: directory, options: options, disk: disk, clock: clock, traces: traces)
        self.files = files
        pulse = Pulse(clock)
        threads = Mutex(nil)
        let writer = HandedOver(files.writer())
        let log = WorkThread(name: "causeway-log") { [self] in runLog(writer.value, appended: appended) }
        let keeper = WorkThread(name: "causeway-keep") { [self] in runKeeper() }
        let maintenance = HandedOver(Maintenance(files, reduce: reduce))
        let tidy = WorkThread(name: "causeway-tidy") { [self] in runMaintenance(maintenance.value) }
        threads.withLock { $0 = (log, keeper, tidy) }
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

    /// Opens the reader `name`, with its cursor where it left off, or from `start` on when it is new.
    ///
    /// A name is open once: whoever had it before must not use it any more.
    package func reader(
        _ name: String,
        start: ReaderStart,
        wait: ReaderWait = .settled(late: false),
        rules: ReaderRules = ReaderRules()
    ) throws(SpoolError) -> LogReader {
        precondition(SpoolPaths.isReaderName(name), "the configuration checks names")
        if readers[name] != nil { close(reader: name) }
        let quarantine: QuarantineStore.Keeper = { [keeping] drafts, done in
            if !keeping.send(.setAside(reader: name, drafts, done)) { done(.failure(.closed)) }
        }
        return try files.open(reader: name, start: start, wait: wait, rules: rules, quarantine: quarantine) { [keeping] in
            keeping.send(.cursorMoved)
        }.reader
    }

    /// Changes what may be asked of a reader when there is no room.
    package func set(_ rules: ReaderRules, of name: String) {
        readers[name]?.rules = rules
    }

    /// Opens the deriver `name` behind its last mark, or at `start` when it is new. Open it before readers, and once: with `settles`,
    /// readers go no further than its marks from here on, until the spool is closed.
    ///
    /// With `wait` it reads no further than what is settled, and frames with their notes; open who settles before it.
    ///
    /// `wake` is called on the log's thread after every commit and when a segment was closed.
    package func deriver(
        _ name: String,
        settles: Bool,
        start: ReaderStart,
        wait: ReaderWait = .none,
        wake: @escaping @Sendable () -> Void
    ) throws(SpoolError) -> Deriver {
        precondition(!settles || wait == .none, "who settles cannot wait for itself")
        let deriver = try Deriver(name, settles: settles, start: start, wait: wait, files: files) { [self] group throws(SpoolError) in
            try appendAndWait(group)
        }
        listeners.withLock { $0[name] = wake }
        return deriver
    }

    /// A mark of who is no deriver, to be appended as the first frame of the group that it speaks of: with it, or not at all.
    package func positionDraft(_ name: String, payload: [UInt8]) -> FrameDraft {
        let (number, sequence) = catalog.with { (($0.marks[name]?.number ?? 0) + 1, $0.lastSequence) }
        return Mark(deriver: name, number: number, sequence: sequence, payload: payload)
            .draft(receivedNanoseconds: files.clock.wallNanoseconds())
    }

    /// What the newest mark under a name says.
    package func position(_ name: String) -> [UInt8]? { catalog.with { $0.marks[name]?.payload } }

    /// Calls `chore` about once a minute, and a last time when the spool is closed and everything has been answered; not on a thread that
    /// anything waits for.
    package func eachMinute(_ chore: @escaping @Sendable () -> Void) { chores.withLock { $0.append(chore) } }

    /// Has `chore` done within about a second, on the thread of the chores of `eachMinute`; not at all once the spool is being closed.
    package func soon(_ chore: @escaping @Sendable () -> Void) { keeping.send(.chore(chore)) }

    /// What has come from other logs and is in this one.
    package var origins: CoveredOrigins { catalog.origins }

    /// Notes made when their items were settled already, by marks behind number `number`, in no order: for an index that follows them.
    package func lateNotes(after number: UInt64) throws(SpoolError) -> [StoredNote] { try files.lateNotes(after: number) }

    /// What was kept under a name in `state/`; nil when there is nothing that holds.
    package func checkpoint(_ name: String) -> Checkpoint? { files.checkpoint(name) }

    /// Keeps a checkpoint for who is no deriver; replaces the one before in one step.
    package func save(_ checkpoint: Checkpoint, as name: String) throws(SpoolError) { try files.save(checkpoint, as: name) }

    /// Forgets how far a reader had got that is not open; one of that name begins anew. False when there is no cursor of that name.
    package func removeCursor(_ name: String) throws(SpoolError) -> CursorRemoval.Outcome {
        try readers.opening.withLock { _ throws(SpoolError) in
            if readers[name] != nil { return .inUse }
            return try files.removeCursor(name) ? .removed : .missing
        }
    }

    /// Saves the cursor of a reader that is used no more and forgets the reader; its file stays.
    package func close(reader name: String) {
        settleLedger()
        saveCursors()
        files.park(name)
    }

    /// Lets copies in the quarantine go: their items become what `outcome` says, `rejecting` of each are rejected instead. The number of
    /// items let go.
    package func release(quarantined ids: [UInt64], as outcome: Outcome, rejecting: Int = 0) throws(SpoolError) -> Int {
        try files.quarantine.release(ids, as: outcome, rejecting: rejecting) { [files] name, body throws(SpoolError) in
            try files.change(name, body)
        }
    }

    private func setAside(_ drafts: [QuarantineDraft], of reader: String) -> Result<Bool, SpoolError> {
        Result { () throws(SpoolError) in
            try files.quarantine.add(drafts, reader: reader) { [files] name, body throws(SpoolError) in try files.change(name, body) }
        }
    }

    package func status() -> SpoolStatus {
        let cursors = Dictionary(uniqueKeysWithValues: readers.all.map { ($0.cursor.name, $0.cursor.shared.with { $0 }) })
        return catalog.with { SpoolStatus($0, cursors: cursors, options: options) }
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
        isClosing.store(true, ordering: .relaxed)
        tidying.close()
        running.tidy.join()
        settleLedger()
        appends.close()
        running.log.join()
        keeping.close()
        running.keeper.join()
        saveCursors()
        files.saveOrigins()
        files.saveIndex(isLast: true)
        for chore in chores.withLock({ $0 }) { chore() }
        files.lock.release()
    }

    package var identity: LogIdentity { files.identity }

    /// What start-up found.
    package var recovery: RecoveryReport { files.recovery }

    private var catalog: Catalog { files.catalog }
    private var clock: any Clock { files.clock }
    private var options: SpoolOptions { files.options }
    private var readers: ReaderTable { files.readers }

    // MARK: The log's thread

    private func runLog(_ writer: LogWriter, appended: @Sendable () -> Void) {
        writer.carryOverEmergency()
        while let messages = appends.receiveAll(timeout: wait(until: writer.deadlineNanoseconds)) {
            let groups = messages.filter { !$0.group.isEmpty }
            if !groups.isEmpty {
                let results = writer.commit(groups.map(\.group))
                catalog.with { state in
                    state.refusal = nil
                    for case .failure(let error) in results { state.refusal = error }
                }
                for (message, result) in zip(groups, results) { message.completion(result) }
                appended()
                wakeListeners()
            }
            if groups.isEmpty {
                writer.reconsiderRefusal()
                writer.expireByAge()
            }
            writer.carryOverEmergency()
            for message in messages where message.group.isEmpty { message.completion(.success(())) }
            let seals = catalog.with { $0.seals }
            writer.keepDeadline()
            if catalog.with({ $0.seals }) > seals { wakeListeners() }
            if options.commitInterval > .zero { pause(options.commitInterval) }
        }
        try? writer.seal()
    }

    private func wakeListeners() {
        for wake in listeners.withLock({ Array($0.values) }) { wake() }
    }

    private func wait(until deadline: UInt64?) -> Duration? {
        guard let deadline else { return nil }
        let now = clock.bootNanoseconds()
        return deadline > now ? .nanoseconds(Int64(deadline - now)) : .zero
    }

    // MARK: The keeper's thread

    private func runKeeper() {
        var seals = 0
        var lastChores = clock.bootNanoseconds()
        // History expires by age as well, hence a look now and then when nothing moves.
        while let messages = keeping.receiveAll(timeout: .seconds(catalog.with { $0.doubtfulFooters } ? 1 : 60)) {
            for case .setAside(let reader, let drafts, let done) in messages { done(setAside(drafts, of: reader)) }
            for case .chore(let chore) in messages { chore() }
            saveCursors()
            let closed = catalog.with { $0.seals }
            if closed > seals { files.saveOrigins() }
            seals = closed
            files.saveIndex()
            if clock.bootNanoseconds() - lastChores >= 60_000_000_000 {
                lastChores = clock.bootNanoseconds()
                for chore in chores.withLock({ $0 }) { chore() }
            }
            files.expireHistory()
            settleLedger()
            if options.maxAge != nil { nudge() }
            pause(options.cursorInterval)
        }
    }

    // MARK: The maintenance thread

    private func runMaintenance(_ maintenance: Maintenance) {
        while tidying.receiveAll(timeout: .seconds(2)) != nil {
            var hasMore = true
            while hasMore && !isClosing.load(ordering: .relaxed) {
                let pace = Pace(clock, isPressed: maintenance.isPressed)
                hasMore = maintenance.step { [self] in
                    pace.pauseIfDue()
                    return !isClosing.load(ordering: .relaxed)
                }
                let spent = pace.spentNanoseconds
                catalog.with { $0.maintenance.nanoseconds += spent }
            }
        }
    }

    private func saveCursors() {
        for reader in readers.all { files.save(reader.cursor) }
    }

    /// Appends what readers owe to the ledger; what cannot be written now stays in their cursors.
    private func settleLedger() {
        // One at a time, or the same would be said twice.
        settling.withLock { _ in
            files.settleLedger { drafts in
                do throws(SpoolError) {
                    try appendAndWait(drafts)
                    return true
                } catch {
                    return false
                }
            }
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
    /// A new one, or one for the log `logID`.
    static func random(logID: UInt64? = nil) -> LogIdentity {
        LogIdentity(logID: logID ?? .random(in: 1...UInt64.max), instanceID: (0..<16).map { _ in UInt8.random(in: 0...255) })
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
                for (key, count) in segment.missingBefore.counts { before.add(-count, to: key) }
            }
        }
        var cursor = Cursor(logID: logID, prefix: prefix)
        for (key, count) in before.counts {
            cursor.totals.add(count, to: Totals.Key(tenant: key.tenant, signal: key.signal, term: "before_start"))
        }
        // Passed, but not delivered: nobody else may give it up because of this reader.
        for segment in segments where segment.firstSequence <= prefix {
            for (key, count) in segment.books.items.counts { cursor.addUndelivered(count, of: key, inSegment: segment.firstSequence) }
        }
        return cursor
    }
}
