internal import CausewayPlatform

/// A data directory taken for oneself: no bridge, and no other changing command, works in it as long as this lives.
final class SpoolLock: Sendable {
    private let file: any DiskFile

    /// Throws when the directory holds no spool, or somebody else works in it.
    init(_ paths: SpoolPaths, disk: any Disk) throws(SpoolError) {
        let isLocked: Bool
        do throws(DiskError) {
            // Before the lock's file is made: a mistyped directory must not be turned into something that looks like a spool.
            _ = try disk.list(paths.log)
            file = try disk.open(paths.lock, .readWrite)
            isLocked = try file.lock()
        } catch {
            throw error.isMissing
                ? .unreadable(path: paths.directory, reason: "there is no spool; name its directory with --data") : .disk(error)
        }
        guard isLocked else { throw .locked(path: paths.directory) }
    }
}
