internal import CausewayPlatform
internal import Synchronization

/// A file whose unreadable sectors read as zeros, so that one of them costs the frames in it and not the log.
///
/// What fails once may work a moment later: each read is tried several times before it is taken apart.
final class SalvagedFile: DiskFile {
    private let file: any DiskFile
    private let unreadable = Mutex(false)

    /// Whether zeros have been handed out for something that may come back: nothing must be decided for good from what was read.
    var isImpaired: Bool { unreadable.withLock { $0 } }

    private static let attempts = 3
    /// What a disk is asked for when more at once fails.
    private static let sector = 4096

    init(_ file: any DiskFile) { self.file = file }

    func read(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8] {
        if let bytes = try attempt(count, at: offset) { return bytes }
        var bytes: [UInt8] = []
        // In steps that end where sectors do; no further than one window, as a read may.
        while bytes.count < min(count, 256 << 10) {
            let start = offset + bytes.count
            let step = min(count - bytes.count, Self.sector - start % Self.sector)
            let read: [UInt8]
            if let sector = try attempt(step, at: start) {
                read = sector
            } else {
                unreadable.withLock { $0 = true }
                read = [UInt8](repeating: 0, count: min(step, max(0, try file.length() - start)))
            }
            bytes += read
            if read.count < step { break }
        }
        return bytes
    }

    /// Nil when the bytes cannot be read.
    private func attempt(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8]? {
        for _ in 0..<Self.attempts {
            do throws(DiskError) {
                return try file.read(count, at: offset)
            } catch {
                guard error.isInputOutput else { throw error }
            }
        }
        return nil
    }

    func write(_ parts: [[UInt8]], at offset: Int) throws(DiskError) -> Int { try file.write(parts, at: offset) }
    func sync() throws(DiskError) { try file.sync() }
    func truncate(to length: Int) throws(DiskError) { try file.truncate(to: length) }
    func allocate(_ length: Int) throws(DiskError) { try file.allocate(length) }
    func length() throws(DiskError) -> Int { try file.length() }
    func lock() throws(DiskError) -> Bool { try file.lock() }
}
