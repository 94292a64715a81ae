import CausewayModel
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Causeway

struct KeptStateTests {
    private static let contents = [UInt8](String(repeating: "series of a tool, ", count: 5000).utf8)

    private static func files(_ disk: MemoryDisk) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for path in disk.paths() where path.hasPrefix("/data/state/x") { files[path] = disk.contents(of: path) }
        return files
    }

    @Test func `what has not changed is not written again, and is small when it is written`() throws {
        let disk = MemoryDisk()
        let spool = try Spool.onMemory(disk)
        defer { spool.close() }
        var kept = KeptState(spool, "x.")
        let head = kept.head(Self.contents)
        kept.isDurable()
        #expect(head.count < 32)
        let written = Self.files(disk)
        #expect(written.count == 1 && written.values.allSatisfy { $0.count < Self.contents.count / 50 })
        let operations = disk.operationCount
        #expect(kept.head(Self.contents) == head && disk.operationCount == operations)
        // Another one goes beside it, and the next one over the first.
        let next = kept.head(Self.contents + [1])
        kept.isDurable()
        #expect(next != head && Self.files(disk).count == 2)
        _ = kept.head(Self.contents + [2])
        #expect(Self.files(disk).count == 2)
        var again = KeptState(spool, "x.")
        #expect(again.contents(next) == Self.contents + [1])
        // Known from what was read, it need not be written either.
        let after = disk.operationCount
        #expect(again.head(Self.contents + [1]) == next && disk.operationCount == after)
    }

    @Test func `a head that is durable finds its contents, whatever was written since, and no other head's`() throws {
        let disk = MemoryDisk()
        let spool = try Spool.onMemory(disk)
        defer { spool.close() }
        var kept = KeptState(spool, "x.")
        let first = kept.head([1, 2, 3])
        kept.isDurable()
        // Heads that never became durable.
        for number in 4..<9 as Range<UInt8> {
            _ = kept.head([number])
            var reader = KeptState(spool, "x.")
            #expect(reader.contents(first) == [1, 2, 3])
        }
        let last = kept.head([9])
        kept.isDurable()
        _ = kept.head([10])
        var reader = KeptState(spool, "x.")
        #expect(reader.contents(last) == [9])
        // Its place is taken by another one, which is not taken for it.
        #expect(reader.contents(first) == nil)
        #expect(reader.contents([]) == nil && reader.contents([8, 9, 1]) == nil)
    }

    @Test func `with no room for a file of its own it stands in the head`() throws {
        let disk = MemoryDisk()
        let spool = try Spool.onMemory(disk)
        defer { spool.close() }
        var kept = KeptState(spool, "x.")
        disk.setFault { _, operation, path in operation == "write" && path.contains("x.") ? .error(28) : nil }
        let head = kept.head(Self.contents)
        kept.isDurable()
        disk.setFault(nil)
        var reader = KeptState(spool, "x.")
        #expect(reader.contents(head) == Self.contents)
        #expect(Self.files(disk).isEmpty)
    }

    @Test func `a day of two thousand idle series costs kilobytes in all`() throws {
        let disk = MemoryDisk()
        let clock = TestClock()
        var options = SpoolOptions()
        options.segmentBytes = 64 << 10
        // Its pauses are cut by a clock that makes leaps here.
        options.compressAfter = .seconds(1_000_000_000)
        let spool = try Spool(directory: "/data", options: options, disk: disk, clock: clock) {}
        defer { spool.close() }
        let totals = DerivedTotals(maxSeries: 10_000)
        let deriver = try MetricsDeriver.open(
            Configuration.Metrics(),
            in: spool,
            totals: totals,
            clock: clock,
            log: Logger(label: "test")
        ) {}
        func work() throws {
            while try deriver.turn(
                DerivingMoment(bootNanoseconds: clock.bootNanoseconds(), wallNanoseconds: clock.wallNanoseconds(), isDraining: false)
            ) == .none {}
        }
        try spool.appendAndWait([MetricsLog.draft((0..<1000).map { MetricsLog.call("tool-\($0)", id: UInt64($0 + 1)) })])
        try work()
        clock.advance(.seconds(16))
        try work()
        #expect(totals.seriesCount == 2000)
        func derived() throws -> Int { try MetricsLog.frames(disk).filter { $0.flags.contains(.derived) }.count }
        let frames = try derived()
        let bodies = Counter()
        disk.setFault { _, operation, path in
            if operation == "write", path.hasPrefix("/data/state/.metrics.series") { bodies.add() }
            return nil
        }
        // What is no agent's goes on, so that a segment is closed every quarter of an hour.
        for _ in 0..<96 {
            var span = MetricsLog.call("x")
            span.attributes = [Attribute("body", .string(String(repeating: "x", count: 40 << 10)))]
            try spool.appendAndWait([MetricsLog.draft([span])])
            try work()
            clock.advance(.seconds(15 * 60 + 1))
        }
        #expect(spool.sealCount > 90)
        #expect(try derived() == frames)
        // The series once, when they had come back from the log; afterwards only that they hold further on.
        #expect((1...2).contains(bodies.count))
        #expect(disk.contents(of: "/data/state/metrics").map { $0.count < 200 } == true)
        let body = disk.paths().filter { $0.hasPrefix("/data/state/metrics.series") }.compactMap { disk.contents(of: $0)?.count }.reduce(
            0,
            +
        )
        #expect(body > 0 && body < 60_000)
    }

    private final class Counter: Sendable {
        private let number = Mutex(0)

        var count: Int { number.withLock { $0 } }

        func add() { number.withLock { $0 += 1 } }
    }
}
