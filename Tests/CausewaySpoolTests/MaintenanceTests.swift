import CausewayPlatform
import TestSupport
import Testing

@testable import CausewaySpool

/// Sealed segments written anew: compressed, or with content shed, under readers and faults.
struct MaintenanceTests {
    private static let key = SpoolKey((0..<32).map { $0 })
    /// What is shed here: all but the first 24 bytes.
    private static let reduce: ContentReduction = { _, _, payload in payload.count > 24 ? [UInt8](payload.prefix(24)) : nil }

    private static func options(_ keys: SpoolKeys = SpoolKeys(), maxBytes: Int = 64 << 20) -> SpoolOptions {
        var options = SpoolOptions()
        options.keys = keys
        options.maxBytes = maxBytes
        options.segmentBytes = 64 << 10
        options.keepBytes = .max
        return options
    }

    private let disk = MemoryDisk()
    private let clock = TestClock()

    /// Three segments or more of ten frames and more, the last still open; `backend` is open and has nothing.
    private func fill(_ options: SpoolOptions = options(), frames: Int = 40, reduce: ContentReduction? = nil) throws -> SteppedSpool {
        let spool = try SteppedSpool(disk, options: options, clock: clock, reduce: reduce)
        _ = try spool.open("backend", start: .oldest)
        for number in 1...frames { #expect(spool.append([[.sample(number, items: 2, tenant: "acme", bytes: 5000)]]) == [true]) }
        return spool
    }

    /// Lets five minutes pass, and everything be compressed.
    private func compress(_ spool: SteppedSpool) {
        _ = spool.maintenance.step()
        clock.advance(.seconds(301))
        while spool.maintenance.step() {}
    }

    private func check(_ spool: SteppedSpool, _ keys: SpoolKeys = SpoolKeys(), _ numbers: [Int] = Array(1...40)) throws {
        #expect(try spool.frames().map(\.number) == numbers)
        let found = try SpoolInspection(directory: "/data", depth: .everything, keys: keys, disk: disk)
        #expect(found.findings.isEmpty, "\(found.findings)")
        #expect(SpoolAudit(found).isBalanced)
    }

    @Test(arguments: [false, true])
    func `what stays five minutes is compressed, once, with the same frames and books`(isEncrypted: Bool) throws {
        let keys = isEncrypted ? SpoolKeys(current: Self.key) : SpoolKeys()
        let spool = try fill(Self.options(keys))
        let (before, segments) = (disk.usedBytes, spool.files.catalog.with { $0.segments })
        _ = spool.maintenance.step()
        clock.advance(.seconds(299))
        #expect(!spool.maintenance.step())
        #expect(disk.usedBytes == before)
        clock.advance(.seconds(2))
        while spool.maintenance.step() {}
        #expect(disk.usedBytes < before / 2)
        let counts = spool.files.catalog.with { $0.maintenance }
        #expect(counts.segments == segments.count - 1 && counts.savedBytes == before - disk.usedBytes && counts.failures == 0)
        let after = spool.files.catalog.with { $0.segments }
        #expect(after.map(\.books) == segments.map(\.books) && after.map(\.lastSequence) == segments.map(\.lastSequence))
        #expect(spool.files.catalog.with { $0.usedBytes } >= disk.usedBytes - 4096)
        try check(spool, keys)
        spool.close()

        // The next run finds nothing to do, and everything in its place.
        let again = try SteppedSpool(disk, options: Self.options(keys), clock: clock)
        let used = disk.usedBytes
        compress(again)
        #expect(disk.usedBytes <= used)
        #expect(again.files.catalog.with { $0.maintenance.segments } <= 1)
        try check(again, keys)
        again.close()
    }

    @Test func `a segment that would not become shorter stays as it is`() throws {
        let spool = try SteppedSpool(disk, options: Self.options(), clock: clock)
        var random = SeededRandom(seed: 3)
        for number in 1...20 {
            var draft = FrameDraft.sample(number)
            draft.payload += (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = spool.append([[draft]])
        }
        let before = disk.paths().map { disk.contents(of: $0) }
        compress(spool)
        #expect(disk.paths().map { disk.contents(of: $0) } == before)
        #expect(spool.files.catalog.with { $0.maintenance.segments } == 0)
        spool.close()
    }

    @Test(arguments: 0...40)
    func `a reader in the middle of a segment that is written anew goes on where it was`(position: Int) throws {
        let spool = try fill()
        let reader = spool.readers["backend"]!.reader
        var seen: [StoredFrame] = []
        while seen.count < position { seen += try reader.read(maxBytes: 1) }
        let returned = seen.filter { $0.number! % 3 == 0 }
        reader.giveBack(returned)
        compress(spool)
        #expect(spool.files.catalog.with { $0.maintenance.segments } >= 2)
        #expect((reader.backlog().bytes > 0) == (position < 40 || !returned.isEmpty))
        var rest: [StoredFrame] = []
        while true {
            let more = try reader.read(maxBytes: 20_000)
            if more.isEmpty { break }
            rest += more
        }
        #expect(rest.map(\.number) == returned.map(\.number) + Array(min(position + 1, 41)..<41))
        #expect(rest.allSatisfy { $0.payload.count == 5000 && $0.tenant == "acme" })
        #expect(reader.backlog().bytes == 0)
        try reader.record(.delivered, of: (seen.filter { $0.number! % 3 != 0 } + rest).map(\.all))
        #expect(spool.readers["backend"]!.cursor.shared.with { $0.passed.ranges.isEmpty && $0.totals.sum() == 80 })
        spool.close()
    }

    @Test func `a frame given back twice, with its segment written anew in between, comes each time`() throws {
        let spool = try fill()
        let reader = spool.readers["backend"]!.reader
        let frames = try reader.read(maxBytes: 30_000)
        reader.giveBack(frames)
        #expect(try reader.read(maxBytes: 1).map(\.number) == [1])
        compress(spool)
        reader.giveBack([frames[0]])
        #expect(try reader.read(maxBytes: 30_000).map(\.number) == frames.map(\.number))
        spool.close()
    }

    @Test(arguments: FaultTests.failures)
    func `whichever operation of a rewriting fails, nothing is lost, and it is done later`(failure: FaultTests.Failure) throws {
        for failing in 1...36 {
            let disk = MemoryDisk()
            let clock = TestClock()
            let spool = try SteppedSpool(disk, options: Self.options(), clock: clock)
            for number in 1...27 { _ = spool.append([[.sample(number, items: 2, bytes: 5000)]]) }
            _ = spool.maintenance.step()
            clock.advance(.seconds(301))
            let first = disk.operationCount
            disk.setFault { operation, name, _ in
                guard failure.operation.isEmpty || failure.operation == name else { return nil }
                return operation == first + failing ? failure.fault : nil
            }
            while spool.maintenance.step() {}
            disk.setFault(nil)
            #expect(try spool.frames().map(\.number) == Array(1...27), "operation \(failing)")
            clock.advance(.seconds(301))
            while spool.maintenance.step() {}
            #expect(spool.files.catalog.with { $0.maintenance.segments } >= 2, "operation \(failing)")
            var random = SeededRandom(seed: UInt64(failing))
            let after = try SteppedSpool(disk.crash(using: &random), options: Self.options(), clock: clock)
            #expect(try after.frames().map(\.number) == Array(1...27), "operation \(failing)")
            after.close()
            spool.close()
        }
    }

    @Test func `power lost at any operation of a rewriting leaves each segment old or new, and no copy behind`() throws {
        for stop in 1...60 {
            let disk = MemoryDisk()
            let clock = TestClock()
            let spool = try SteppedSpool(disk, options: Self.options(), clock: clock)
            for number in 1...27 { _ = spool.append([[.sample(number, items: 2, bytes: 5000)]]) }
            _ = spool.maintenance.step()
            clock.advance(.seconds(301))
            disk.stop(at: disk.operationCount + stop)
            while spool.maintenance.step() {}
            guard let stopped = disk.stopped else { break }
            for seed in 1...2 {
                var random = SeededRandom(seed: UInt64(stop * 10 + seed))
                let crashed = stopped.crash(using: &random)
                let after = try SteppedSpool(crashed, options: Self.options(), clock: clock)
                #expect(try after.frames().map(\.number) == Array(1...27), "operation \(stop)")
                #expect(!crashed.paths().contains { $0.hasSuffix(".new") })
                after.close()
            }
        }
    }

    @Test func `content is shed from the oldest when four fifths are full, and the sender is still served`() throws {
        let options = Self.options(maxBytes: 2 << 20)
        let spool = try fill(options, frames: 1, reduce: Self.reduce)
        var number = 1
        // Four times what fits in full.
        while number < 1600 {
            number += 1
            guard spool.append([[.sample(number, items: 2, tenant: "acme", bytes: 5000)]]) == [true] else { break }
            while spool.maintenance.step() {}
            guard disk.peakBytes <= options.maxBytes else { break }
        }
        #expect(number == 1600)
        #expect(disk.peakBytes <= options.maxBytes)
        let counts = spool.files.catalog.with { $0.maintenance }
        #expect(counts.reducedFrames > 1000 && counts.shedBytes > 5 << 20)
        let frames = try spool.frames()
        #expect(frames.map(\.number) == Array(1...1600) && frames.allSatisfy { $0.items == 2 })
        let reduced = frames.prefix { $0.payload.count == 24 }
        #expect(reduced.count == counts.reducedFrames)
        #expect(frames.dropFirst(reduced.count).allSatisfy { $0.payload.count == 5000 })
        spool.close()
    }

    @Test func `history goes before content is shed`() throws {
        let options = Self.options(maxBytes: 2 << 20)
        let spool = try fill(options, frames: 300, reduce: Self.reduce)
        let reader = spool.readers["backend"]!.reader
        let frames = try reader.read(maxBytes: .max)
        try reader.record(.delivered, of: frames.prefix(200).map(\.all))
        spool.files.save(spool.readers["backend"]!.cursor)
        #expect(spool.files.catalog.with { $0.segments.count } > 4)
        while spool.maintenance.step() {}
        #expect(spool.files.catalog.with { $0.maintenance.reducedFrames } == 0)
        #expect(spool.files.catalog.with { $0.usedBytes } <= options.maxBytes / 5 * 4)
        spool.close()
    }

    @Test func `without something that sheds, content stays`() throws {
        let spool = try fill(Self.options(maxBytes: 2 << 20), frames: 330)
        while spool.maintenance.step() {}
        #expect(spool.files.catalog.with { $0.maintenance } == MaintenanceCounts())
        spool.close()
    }

    @Test func `a segment given up while it is written anew does not come back`() throws {
        let spool = try fill()
        let first = spool.files.catalog.with { $0.segments[0] }
        _ = spool.maintenance.step()
        clock.advance(.seconds(301))
        var frames = 0
        _ = spool.maintenance.step {
            frames += 1
            if frames == 5 { #expect(spool.files.room.remove(first)) }
            return true
        }
        #expect(frames > 5)
        #expect(!disk.paths().contains(first.path) && !disk.paths().contains { $0.hasSuffix(".new") })
        #expect(spool.files.catalog.with { $0.segment(first.firstSequence) } == nil)
        spool.close()
    }

    @Test func `asked to stop, it stops between two frames and leaves nothing behind`() throws {
        let spool = try fill()
        _ = spool.maintenance.step()
        clock.advance(.seconds(301))
        var frames = 0
        #expect(
            !spool.maintenance.step {
                frames += 1
                return frames < 4
            }
        )
        #expect(frames <= 5)
        #expect(!disk.paths().contains { $0.hasSuffix(".new") })
        #expect(spool.files.catalog.with { $0.reservedBytes } == 0)
        try check(spool)
        spool.close()
    }

    @Test func `a damaged segment is left for repair`() throws {
        let spool = try fill()
        let path = spool.files.catalog.with { $0.segments[0].path }
        var bytes = try #require(disk.contents(of: path))
        bytes[20_000] ^= 1
        disk.place(bytes, at: path)
        compress(spool)
        #expect(disk.contents(of: path) == bytes)
        spool.close()
    }

    @Test func `there is no rewriting where there is no room for a copy`() throws {
        let options = Self.options(maxBytes: 2 << 20)
        let spool = try SteppedSpool(disk, options: options, clock: clock)
        _ = try spool.open("backend", start: .oldest)
        var number = 1
        while spool.append([[.sample(number, items: 2, bytes: 5000)]]) == [true] { number += 1 }
        let used = disk.usedBytes
        compress(spool)
        #expect(disk.usedBytes == used && disk.peakBytes <= options.maxBytes)
        spool.close()
    }

    @Test func `a running spool compresses by itself, and closes at once`() async throws {
        var options = Self.options()
        options.compressAfter = .zero
        let spool = try Spool.onMemory(disk, options: options)
        for number in 1...60 { try spool.appendAndWait([.sample(number, bytes: 5000)]) }
        #expect(await eventually { spool.status().maintenance.segments >= 3 })
        #expect(try spool.reader("backend", start: .oldest).read(maxBytes: .max).map(\.number) == Array(1...60))
        spool.close()
    }
}
