package import CausewayPlatform

/// Puts a stopped spool in order: what is damaged is copied aside, what was lost goes on the ledger and into the books of every reader,
/// and damaged segments are written again with their intact frames at their old sequences.
///
/// Each step may be the last that a crash allows; the next repair goes on from there, and does nothing twice. No intact frame is left out.
package struct SpoolRepair {
    private let disk: any Disk
    private let clock: any Clock
    private let paths: SpoolPaths
    private let lock: SpoolLock
    private let keys: SpoolKeys
    /// What has been done, a line each; empty when nothing had to be.
    package private(set) var actions: [String] = []

    /// Throws when a bridge works in the directory, or there is no spool.
    package init(
        directory: String,
        keys: SpoolKeys = SpoolKeys(),
        disk: any Disk = RealDisk(),
        clock: any Clock = SystemClock()
    ) throws(SpoolError) {
        self.keys = keys
        self.disk = disk
        self.clock = clock
        paths = SpoolPaths(directory: directory)
        lock = try SpoolLock(paths, disk: disk)
    }

    package mutating func run() throws(SpoolError) {
        let before = try inspection()
        guard let identity = before.identity else { return }
        // What cannot be read cannot be counted, and a footer written without it would be wrong.
        if !before.locked.isEmpty { throw .unreadable(path: paths.directory, reason: SpoolKeys.missing(Set(before.locked.keys))) }
        do throws(DiskError) {
            try removeLeftovers(before)
            for segment in before.segments { try copyAside(segment) }
        } catch {
            throw .disk(error)
        }
        let losses = Self.losses(before)
        // From here on as at any start: the newest segment gets its end, and its footer.
        try putOnLedger(losses, identity)
        let after = try inspection()
        do throws(DiskError) {
            for (index, segment) in after.segments.enumerated() where segment.needsRewriting(after) {
                try rewrite(segment, at: index, of: after, identity)
            }
        } catch {
            throw .disk(error)
        }
        try settleCursors()
    }

    private func inspection() throws(SpoolError) -> SpoolInspection {
        try SpoolInspection(directory: paths.directory, depth: .everything, keys: keys, disk: disk)
    }

    // MARK: Copied aside

    /// A rewriting that did not come to its end.
    private mutating func removeLeftovers(_ inspection: SpoolInspection) throws(DiskError) {
        for name in inspection.strayFiles where name.hasSuffix(Self.newSuffix) {
            try disk.unlink(paths.log + "/" + name)
            actions.append("removed log/\(name), left by a rewriting that did not come to its end")
        }
    }

    private static let newSuffix = ".seg" + SegmentRewriting.suffix

    private mutating func copyAside(_ segment: SegmentInspection) throws(DiskError) {
        guard segment.isOwn else { return }
        var stretches = segment.damaged
        if segment.tornBytes > 0 { stretches.append(segment.bytes - segment.tornBytes..<segment.bytes) }
        stretches += segment.unopenable.map(\.range)
        guard !stretches.isEmpty else { return }
        for (directory, parent) in [(paths.quarantine, paths.directory), (paths.damaged, paths.quarantine)] {
            if try disk.createDirectory(directory) { try disk.syncDirectory(parent) }
        }
        let file = try disk.open(paths.log + "/" + segment.name, .read)
        for stretch in stretches {
            let name = "\(segment.name.dropLast(4))-\(stretch.lowerBound)"
            let copy = try disk.open("\(paths.damaged)/\(name)", .readWrite)
            try copy.truncate(to: 0)
            _ = try Self.copy(stretch, of: file, to: copy, at: 0)
            try copy.sync()
            actions.append("copied \(stretch.count) bytes of log/\(segment.name) to quarantine/damaged/\(name)")
        }
        try disk.syncDirectory(paths.damaged)
    }

    /// Returns where the copy ends.
    private static func copy(_ range: Range<Int>, of file: any DiskFile, to copy: any DiskFile, at offset: Int) throws(DiskError) -> Int {
        var done = 0
        while done < range.count {
            let bytes = try file.readAll(min(1 << 20, range.count - done), at: range.lowerBound + done)
            if bytes.isEmpty { break }
            try copy.writeAll([bytes], at: offset + done)
            done += bytes.count
        }
        return offset + done
    }

    // MARK: The ledger

    /// What the ledger does not say yet.
    private static func losses(_ inspection: SpoolInspection) -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        for step in inspection.steps {
            let items = step.unsaid
            guard !items.counts.isEmpty else { continue }
            entries.append(
                LedgerEntry(
                    term: "evicted",
                    reason: LedgerEntry.damaged,
                    sequences: step.sequences,
                    receivedNanoseconds: step.receivedNanoseconds,
                    items: items
                )
            )
        }
        // Of the newest segment only its own footer can tell.
        if let newest = inspection.segments.last(where: { $0.isOwn && !$0.isVoid }), newest.isDamaged, !newest.lost.counts.isEmpty {
            entries.append(newest.lossEntry(newest.firstSequence...newest.contents.lastSequence, newest.lost))
        }
        for segment in inspection.segments where segment.isOwn {
            for missing in segment.missing {
                let isSaid =
                    inspection.isOnLedger(missing)
                    || entries.contains { $0.firstSequence <= missing.lowerBound && $0.lastSequence >= missing.upperBound }
                // Nothing says that they held items, or the items are accounted for: that they are gone is said all the same.
                if !isSaid { entries.append(segment.lossEntry(missing, Totals())) }
            }
            for frame in segment.unopenable {
                let sequences = frame.header.sequence...frame.header.sequence
                if inspection.isOnLedger(sequences) { continue }
                entries.append(segment.lossEntry(sequences, frame.items))
            }
        }
        return entries
    }

    private mutating func putOnLedger(_ entries: [LedgerEntry], _ identity: LogIdentity) throws(SpoolError) {
        let cursors = try inspection().cursors.compactMap(\.cursor)
        let wall = clock.wallNanoseconds()
        let recovery = Recovery(disk: disk, paths: paths, knownLogIDs: cursors.map(\.logID), wallNanoseconds: wall, keys: keys)
        let found = try recovery.run()
        if found.tornBytes > 0 { actions.append("cut off \(found.tornBytes) bytes at the end of the log that were never acknowledged") }
        guard !entries.isEmpty else { return }
        let catalog = Catalog()
        let passed = cursors.filter { $0.logID == identity.logID }.map(\.highest).max() ?? 0
        catalog.with { state in
            state.segments = found.segments
            state.books = found.books
            state.lastSequence = max(found.lastSequence, passed)
        }
        var options = SpoolOptions()
        // Nothing is given up to make room for what was lost.
        options.maxBytes = .max
        options.reserveBytes = 0
        options.keys = keys
        let room = Room(
            disk: disk,
            clock: clock,
            paths: paths,
            options: options,
            catalog: catalog,
            readers: ReaderTable(),
            reserve: Reserve(disk: disk, paths: paths, options: options)
        )
        let writer = LogWriter(room, identity: identity)
        let drafts = entries.map { FrameDraft(kind: .ledger, receivedNanoseconds: wall, payload: $0.payload) }
        for result in writer.commit(drafts.map { [$0] }) { try result.get() }
        try writer.seal()
        for entry in entries {
            let items = SpoolInspection.counted(entry.items.sum(), "item", "items")
            actions.append("put on the ledger: \(items) lost in sequences \(entry.firstSequence)–\(entry.lastSequence)")
        }
    }

    // MARK: Segments

    private mutating func rewrite(
        _ segment: SegmentInspection,
        at index: Int,
        of inspection: SpoolInspection,
        _ identity: LogIdentity
    ) throws(DiskError) {
        let path = paths.log + "/" + segment.name
        let old = try disk.open(path, .read)
        let limit = inspection.limit(of: index)
        let new = try disk.open(path + ".new", .createNew)
        var end = 0
        var counted = SegmentFooter(firstSequence: segment.firstSequence)
        let form = StoredForm(keys: keys, keyID: segment.head?.keyID)
        var walk = SegmentWalk(
            file: old,
            length: segment.bytes,
            logID: identity.logID,
            firstSequence: segment.firstSequence,
            before: limit,
            form: form
        )
        if let footer = segment.footer { walk.footerNames = footer.names }
        var last = segment.firstSequence - min(segment.firstSequence, 1)

        func append(_ header: FrameHeader, _ payload: [UInt8]) throws(DiskError) {
            var header = header
            header.payloadLength = UInt32(payload.count)
            let padding = [UInt8](repeating: 0, count: FrameHeader.padded(payload.count) - payload.count)
            try new.writeAll([header.encoded(logID: identity.logID, payload: payload), payload, padding], at: end)
            end += header.frameLength
            last = header.sequence
        }

        if segment.head == nil {
            var head = inspection.newHead(of: segment, identity)
            head.keyID = try keyID(of: walk)
            var header = FrameHeader(kind: .head, sequence: segment.firstSequence, payloadLength: 0)
            header.flags = .afterSync
            header.origin = FrameOrigin(log: identity.logID, sequence: 0, firstItem: 0)
            header.receivedNanoseconds = head.wallNanoseconds
            try append(header, head.payload)
            counted.count(header, tenant: "", payload: [])
        }
        var names = SegmentNames()
        while let frame = try walk.next() {
            if frame.header.kind == .footer { continue }
            if frame.header.kind == .names { names.add(Fields(frame.stored)) }
            // A names frame that is lost is written again from the footer, at a sequence that the damage has left free.
            if names.tenant(frame.header.tenant) == nil || !names.explains(policy: frame.header.policy), let known = segment.footer?.names,
                frame.header.sequence > last + 1
            {
                let payload = known.fields().bytes
                var header = FrameHeader(kind: .names, sequence: last + 1, payloadLength: 0)
                header.flags = .more
                header.receivedNanoseconds = frame.header.receivedNanoseconds
                try append(header, payload)
                counted.count(header, tenant: "", payload: payload)
                names = known
            }
            if segment.unopenable.contains(where: { $0.header.sequence == frame.header.sequence }) {
                let (header, payload) = Tombstone.replacing(frame.header, reason: LedgerEntry.damaged)
                try append(header, payload)
                counted.count(header, tenant: walk.tenant(header), payload: [])
                continue
            }
            end = try Self.copy(frame.offset..<frame.offset + frame.header.frameLength, of: old, to: new, at: end)
            last = frame.header.sequence
            counted.count(frame.header, tenant: walk.tenant(frame.header), payload: walk.ledgerPayload(frame).payload)
        }
        counted.names = names
        let sealed = try seal(segment, counted, last: last, limit: limit, identity) { (header, payload) throws(DiskError) in
            try append(header, payload(end))
        }
        try new.sync()
        try disk.rename(path + ".new", to: path)
        try disk.syncDirectory(paths.log)
        let frames = counted.frames.values.reduce(0, +)
        actions.append("wrote log/\(segment.name) again with its \(frames) intact frames\(sealed ? " and a footer" : "")")
    }

    /// The key with which frames of a segment are encrypted whose head does not tell; 0 when they are not.
    private func keyID(of walk: SegmentWalk) throws(DiskError) -> UInt64 {
        var walk = walk
        while let frame = try walk.next() {
            guard frame.header.flags.contains(.encrypted) else { continue }
            for key in keys.all {
                let form = StoredForm(keys: keys, keyID: key.id)
                if (try? form.opened(frame.header, frame.stored)) != nil { return key.id }
            }
        }
        return 0
    }

    /// Writes a footer where a sequence is free for it; without one a segment is complete all the same.
    private func seal(
        _ segment: SegmentInspection,
        _ counted: SegmentFooter,
        last: UInt64,
        limit: UInt64,
        _ identity: LogIdentity,
        append: (FrameHeader, (Int) -> [UInt8]) throws(DiskError) -> Void
    ) throws(DiskError) -> Bool {
        // Where it was before, else as far behind as the next segment lets it be.
        let sequence = segment.footer?.lastSequence ?? (limit == .max ? last + 1 : limit - 1)
        guard sequence > last else { return false }
        var header = FrameHeader(kind: .footer, sequence: sequence, payloadLength: 0)
        header.flags = .afterSync
        header.receivedNanoseconds = clock.wallNanoseconds()
        try append(header) { end in counted.payload(frameOffset: end) }
        return true
    }

    // MARK: Cursors

    /// Puts what is lost into the books of every reader that had not done with it.
    private mutating func settleCursors() throws(SpoolError) {
        let inspection = try inspection()
        let lost = inspection.ledger.filter(\.entry.isDamage).reduce(into: Totals()) { $0 += $1.entry.items }.mergingTerms()
        for reader in SpoolAudit(inspection).readers where !reader.unaccounted.counts.isEmpty {
            let given = reader.unaccounted.filter { key in
                let known = lost.sum { $0.signal == key.signal && (key.tenant == "*" || key.tenant == $0.tenant) }
                return (1...max(1, known)).contains(reader.unaccounted.counts[key, default: 0]) && known > 0
            }
            guard !given.counts.isEmpty, let file = try CursorFile(disk: disk, path: paths.cursor(reader.name)),
                var cursor = try file.loadDurably()
            else { continue }
            cursor.totals += given.mergingTerms(as: "evicted:" + LedgerEntry.damaged)
            try file.save(cursor)
            let items = SpoolInspection.counted(given.sum(), "item", "items")
            actions.append("counted \(items) as evicted{reason=damaged} in cursors/\(reader.name)")
        }
    }
}

