import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

/// Looking into a spool, checking it, its books, and putting it in order.
struct SpoolRepairTests {
    private let disk: MemoryDisk

    init() { disk = MemoryDisk() }

    /// Three sealed segments with frames 1…12 of two tenants, two items each, of which `backend` has delivered the first five.
    private func fill(delivered: Int = 5) throws {
        for start in [1, 5, 9] {
            let spool = try Spool.onMemory(disk)
            let reader = try spool.reader("backend", start: .oldest)
            for number in start..<start + 4 {
                try spool.appendAndWait([.sample(number, items: 2, tenant: number % 2 == 0 ? "acme" : "", bytes: 200)])
            }
            let frames = try reader.read(maxBytes: .max).filter { $0.number! <= delivered }
            if !frames.isEmpty { try reader.record(.delivered, of: frames.map(\.all)) }
            spool.close()
        }
    }

    private func inspection() throws -> SpoolInspection {
        try SpoolInspection(directory: "/data", depth: .everything, disk: disk)
    }

    private func segment(_ index: Int) -> String { disk.paths().filter { $0.hasSuffix(".seg") }.sorted()[index] }

    /// Turns one bit over.
    private func damage(_ index: Int, at offset: Int) throws {
        var bytes = try #require(disk.contents(of: segment(index)))
        bytes[offset] ^= 1
        disk.place(bytes, at: segment(index))
    }

    private func offset(_ index: Int, ofFrame wanted: Int) throws -> Int {
        let bytes = try #require(disk.contents(of: segment(index)))
        let text = [UInt8]("frame \(wanted) ".utf8)
        return try #require((0..<bytes.count - text.count).first { bytes[$0..<$0 + text.count].elementsEqual(text) })
    }

    private func repair() throws -> [String] {
        var repair = try SpoolRepair(directory: "/data", disk: disk, clock: TestClock())
        try repair.run()
        return repair.actions
    }

    private func deliverable() throws -> [Int] {
        let spool = try Spool.onMemory(disk)
        let reader = try spool.reader("fresh-\(disk.operationCount)", start: .oldest)
        let numbers = try reader.read(maxBytes: .max).compactMap(\.number)
        spool.close()
        return numbers
    }

    @Test(arguments: [InspectionDepth.footers, .everything])
    func `an inspection tells frames, items, times and tenants of each segment`(depth: InspectionDepth) throws {
        try fill()
        let found = try SpoolInspection(directory: "/data", depth: depth, disk: disk)
        #expect(found.segments.map(\.state) == [.sealed, .sealed, .sealed])
        #expect(found.segments.map { $0.contents.frames[FrameKind.otlp.rawValue] } == [4, 4, 4])
        #expect(found.segments.map { $0.books.sum { $0.tenant == "acme" && $0.signal == 1 } } == [4, 4, 4])
        #expect(found.segments.map(\.contents.firstReceivedNanoseconds) == [1, 5, 9].map { 1_800_000_000_000_000_000 + $0 })
        #expect(found.books.items.sum() == 24)
        #expect(found.cursors.map(\.name) == ["backend"])
        #expect(found.cursors.first?.cursor?.totals.sum() == 10)
        #expect(found.findings.isEmpty)
    }

    @Test func `a running bridge is looked at without being disturbed`() throws {
        try fill()
        let spool = try Spool.onMemory(disk)
        try spool.appendAndWait([.sample(13), .sample(14)])
        let before = disk.paths()
        let found = try inspection()
        #expect(found.segments.last?.state == .open)
        #expect(found.books.items.sum() == 26)
        #expect(SpoolAudit(found).isBalanced)
        #expect(disk.paths() == before)
        spool.close()
    }

    @Test func `the books of an intact spool balance, by position`() throws {
        try fill()
        let audit = SpoolAudit(try inspection())
        #expect(audit.isBalanced)
        #expect(audit.appended.sum() == 24)
        #expect(audit.readers.map { $0.terms.sum { $0.term == "pending" } } == [14])
        #expect(audit.readers.map { $0.terms.sum { $0.term == "delivered" } } == [10])
    }

