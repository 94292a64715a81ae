internal import Glibc

/// Whole small files and the three standard streams, with plain blocking calls; pipes are fine.
package enum Files {
    /// All bytes of a file, a pipe or (`-`) standard input; `EFBIG` beyond `limit`.
    package static func read(_ path: String, limit: Int) throws(DiskError) -> [UInt8] {
        if path == "-" { return try readAll(0, "standard input", limit) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(operation: "open", path: path, code: errno) }
        defer { close(descriptor) }
        return try readAll(descriptor, path, limit)
    }

    package static func writeToStandardOutput(_ bytes: [UInt8]) throws(DiskError) { try writeAll(bytes, 1, "standard output") }

    /// What cannot be written (a closed or full stream) is let go: there is nobody left to tell.
    package static func writeToStandardError(_ bytes: [UInt8]) { try? writeAll(bytes, 2, "standard error") }

    /// Whether standard output is a terminal, so that colour makes sense.
    package static var standardOutputIsTerminal: Bool { isatty(1) == 1 }

    private static func readAll(_ descriptor: Int32, _ path: String, _ limit: Int) throws(DiskError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw DiskError(operation: "read", path: path, code: errno) }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else { throw DiskError(operation: "read", path: path, code: EFBIG) }
            bytes += piece[..<count]
        }
    }

    private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32, _ name: String) throws(DiskError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw DiskError(operation: "write", path: name, code: errno) }
            written += count
        }
    }
}
