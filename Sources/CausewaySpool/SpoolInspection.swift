package import CausewayPlatform

/// A data directory as it is at one moment: read without lock, nothing written, also while a bridge works there.
package struct SpoolInspection: Sendable {
    package var directory: String
    /// Nil when the log has no frame yet.
    package var identity: LogIdentity?
    /// Oldest first.
    package var segments: [SegmentInspection] = []
    /// By name.
    package var cursors: [CursorInspection] = []
    /// Items in the log that no cursor of this name has passed, by tenant, signal and appended term. Only where everything was read.
    package var pending: [String: Totals] = [:]
    /// Ledger entries that the log could not take yet; their sequence is 0.
    package var emergency: [LedgerRecord] = []
    /// Names in the log's directory that are no segments.
    package var strayFiles: [String] = []
    private let keys: SpoolKeys

    /// Reads the directory; throws when it holds no spool.
    ///
    /// What a running bridge gives up meanwhile makes a new reading necessary; it is taken up to five times.
    package init(
        directory: String,
        depth: InspectionDepth,
        keys: SpoolKeys = SpoolKeys(),
        disk: any Disk = RealDisk()
    ) throws(SpoolError) {
        let paths = SpoolPaths(directory: directory)
        let newer = Recovery(disk: disk, paths: paths, knownLogIDs: [], wallNanoseconds: 0)
        try newer.refuseNewer((try? Self.segmentNumbers(paths, disk: disk)) ?? [])
        do throws(DiskError) {
            for _ in 0..<5 {
                var reading = SpoolInspection(directory: directory, keys: keys)
                if try reading.read(paths, depth: depth, disk: disk) {
                    self = reading
                    return
                }
            }
        } catch {
            throw error.isMissing ? .unreadable(path: directory, reason: "there is no spool; name its directory with --data") : .disk(error)
        }
        throw .unreadable(path: directory, reason: "segments are given up faster than they can be read; try again")
    }

    private init(directory: String, keys: SpoolKeys) {
        self.directory = directory
        self.keys = keys
    }

    /// The log's own books: all items ever appended, and given up by the log.
    package var books: Totals {
        // Where the newest head does not hold, the books go on from the one before, as they do at start.
        let own = segments.filter { $0.isOwn }
        let start = own.lastIndex { $0.head != nil } ?? 0
        guard start < own.count else { return Totals() }
        var books = own[start].head?.booksBefore ?? Totals()
        for segment in own[start...] { books += segment.books }
        return books.withoutZeros
    }

    /// Without those that say exactly the same as an earlier one: what a destination owes to the ledger is said again after a crash.
    package var ledger: [LedgerRecord] {
        var said: Set<[UInt8]> = []
        return (segments.flatMap(\.ledger) + emergency).filter { $0.entry.reader.isEmpty || said.insert($0.entry.payload).inserted }
    }
    /// Frames that could not be read for want of a key, by its number.
    package var locked: [UInt64: Int] {
        segments.reduce(into: [:]) { all, segment in all.merge(segment.locked) { $0 + $1 } }
    }

    package var lastSequence: UInt64 { segments.map(\.contents.lastSequence).max() ?? 0 }

    package var bytes: Int { segments.reduce(0) { $0 + $1.bytes } + cursors.reduce(0) { $0 + $1.bytes } }

    /// False when a segment was given up while it was to be read.
    private mutating func read(_ paths: SpoolPaths, depth: InspectionDepth, disk: any Disk) throws(DiskError) -> Bool {
        // Cursors first: what they pass while the log is read is still pending in both.
        let before = try Self.segmentNumbers(paths, disk: disk)
        try readCursors(paths, disk: disk)
        let names = try disk.list(paths.log)
        let firsts = names.compactMap(SpoolPaths.firstSequence(ofSegmentNamed:)).sorted()
        strayFiles = names.filter { SpoolPaths.firstSequence(ofSegmentNamed: $0) == nil }.sorted()
        if let oldest = before.first, firsts.first != oldest { return false }
        let recovery = Recovery(disk: disk, paths: paths, knownLogIDs: cursors.compactMap { $0.cursor?.logID }, wallNanoseconds: 0)
        do throws(DiskError) {
            identity = try recovery.identity(firsts)
            try readSegments(firsts, paths, depth: depth, disk: disk)
            let entries = EmergencyLedger.entries(disk: disk, paths: paths, logID: identity?.logID ?? 0)
            emergency = entries.compactMap { found in
                LedgerEntry(payload: found.payload).map { LedgerRecord(sequence: 0, receivedNanoseconds: 0, entry: $0) }
            }
        } catch {
            if error.isMissing { return false }
            throw error
        }
        return try Self.segmentNumbers(paths, disk: disk).starts(with: firsts)
    }

    private mutating func readCursors(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) {
        let names: [String]
        do throws(DiskError) {
            names = try disk.list(paths.cursors)
        } catch {
            guard error.isMissing else { throw error }
            return
        }
        for name in names.filter(SpoolPaths.isReaderName).sorted() {
            if let cursor = try CursorInspection(disk: disk, paths: paths, name: name) { cursors.append(cursor) }
        }
    }

    private mutating func readSegments(
        _ firsts: [UInt64],
        _ paths: SpoolPaths,
        depth: InspectionDepth,
        disk: any Disk
    ) throws(DiskError) {
        let logID = identity?.logID
        let readers = cursors.filter { $0.isOf(logID) }.compactMap { found in found.cursor.map { (found.name, $0) } }
        var left: [String: Totals] = [:]
        for (name, _) in readers { left[name] = Totals() }
        let own = try Self.own(firsts, paths, logID: logID ?? 0, disk: disk)
        for first in firsts {
            let limit = own.first { $0 > first }
            let path = paths.segment(first)
            let file = try disk.open(path, .read)
            // By the tenant's number as long as the segment's names are not all known.
            var ahead: [String: Totals] = [:]
            let segment = try SegmentInspection(
                file: file,
                name: String(path.dropFirst(paths.log.count + 1)),
                firstSequence: first,
                before: limit ?? .max,
                isNewest: limit == nil,
                // Without an identity there is no frame that anything could be said about.
                logID: logID ?? 0,
                keys: keys,
                depth: depth
            ) { header in
                // Also where they are gone: a reader has to get there to account for them.
                guard header.kind?.countsItems == true else { return }
                let key = Totals.Key(tenant: String(header.tenant), signal: header.signal, term: header.appendedTerm)
                for (name, cursor) in readers where !cursor.passed.contains(header.sequence) {
                    let done = cursor.partial[header.sequence]?.reduce(0) { $0 + $1.count } ?? 0
                    ahead[name, default: Totals()].add(Int(header.items) - done, to: key)
                }
            }
            for (name, totals) in ahead {
                for (numbered, count) in totals.counts {
                    var key = numbered
                    key.tenant = segment.tenant(UInt32(numbered.tenant) ?? 0)
                    left[name]?.add(count, to: key)
                }
            }
            segments.append(segment)
        }
        if depth == .everything { pending = left }
    }

    /// The files that are segments of this log: an empty one, or one of something else, must not end the segment before it.
    private static func own(_ firsts: [UInt64], _ paths: SpoolPaths, logID: UInt64, disk: any Disk) throws(DiskError) -> [UInt64] {
        var own: [UInt64] = []
        for first in firsts {
            let file = try disk.open(paths.segment(first), .read)
            let length = try file.length()
            if let head = try SegmentScan.head(file: file, length: length) {
                if head.logID == logID && head.firstSequence == first { own.append(first) }
                continue
            }
            var walk = SegmentWalk(file: file, length: length, logID: logID, firstSequence: first, before: .max)
            if try walk.next() != nil { own.append(first) }
        }
        return own
    }

    /// The first sequence that a frame of the segment at `index` cannot have.
    func limit(of index: Int) -> UInt64 {
        if let footer = segments[index].footer { return footer.lastSequence + 1 }
        return segments[(index + 1)...].first { $0.isOwn && !$0.isVoid }?.firstSequence ?? .max
    }

    private static func segmentNumbers(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) -> [UInt64] {
        try disk.list(paths.log).compactMap(SpoolPaths.firstSequence(ofSegmentNamed:)).sorted()
    }
}