    @Test func `an item delivered that was never appended does not balance`() throws {
        try fill()
        let file = try #require(try CursorFile(disk: disk, path: "/data/cursors/backend"))
        var cursor = try #require(try file.loadDurably())
        cursor.totals.add(1, to: Totals.Key(tenant: "acme", signal: 1, term: "delivered"))
        try file.save(cursor)
        let audit = SpoolAudit(try inspection())
        #expect(audit.imbalances.map(\.place) == ["cursors/backend"])
        #expect(audit.imbalances.map(\.tenant) == ["acme"])
        #expect(audit.imbalances.map { $0.found - $0.expected } == [1])
    }

    @Test func `a segment that is gone does not balance, until repair has put it on the ledger`() throws {
        try fill()
        disk.remove(segment(1))
        #expect(SpoolAudit(try inspection()).imbalances.map(\.place).contains { $0.hasPrefix("log/") })
        _ = try repair()
        let audit = SpoolAudit(try inspection())
        #expect(audit.imbalances.isEmpty)
        #expect(audit.ledger.map(\.entry.items).map { $0.sum() } == [8])
        // One of its four frames had been delivered.
        #expect(audit.readers.first?.terms.sum { $0.term == "evicted:damaged" } == 6)
    }

    @Test func `every flipped bit is found, and repair keeps every intact frame and brings the books in order`() throws {
        try fill()
        let whole = try #require(disk.contents(of: segment(1)))
        let path = segment(1)
        for offset in stride(from: 3, to: whole.count, by: 13) {
            let saved = disk
            let copy = saved.kill()
            var bytes = whole
            bytes[offset] ^= 1 << (offset % 8)
            copy.place(bytes, at: path)
            try SpoolRepairTests(disk: copy).checkRepair(at: offset)
        }
    }

