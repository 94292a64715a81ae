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
    /// Names in the log's directory that are no segments.
    package var strayFiles: [String] = []

    /// Reads the directory; throws when it holds no spool.
    ///
    /// What a running bridge gives up meanwhile makes a new reading necessary; it is taken up to five times.
    package init(directory: String, depth: InspectionDepth, disk: any Disk = RealDisk()) throws(SpoolError) {
        let paths = SpoolPaths(directory: directory)
        do throws(DiskError) {
            for _ in 0..<5 {
                var reading = SpoolInspection(directory: directory)
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

    private init(directory: String) { self.directory = directory }

    /// The log's own books: all items ever appended, and given up by the log.
    package var books: Totals {
        // Where the newest head does not hold, the books go on from the one before, as they do at start.
        let own = segments.filter { $0.state != .alien }
        let start = own.lastIndex { $0.head != nil } ?? 0
        guard start < own.count else { return Totals() }
        var books = own[start].head?.booksBefore ?? Totals()
        for segment in own[start...] { books += segment.books }
        return books.withoutZeros
    }

    package var ledger: [LedgerRecord] { segments.flatMap(\.ledger) }

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
        for (index, first) in firsts.enumerated() {
            let isNewest = index + 1 == firsts.count
            let path = paths.segment(first)
            let file = try disk.open(path, .read)
            // By the tenant's number as long as the segment's names are not all known.
            var ahead: [String: Totals] = [:]
            let segment = try SegmentInspection(
                file: file,
                name: String(path.dropFirst(paths.log.count + 1)),
                firstSequence: first,
                before: isNewest ? .max : firsts[index + 1],
                isNewest: isNewest,
                // Without an identity there is no frame that anything could be said about.
                logID: logID ?? 0,
                depth: depth
            ) { header in
                guard header.kind?.holdsItems == true else { return }
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

    private static func segmentNumbers(_ paths: SpoolPaths, disk: any Disk) throws(DiskError) -> [UInt64] {
        try disk.list(paths.log).compactMap(SpoolPaths.firstSequence(ofSegmentNamed:)).sorted()
    }
}
