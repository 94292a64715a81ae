internal import CausewayPlatform

/// The only writer of the log: commit groups in, durable frames out.
///
/// Used from one thread. What it returns as committed is on stable storage; a group is there as a whole or not at all. A failed write
/// leaves the segment at its last durable byte; a failed sync ends the segment there and the groups in flight are written again,
/// with the same sequences, to a new one.
final class LogWriter {
    private let disk: any Disk
    private let clock: any Clock
    private let paths: SpoolPaths
    private let options: SpoolOptions
    private let catalog: Catalog
    private let room: Room
    private let emergency: EmergencyLedger?
    let identity: LogIdentity
    private var nextSequence: UInt64
    private var current: OpenSegment?
    /// The ledger entry of what gives way is being written: nothing else gives way for it.
    private var isRecording = false
    private var leftovers: [String] = []
    /// What is being staged are ledger entries.
    private var isForLedger = false
    private var lastSyncNanoseconds: UInt64 = 0
    /// How large the open segment may become.
    private var segmentBytes: Int

    init(_ room: Room, identity: LogIdentity, emergency: EmergencyLedger? = nil) {
        self.room = room
        self.emergency = emergency
        self.identity = identity
        disk = room.disk
        clock = room.clock
        paths = room.paths
        options = room.options
        catalog = room.catalog
        nextSequence = catalog.with { $0.lastSequence } + 1
        segmentBytes = room.options.effectiveSegmentBytes
    }

    /// When there is something to do by itself, on the boot-time clock: the open segment has to be closed for its age or, where commits
    /// are not durable, synced. Nil when there is none.
    var deadlineNanoseconds: UInt64? {
        current.map { segment in
            let seal = segment.openedBootNanoseconds + UInt64(options.sealAfter / .nanoseconds(1))
            return segment.isSynced ? seal : min(seal, lastSyncNanoseconds + Self.syncInterval)
        }
    }

    /// Does what is due.
    func keepDeadline() {
        let now = clock.bootNanoseconds()
        guard let segment = current, let deadline = deadlineNanoseconds, now >= deadline else { return }
        if segment.openedBootNanoseconds + UInt64(options.sealAfter / .nanoseconds(1)) <= now {
            try? seal()
        } else {
            lastSyncNanoseconds = now
            do throws(DiskError) {
                try segment.sync()
            } catch {
                // What the file holds beyond its last sync is not known any more; a new one is begun.
                abandon(segment)
            }
        }
    }

    /// Where commits are not durable: what a power loss may take, at most.
    private static let syncInterval: UInt64 = 1_000_000_000

    /// Appends the groups with one sync (more where a segment ends in between); one result a group, in order.
    func commit(_ groups: [[FrameDraft]]) -> [Result<Void, SpoolError>] {
        var results = [Result<Void, SpoolError>](repeating: .success(()), count: groups.count)
        let total = groups.reduce(0) { $0 + encodedSize($1) }
        // Notes are written by others at the same time.
        catalog.with { $0.committingBytes = total + SpoolOptions.margin / 2 }
        defer { catalog.with { $0.committingBytes = 0 } }
        // Nothing is given up for the ledger alone: the margin is there for it.
        let diskReason = isLedger(groups) || makeRoom(total) ? nil : room.diskShortage(of: total)
        var staged: [Int] = []
        for (index, group) in groups.enumerated() {
            let size = encodedSize(group)
            // What is kept free is kept free for the ledger, and for marks: without them nothing moves on that could be given up.
            let isExempt = isLedger([group])
            let limit = room.limitReached(by: (current?.stagedBytes ?? 0) + size + (isExempt ? 0 : SpoolOptions.margin))
            if let reason = limit ?? (isExempt ? nil : diskReason) {
                results[index] = .failure(.full(reason: reason))
                continue
            }
            // Only damage, or forgery, can bring a log so far: what came behind would not be read.
            if nextSequence > FrameHeader.maxSequence - UInt64(group.count + 8) {
                results[index] = .failure(.full(reason: "the log has used up its sequences; begin a new one"))
                continue
            }
            do throws(SpoolError) {
                if let segment = current, segment.stagedEnd + size > segmentBytes, segment.holdsFrames {
                    try flush(staged.map { groups[$0] })
                    staged = []
                    // Whether or not its footer could be written, the segment is closed.
                    try? seal()
                }
                try stage(group)
                staged.append(index)
            } catch {
                for failed in staged + [index] { results[failed] = .failure(error) }
                staged = []
            }
        }
        do throws(SpoolError) {
            try flush(staged.map { groups[$0] })
        } catch {
            for failed in staged { results[failed] = .failure(error) }
        }
        return results
    }

