import TestSupport
import Testing

@testable import CausewaySpool

/// Notes as bytes: what is intact is found, whatever else is hit.
struct NotesTests {
    /// A log whose first segment has notes of several marks, and is closed.
    private func log() throws -> (disk: MemoryDisk, notes: [String]) {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        let deriver = try spool.deriver("settle")
        _ = spool.append((1...6).map { [.sample($0)] })
        let frames = try deriver.read(maxBytes: .max)
        for frame in frames {
            let note = NoteDraft(sequence: frame.sequence, item: 0, payload: [UInt8]("note on \(frame.number ?? 0)".utf8))
            try deriver.commit(upTo: frame.sequence, notes: [note])
        }
        spool.close()
        return (disk, frames.map { "note on \($0.number ?? 0)" })
    }

    private static let path = "/data/log/00000000000000000001.notes"

    private func notes(_ disk: MemoryDisk) throws -> [String] {
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        // Who settles is known from the head, or because it is at work.
        _ = try spool.deriver("settle")
        return try spool.frames(wait: .settled(late: false)).flatMap { $0.notes.map { String(decoding: $0.payload, as: UTF8.self) } }
    }

    @Test func `every flipped bit costs at most the note it is in`() throws {
        let (disk, all) = try log()
        let bytes = try #require(disk.contents(of: Self.path))
        for offset in stride(from: 0, to: bytes.count, by: 7) {
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            let copy = disk.kill()
            copy.place(damaged, at: Self.path)
            let found = try notes(copy)
            #expect(Set(found).isSubset(of: all) && found.count >= all.count - 1, "byte \(offset): \(found)")
        }
    }

    @Test func `a deriver's start leaves others' notes alone`() throws {
        let (disk, all) = try log()
        let spool = try SteppedSpool(disk.kill(), options: SpoolOptions(), clock: TestClock())
        _ = try spool.deriver("events", settles: false)
        _ = try spool.deriver("settle")
        _ = try spool.deriver("metrics", settles: false)
        let found = try spool.frames(wait: .settled(late: false)).flatMap(\.notes).map { String(decoding: $0.payload, as: UTF8.self) }
        #expect(found == all)
    }

    @Test func `every truncation keeps the notes before it`() throws {
        let (disk, all) = try log()
        let bytes = try #require(disk.contents(of: Self.path))
        for length in stride(from: 0, through: bytes.count, by: 16) {
            let copy = disk.kill()
            copy.place([UInt8](bytes.prefix(length)), at: Self.path)
            let found = try notes(copy)
            #expect(found == Array(all.prefix(found.count)), "\(length) bytes")
            if length == bytes.count { #expect(found == all) }
        }
    }

    @Test func `what looks like a note inside a note is not taken for one`() throws {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        let deriver = try spool.deriver("settle")
        _ = spool.append([[.sample(1)], [.sample(2)]])
        let frames = try deriver.read(maxBytes: .max)
        let forged = NotesFile.batch(
            [NoteDraft(sequence: frames[1].sequence, item: 0, payload: [UInt8]("forged".utf8))],
            mark: Mark(deriver: "settle", number: 2, sequence: frames[1].sequence),
            settled: 0,
            ordinal: 9,
            logID: spool.files.identity.logID,
            wallNanoseconds: 0,
            form: StoredForm(keys: SpoolKeys(), keyID: 0)
        )
        try deriver.commit(upTo: frames[1].sequence, notes: [NoteDraft(sequence: frames[0].sequence, item: 0, payload: forged.bytes)])
        spool.close()
        var bytes = try #require(disk.contents(of: Self.path))
        // The length in the header of the note that holds the forged one.
        let head = FrameHeader(bytes, at: 0)!.frameLength
        bytes[head + 36] ^= 0xff
        let copy = disk.kill()
        copy.place(bytes, at: Self.path)
        #expect(try notes(copy) == [])
    }

    @Test func `verify tells of damaged notes, and repair keeps the others`() throws {
        let (disk, all) = try log()
        var bytes = try #require(disk.contents(of: Self.path))
        let head = FrameHeader(bytes, at: 0)!.frameLength
        bytes[head + FrameHeader.size + 9] ^= 1
        disk.place(bytes, at: Self.path)
        var found = try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
        #expect(found.findings.filter { $0.severity == .error }.map(\.place) == ["log/00000000000000000001.notes"])
        #expect(found.notes.map(\.notes) == [5])
        var repair = try SpoolRepair(directory: "/data", disk: disk, clock: TestClock())
        try repair.run()
        #expect(repair.actions.count == 2 && disk.paths().contains { $0.hasPrefix("/data/quarantine/damaged/00000000000000000001.notes-") })
        found = try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
        #expect(found.findings.filter { $0.severity == .error } == [])
        #expect(try notes(disk.kill()) == Array(all.dropFirst()))
    }

    @Test func `verify tells of notes without a segment and of a bad checkpoint, and calls neither an error`() throws {
        let (disk, _) = try log()
        disk.place([1, 2, 3], at: "/data/state/settle")
        disk.place([UInt8](repeating: 0, count: 100), at: "/data/log/00000000000000000500.notes")
        let found = try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
        #expect(found.findings.map(\.place) == ["log/00000000000000000500.notes", "state/settle"])
        #expect(found.findings.allSatisfy { $0.severity == .note })
        #expect(found.marks["settle"]?.number == 7)
    }

    @Test func `who derived what stands in the books, and the audit balances`() throws {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        let deriver = try spool.deriver("metrics", settles: false)
        _ = try spool.open("backend", start: .oldest)
        _ = spool.append([[.sample(1, items: 2)]])
        _ = try deriver.read(maxBytes: .max)
        try deriver.commit(upTo: deriver.position, frames: [.sample(8, items: 3, tenant: "acme"), .sample(9, items: 4)])
        _ = spool.append([[.sample(10)]])
        for frame in try spool.readers["backend"]!.reader.read(maxBytes: .max) {
            try spool.readers["backend"]!.reader.record(.delivered, of: [frame.all])
        }
        spool.close()
        let found = try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
        #expect(found.books.sum { $0.term == "created:metrics" } == 7)
        #expect(found.books.sum { $0.term == "from_receivers" } == 3)
        let audit = SpoolAudit(found)
        #expect(audit.isBalanced && audit.appended.sum() == 10)
        #expect(found.findings == [])
    }
}
