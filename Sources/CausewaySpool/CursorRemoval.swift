package import CausewayPlatform

/// Forgets how far a destination had got; one of that name begins anew afterwards.
package enum CursorRemoval {
    /// Throws when a bridge works in the directory. False when there is no cursor of that name.
    package static func remove(_ name: String, from directory: String, disk: any Disk = RealDisk()) throws(SpoolError) -> Bool {
        let paths = SpoolPaths(directory: directory)
        guard SpoolPaths.isReaderName(name) else { return false }
        let lock = try SpoolLock(paths, disk: disk)
        return try withExtendedLifetime(lock) { () throws(SpoolError) in
            do throws(DiskError) {
                try disk.unlink(paths.cursor(name))
                try disk.syncDirectory(paths.cursors)
                return true
            } catch {
                if error.isMissing { return false }
                throw .disk(error)
            }
        }
    }
}