    /// Closes the open segment with its footer; nothing happens when there is none.
    func seal() throws(SpoolError) {
        guard let segment = current else { return }
        let footer = segment.encodedFooter(sequence: nextSequence, receivedNanoseconds: clock.wallNanoseconds(), logID: identity.logID)
        do throws(DiskError) {
            try segment.file.writeAll([footer], at: segment.durableEnd)
            try segment.file.sync()
        } catch {
            // Without its footer the segment is complete all the same: the next start scans it.
            try? segment.file.truncate(to: segment.durableEnd)
            close(segment)
            throw .disk(error)
        }
        segment.isSealed(footer.count, sequence: nextSequence, stamp: try? disk.stamp(segment.path))
        nextSequence += 1
        close(segment)
    }

    private func close(_ segment: OpenSegment) {
        current = nil
        publish(segment, isClosed: true)
    }

    // MARK: Staging

    /// An upper bound of the bytes that a group takes, names included.
    private func encodedSize(_ group: [FrameDraft]) -> Int {
        group.reduce(FrameHeader.size) { total, draft in
            total + FrameHeader.size + FrameHeader.padded(draft.payload.count + AESGCM.overhead) + draft.tenant.utf8.count
                + draft.policy.count + 24
        }
    }

    private func stage(_ group: [FrameDraft]) throws(SpoolError) {
        isForLedger = isLedger([group])
        let segment: OpenSegment
        if let current {
            segment = current
        } else {
            segment = try open()
            current = segment
        }
        segment.stage(group, nextSequence: &nextSequence, identity: identity, wallNanoseconds: clock.wallNanoseconds())
    }

    private func open() throws(SpoolError) -> OpenSegment {
        while true {
            do throws(DiskError) {
                return try openNext()
            } catch  where error.isInTheWay {
                // A file that could not be removed when its first write failed, or a stranger: the next sequence is free.
                nextSequence += 1
            } catch  where error.isNoSpace {
                guard isForLedger ? giveWayToLedger() : giveWay() else { throw reaction(to: error) }
                // The ledger entry of what gave way may have opened one.
                if let current { return current }
            } catch {
                throw reaction(to: error)
            }
        }
    }

    private func openNext() throws(DiskError) -> OpenSegment {
        try removeLeftovers()
        let head = SegmentHead(
            logID: identity.logID,
            instanceID: identity.instanceID,
            firstSequence: nextSequence,
            bootID: options.bootID,
            wallNanoseconds: clock.wallNanoseconds(),
            bootNanoseconds: clock.bootNanoseconds(),
            keyID: options.keys.current?.id ?? 0,
            booksBefore: catalog.with { $0.books },
            marksBefore: catalog.with { $0.marks }
        )
        let path = paths.segment(nextSequence)
        let file = try disk.open(path, .createNew)
        do throws(DiskError) {
            try disk.syncDirectory(paths.log)
        } catch {
            try? disk.unlink(path)
            throw error
        }
        segmentBytes = room.segmentBytes
        let segment = OpenSegment(file: file, path: path, head: head, keys: options.keys, isDurable: options.isDurable)
        nextSequence += 1
        return segment
    }

    // MARK: Making durable

