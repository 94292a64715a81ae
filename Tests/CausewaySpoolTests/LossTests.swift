import CausewayPlatform
import Synchronization
import TestSupport
import Testing

@testable import CausewaySpool

/// What the disk has lost is in the books of everybody who had not had it, and its bytes are kept.
struct LossTests {
    private let disk = MemoryDisk()
    private let clock = TestClock()
    private var options = SpoolOptions()

    init() { options.segmentBytes = 64 << 10 }

    private func start(_ disk: MemoryDisk) throws -> SteppedSpool { try SteppedSpool(disk, options: options, clock: clock) }

    /// Ten frames of three items each, in several sealed segments.
    private func written() throws {
        let spool = try start(disk)
        for number in 1...10 { #expect(spool.append([[.sample(number, items: 3, tenant: "acme", bytes: 25_000)]]) == [true]) }
        spool.close()
    }

    private func segments() -> [String] { disk.paths().filter { $0.hasSuffix(".seg") } }

    private func damage(_ path: String, at offset: Int, _ count: Int = 1) {
        var bytes = disk.contents(of: path)!
        for index in offset..<offset + count { bytes[index] ^= 0x5a }
        disk.place(bytes, at: path)
    }

    /// Reads to the end as `outcome`; returns the numbers.
    private func pass(_ reader: LogReader) throws -> [Int?] {
        var all: [Int?] = []
        while true {
            let frames = try reader.read(maxBytes: .max)
            if frames.isEmpty { return all }
            all += frames.map(\.number)
            try reader.record(.delivered, of: frames.map(\.all))
        }
    }

    private func pending(_ spool: SteppedSpool, _ name: String) -> Int {
        spool.files.catalog.with { $0.books.items.sum() } - spool.readers[name]!.cursor.shared.with { $0.totals.sum() }
    }

    @Test func `a damaged frame is evicted for who had not had it, on the ledger, and its bytes are kept`() throws {
        try written()
        let path = segments()[1]
        damage(path, at: 2000)
        let spool = try start(disk)
        _ = try spool.open("backend", start: .oldest)
        let reader = spool.readers["backend"]!.reader
        #expect(try pass(reader).count == 9)
        #expect(pending(spool, "backend") == 0)
        #expect(reader.backlog().bytes == 0)
        let cursor = spool.readers["backend"]!.cursor.shared.with { $0 }
        #expect(cursor.totals.sum { $0.term == "evicted:damaged" && $0.tenant == "acme" } == 3)
        let said = cursor.owed.compactMap { LedgerEntry(payload: $0) }
        #expect(said.map(\.reason) == ["damaged"])
        #expect(said.first?.items.sum() == 3)
        let kept = disk.paths().filter { $0.hasPrefix("/data/quarantine/damaged/") }
        #expect(kept.count == 1)
        #expect(disk.contents(of: kept[0])!.count > 25_000)
        spool.close()
        let audit = SpoolAudit(try SpoolInspection(directory: "/data", depth: .everything, disk: disk))
        #expect(audit.readers.allSatisfy { $0.unaccounted.counts.isEmpty }, "\(audit.readers)")
    }

    @Test func `a segment that is gone is evicted for who had not had it`() throws {
        try written()
        disk.remove(segments()[1])
        let spool = try start(disk)
        _ = try spool.open("backend", start: .oldest)
        let read = try pass(spool.readers["backend"]!.reader)
        #expect(read.count < 10)
        #expect(pending(spool, "backend") == 0, "\(spool.readers["backend"]!.cursor.shared.with { $0 })")
        #expect(spool.readers["backend"]!.cursor.shared.with { $0.totals.sum { $0.term == "evicted:damaged" } } == 3 * (10 - read.count))
        #expect(spool.readers["backend"]!.reader.backlog().bytes == 0)
    }

    @Test func `what was delivered before it was damaged is not counted twice`() throws {
        let first = try start(disk)
        _ = try first.open("backend", start: .oldest)
        for number in 1...10 { #expect(first.append([[.sample(number, items: 3, bytes: 25_000)]]) == [true]) }
        let reader = first.readers["backend"]!.reader
        let frames = try reader.read(maxBytes: .max)
        // Every other one is done: some before, some behind, and the one that will be damaged.
        try reader.record(.delivered, of: frames.enumerated().filter { $0.offset % 2 == 0 }.map(\.element.all))
        first.close()
        let path = segments()[1]
        let length = disk.contents(of: path)!.count
        damage(path, at: 1000, length - 1500)
        let spool = try start(disk)
        _ = try spool.open("backend", start: .oldest)
        _ = try pass(spool.readers["backend"]!.reader)
        #expect(pending(spool, "backend") == 0)
        #expect(spool.readers["backend"]!.cursor.shared.with { $0.totals.sum() } == 30)
    }

    @Test func `a sector that cannot be read costs the frame in it, not the log`() throws {
        try written()
        let path = segments()[1]
        let spool = try start(disk)
        _ = try spool.open("backend", start: .oldest)
        let broken = BrokenDisk(disk, path: path, range: 4096..<8192)
        let reader = LogReader(
            name: "backend",
            disk: broken,
            clock: clock,
            catalog: spool.files.catalog,
            logID: spool.files.identity.logID,
            shared: spool.readers["backend"]!.cursor.shared
        )
        var read: [Int?] = []
        var failures = 0
        while failures < 20 {
            do throws(SpoolError) {
                let frames = try reader.read(maxBytes: 30_000)
                if frames.isEmpty { break }
                read += frames.map(\.number)
                try reader.record(.delivered, of: frames.map(\.all))
            } catch {
                failures += 1
            }
        }
        #expect(failures < 10)
        #expect(read.count == 9)
        #expect(pending(spool, "backend") == 0)
    }

    @Test(arguments: [0..<4096, 4096..<8192, 60_000..<65_536])
    func `a start copes with a sector that cannot be read`(_ range: Range<Int>) throws {
        try written()
        for path in segments() {
            let spool = try SpoolFiles(
                directory: "/data",
                options: options,
                disk: BrokenDisk(disk.kill(), path: path, range: range),
                clock: clock
            )
            #expect(spool.catalog.with { $0.segments.count } >= segments().count - 1)
        }
    }

    @Test func `what a start cuts off is kept aside`() throws {
        try written()
        let path = segments().last!
        var bytes = disk.contents(of: path)!
        bytes.removeLast(bytes.count / 3)
        disk.place(bytes, at: path)
        let spool = try start(disk)
        #expect(spool.files.recovery.tornBytes > 0)
        let kept = disk.paths().filter { $0.hasPrefix("/data/quarantine/damaged/") }
        #expect(kept.map { disk.contents(of: $0)!.count } == [spool.files.recovery.tornBytes])
    }

    @Test func `a log of a newer version is left alone`() throws {
        try written()
        let path = segments().last!
        var bytes = disk.contents(of: path)!
        bytes[4] = 2
        let length = Int(bytes.littleEndian32(at: 36))
        var crc = CRC32C(seed: 0)
        crc.update(bytes, 0..<60)
        crc.update(bytes, 64..<64 + length)
        for byte in 0..<4 { bytes[60 + byte] = UInt8(truncatingIfNeeded: crc.value >> (byte * 8)) }
        disk.place(bytes, at: path)
        let before = disk.contents(of: path)
        #expect(throws: SpoolError.unreadable(path: path, reason: "written by a newer version (segment format 2, this one knows 1)")) {
            _ = try start(disk)
        }
        #expect(throws: SpoolError.self) { try SpoolInspection(directory: "/data", depth: .everything, disk: disk) }
        #expect(disk.contents(of: path) == before)
    }

    @Test func `a cursor that was away while history went has the difference on its books`() throws {
        var options = self.options
        options.keepBytes = 0
        let first = try SteppedSpool(disk, options: options, clock: clock)
        #expect(first.append([[.sample(0, items: 3)]]) == [true])
        _ = try first.open("away", start: .oldest)
        first.close()
        let second = try SteppedSpool(disk, options: options, clock: clock)
        _ = try second.open("healthy", start: .oldest)
        for number in 1...10 { #expect(second.append([[.sample(number, items: 3, bytes: 25_000)]]) == [true]) }
        _ = try pass(second.readers["healthy"]!.reader)
        second.files.save(second.readers["healthy"]!.cursor)
        clock.advance(.seconds(25 * 3600))
        second.files.expireHistory()
        second.close()
        let third = try SteppedSpool(disk, options: options, clock: clock)
        _ = try third.open("away", start: .oldest)
        let read = try pass(third.readers["away"]!.reader)
        #expect(read.count < 10)
        #expect(pending(third, "away") == 0, "\(third.readers["away"]!.cursor.shared.with { $0 })")
        #expect(third.readers["away"]!.cursor.shared.with { $0.totals.sum { $0.term == "evicted:parked" } } == 3 * (11 - read.count))
    }

    @Test func `segments closed while they are read are not taken for damaged`() throws {
        let spool = try start(disk)
        _ = try spool.open("backend", start: .oldest)
        for number in 1...10 {
            #expect(spool.append([[.sample(number, items: 3, bytes: 25_000)]]) == [true])
            #expect(try pass(spool.readers["backend"]!.reader) == [number])
        }
        try spool.writer.seal()
        #expect(try pass(spool.readers["backend"]!.reader) == [])
        #expect(spool.files.catalog.with { $0.damage } == DamageCount())
        #expect(!disk.paths().contains { $0.hasPrefix("/data/quarantine/damaged/") })
        spool.close()
    }

    @Test func `the ledger names traces of what a destination refused, and of frames that lost a bit`() throws {
        try written()
        damage(segments()[1], at: 2000)
        let named = Mutex<[Range<Int>?]>([])
        let traces: TraceFinder = { _, payload, items in
            named.withLock { $0.append(items) }
            return [[UInt8](payload.prefix(8))]
        }
        var options = self.options
        options.cursorInterval = .milliseconds(1)
        let spool = try Spool(directory: "/data", options: options, disk: disk, clock: clock, traces: traces) {}
        let reader = try spool.reader("backend", start: .oldest)
        let frames = try reader.read(maxBytes: .max)
        try reader.record(.rejected(reason: "no"), of: [ItemRange(sequence: frames[0].sequence, first: 1, count: 2)])
        #expect(named.withLock { $0.contains(1..<3) }, "of its items alone")
        while !(try reader.read(maxBytes: .max)).isEmpty {}
        spool.close()
        let ledger = try SpoolInspection(directory: "/data", depth: .everything, disk: disk).ledger.map(\.entry)
        #expect(Set(ledger.map(\.reason)) == ["no", "damaged"])
        let lost = Set(1...10).subtracting(frames.compactMap(\.number))
        for entry in ledger {
            let number = try #require(entry.reason == "no" ? 1 : lost.first)
            #expect(entry.traceIDs == [[UInt8]("frame \(number) ".utf8)], "\(entry.reason)")
        }
    }
}

/// A disk with a place in one file that cannot be read.
private final class BrokenDisk: Disk {
    private let disk: MemoryDisk
    private let path: String
    private let range: Range<Int>

    init(_ disk: MemoryDisk, path: String, range: Range<Int>) {
        self.disk = disk
        self.path = path
        self.range = range
    }

    func open(_ path: String, _ access: FileAccess) throws(DiskError) -> any DiskFile {
        let file = try disk.open(path, access)
        return path == self.path ? BrokenFile(file, range: range) : file
    }
    func createDirectory(_ path: String) throws(DiskError) -> Bool { try disk.createDirectory(path) }
    func list(_ path: String) throws(DiskError) -> [String] { try disk.list(path) }
    func rename(_ from: String, to: String) throws(DiskError) { try disk.rename(from, to: to) }
    func unlink(_ path: String) throws(DiskError) { try disk.unlink(path) }
    func syncDirectory(_ path: String) throws(DiskError) { try disk.syncDirectory(path) }
    func allocatedBytes(_ path: String) throws(DiskError) -> Int { try disk.allocatedBytes(path) }
    func stamp(_ path: String) throws(DiskError) -> FileStamp { try disk.stamp(path) }
    func freeBytes(_ path: String) throws(DiskError) -> Int { try disk.freeBytes(path) }
}

private final class BrokenFile: DiskFile {
    private let file: any DiskFile
    private let range: Range<Int>

    init(_ file: any DiskFile, range: Range<Int>) {
        self.file = file
        self.range = range
    }

    func read(_ count: Int, at offset: Int) throws(DiskError) -> [UInt8] {
        if range.overlaps(offset..<offset + max(count, 1)) { throw DiskError(operation: "pread", path: "broken", code: 5) }
        return try file.read(count, at: offset)
    }
    func write(_ parts: [[UInt8]], at offset: Int) throws(DiskError) -> Int { try file.write(parts, at: offset) }
    func sync() throws(DiskError) { try file.sync() }
    func truncate(to length: Int) throws(DiskError) { try file.truncate(to: length) }
    func allocate(_ length: Int) throws(DiskError) { try file.allocate(length) }
    func length() throws(DiskError) -> Int { try file.length() }
    func lock() throws(DiskError) -> Bool { try file.lock() }
}
