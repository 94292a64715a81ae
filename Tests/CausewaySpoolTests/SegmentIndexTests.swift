import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

/// A start that takes sealed segments at the word of one file: it opens no more of them, however many there are, and believes it only
/// where nothing has changed.
struct SegmentIndexTests {
    private let disk = MemoryDisk()
    private let clock = TestClock()
    private var options = SpoolOptions()
    private static let path = "/data/state/segments"

    init() { options.segmentBytes = 64 << 10 }

    private func start(_ disk: MemoryDisk) throws -> SteppedSpool { try SteppedSpool(disk, options: options, clock: clock) }

    /// A closed log of so many sealed segments with two frames of three items each.
    private func log(of segments: Int, on disk: MemoryDisk) throws {
        let spool = try start(disk)
        for number in 1...segments * 2 {
            #expect(spool.append([[.sample(number, items: 3, tenant: ["acme", "globex"][number % 2], bytes: 30_000)]]) == [true])
        }
        spool.close()
    }

    private func segments(_ disk: MemoryDisk) -> [String] { disk.paths().filter { $0.hasSuffix(".seg") } }

    private func recovery(_ disk: MemoryDisk, usesIndex: Bool = true) throws -> Recovery.Found {
        var recovery = Recovery(disk: disk.kill(), paths: SpoolPaths(directory: "/data"), knownLogIDs: [], wallNanoseconds: 1)
        recovery.usesIndex = usesIndex
        return try recovery.run()
    }

    /// What the segments themselves say, and how many of them the index did not know.
    private func check(_ disk: MemoryDisk, unindexed: Int, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let indexed = try recovery(disk)
        #expect(indexed.unindexed == unindexed, sourceLocation: sourceLocation)
        #expect(try indexed.withoutIndex == recovery(disk, usesIndex: false).withoutIndex, sourceLocation: sourceLocation)
    }

    private func reads(_ disk: MemoryDisk) throws -> Int {
        let disk = disk.kill()
        let count = Counter()
        disk.setFault { _, operation, path in
            if operation == "read", path.hasSuffix(".seg") { count.next() }
            return nil
        }
        _ = try start(disk)
        return count.value
    }

    @Test func `a start reads as much of ten segments as of a hundred`() throws {
        let large = MemoryDisk()
        try log(of: 10, on: disk)
        try log(of: 100, on: large)
        #expect(try reads(disk) == reads(large))
        try check(large, unindexed: 0)
        disk.remove(Self.path)
        large.remove(Self.path)
        #expect(try reads(large) > reads(disk) + 90, "without it each is read")
    }

    @Test func `everything comes back as it was, and the index is made anew where it is missing`() throws {
        try log(of: 5, on: disk)
        disk.remove(Self.path)
        try check(disk, unindexed: 5)
        for unindexed in [0, 0] {
            let spool = try start(disk)
            #expect(try spool.frames().map(\.number) == Array(1...10))
            spool.close()
            try check(disk, unindexed: unindexed)
        }
    }

    @Test func `every flipped bit and every truncation of it costs time and nothing else`() throws {
        try log(of: 4, on: disk)
        let bytes = try #require(disk.contents(of: Self.path))
        for offset in stride(from: 0, to: bytes.count, by: 5) {
            var damaged = bytes
            damaged[offset] ^= 1 << UInt8(offset % 8)
            for changed in [damaged, [UInt8](bytes.prefix(offset))] {
                let copy = disk.kill()
                copy.place(changed, at: Self.path)
                try check(copy, unindexed: 4)
            }
        }
    }

    @Test func `a segment whose file is another one, or was written to, is read`() throws {
        try log(of: 5, on: disk)
        let paths = segments(disk)
        // A copy of the same bytes, as from a backup.
        let copied = disk.kill()
        copied.place(disk.contents(of: paths[2])!, at: paths[2])
        try check(copied, unindexed: 1)
        // Two that have changed places are of the same length.
        let swapped = disk.kill()
        swapped.place(disk.contents(of: paths[1])!, at: paths[2])
        swapped.place(disk.contents(of: paths[2])!, at: paths[1])
        try check(swapped, unindexed: 2)
        // The last byte of its footer.
        let written = disk.kill()
        let file = try written.open(paths[1], .readWrite)
        try file.writeAll([[7]], at: try file.length() - 1)
        try check(written, unindexed: 1)
    }

    @Test(arguments: 0..<5)
    func `a segment that is gone is missed, whichever it is`(index: Int) throws {
        try log(of: 5, on: disk)
        disk.remove(segments(disk)[index])
        let indexed = try recovery(disk)
        #expect(try indexed.withoutIndex == recovery(disk, usesIndex: false).withoutIndex)
        #expect(indexed.segments.contains { !$0.missingBefore.counts.isEmpty } == (1...3).contains(index))
    }

    @Test func `segments written anew are read once, and known again at the next start`() throws {
        try log(of: 4, on: disk)
        let spool = try start(disk)
        _ = spool.maintenance.step()
        clock.advance(.seconds(301))
        while spool.maintenance.step() {}
        #expect(spool.files.catalog.with { $0.maintenance.segments } == 4)
        try check(disk, unindexed: 4)
        spool.close()
        try check(disk, unindexed: 0)
        #expect(try start(disk).frames().map(\.number) == Array(1...8))
    }

    @Test func `one from a later version, or of another log, is not believed`() throws {
        try log(of: 3, on: disk)
        let other = MemoryDisk()
        try log(of: 3, on: other)
        let paths = SpoolPaths(directory: "/data")
        let id = try #require(try recovery(disk).identity).logID
        let state = StateFile(disk: disk, paths: paths, logID: id, keys: SpoolKeys())
        let known = try #require(state.load(SegmentIndex.name))
        let foreign = disk.kill()
        foreign.place(try #require(other.contents(of: Self.path)), at: Self.path)
        try check(foreign, unindexed: 3)
        let later = disk.kill()
        var next = known
        next.version += 1
        later.place(state.encoded(next, as: SegmentIndex.name), at: Self.path)
        try check(later, unindexed: 3)
    }

    @Test func `a disk that does not take it loses nothing by that`() throws {
        disk.setFault { _, operation, path in operation == "write" && path.contains("segments") ? .error(28) : nil }
        try log(of: 3, on: disk)
        disk.setFault(nil)
        try check(disk, unindexed: 3)
    }

    @Test func `a footer that was read is believed when it is certain to be on the disk, and not before`() throws {
        try log(of: 2, on: disk)
        disk.remove(Self.path)
        let spool = try start(disk)
        #expect(spool.files.catalog.with { $0.segments.allSatisfy { $0.isSealed && $0.stamp == nil } })
        disk.setFault { _, operation, path in operation == "sync" && path.hasSuffix(".seg") ? .error(5) : nil }
        spool.files.saveIndex(isLast: true)
        disk.setFault(nil)
        spool.close()
        try check(disk, unindexed: 2)
        try start(disk).files.saveIndex(isLast: true)
        try check(disk, unindexed: 0)
    }

    @Test func `many segments become known a few at a time`() throws {
        try log(of: 40, on: disk)
        disk.remove(Self.path)
        let spool = try start(disk)
        for unindexed in [24, 8, 0] {
            spool.files.saveIndex()
            try check(disk, unindexed: unindexed)
        }
    }
}

extension Recovery.Found {
    /// Without what only tells where it is from.
    var withoutIndex: Recovery.Found {
        var found = self
        found.unindexed = 0
        for index in found.segments.indices { found.segments[index].stamp = nil }
        return found
    }
}