    private func flush(_ groups: [[FrameDraft]]) throws(SpoolError) {
        guard let segment = current, segment.hasStaged else { return }
        do throws(DiskError) {
            try segment.writeStaged()
            publish(segment, isClosed: false)
            return
        } catch  where error.isNoSpace {
            rollBack(segment)
            // The disk is smaller than the limit, or shared: history goes here too before anything is refused.
            guard isLedger(groups) ? giveWayToLedger() : giveWay() else { throw reaction(to: error) }
            for group in groups { try stage(group) }
            return try flush(groups)
        } catch {
            // The file cannot be trusted beyond its last durable byte: end it there, once, and write the groups to a new one.
            rollBack(segment)
            abandon(segment)
        }
        for group in groups { try stage(group) }
        guard let retry = current else { return }
        do throws(DiskError) {
            try retry.writeStaged()
            publish(retry, isClosed: false)
        } catch {
            rollBack(retry)
            abandon(retry)
            throw reaction(to: error)
        }
    }

    private func rollBack(_ segment: OpenSegment) {
        segment.rollBack()
        nextSequence = segment.nextSequence
        if segment.durableEnd == 0 {
            // Not even the head is durable: as if the file had never been.
            current = nil
            nextSequence = segment.head.firstSequence
            do throws(DiskError) {
                try disk.unlink(segment.path)
            } catch {
                if !empty(segment.file) { leftovers.append(segment.path) }
                let left = (try? segment.file.length()) ?? 0
                catalog.with { $0.otherBytes += left }
            }
            return
        }
        do throws(DiskError) {
            try segment.file.truncate(to: segment.durableEnd)
            // Before the sequences are used again: a crash could else bring back what was refused, behind what takes its place.
            try segment.file.sync()
        } catch {
            abandon(segment)
        }
    }

    /// What was refused must not come back at the next start; false when the disk would not have it.
    private func empty(_ file: any DiskFile) -> Bool {
        do throws(DiskError) {
            try file.truncate(to: 0)
            try file.sync()
            return true
        } catch {
            return false
        }
    }

    /// Files of segments that never came to be and that could be neither removed nor emptied: before anything is written behind them.
    private func removeLeftovers() throws(DiskError) {
        while let path = leftovers.last {
            do throws(DiskError) {
                try disk.unlink(path)
            } catch {
                if !error.isMissing, !empty(try disk.open(path, .readWrite)) { throw error }
            }
            leftovers.removeLast()
        }
    }

    private func abandon(_ segment: OpenSegment) {
        guard current === segment else { return }
        close(segment)
    }

    private func reaction(to error: DiskError) -> SpoolError {
        error.isNoSpace ? .full(reason: "the disk is full (\(error))") : .disk(error)
    }

    private func publish(_ segment: OpenSegment, isClosed: Bool) {
        let info = segment.info(isClosed: isClosed)
        let added = segment.takeUnpublished()
        catalog.origins.insert(added.origins)
        catalog.with { state in
            if state.segments.last?.firstSequence == info.firstSequence {
                state.segments[state.segments.count - 1] = info
            } else {
                state.segments.append(info)
            }
            state.lastSequence = max(state.lastSequence, info.lastSequence)
            state.books += added.books
            state.take(added.marks)
            if isClosed {
                state.seals += 1
                state.segmentChanges += 1
            }
        }
    }

    // MARK: Room

    /// After a refusal for want of room: whether there is room now, so that readiness does not wait for the next request.
    func reconsiderRefusal() {
        guard case .full = catalog.with({ $0.refusal }) else { return }
        let free = (try? disk.freeBytes(paths.log)) ?? 0
        if shortage(0) == nil && free > SpoolOptions.margin { catalog.with { $0.refusal = nil } }
    }

    private func isLedger(_ groups: [[FrameDraft]]) -> Bool {
        groups.allSatisfy { $0.allSatisfy { $0.kind == .ledger || $0.kind == .mark } }
    }

    private func shortage(_ size: Int) -> String? { room.shortage(of: (current?.stagedBytes ?? 0) + size) }

    /// Makes `size` bytes fit as far as the rules allow; false when they do not fit for all that.
    private func makeRoom(_ size: Int) -> Bool {
        if shortage(size) == nil { return true }
        room.freeHistory(for: (current?.stagedBytes ?? 0) + size)
        while shortage(size) != nil { guard giveUpOldest() || retire() else { return false } }
        return true
    }

    /// The disk is smaller than the limit, or shared: what may go for the limit may go for it too.
    private func giveWay() -> Bool { !isRecording && (room.freeOldestHistory() || giveUpOldest() || retire()) }

