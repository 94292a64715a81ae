internal import CCauseway
internal import Glibc

/// The operating system's files.
package struct RealDisk: Disk {
    package init() {}

    package func open(_ path: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .readWrite: O_RDWR | O_CREAT
            case .createNew: O_RDWR | O_CREAT | O_EXCL
            }
        let descriptor = try retrying("open", path) { unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600) }
        return RealFile(descriptor: descriptor, path: path)
    }

    package func createDirectory(_ path: String) throws(DiskError) -> Bool {
        do {
            _ = try retrying("mkdir", path) { unsafe mkdir(path, 0o700) }
            return true
        } catch  where error.code == EEXIST {
            return false
        }
    }

    package func list(_ path: String) throws(DiskError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw DiskError(operation: "opendir", path: path, code: errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe String(cString: causeway_entry_name(entry))
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    package func rename(_ from: String, to: String) throws(DiskError) {
        _ = try retrying("rename", from) { unsafe Glibc.rename(from, to) }
    }

    package func unlink(_ path: String) throws(DiskError) {
        _ = try retrying("unlink", path) { unsafe Glibc.unlink(path) }
    }

    package func syncDirectory(_ path: String) throws(DiskError) {
        let descriptor = try retrying("open", path) { unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        defer { close(descriptor) }
        _ = try retrying("fsync", path) { fsync(descriptor) }
    }

    package func allocatedBytes(_ path: String) throws(DiskError) -> Int {
        var information = stat()
        _ = try retrying("stat", path) { unsafe stat(path, &information) }
        return Int(information.st_blocks) * 512
    }

    package func stamp(_ path: String) throws(DiskError) -> FileStamp { try Files.stamp(path) }

    package func freeBytes(_ path: String) throws(DiskError) -> Int {
        var information = statvfs()
        _ = try retrying("statvfs", path) { unsafe statvfs(path, &information) }
        return Int(information.f_bavail) * Int(information.f_frsize)
    }
}

/// One file descriptor, closed with the last reference.
private final class RealFile: DiskFile {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    func write(_ parts: [[UInt8]], at offset: Int) throws(DiskError) -> Int {
        // One part at a time is a few system calls more for large frames only: small ones come gathered.
        var written = 0
        for part in parts where !part.isEmpty {
            let count = try retrying("pwrite", path) {
                unsafe part.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + written)) }
            }
            written += count
            if count < part.count { break }
        }
        return written
    }

    func read(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8] {
        var failure: DiskError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(DiskError) {
                filled = try retrying("pread", path) { unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset)) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    func sync() throws(DiskError) {
        // Not tried again on EINTR or EIO: after a failed sync the pages are marked clean, and a second call would lie.
        guard fdatasync(descriptor) == 0 else { throw DiskError(operation: "fdatasync", path: path, code: errno) }
    }

    func truncate(to length: Int) throws(DiskError) {
        _ = try retrying("ftruncate", path) { ftruncate(descriptor, off_t(length)) }
    }

    func allocate(_ length: Int) throws(DiskError) {
        _ = try retrying("fallocate", path) { causeway_reserve_blocks(descriptor, Int64(length)) }
    }

    func length() throws(DiskError) -> Int {
        var information = stat()
        _ = try retrying("fstat", path) { unsafe fstat(descriptor, &information) }
        return Int(information.st_size)
    }

    func lock() throws(DiskError) -> Bool {
        do {
            _ = try retrying("flock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
            return true
        } catch  where error.code == EWOULDBLOCK {
            return false
        }
    }
}

/// Repeats a call that a signal interrupted; a negative result becomes the error in `errno`.
private func retrying<Result: SignedInteger>(
    _ operation: String,
    _ path: String,
    _ call: () -> Result
) throws(DiskError) -> Result {
    while true {
        let result = call()
        if result >= 0 { return result }
        let code = errno
        if code != EINTR { throw DiskError(operation: operation, path: path, code: code) }
    }
}

extension DiskError {
    /// `pwrite /data/log/1.seg: No space left on device`.
    package var description: String { "\(operation) \(path): \(reason)" }

    /// The operating system's words for it: `No space left on device`.
    package var reason: String { unsafe String(cString: strerror(code)) }

    /// The disk, a quota or the file system's inodes are used up; room can come back.
    package var isNoSpace: Bool { code == ENOSPC || code == EDQUOT }

    package var isMissing: Bool { code == ENOENT }

    /// The device failed to read or write.
    package var isInputOutput: Bool { code == Self.inputOutputCode }

    package static let inputOutputCode = EIO

    /// A file of the name is there already.
    package var isInTheWay: Bool { code == EEXIST }
}
