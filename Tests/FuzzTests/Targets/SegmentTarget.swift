import CausewayPlatform
import TestSupport

@testable import CausewaySpool

extension FuzzTarget {
    /// A segment file of arbitrary bytes: the log starts, hands out frames in order, takes a new one, and finds all of it again.
    static let segment = FuzzTarget(name: "segment", seeds: { try SegmentBytes.seeds() }) { bytes in
        guard let disk = try SegmentBytes(bytes).disk() else { return }
        let log = try SmallLog(disk)
        let found: [UInt64]
        do {
            found = try log.frames()
        } catch SpoolError.unreadable {
            // A key is missing that the damaged head does not name: nothing is lost, and it is said.
            return
        }
        try promise(zip(found, found.dropFirst()).allSatisfy { $0 < $1 }, "out of order: \(found)")
        guard try log.append() else { return }
        let again = try SmallLog(disk.kill()).frames()
        try promise(again.count == found.count + 1 && again.starts(with: found), "\(found) and one more became \(again)")
    }

    /// The same file, looked into and repaired: every intact frame is still there, and the books balance.
    static let repair = FuzzTarget(name: "repair", seeds: { try SegmentBytes.seeds() }) { bytes in
        guard let disk = try SegmentBytes(bytes).disk() else { return }
        let found = try SmallLog(disk.kill()).frames()
        _ = SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: disk))
        var actions: [[String]] = []
        var repaired = disk
        // What the first run writes again may leave sequences out, which the second puts on the ledger.
        while actions.isEmpty || !actions.last!.isEmpty {
            try promise(actions.count < 5, "repair comes to no end: \(actions)")
            var repair = try SpoolRepair(directory: "/data", keys: keys, disk: repaired, clock: TestClock())
            try repair.run()
            actions.append(repair.actions)
            repaired = repaired.kill()
        }
        let again = try SmallLog(repaired.kill()).frames()
        try promise(again == found, "\(found) became \(again): \(actions)")
        let audit = SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: repaired.kill()))
        try promise(audit.isBalanced, "out of balance when repaired: \(audit.imbalances)")
    }
}

/// The key of the encrypted fixture.
private let keys = SpoolKeys(others: [SpoolKey((0..<32).map { $0 })])

/// A log on a disk of its own, without threads.
private struct SmallLog {
    let files: SpoolFiles
    let reader: LogReader

    init(_ disk: MemoryDisk) throws {
        var options = SpoolOptions()
        options.maxBytes = .max / 2
        options.keys = keys
        files = try SpoolFiles(directory: "/data", options: options, disk: disk, clock: TestClock())
        reader = try files.open(reader: "fuzz", start: .oldest) {}.reader
    }

    /// The sequences of all frames with items.
    func frames() throws -> [UInt64] {
        var all: [UInt64] = []
        while true {
            let frames = try reader.read(maxBytes: .max)
            if frames.isEmpty { return all }
            all += frames.map(\.sequence)
        }
    }

    /// One frame more; false when the file claims that all sequences are used up.
    func append() throws -> Bool {
        let writer = files.writer()
        let draft = FrameDraft(kind: .otlp, items: 1, receivedNanoseconds: 1, payload: [1])
        switch writer.commit([[draft]])[0] {
        case .success: break
        case .failure(.full):
            try promise(files.catalog.with { $0.lastSequence } > FrameHeader.maxSequence - 16, "refused for no reason")
            return false
        case .failure(let error): throw error
        }
        try writer.seal()
        files.lock.release()
        return true
    }
}

/// The content of a segment file as a fuzzer makes it. The first byte says whether its checksums are put right, which no fuzzer guesses.
private struct SegmentBytes {
    var bytes: [UInt8]

    init(_ input: [UInt8]) {
        let content = [UInt8](input.dropFirst())
        bytes = (input.first ?? 0) & 1 == 0 ? Self.sealed(content) : content
    }

    static func seeds() throws -> [[UInt8]] {
        let files = try fixtures("spool", ending: ".seg")
        return files.flatMap { [[0] + $0, [1] + $0] }
    }

    /// A spool with this file in it; nil when it claims to be of a newer version, or encrypted with another key, and is refused.
    func disk() throws -> MemoryDisk? {
        let disk = MemoryDisk()
        disk.place(bytes, at: "/data/log/00000000000000000100.seg")
        _ = try disk.createDirectory("/data/cursors")
        do {
            _ = try SmallLog(disk.kill())
        } catch {
            if case .unreadable? = error as? SpoolError { return nil }
            throw error
        }
        return disk
    }

    /// The bytes with a true checksum wherever there seems to be a frame.
    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var logID: UInt64 = 0
        var offset = 0
        while offset + FrameHeader.size <= bytes.count {
            guard let header = FrameHeader(bytes, at: offset), offset + FrameHeader.size + Int(header.payloadLength) <= bytes.count else {
                offset += 8
                continue
            }
            let payload = offset + FrameHeader.size..<offset + FrameHeader.size + Int(header.payloadLength)
            if header.kind == .head { logID = SegmentHead(payload: [UInt8](bytes[payload]))?.logID ?? 0 }
            var crc = CRC32C(seed: header.kind == .head ? 0 : logID)
            crc.update(bytes, offset..<offset + 60)
            crc.update(bytes, payload)
            for byte in 0..<4 { bytes[offset + 60 + byte] = UInt8(truncatingIfNeeded: crc.value >> (byte * 8)) }
            offset += header.frameLength
        }
        return bytes
    }
}