    /// Makes history of the newest segment, where nobody needs it any more: it is closed, and an empty one takes over what only the newest
    /// carries. Derivers keep what they know of a segment only when it is closed: it may take another request until it can go.
    private func retire() -> Bool {
        guard !isRecording, current?.hasStaged != true, let newest = catalog.with({ $0.segments.last }),
            newest.lastItemSequence > 0, catalog.with({ $0.isPassed(newest) })
        else { return false }
        if current != nil { try? seal() }
        guard catalog.with({ $0.isDerived(newest) }) else { return false }
        return (begin() || (room.reserve.release() && begin())) && room.freeOldestHistory()
    }

    /// Opens a segment with nothing in it; false when not even that fits.
    private func begin() -> Bool {
        do throws(DiskError) {
            let segment = try openNext()
            current = segment
            do throws(DiskError) {
                try segment.writeStaged()
            } catch {
                rollBack(segment)
                return false
            }
            publish(segment, isClosed: false)
            return true
        } catch {
            return false
        }
    }

    /// No item is given up for a ledger entry: history, and what is kept for this.
    private func giveWayToLedger() -> Bool { (!isRecording && room.freeOldestHistory()) || room.reserve.release() }

    /// Gives up the oldest segment that is not history: a reader's loss or, with no reader at all, the log's own.
    private func giveUpOldest() -> Bool {
        if options.evictsWithoutReader, let oldest = catalog.with({ $0.evictableWithoutReader }) {
            return record(room.loss(of: oldest, reason: "no_reader")) && room.remove(oldest)
        }
        return room.giveUpOldest() && room.freeOldestHistory()
    }

    /// Gives up what is older than `max_age`.
    func expireByAge() { room.expireByAge { record($0) } }

    /// Puts on the ledger what goes next: first on the ledger, then off the disk. What is staged at the moment stays so.
    private func record(_ entry: LedgerEntry) -> Bool {
        let draft = FrameDraft(kind: .ledger, receivedNanoseconds: clock.wallNanoseconds(), payload: entry.payload)
        // The margin is there for this.
        if current?.hasStaged != true {
            isRecording = true
            defer { isRecording = false }
            do throws(SpoolError) {
                try stage([draft])
                try flush([[draft]])
                return true
            } catch {
                // The disk has no room for it, or fails.
            }
        }
        return emergency?.append(entry.payload, lastSequence: nextSequence - 1) ?? false
    }

    /// Carries over into the log what had no place there; a part of it may have come there before a crash.
    func carryOverEmergency() {
        guard let emergency, let since = emergency.entries.map(\.lastSequence).min() else { return }
        let known = knownLedger(since: since)
        for entry in emergency.entries where !known.contains(entry.payload) {
            let draft = FrameDraft(kind: .ledger, receivedNanoseconds: clock.wallNanoseconds(), payload: entry.payload)
            guard case .success = commit([[draft]])[0] else { return }
        }
        emergency.clear()
    }

    private func knownLedger(since sequence: UInt64) -> Set<[UInt8]> {
        var known: Set<[UInt8]> = []
        for segment in catalog.with({ $0.segments }) where segment.lastSequence >= sequence {
            guard let file = try? disk.open(segment.path, .read) else { continue }
            var walk = SegmentWalk(
                file: file,
                length: segment.readableBytes,
                logID: identity.logID,
                firstSequence: segment.firstSequence,
                before: .max
            )
            let form = StoredForm(keys: options.keys, keyID: segment.keyID)
            while let frame = try? walk.next() {
                guard frame.header.kind == .ledger, let payload = try? form.opened(frame.header, frame.stored) else { continue }
                known.insert(payload)
            }
        }
        return known
    }
}

/// Who a log is; the same as long as its directory lives.
package struct LogIdentity: Equatable, Sendable {
    /// Never 0.
    package var logID: UInt64
    /// 16 bytes.
    package var instanceID: [UInt8]
}

extension Catalog.State {
    /// What counts against `max_bytes`.
    var usedBytes: Int { segments.reduce(otherBytes + derivedBytes + reservedBytes) { $0 + $1.fileBytes } }
}
