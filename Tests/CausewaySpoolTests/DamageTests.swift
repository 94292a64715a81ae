import CausewayPlatform
import Foundation
import TestSupport
import Testing

@testable import CausewaySpool

/// Whatever happens to the bytes on disk: the log starts, hands out every intact frame and nothing else, and goes on.
struct DamageTests {
    /// Every bit in a release build (`make crash-model`); every third in an unoptimised one, which is twenty times slower.
    #if DEBUG
        private static let step = 3
    #else
        private static let step = 1
    #endif

    /// A log's files, and where its frames are.
    private struct Log: Sendable {
        var files: [String: [UInt8]]

        func disk(changing change: (inout [String: [UInt8]]) -> Void = { _ in }) -> MemoryDisk {
            let disk = MemoryDisk()
            var changed = files
            change(&changed)
            disk.place([], at: "/data/lock")
            for (path, bytes) in changed { disk.place(bytes, at: path) }
            return disk
        }

        var segments: [String] { files.keys.filter { $0.hasSuffix(".seg") }.sorted() }

        /// Frames of the segment at `path` that hold items, by their place in the file.
        func frames(_ path: String) throws -> [(bytes: Range<Int>, kind: FrameKind?, sequence: UInt64, flags: FrameFlags)] {
            let disk = disk()
            let file = try disk.open(path, .read)
            let length = try file.length()
            let head = try #require(try SegmentScan.head(file: file, length: length))
            var scanner = FrameScanner(file: file, logID: head.logID, end: length)
            var frames: [(bytes: Range<Int>, kind: FrameKind?, sequence: UInt64, flags: FrameFlags)] = []
            while let header = try scanner.header() {
                let end = scanner.offset + FrameHeader.size + Int(header.payloadLength)
                frames.append((scanner.offset..<end, header.kind, header.sequence, header.flags))
                scanner.skip(header)
            }
            return frames
        }
    }

    /// One segment with groups of one frame, of two, and one that names a tenant; closed, or as a kill leaves it.
    private static func small(isClosed: Bool) throws -> Log {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        #expect(spool.append([[.sample(1)]]) == [true])
        #expect(spool.append([[.sample(2, tenant: "acme"), .sample(3)]]) == [true])
        #expect(spool.append([[.sample(4)]]) == [true])
        if isClosed { spool.close() }
        return Log(files: contents(disk))
    }

    /// Three segments of two frames each.
    private static func large() throws -> Log {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        for number in 1...3 {
            #expect(spool.append([[.sample(number * 2 - 1)], [.sample(number * 2)]]) == [true, true])
            try spool.writer.seal()
        }
        return Log(files: contents(disk))
    }

    private static let fixture = "/data/log/00000000000000000300.seg"

    private static func stored(_ stored: StoredFixture) throws -> Log { Log(files: [fixture: try stored.bytes()]) }