extension SegmentInspection {
    /// Whether something is left that writing it again can put right.
    func needsRewriting(_ inspection: SpoolInspection) -> Bool {
        guard isOwn else { return false }
        if isVoid { return false }
        return isDamaged || head == nil || isFooterWrong || !unopenable.isEmpty
    }

    fileprivate func lossEntry(_ sequences: ClosedRange<UInt64>, _ items: Totals) -> LedgerEntry {
        let first = contents.firstReceivedNanoseconds
        return LedgerEntry(
            term: "evicted",
            reason: LedgerEntry.damaged,
            sequences: sequences,
            receivedNanoseconds: first...max(first, contents.lastReceivedNanoseconds),
            items: items
        )
    }
}

extension UnopenableFrame {
    fileprivate var items: Totals {
        var items = Totals()
        if header.kind?.holdsItems == true {
            items.add(Int(header.items), to: Totals.Key(tenant: tenant, signal: header.signal, term: header.appendedTerm))
        }
        return items
    }
}

extension SpoolInspection {
    /// A head for a segment that has lost its own, from what its neighbours say.
    fileprivate func newHead(of segment: SegmentInspection, _ identity: LogIdentity) -> SegmentHead {
        var books = Totals()
        let own = segments.filter { $0.isOwn }
        if let next = own.first(where: { $0.firstSequence > segment.firstSequence && $0.head != nil }), let after = next.head {
            let between = own.filter { $0.firstSequence >= segment.firstSequence && $0.firstSequence < next.firstSequence }
            books = between.reduce(into: after.booksBefore) { $0 = $0 - $1.books }
        } else if let earlier = own.last(where: { $0.firstSequence < segment.firstSequence && $0.head != nil }), let before = earlier.head {
            books = own.filter { $0.firstSequence >= earlier.firstSequence && $0.firstSequence < segment.firstSequence }
                .reduce(into: before.booksBefore) { $0 += $1.books }
        }
        return SegmentHead(
            logID: identity.logID,
            instanceID: identity.instanceID,
            firstSequence: segment.firstSequence,
            bootID: [],
            wallNanoseconds: segment.contents.firstReceivedNanoseconds,
            bootNanoseconds: 0,
            booksBefore: books
        )
    }
}

extension Cursor {
    /// The last sequence that it has passed.
    var highest: UInt64 { passed.ranges.last?.upperBound ?? passed.prefix }
}
