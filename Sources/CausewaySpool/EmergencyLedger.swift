// ledger.emergency: zeros from the first start on, so that writing to it needs no room; then ledger frames (FrameHeader.swift), one behind
// the other from offset 0, with 1, 2, … as their sequences. It ends where no intact frame with the next number follows.
// The origin of each tells the log's last sequence when it was written.

internal import CausewayPlatform
internal import Synchronization

/// Ledger entries for which there was no other place: written in place of zeros, carried over into the log when it takes data again.
final class EmergencyLedger: Sendable {
    /// One entry, and the last sequence of the log when it was made.
    struct Entry: Sendable {
        var payload: [UInt8]
        var lastSequence: UInt64
    }

    private let path: String
    private let logID: UInt64
    private let size: Int
    private let state: Mutex<State>

    private struct State {
        var file: (any DiskFile)?
        var entries: [Entry] = []
        var end = 0
    }

    /// Opens the file, or makes it; one that cannot be made is done without.
    init(disk: any Disk, paths: SpoolPaths, options: SpoolOptions, logID: UInt64) {
        path = paths.emergencyLedger
        self.logID = logID
        size = options.effectiveReserveBytes
        var state = State()
        do throws(DiskError) {
            if size > 0 {
                let file = try disk.open(path, .readWrite)
                if try file.length() < size {
                    let missing = size - (try file.length())
                    try file.writeAll([[UInt8](repeating: 0, count: missing)], at: try file.length())
                }
                (state.entries, state.end) = try Self.read(file, length: size, logID: logID)
                // Written again, because what is read need not be on stable storage: the last run may have been killed before its sync.
                try file.writeAll([try file.readAll(state.end, at: 0)], at: 0)
                try file.sync()
                try disk.syncDirectory(paths.directory)
                state.file = file
            }
        } catch {
            // What was read is carried over all the same, and looked for in the log when it is found here again.
            state.file = nil
        }
        self.state = Mutex(state)
    }

    /// Looks into the file of a directory without touching it.
    static func entries(disk: any Disk, paths: SpoolPaths, logID: UInt64) -> [Entry] {
        guard let file = try? disk.open(paths.emergencyLedger, .read), let length = try? file.length() else { return [] }
        return (try? read(file, length: length, logID: logID).entries) ?? []
    }

    var entries: [Entry] { state.withLock { $0.entries } }

    /// Writes an entry; false when there is no place for it here either.
    func append(_ payload: [UInt8], lastSequence: UInt64) -> Bool {
        state.withLock { state in
            var header = FrameHeader(kind: .ledger, sequence: UInt64(state.entries.count + 1), payloadLength: payload.count)
            header.origin = FrameOrigin(log: logID, sequence: lastSequence, firstItem: 0)
            guard let file = state.file, state.end + header.frameLength <= size else { return false }
            let padding = [UInt8](repeating: 0, count: FrameHeader.padded(payload.count) - payload.count)
            do throws(DiskError) {
                try file.writeAll([header.encoded(logID: logID, payload: payload), payload, padding], at: state.end)
                try file.sync()
            } catch {
                // Nothing is given up for it, so it is not to be there at the next start either.
                _ = try? file.writeAll([[UInt8](repeating: 0, count: header.frameLength)], at: state.end)
                return false
            }
            state.entries.append(Entry(payload: payload, lastSequence: lastSequence))
            state.end += header.frameLength
            return true
        }
    }

    /// Forgets the entries, which are in the log now.
    func clear() {
        state.withLock { state in
            guard let file = state.file, state.end > 0 else { return }
            let zeros = [UInt8](repeating: 0, count: state.end)
            (state.entries, state.end) = ([], 0)
            do throws(DiskError) {
                try file.writeAll([zeros], at: 0)
                try file.sync()
            } catch {
                // What is left of them is looked for in the log before it is carried over again.
            }
        }
    }

    private static func read(_ file: any DiskFile, length: Int, logID: UInt64) throws(DiskError) -> (entries: [Entry], end: Int) {
        var entries: [Entry] = []
        var scanner = FrameScanner(file: file, logID: logID, end: length)
        while let header = try scanner.header(), header.kind == .ledger, header.sequence == UInt64(entries.count + 1),
            let payload = try scanner.payload(of: header)
        {
            entries.append(Entry(payload: payload, lastSequence: header.origin?.sequence ?? 0))
            scanner.skip(header)
        }
        return (entries, scanner.offset)
    }
}
