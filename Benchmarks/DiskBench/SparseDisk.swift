import CausewayPlatform

/// The real disk, except that zeros are not written: they become holes, so that a hundred gigabytes fit anywhere.
struct SparseDisk: Disk {
    private let real = RealDisk()

    func open(_ path: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        SparseFile(real: try real.open(path, access))
    }

    func createDirectory(_ path: String) throws(DiskError) -> Bool { try real.createDirectory(path) }
    func list(_ path: String) throws(DiskError) -> [String] { try real.list(path) }
    func rename(_ from: String, to: String) throws(DiskError) { try real.rename(from, to: to) }
    func unlink(_ path: String) throws(DiskError) { try real.unlink(path) }
    func syncDirectory(_ path: String) throws(DiskError) { try real.syncDirectory(path) }
    func allocatedBytes(_ path: String) throws(DiskError) -> Int { try real.allocatedBytes(path) }
    func stamp(_ path: String) throws(DiskError) -> FileStamp { try real.stamp(path) }
    func freeBytes(_ path: String) throws(DiskError) -> Int { try real.freeBytes(path) }
}

private final class SparseFile: DiskFile {
    private let real: any DiskFile

    init(real: any DiskFile) { self.real = real }

    func write(_ parts: [[UInt8]], at offset: Int) throws(DiskError) -> Int {
        var end = offset
        for part in parts {
            // A long payload comes by itself.
            if part.count >= 1 << 20, part.first == 0, part.last == 0 {
                if try real.length() < end + part.count { try real.truncate(to: end + part.count) }
            } else {
                try real.writeAll([part], at: end)
            }
            end += part.count
        }
        return end - offset
    }

    func read(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8] { try real.read(count, at: offset) }
    /// Nothing here has to outlive the machine.
    func sync() throws(DiskError) {}
    func truncate(to length: Int) throws(DiskError) { try real.truncate(to: length) }
    func allocate(_ length: Int) throws(DiskError) { try real.allocate(length) }
    func length() throws(DiskError) -> Int { try real.length() }
    func lock() throws(DiskError) -> Bool { try real.lock() }
}
