/// The operations on files that the spool needs, one system call each, so that a test can put a failing or forgetting disk in its place.
///
/// Paths are absolute or relative to the working directory. Every call may be made from any thread.
package protocol Disk: Sendable {
    func open(_ path: String, _ access: FileAccess) throws(DiskError) -> any DiskFile
    /// Makes one directory with mode 0700; false when it is there already.
    func createDirectory(_ path: String) throws(DiskError) -> Bool
    /// The names in a directory, without `.` and `..`, in no order.
    func list(_ path: String) throws(DiskError) -> [String]
    /// Replaces `to` in one step.
    func rename(_ from: String, to: String) throws(DiskError)
    func unlink(_ path: String) throws(DiskError)
    /// Makes creations, renames and removals in a directory durable.
    func syncDirectory(_ path: String) throws(DiskError)
    /// Bytes the file occupies on disk, allocated ahead included.
    func allocatedBytes(_ path: String) throws(DiskError) -> Int
    /// What tells the file from one that takes its place later, or that is changed.
    func stamp(_ path: String) throws(DiskError) -> FileStamp
    /// Bytes that an unprivileged writer could still use on the file system that holds `path`.
    func freeBytes(_ path: String) throws(DiskError) -> Int
}

/// An open file. The owner of the last reference closes it.
package protocol DiskFile: AnyObject, Sendable {
    /// Writes a prefix of the parts, in order, from `offset` on; returns how many bytes, which may be fewer than asked for.
    func write(_ parts: [[UInt8]], at offset: Int) throws(DiskError) -> Int
    /// Reads at most `count` bytes from `offset` on; fewer, or none, where the file ends.
    func read(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8]
    /// `fdatasync`: data, and the length if it changed, are on stable storage when it returns.
    func sync() throws(DiskError)
    func truncate(to length: Int) throws(DiskError)
    /// Reserves blocks for the first `length` bytes without changing the file's length.
    func allocate(_ length: Int) throws(DiskError)
    func length() throws(DiskError) -> Int
    /// Takes the file's advisory lock for this process; false when another process holds it.
    func lock() throws(DiskError) -> Bool
}

package enum FileAccess: Sendable {
    case read
    /// Creates the file with mode 0600 where it is missing.
    case readWrite
    /// Creates the file with mode 0600; an error when it exists.
    case createNew
}

/// A system call on a file that failed.
package struct DiskError: Error, Equatable, Sendable, CustomStringConvertible {
    package var operation: String
    package var path: String
    /// `errno`.
    package var code: Int32

    package init(operation: String, path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }
}

extension DiskFile {
    /// Writes all parts, however many calls it takes.
    package func writeAll(_ parts: [[UInt8]], at offset: Int) throws(DiskError) {
        let total = parts.reduce(0) { $0 + $1.count }
        var written = try write(parts, at: offset)
        while written < total {
            written += try write(parts.droppingBytes(written), at: offset + written)
        }
    }

    /// Reads exactly `count` bytes, or as many as there are.
    package func readAll(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8] {
        var bytes = try read(count, at: offset)
        while bytes.count < count {
            let more = try read(count - bytes.count, at: offset + bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }
}

extension Array where Element == [UInt8] {
    /// What is left of the parts behind their first `count` bytes.
    fileprivate func droppingBytes(_ count: Int) -> [[UInt8]] {
        var left = count
        var rest: [[UInt8]] = []
        for part in self {
            if left >= part.count {
                left -= part.count
            } else {
                rest.append(left == 0 ? part : [UInt8](part.dropFirst(left)))
                left = 0
            }
        }
        return rest
    }
}