    private static func contents(_ disk: MemoryDisk) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for path in disk.paths() where !path.hasSuffix("/lock") { files[path] = disk.contents(of: path) }
        return files
    }

    private func open(_ disk: MemoryDisk) throws -> SteppedSpool {
        var options = SpoolOptions()
        options.keys = SpoolKeys(others: [StoredFixture.key])
        return try SteppedSpool(disk, options: options, clock: TestClock())
    }

    @Test(arguments: [false, true])
    func `a flipped bit costs the frame it is in and no other`(isClosed: Bool) throws {
        try flipEveryBit(of: try Self.small(isClosed: isClosed), isClosed: isClosed)
    }

    @Test(arguments: StoredFixture.allCases)
    func `a flipped bit in a segment with every kind of frame costs the frame it is in and no other`(fixture: StoredFixture) throws {
        try flipEveryBit(of: try Self.stored(fixture), isClosed: true)
    }

    private func flipEveryBit(of log: Log, isClosed: Bool) throws {
        let path = log.segments[0]
        let bytes = log.files[path]!
        let frames = try log.frames(path)
        let holding = frames.filter { $0.kind?.holdsItems == true }
        var wrong: [String] = []
        for bit in stride(from: 0, to: bytes.count * 8, by: Self.step) {
            let hit = frames.first { $0.bytes.contains(bit / 8) }
            // In a segment without a footer, what was written with a damaged head or before a damaged frame and not after another sync is
            // no different from a torn write.
            if !isClosed, let hit, hit.kind == .head || hit.sequence == frames.last?.sequence { continue }
            let disk = log.disk { $0[path]![bit / 8] ^= 1 << UInt8(bit % 8) }
            do {
                let found = try open(disk).frames().map(\.sequence)
                let expected = holding.map(\.sequence).filter { $0 != hit?.sequence }
                if found != expected { wrong.append("bit \(bit): \(found), not \(expected)") }
            } catch {
                wrong.append("bit \(bit): \(error)")
            }
        }
        #expect(wrong == [])
    }

    @Test(arguments: [false, true])
    func `a log cut off anywhere has every whole group before the cut, and goes on`(isClosed: Bool) throws {
        let log = try Self.small(isClosed: isClosed)
        let path = log.segments[0]
        let frames = try log.frames(path)
        let groups: [(end: Int, numbers: [Int])] = [(0, [1]), (0, [2, 3]), (0, [4])]
        let ends = frames.filter { $0.kind == .otlp && !$0.flags.contains(.more) }.map { FrameHeader.padded($0.bytes.upperBound) }
        var wrong: [String] = []
        for length in 0...log.files[path]!.count {
            let disk = log.disk { $0[path] = [UInt8]($0[path]!.prefix(length)) }
            let spool = try open(disk)
            let expected = zip(ends, groups).filter { $0.0 <= length }.flatMap { $0.1.numbers }
            let found = try spool.frames().compactMap(\.number)
            let accepted = spool.append([[.sample(9)]])
            spool.close()
            let again = try open(disk.kill()).frames().compactMap(\.number)
            if found != expected || accepted != [true] || again != expected + [9] {
                wrong.append("cut at \(length): \(found), then \(again), not \(expected)")
            }
        }
        #expect(wrong == [])
    }

    @Test(arguments: StoredFixture.allCases)
    func `a segment of every kind of frame starts cut off anywhere`(fixture: StoredFixture) throws {
        let log = try Self.stored(fixture)
        let holding = try log.frames(Self.fixture).filter { $0.kind?.holdsItems == true }
        for length in 0...log.files[Self.fixture]!.count {
            let found = try open(log.disk { $0[Self.fixture] = [UInt8]($0[Self.fixture]!.prefix(length)) }).frames()
            #expect(found.map(\.sequence) == holding.map(\.sequence).prefix(found.count).map { $0 }, "cut at \(length)")
        }
    }

    @Test(arguments: 0..<3)
    func `a missing or empty segment costs its own frames`(index: Int) throws {
        let log = try Self.large()
        let expected = (1...6).filter { ($0 - 1) / 2 != index }
        for isEmpty in [false, true] {
            let disk = log.disk { $0[log.segments[index]] = isEmpty ? [] : nil }
            let spool = try open(disk)
            #expect(try spool.frames().compactMap(\.number) == expected)
            #expect(spool.append([[.sample(9)]]) == [true])
            #expect(try spool.frames().compactMap(\.number) == expected + [9])
        }
    }

    @Test func `segments with each other's names are read in their own order`() throws {
        let log = try Self.large()
        let names = log.segments
        for (one, other) in [(0, 1), (1, 2), (0, 2)] {
            let spool = try open(log.disk { ($0[names[one]], $0[names[other]]) = ($0[names[other]], $0[names[one]]) })
            #expect(try spool.frames().compactMap(\.number) == [1, 2, 3, 4, 5, 6])
            #expect(spool.files.catalog.with { $0.books.items.sum() } == 6)
            #expect(spool.append([[.sample(9)]]) == [true])
            #expect(try spool.frames().compactMap(\.number) == [1, 2, 3, 4, 5, 6, 9])
        }
    }

    @Test func `a copy of a segment is not read again, whatever its name, and is left alone`() throws {
        let log = try Self.large()
        let before = try open(log.disk()).files.catalog.with { $0.books }
        for original in log.segments {
            for copy in [2, 500, FrameHeader.maxSequence] as [UInt64] {
                let path = SpoolPaths(directory: "/data").segment(copy)
                let disk = log.disk { $0[path] = $0[original] }
                let spool = try open(disk)
                #expect(try spool.frames().compactMap(\.number) == [1, 2, 3, 4, 5, 6])
                #expect(spool.files.catalog.with { $0.books } == before)
                #expect(spool.files.recovery.damage.bytes > 0)
                #expect(disk.contents(of: path) == log.files[original])
            }
        }
    }

    @Test func `a segment that was renamed is read where it belongs, and its name may be in the way of a new one`() throws {
        let log = try Self.large()
        let last = try open(log.disk()).files.catalog.with { $0.lastSequence }
        for original in log.segments {
            for name in [2, last + 1, 500] as [UInt64] {
                let disk = log.disk { files in
                    files[SpoolPaths(directory: "/data").segment(name)] = files[original]
                    files[original] = nil
                }
                let spool = try open(disk)
                #expect(try spool.frames().compactMap(\.number) == [1, 2, 3, 4, 5, 6])
                #expect(spool.append([[.sample(9)]]) == [true])
                spool.close()
                #expect(try open(disk.kill()).frames().compactMap(\.number) == [1, 2, 3, 4, 5, 6, 9])
            }
        }
    }

    @Test func `names and sequences that no log can reach are no segments, and end nothing`() throws {
        let log = try Self.large()
        for name in [0, FrameHeader.maxSequence + 1, .max] as [UInt64] {
            let disk = log.disk { $0[SpoolPaths(directory: "/data").segment(name)] = [UInt8](repeating: 1, count: 100) }
            #expect(try open(disk).frames().compactMap(\.number) == [1, 2, 3, 4, 5, 6])
        }
        let first = FrameHeader(kind: .otlp, sequence: 1, payloadLength: 0).encoded(logID: 1, payload: [])
        #expect(FrameHeader(first, at: 0)?.sequence == 1)
        for sequence in [0, FrameHeader.maxSequence + 1, .max] as [UInt64] {
            let bytes = FrameHeader(kind: .otlp, sequence: sequence, payloadLength: 0).encoded(logID: 1, payload: [])
            #expect(FrameHeader(bytes, at: 0) == nil)
        }
    }

    @Test func `a log that seems to have used up its sequences takes nothing more, and keeps what it has`() throws {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        _ = try spool.open("backend", start: .oldest)
        #expect(spool.append([[.sample(1)]]) == [true])
        let cursor = spool.readers["backend"]!.cursor
        cursor.shared.update { $0.passed.insert(1...FrameHeader.maxSequence - 1) }
        spool.files.save(cursor)
        spool.close()
        let again = try open(disk.kill())
        #expect(again.append([[.sample(2)]]) == [false])
        again.close()
        #expect(try open(disk.kill()).frames().compactMap(\.number) == [1])
    }

    @Test func `a cursor file that is cut off or has a flipped bit never makes a reader pass over what it has not done`() throws {
        let disk = MemoryDisk()
        let spool = try SteppedSpool(disk, options: SpoolOptions(), clock: TestClock())
        _ = try spool.open("backend", start: .now)
        _ = spool.append([[.sample(1, items: 3)], [.sample(2)], [.sample(3)]])
        let reader = spool.readers["backend"]!.reader
        let frames = try reader.read(maxBytes: .max)
        try reader.record(.delivered, of: [frames[0].all])
        spool.files.save(spool.readers["backend"]!.cursor)
        try reader.record(.rejected(reason: "no"), of: [frames[2].all])
        spool.close()
        let log = Log(files: Self.contents(disk))
        let path = "/data/cursors/backend"
        let bytes = log.files[path]!
        // What lies between the slots means nothing.
        let written = bytes.indices.filter { bytes[$0] != 0 || $0 < 64 || $0 - CursorFile.slotSize >= 0 }
        var cut: Set<Int> = [0, CursorFile.slotSize - 1]
        for byte in written { cut.formUnion([byte, byte + 1]) }

        var wrong: [String] = []
        func check(_ label: String, _ change: (inout [UInt8]) -> Void) throws {
            var changed = log
            change(&changed.files[path]!)
            let again = try open(changed.disk())
            let cursor = try again.open("backend", start: .now)
            let waiting = try again.frames(from: cursor).compactMap(\.number)
            // The newer slot, the older one, or everything.
            if waiting != [2] && waiting != [2, 3] && waiting != [1, 2, 3] { wrong.append("\(label): \(waiting)") }
            let pending = waiting.reduce(0) { $0 + ($1 == 1 ? 3 : 1) }
            if cursor.totals.sum() + pending != 5 { wrong.append("\(label): \(cursor.totals) and \(pending) pending") }
        }
        for length in cut.sorted() { try check("cut at \(length)") { $0 = [UInt8]($0.prefix(length)) } }
        for byte in written {
            for bit in stride(from: byte % Self.step, to: 8, by: Self.step) {
                try check("bit \(bit) of byte \(byte)") { $0[byte] ^= 1 << UInt8(bit) }
            }
        }
        #expect(wrong == [])
    }
}
