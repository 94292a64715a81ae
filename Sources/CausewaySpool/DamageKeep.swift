internal import CausewayPlatform
internal import Synchronization

/// Copies aside what could not be read back, so that somebody may look at it: `quarantine/damaged/SEGMENT-OFFSET`.
///
/// As far as there is room for it: a copy never takes the place of telemetry.
final class DamageKeep: Sendable {
    private let disk: any Disk
    private let paths: SpoolPaths
    private let catalog: Catalog
    private let maxBytes: Int
    private let kept: Mutex<Set<String>>

    /// All copies together take no more than this, nor than a sixteenth of the spool.
    private static let limit = 64 << 20

    init(disk: any Disk, paths: SpoolPaths, catalog: Catalog, options: SpoolOptions) {
        self.disk = disk
        self.paths = paths
        self.catalog = catalog
        maxBytes = options.maxBytes
        kept = Mutex(Set((try? disk.list(paths.damaged)) ?? []))
    }

    /// Copies `range` of a segment's file, once.
    func keep(_ range: Range<Int>, of file: any DiskFile, segment first: UInt64) {
        let name = "\(SpoolPaths.digits(first))-\(range.lowerBound)"
        kept.withLock { kept in
            guard !range.isEmpty, !kept.contains(name), reserve(range.count) else { return }
            kept.insert(name)
            do throws(DiskError) {
                try copy(range, of: SalvagedFile(file), to: paths.damaged + "/" + name)
            } catch {
                // What of it is on disk is counted all the same.
            }
        }
    }

    private func reserve(_ bytes: Int) -> Bool {
        catalog.with { state in
            guard state.damagedBytes + bytes <= min(Self.limit, maxBytes / 16),
                state.usedBytes + bytes + 2 * SpoolOptions.margin <= maxBytes
            else { return false }
            state.damagedBytes += bytes
            state.otherBytes += bytes
            return true
        }
    }

    private func copy(_ range: Range<Int>, of file: any DiskFile, to path: String) throws(DiskError) {
        for (directory, parent) in [(paths.quarantine, paths.directory), (paths.damaged, paths.quarantine)] {
            if try disk.createDirectory(directory) { try disk.syncDirectory(parent) }
        }
        let copy = try disk.open(path, .readWrite)
        try copy.truncate(to: 0)
        var done = 0
        while done < range.count {
            let bytes = try file.readAll(min(1 << 20, range.count - done), at: range.lowerBound + done)
            if bytes.isEmpty { break }
            try copy.writeAll([bytes], at: done)
            done += bytes.count
        }
        try copy.sync()
        try disk.syncDirectory(paths.damaged)
    }
}
