internal import Glibc

/// A file that somebody else writes to, open for reading at any place.
package final class TailedFile: Sendable {
    private let descriptor: Int32
    /// Tells it from another file that gets its name.
    package let identity: Identity

    package struct Identity: Hashable, Sendable {
        package var device: UInt64
        package var inode: UInt64

        package init(device: UInt64, inode: UInt64) {
            self.device = device
            self.inode = inode
        }
    }

    /// Nil when there is no file of that name.
    package init?(path: String) throws(DiskError) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw DiskError(operation: "open", path: path, code: errno)
        }
        var info = stat()
        guard unsafe fstat(descriptor, &info) == 0 else {
            let code = errno
            close(descriptor)
            throw DiskError(operation: "fstat", path: path, code: code)
        }
        identity = Identity(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
    }

    deinit { close(descriptor) }

    package var size: Int {
        var info = stat()
        return unsafe fstat(descriptor, &info) == 0 ? Int(info.st_size) : 0
    }

    /// When something was last written to it.
    package var modifiedNanoseconds: Int64 {
        var info = stat()
        return unsafe fstat(descriptor, &info) == 0 ? Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec) : 0
    }

    /// Fewer bytes at the end; none where it cannot be read.
    package func read(at offset: Int, atMost limit: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        bytes.removeLast(limit - max(0, count))
        return bytes
    }

    /// Of the file that has a name now.
    package static func identity(of path: String) -> Identity? {
        var info = stat()
        guard unsafe stat(path, &info) == 0 else { return nil }
        return Identity(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
    }
}
