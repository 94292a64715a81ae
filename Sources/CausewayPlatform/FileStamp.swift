internal import Glibc

/// What a file system says of a file without its being read: the same as long as nobody has written to it or put another in its place.
package struct FileStamp: Equatable, Sendable {
    package var bytes: Int
    /// Its number in the file system.
    package var file: UInt64
    /// When it was last written to.
    package var modifiedNanoseconds: UInt64

    package init(bytes: Int, file: UInt64 = 0, modifiedNanoseconds: UInt64) {
        self.bytes = bytes
        self.file = file
        self.modifiedNanoseconds = modifiedNanoseconds
    }
}

extension Files {
    package static func stamp(_ path: String) throws(DiskError) -> FileStamp {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { throw DiskError(operation: "stat", path: path, code: errno) }
        guard information.st_mode & S_IFMT != S_IFDIR else { throw DiskError(operation: "read", path: path, code: EISDIR) }
        let modified = UInt64(max(0, information.st_mtim.tv_sec)) * 1_000_000_000 + UInt64(max(0, information.st_mtim.tv_nsec))
        return FileStamp(bytes: Int(information.st_size), file: UInt64(information.st_ino), modifiedNanoseconds: modified)
    }

    /// Gives a file to `body` piece by piece, so that it is never in memory as a whole; `EFBIG` beyond `limit`.
    package static func readPieces<Failure: Error>(
        _ path: String,
        limit: Int,
        _ body: ([UInt8]) throws(Failure) -> Void
    ) throws(Failure) -> DiskError? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return DiskError(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        var total = 0
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return DiskError(operation: "read", path: path, code: errno) }
            if count == 0 { return nil }
            total += count
            guard total <= limit else { return DiskError(operation: "read", path: path, code: EFBIG) }
            try body(count == buffer.count ? buffer : Array(buffer[..<count]))
        }
    }
}
