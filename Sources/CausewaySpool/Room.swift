internal import CausewayPlatform

/// Which segments may go, and their removal. Removing needs no room: a segment is one `unlink`.
enum Room {
    /// Gives up as much of the oldest history as makes `needed` bytes fit below the limit.
    static func free(_ needed: Int, disk: any Disk, paths: SpoolPaths, options: SpoolOptions, catalog: Catalog) {
        remove(disk: disk, paths: paths, catalog: catalog) { state, _ in state.usedBytes + needed > options.maxBytes }
    }

    /// Gives up the oldest segment of history, if there is history.
    static func freeOldest(disk: any Disk, paths: SpoolPaths, catalog: Catalog) -> Bool {
        let before = catalog.with { $0.segments.first?.firstSequence }
        remove(disk: disk, paths: paths, catalog: catalog) { _, oldest in oldest.firstSequence == before }
        return catalog.with { $0.segments.first?.firstSequence } != before
    }

    /// Gives up history that is older or larger than is to be kept.
    static func expire(disk: any Disk, paths: SpoolPaths, options: SpoolOptions, catalog: Catalog, wallNanoseconds: UInt64) {
        let keepNanoseconds = UInt64(max(options.keepAge / .nanoseconds(1), 0))
        remove(disk: disk, paths: paths, catalog: catalog) { state, oldest in
            let history = state.segments.prefix { state.isHistory($0) }.reduce(0) { $0 + $1.readableBytes }
            // A frame from the future is as old as nothing.
            let age = wallNanoseconds > oldest.lastReceivedNanoseconds ? wallNanoseconds - oldest.lastReceivedNanoseconds : 0
            return history > options.keepBytes || age > keepNanoseconds
        }
    }

    private static func remove(
        disk: any Disk,
        paths: SpoolPaths,
        catalog: Catalog,
        while condition: (Catalog.State, SegmentInfo) -> Bool
    ) {
        while true {
            let candidate: SegmentInfo? = catalog.with { state in
                guard let oldest = state.segments.first, state.isHistory(oldest), condition(state, oldest) else { return nil }
                state.segments.removeFirst()
                return oldest
            }
            guard let candidate, unlink(candidate, disk: disk, catalog: catalog) else { return }
        }
    }

    /// Removes a segment whose loss is on the ledger; false when the disk would not.
    static func remove(_ segment: SegmentInfo, disk: any Disk, catalog: Catalog) -> Bool {
        catalog.with { state in state.segments.removeAll { $0.firstSequence == segment.firstSequence } }
        return unlink(segment, disk: disk, catalog: catalog)
    }

    /// Not synced: a segment that comes back after a power loss is passed, or on the ledger, already, and goes again.
    private static func unlink(_ segment: SegmentInfo, disk: any Disk, catalog: Catalog) -> Bool {
        do throws(DiskError) {
            try disk.unlink(segment.path)
        } catch {
            if error.isMissing {
                removeNotes(of: segment, disk: disk, catalog: catalog)
                return true
            }
            catalog.with { $0.segments.insert(segment, at: 0) }
            return false
        }
        removeNotes(of: segment, disk: disk, catalog: catalog)
        return true
    }

    /// Notes go with their segment, when that cannot come back without them. Those that the disk would not remove are counted until the
    /// next start does it.
    private static func removeNotes(of segment: SegmentInfo, disk: any Disk, catalog: Catalog) {
        guard let notes = catalog.notes(of: segment.firstSequence) else { return }
        do throws(DiskError) {
            let directory = segment.path.lastIndex(of: "/").map { String(segment.path[..<$0]) }
            try disk.syncDirectory(directory ?? ".")
            try disk.unlink(notes.path)
        } catch {
            if !error.isMissing { return }
        }
        catalog.with { $0.dropNotes(of: segment.firstSequence) }
    }
}

extension Catalog.State {
    /// The segment that goes when there is no room and nobody reads.
    var evictableWithoutReader: SegmentInfo? {
        guard durablePrefixes.isEmpty, let oldest = segments.first, oldest.isClosed, segments.count > 1 else { return nil }
        return oldest
    }

    /// Whether every reader has passed the segment for certain. With no reader at all nothing is history.
    func isHistory(_ segment: SegmentInfo) -> Bool {
        // The newest segment stays, whoever has passed it: it carries the log's identity, sequence and books over a restart.
        segment.isClosed && segment.firstSequence != segments.last?.firstSequence && !durablePrefixes.isEmpty
            && durablePrefixes.values.allSatisfy { $0 >= segment.lastItemSequence } && isDerived(segment)
    }
}
