import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

/// Encryption at rest: what lies on the disk, and what becomes of a spool whose key is missing, changed, or whose bytes are.
struct EncryptionTests {
    private static let first = SpoolKey((0..<32).map { $0 })
    private static let second = SpoolKey((1..<33).map { $0 })
    private let disk = MemoryDisk()

    private static func options(_ keys: SpoolKeys) -> SpoolOptions {
        var options = SpoolOptions()
        options.keys = keys
        return options
    }

    /// Appends the frames `numbers` under `keys`; `backend` delivers those up to `delivered`.
    private func run(_ numbers: ClosedRange<Int>, _ keys: SpoolKeys, delivered: Int = 0) throws {
        let spool = try Spool.onMemory(disk, options: Self.options(keys))
        let reader = try spool.reader("backend", start: .oldest)
        for number in numbers { try spool.appendAndWait([.sample(number, items: 2, tenant: "acme", bytes: 300)]) }
        let frames = try reader.read(maxBytes: .max).filter { $0.number! <= delivered }
        if !frames.isEmpty { try reader.record(.delivered, of: frames.map(\.all)) }
        spool.close()
    }

    private func delivered(_ keys: SpoolKeys) throws -> [Int] {
        let spool = try Spool.onMemory(disk, options: Self.options(keys))
        defer { spool.close() }
        return try spool.reader("backend", start: .oldest).read(maxBytes: .max).compactMap(\.number)
    }

    private func segments() -> [String] { disk.paths().filter { $0.hasSuffix(".seg") }.sorted() }

    private func holds(_ text: String, in folder: String = "/data") -> Bool {
        let wanted = [UInt8](text.utf8)
        return disk.paths().filter { $0.hasPrefix(folder) }.contains { path in
            guard let bytes = disk.contents(of: path), bytes.count >= wanted.count else { return false }
            return (0...bytes.count - wanted.count).contains { bytes[$0..<$0 + wanted.count].elementsEqual(wanted) }
        }
    }

    /// Turns a bit of frame `index`'s payload over, with a checksum that holds all the same.
    private func tamper(_ index: Int, in path: String, logID: UInt64) throws {
        var bytes = try #require(disk.contents(of: path))
        let file = try disk.open(path, .read)
        var walk = SegmentWalk(file: file, length: bytes.count, logID: logID, firstSequence: 1, before: .max)
        var items = 0
        while let frame = try walk.next() {
            guard frame.header.kind?.holdsItems == true else { continue }
            items += 1
            guard items == index else { continue }
            var stored = frame.stored
            stored[20] ^= 4
            let frameBytes = frame.header.encoded(logID: logID, payload: stored) + stored
            bytes.replaceSubrange(frame.offset..<frame.offset + frameBytes.count, with: frameBytes)
        }
        disk.place(bytes, at: path)
    }

