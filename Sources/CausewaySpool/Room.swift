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
        var isRemoved = false
        // Durable before the room is used again: else both the old files and the new ones may be there after a power loss.
        defer { if isRemoved { try? disk.syncDirectory(paths.log) } }
        while true {
            let candidate: SegmentInfo? = catalog.with { state in
                guard let oldest = state.segments.first, state.isHistory(oldest), condition(state, oldest) else { return nil }
                state.segments.removeFirst()
                return oldest
            }
            guard let candidate, unlink(candidate, disk: disk, catalog: catalog) else { return }
            isRemoved = true
        }
    }

    /// Removes a segment whose loss is on the ledger; false when the disk would not.
    static func remove(_ segment: SegmentInfo, disk: any Disk, paths: SpoolPaths, catalog: Catalog) -> Bool {
        catalog.with { state in state.segments.removeAll { $0.firstSequence == segment.firstSequence } }
        guard unlink(segment, disk: disk, catalog: catalog) else { return false }
        try? disk.syncDirectory(paths.log)
        return true
    }

    /// A segment that comes back after a power loss is passed, or on the ledger, already, and goes again.
    private static func unlink(_ segment: SegmentInfo, disk: any Disk, catalog: Catalog) -> Bool {
        do throws(DiskError) {
            try disk.unlink(segment.path)
        } catch {
            if error.isMissing { return true }
            catalog.with { $0.segments.insert(segment, at: 0) }
            return false
        }
        return true
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
            && durablePrefixes.values.allSatisfy { $0 >= segment.lastItemSequence }
    }
}