    private func checkRepair(at offset: Int) throws {
        let before = try inspection()
        let isPadding = !before.findings.contains { $0.severity == .error }
        let intact = try deliverableWithoutStarting()
        #expect(intact.count >= 11, "at \(offset)")
        _ = try repair()
        let after = try inspection()
        #expect(!after.findings.contains { $0.severity == .error }, "at \(offset): \(after.findings)")
        let audit = SpoolAudit(after)
        #expect(audit.isBalanced, "at \(offset): \(audit.imbalances)")
        #expect(after.segments.reduce(0) { $0 + Int($1.contents.frames[FrameKind.otlp.rawValue] ?? 0) } == intact.count)
        if !isPadding { #expect(disk.paths().contains { $0.hasPrefix("/data/quarantine/damaged/") }, "at \(offset)") }
        #expect(try repair() == [], "at \(offset)")
        #expect(try deliverable() == intact, "at \(offset)")
    }

    private func deliverableWithoutStarting() throws -> [Int] {
        var numbers: [Int] = []
        _ = try LogWalk(directory: "/data", disk: disk).frames { numbers.append($0.number!) }
        return numbers
    }

    @Test func `what was lost keeps its tenant although the frame with its name is damaged`() throws {
        try fill(delivered: 0)
        let bytes = try #require(disk.contents(of: segment(0)))
        let name = [UInt8]("acme".utf8)
        let place = try #require((0..<bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual(name) })
        try damage(0, at: place)
        let before = try inspection()
        #expect(before.segments[0].contents.books.sum { $0.tenant == "acme" } == 4)
        _ = try repair()
        let spool = try Spool.onMemory(disk)
        let frames = try spool.reader("fresh", start: .oldest).read(maxBytes: .max)
        #expect(frames.filter { $0.tenant == "acme" }.compactMap(\.number) == [2, 4, 6, 8, 10, 12])
        spool.close()
    }

    @Test func `tenants behind a damaged names frame are never taken for each other`() throws {
        let spool = try Spool.onMemory(disk)
        try spool.appendAndWait([.sample(1, tenant: "red")])
        try spool.appendAndWait([.sample(2, tenant: "blue")])
        try spool.appendAndWait([.sample(3, tenant: "red")])
        // Not closed: no footer that could tell.
        let bytes = try #require(disk.contents(of: segment(0)))
        spool.close()
        let place = try #require((0..<bytes.count - 3).first { bytes[$0..<$0 + 3].elementsEqual([UInt8]("red".utf8)) })
        let copy = MemoryDisk()
        for directory in ["/data", "/data/log"] { _ = try copy.createDirectory(directory) }
        var damaged = bytes
        damaged[place] ^= 1
        copy.place(damaged, at: segment(0))
        let again = try Spool.onMemory(copy)
        let frames = try again.reader("backend", start: .oldest).read(maxBytes: .max)
        #expect(frames.map(\.tenant) == ["unknown:1", "blue", "unknown:1"])
        again.close()
    }

    @Test func `repair and removing a cursor are refused while a bridge works there`() throws {
        try fill()
        let spool = try Spool.onMemory(disk)
        #expect(throws: SpoolError.locked(path: "/data")) { try SpoolRepair(directory: "/data", disk: disk) }
        #expect(throws: SpoolError.locked(path: "/data")) { try CursorRemoval.remove("backend", from: "/data", disk: disk) }
        spool.close()
        #expect(try CursorRemoval.remove("backend", from: "/data", disk: disk))
        #expect(try !CursorRemoval.remove("backend", from: "/data", disk: disk))
        #expect(try !CursorRemoval.remove("../lock", from: "/data", disk: disk))
        #expect(try inspection().cursors.isEmpty)
    }

    @Test func `a repair that is cut short at any operation is carried on by the next`() throws {
        try fill()
        try damage(0, at: try offset(0, ofFrame: 3))
        try damage(1, at: 70)
        try damage(2, at: try offset(2, ofFrame: 12))
        let intact = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11]
        var random = SeededRandom(seed: 5)
        var stop = 1
        while true {
            let copy = disk.kill()
            let limit = copy.operationCount + stop
            copy.setFault { number, _, _ in number >= limit ? .error(5) : nil }
            let isWhole = (try? SpoolRepairTests(disk: copy).repair()) != nil
            copy.setFault(nil)
            let after = SpoolRepairTests(disk: copy.crash(using: &random))
            _ = try after.repair()
            let found = try after.inspection()
            #expect(!found.findings.contains { $0.severity == .error }, "stopped at \(stop): \(found.findings)")
            let audit = SpoolAudit(found)
            #expect(audit.isBalanced, "stopped at \(stop): \(audit.imbalances)")
            #expect(audit.ledger.reduce(0) { $0 + $1.entry.items.sum() } == 4, "stopped at \(stop)")
            #expect(try after.deliverable() == intact, "stopped at \(stop)")
            if isWhole { break }
            stop += 1
        }
        #expect(stop > 50)
    }

    @Test(arguments: [2, 9])
    func `a file of another log, a misplaced one and an empty one are reported, left alone, and end nothing`(sequence: Int) throws {
        try fill()
        let other = MemoryDisk()
        let spool = try Spool.onMemory(other)
        try spool.appendAndWait([.sample(1)])
        spool.close()
        let path = try #require(other.paths().first { $0.hasSuffix(".seg") })
        let alien = try #require(other.contents(of: path))
        let misplaced = try #require(disk.contents(of: segment(0)))
        for bytes in [alien, misplaced, []] {
            let copy = SpoolRepairTests(disk: disk.kill())
            let name = "0000000000000000000\(sequence).seg"
            copy.disk.place(bytes, at: "/data/log/" + name)
            let before = try copy.inspection()
            #expect(before.findings.filter { $0.severity == .error }.map(\.place) == ["log/" + name])
            #expect(before.books.items.sum() == 24)
            #expect(SpoolAudit(before).isBalanced)
            _ = try copy.repair()
            #expect(bytes.isEmpty || copy.disk.contents(of: "/data/log/" + name) == bytes)
            #expect(try copy.inspection().segments.filter(\.isOwn).reduce(0) { $0 + $1.contents.books.items.sum() } == 24)
        }
    }
}

extension SpoolRepairTests {
    private init(disk: MemoryDisk) { self.disk = disk }
}
