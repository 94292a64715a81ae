internal import CausewayPlatform
internal import Synchronization

/// Room on the disk that is kept for the worst moment: given back when nothing else is left, so that the ledger can still be written.
final class Reserve: Sendable {
    private let disk: any Disk
    private let paths: SpoolPaths
    private let bytes: Int
    /// What it holds at present.
    private let held = Mutex(0)

    init(disk: any Disk, paths: SpoolPaths, options: SpoolOptions) {
        self.disk = disk
        self.paths = paths
        bytes = options.effectiveReserveBytes
    }

    var heldBytes: Int { held.withLock { $0 } }

    /// Takes the room, if there is plenty of it.
    func take() {
        held.withLock { held in
            guard held < bytes, let free = try? disk.freeBytes(paths.directory), free > 4 * bytes else { return }
            do throws(DiskError) {
                let file = try disk.open(paths.reserve, .readWrite)
                try file.allocate(bytes)
                held = bytes
            } catch {
                // Without it the emergency ledger is still there.
                try? disk.unlink(paths.reserve)
            }
        }
    }

    /// Gives the room back to the disk; false when there is none to give.
    func release() -> Bool {
        held.withLock { held in
            guard held > 0 else { return false }
            do throws(DiskError) {
                try disk.unlink(paths.reserve)
            } catch {
                guard error.isMissing else { return false }
            }
            held = 0
            return true
        }
    }
}