    @Test func `nothing of telemetry or ledger is on the disk in the clear, and all of it comes back`() throws {
        let keys = SpoolKeys(current: Self.first)
        let spool = try Spool.onMemory(disk, options: Self.options(keys))
        let reader = try spool.reader("backend", start: .oldest)
        for number in 1...3 { try spool.appendAndWait([.sample(number, items: 2)]) }
        try reader.record(.rejected(reason: "400 a word of it"), of: try reader.read(maxBytes: 1).map(\.all))
        spool.close()
        // A cursor that is saved before the log has the ledger entry holds it until then.
        #expect(!holds("frame 1 ") && !holds("frame 3 ") && !holds("400 a word of it", in: "/data/log"))
        let found = try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: disk)
        #expect(found.findings.isEmpty && found.locked.isEmpty)
        #expect(found.ledger.map(\.entry.reason) == ["400 a word of it"])
        #expect(try delivered(keys) == [2, 3])
        // Without a key the same directory would tell.
        try run(4...4, SpoolKeys(others: [Self.first]))
        #expect(holds("frame 4 "))
    }

    @Test func `a new key begins with a new segment, and the old one reads what it has written`() throws {
        try run(1...2, SpoolKeys(current: Self.first))
        try run(3...4, SpoolKeys(current: Self.second, others: [Self.first]))
        #expect(try delivered(SpoolKeys(current: Self.second, others: [Self.first])) == [1, 2, 3, 4])
        let heads = try SpoolInspection(directory: "/data", depth: .footers, disk: disk).segments.map(\.head?.keyID)
        #expect(heads == [Self.first.id, Self.second.id])
    }

    @Test(arguments: [SpoolKeys(), SpoolKeys(current: second)])
    func `without the key of data that a destination still needs, nothing starts, and the key is named`(keys: SpoolKeys) throws {
        try run(1...3, SpoolKeys(current: Self.first), delivered: 2)
        let error = try #require(throws: SpoolError.self) { try Spool.onMemory(disk, options: Self.options(keys)) }
        #expect("\(error)".contains(Self.first.name) && "\(error)".contains("previous_keys"))
        // Nothing has been changed or lost by that.
        #expect(try delivered(SpoolKeys(current: Self.first)) == [3])
    }

    @Test func `what everybody has needs no key any more`() throws {
        try run(1...3, SpoolKeys(current: Self.first), delivered: 3)
        try run(4...5, SpoolKeys(current: Self.second))
        #expect(try delivered(SpoolKeys(current: Self.second)) == [4, 5])
    }

    @Test func `a killed bridge's last segment is not closed without its key`() throws {
        let keys = SpoolKeys(current: Self.first)
        let spool = try Spool.onMemory(disk, options: Self.options(keys))
        let reader = try spool.reader("backend", start: .oldest)
        try spool.appendAndWait([.sample(1)])
        try reader.record(.rejected(reason: "no"), of: try reader.read(maxBytes: .max).map(\.all))
        try spool.appendAndWait([.sample(2)])
        let killed = disk.kill()
        spool.close()
        #expect(throws: SpoolError.self) { try Spool.onMemory(killed) }
        let again = try Spool.onMemory(killed, options: Self.options(keys))
        #expect(again.status().books.items.sum() == 2)
        again.close()
    }

    @Test func `a command that would go on in the clear is refused`() throws {
        try run(1...1, SpoolKeys(current: Self.first), delivered: 1)
        var options = SpoolOptions()
        options.keepsEncryption = true
        #expect(throws: SpoolError.self) { try Spool.onMemory(disk, options: options) }
    }

    @Test func `a changed bit in an encrypted frame is counted as damage, and its neighbours are delivered`() throws {
        let keys = SpoolKeys(current: Self.first)
        try run(1...3, keys)
        let logID = try #require(try SpoolInspection(directory: "/data", depth: .footers, disk: disk).identity).logID
        try tamper(2, in: segments()[0], logID: logID)
        let spool = try Spool.onMemory(disk, options: Self.options(keys))
        let reader = try spool.reader("backend", start: .oldest)
        let frames = try reader.read(maxBytes: .max)
        #expect(frames.map(\.number) == [1, 3])
        try reader.record(.delivered, of: frames.map(\.all))
        #expect(spool.status().damage.frames == 1)
        #expect(spool.status().readers["backend"]?.sum { $0.term == "evicted:damaged" } == 2)
        #expect(spool.status().pending("backend") == 0)
        spool.close()
        let found = try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: disk)
        #expect(found.ledger.map(\.entry.reason) == ["damaged"] && found.ledger.map(\.entry.reader) == ["backend"])
        #expect(SpoolAudit(found).isBalanced)
        #expect(found.findings.filter { $0.severity == .error }.count == 1)
    }

    @Test func `repair leaves a tombstone where a frame does not open, and readers account for its items`() throws {
        let keys = SpoolKeys(current: Self.first)
        try run(1...3, keys)
        let logID = try #require(try SpoolInspection(directory: "/data", depth: .footers, disk: disk).identity).logID
        try tamper(2, in: segments()[0], logID: logID)
        #expect(throws: SpoolError.self) {
            var repair = try SpoolRepair(directory: "/data", disk: disk, clock: TestClock())
            try repair.run()
        }
        for turn in 1...2 {
            var repair = try SpoolRepair(directory: "/data", keys: keys, disk: disk, clock: TestClock())
            try repair.run()
            #expect(repair.actions.isEmpty == (turn == 2))
        }
        #expect(disk.paths().contains { $0.hasPrefix("/data/quarantine/damaged/") })
        let found = try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: disk)
        #expect(found.findings.filter { $0.severity == .error } == [])
        #expect(found.segments.map { $0.contents.frames[FrameKind.tombstone.rawValue, default: 0] }.reduce(0, +) == 1)
        #expect(found.ledger.map(\.entry.reason) == ["damaged"])
        #expect(SpoolAudit(found).isBalanced)
        #expect(SpoolAudit(found).appended.sum() == 6)

        let spool = try Spool.onMemory(disk, options: Self.options(keys))
        let reader = try spool.reader("backend", start: .oldest)
        let frames = try reader.read(maxBytes: .max)
        #expect(frames.map(\.number) == [1, 3])
        try reader.record(.delivered, of: frames.map(\.all))
        #expect(spool.status().readers["backend"]?.sum { $0.term == "evicted:damaged" } == 2)
        #expect(spool.status().pending("backend") == 0)
        spool.close()
        #expect(SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: disk)).isBalanced)
    }

    @Test func `a segment is verified without its key, and what cannot be read is said`() throws {
        try run(1...3, SpoolKeys(current: Self.first))
        let found = try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
        #expect(found.locked == [Self.first.id: 3])
        #expect(found.findings.allSatisfy { $0.severity == .note && $0.problem.contains(Self.first.name) })
        #expect(SpoolAudit(found).isBalanced)
        var numbers: [Int] = []
        let omissions = try LogWalk(directory: "/data", disk: disk).frames { numbers.append($0.number!) }
        #expect(numbers == [] && omissions.locked == [Self.first.id: 3] && omissions.damage == DamageCount())
        _ = try LogWalk(directory: "/data", keys: SpoolKeys(others: [Self.first]), disk: disk).frames { numbers.append($0.number!) }
        #expect(numbers == [1, 2, 3])
    }

    @Test func `a segment whose head is lost is opened with whichever key fits, and repair names it again`() throws {
        let keys = SpoolKeys(current: Self.second, others: [Self.first])
        try run(1...3, SpoolKeys(current: Self.first))
        try run(4...4, SpoolKeys(current: Self.second, others: [Self.first]))
        var bytes = try #require(disk.contents(of: segments()[0]))
        bytes[70] ^= 1
        disk.place(bytes, at: segments()[0])
        do {
            var repair = try SpoolRepair(directory: "/data", keys: keys, disk: disk, clock: TestClock())
            try repair.run()
        }
        #expect(try SpoolInspection(directory: "/data", depth: .footers, disk: disk).segments.first?.head?.keyID == Self.first.id)
        #expect(try delivered(keys) == [1, 2, 3, 4])
    }

    @Test func `notes and checkpoints are for who has the key, and come back with it`() throws {
        let keys = SpoolKeys(current: Self.first)
        func start(_ keys: SpoolKeys) throws -> SteppedSpool {
            try SteppedSpool(disk, options: Self.options(keys), clock: TestClock())
        }
        let spool = try start(keys)
        let deriver = try spool.deriver("settle")
        _ = try spool.open("backend", start: .oldest)
        #expect(spool.append([[.sample(1)], [.sample(2)]]) == [true, true])
        let frames = try deriver.read(maxBytes: .max)
        let note = NoteDraft(sequence: frames[1].sequence, item: 0, payload: [UInt8]("the note says so".utf8))
        try deriver.commit(upTo: frames[1].sequence, notes: [note])
        try deriver.save([UInt8]("what settle knew".utf8), version: 3, upTo: frames[1].sequence)
        spool.close()
        #expect(disk.paths().contains { $0.hasSuffix(".notes") } && !holds("the note says so") && !holds("what settle knew"))

        let again = try start(keys)
        let opened = try again.deriver("settle")
        #expect(opened.checkpoint?.payload == [UInt8]("what settle knew".utf8) && opened.checkpoint?.version == 3)
        _ = try again.open("backend", start: .oldest)
        let read = try again.readers["backend"]!.reader.read(maxBytes: .max)
        #expect(read.map { $0.notes.map(\.payload) } == [[], [note.payload]])
        try again.readers["backend"]!.reader.record(.delivered, of: read.map(\.all))
        again.close()

        // With another key what is new is derived under that one; what was known needs the old one.
        let other = try start(SpoolKeys(current: Self.second))
        let error = try #require(throws: SpoolError.self) { try other.deriver("settle") }
        #expect("\(error)".contains(Self.first.name))
        other.close()
        let both = try start(SpoolKeys(current: Self.second, others: [Self.first]))
        let changed = try both.deriver("settle")
        #expect(changed.checkpoint?.payload == [UInt8]("what settle knew".utf8))
        #expect(both.append([[.sample(3)]]) == [true])
        let next = try changed.read(maxBytes: .max)
        try changed.commit(
            upTo: next.last!.sequence,
            notes: [NoteDraft(sequence: next.last!.sequence, item: 0, payload: note.payload)]
        )
        try changed.save([UInt8]("what it knows now".utf8), version: 3, upTo: next.last!.sequence)
        both.close()
        #expect(!holds("the note says so") && !holds("what it knows now"))
        let found = try start(SpoolKeys(current: Self.second))
        #expect(try found.deriver("settle").checkpoint?.payload == [UInt8]("what it knows now".utf8))
        found.close()
    }

    @Test func `every flipped bit of an encrypted checkpoint leaves none, and of encrypted notes costs at most one`() throws {
        let options = Self.options(SpoolKeys(current: Self.first))
        let spool = try SteppedSpool(disk, options: options, clock: TestClock())
        let deriver = try spool.deriver("settle")
        #expect(spool.append([[.sample(1)], [.sample(2)]]) == [true, true])
        for frame in try deriver.read(maxBytes: .max) {
            try deriver.commit(upTo: frame.sequence, notes: [NoteDraft(sequence: frame.sequence, item: 0, payload: [1, 2, 3])])
        }
        try deriver.save([4, 5, 6], version: 1, upTo: deriver.mark.sequence)
        spool.close()
        func flipped(_ path: String, _ offset: Int) throws -> SteppedSpool {
            var bytes = try #require(disk.contents(of: path))
            bytes[offset] ^= 1 << UInt8(offset % 8)
            let copy = disk.kill()
            copy.place(bytes, at: path)
            return try SteppedSpool(copy, options: options, clock: TestClock())
        }
        for offset in 0..<disk.contents(of: "/data/state/settle")!.count {
            #expect(try flipped("/data/state/settle", offset).files.checkpoint("settle") == nil, "byte \(offset)")
        }
        let notes = "/data/log/00000000000000000001.notes"
        for offset in stride(from: 0, to: disk.contents(of: notes)!.count, by: 3) {
            let again = try flipped(notes, offset)
            _ = try again.deriver("settle")
            #expect(try again.frames(wait: .settled(late: false)).flatMap(\.notes).count >= 1, "byte \(offset)")
        }
    }
}
