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
    let identity: LogIdentity
    private var nextSequence: UInt64
    private var current: OpenSegment?

    init(disk: any Disk, clock: any Clock, paths: SpoolPaths, options: SpoolOptions, catalog: Catalog, identity: LogIdentity) {
        self.disk = disk
        self.clock = clock
        self.paths = paths
        self.options = options
        self.catalog = catalog
        self.identity = identity
        nextSequence = catalog.with { $0.lastSequence } + 1
    }

    /// When the open segment has to be closed for its age, on the boot-time clock; nil when there is none.
    var sealDeadlineNanoseconds: UInt64? {
        current.map { $0.openedBootNanoseconds + UInt64(options.sealAfter / .nanoseconds(1)) }
    }

    /// Appends the groups with one sync (more where a segment ends in between); one result a group, in order.
    func commit(_ groups: [[FrameDraft]]) -> [Result<Void, SpoolError>] {
        var results = [Result<Void, SpoolError>](repeating: .success(()), count: groups.count)
        makeRoom(groups.reduce(0) { $0 + encodedSize($1) })
        var staged: [Int] = []
        for (index, group) in groups.enumerated() {
            let size = encodedSize(group)
            // What is kept free is kept free for the ledger.
            let isLedger = group.allSatisfy { $0.kind == .ledger }
            if !hasRoom(isLedger ? size - SpoolOptions.margin : size) {
                results[index] = .failure(.full(reason: "the spool holds its \(options.maxBytes) bytes (spool.max_bytes)"))
                continue
            }
            do throws(SpoolError) {
                if let segment = current, segment.stagedEnd + size > options.effectiveSegmentBytes, segment.holdsFrames {
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
        nextSequence += 1
        segment.durableEnd += footer.count
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
            total + FrameHeader.size + FrameHeader.padded(draft.payload.count) + draft.tenant.utf8.count + draft.policy.count + 24
        }
    }

    private func stage(_ group: [FrameDraft]) throws(SpoolError) {
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
                guard Room.freeOldest(disk: disk, paths: paths, catalog: catalog) else { throw reaction(to: error) }
            } catch {
                throw reaction(to: error)
            }
        }
    }

    private func openNext() throws(DiskError) -> OpenSegment {
        let head = SegmentHead(
            logID: identity.logID,
            instanceID: identity.instanceID,
            firstSequence: nextSequence,
            bootID: options.bootID,
            wallNanoseconds: clock.wallNanoseconds(),
            bootNanoseconds: clock.bootNanoseconds(),
            booksBefore: catalog.with { $0.books }
        )
        let path = paths.segment(nextSequence)
        let file = try disk.open(path, .createNew)
        do throws(DiskError) {
            try disk.syncDirectory(paths.log)
        } catch {
            try? disk.unlink(path)
            throw error
        }
        let segment = OpenSegment(file: file, path: path, head: head)
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
            guard Room.freeOldest(disk: disk, paths: paths, catalog: catalog) else { throw reaction(to: error) }
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
        catalog.with { state in
            if state.segments.last?.firstSequence == info.firstSequence {
                state.segments[state.segments.count - 1] = info
            } else {
                state.segments.append(info)
            }
            state.lastSequence = max(state.lastSequence, info.lastSequence)
            state.books += added.books
            state.payloadBytes += added.payloadBytes
        }
    }

    // MARK: Room

    /// After a refusal for want of room: whether there is room now, so that readiness does not wait for the next request.
    func reconsiderRefusal() {
        guard case .full = catalog.with({ $0.refusal }) else { return }
        let free = (try? disk.freeBytes(paths.log)) ?? 0
        if hasRoom(0) && free > SpoolOptions.margin { catalog.with { $0.refusal = nil } }
    }

    private func hasRoom(_ size: Int) -> Bool {
        catalog.with { $0.usedBytes } + (current?.stagedBytes ?? 0) + size + SpoolOptions.margin <= options.maxBytes
    }

    /// Makes `size` bytes fit as far as the rules allow: history goes first; with no reader at all, the oldest segment, on the ledger.
    private func makeRoom(_ size: Int) {
        if hasRoom(size) { return }
        Room.free(size + SpoolOptions.margin, disk: disk, paths: paths, options: options, catalog: catalog)
        while options.evictsWithoutReader, !hasRoom(size), let oldest = catalog.with({ $0.evictableWithoutReader }) {
            let entry = LedgerEntry(
                term: "evicted",
                reason: "no_reader",
                sequences: oldest.firstSequence...oldest.lastSequence,
                receivedNanoseconds: oldest.firstReceivedNanoseconds...max(oldest.firstReceivedNanoseconds, oldest.lastReceivedNanoseconds),
                items: oldest.books.items
            )
            let draft = FrameDraft(kind: .ledger, receivedNanoseconds: clock.wallNanoseconds(), payload: entry.payload)
            do throws(SpoolError) {
                // First on the ledger, then off the disk: the margin is there for this.
                try stage([draft])
                try flush([[draft]])
            } catch {
                return
            }
            guard Room.remove(oldest, disk: disk, paths: paths, catalog: catalog) else { return }
        }
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
    var usedBytes: Int { segments.reduce(otherBytes) { $0 + $1.fileBytes } }
}
