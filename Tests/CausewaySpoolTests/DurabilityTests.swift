import TestSupport
import Testing

@testable import CausewaySpool

/// When a group counts as stored: on stable storage or, by the name of os_cache, when the system has it.
struct DurabilityTests {
    private let disk = MemoryDisk()
    private let clock = TestClock()

    private func spool(isDurable: Bool, on disk: MemoryDisk) throws -> SteppedSpool {
        var options = SpoolOptions()
        options.isDurable = isDurable
        return try SteppedSpool(disk, options: options, clock: clock)
    }

    private func append(_ numbers: ClosedRange<Int>, to spool: SteppedSpool) {
        for number in numbers { #expect(spool.append([[.sample(number)]]) == [true]) }
    }

    private func syncs(_ body: () -> Void) -> Int {
        let count = Counter()
        disk.setFault { _, operation, path in
            if operation == "sync" && path.hasSuffix(".seg") { count.next() }
            return nil
        }
        body()
        disk.setFault(nil)
        return count.value
    }

    @Test func `a durable group is synced before it is acknowledged, whoever shares the sync`() throws {
        let spool = try spool(isDurable: true, on: disk)
        #expect(syncs { append(1...5, to: spool) } == 5)
        #expect(syncs { _ = spool.append((6...9).map { [.sample($0)] }) } == 1)
        var random = SeededRandom(seed: 1)
        let after = try SteppedSpool(disk.crash(using: &random), options: SpoolOptions(), clock: clock)
        #expect(try after.frames().compactMap(\.number) == Array(1...9))
    }

    @Test func `in the system's cache it is not, and a sync a second is all there is`() throws {
        let spool = try spool(isDurable: false, on: disk)
        #expect(syncs { append(1...50, to: spool) } == 0)
        let deadline = try #require(spool.writer.deadlineNanoseconds)
        #expect(deadline <= clock.bootNanoseconds() + 1_000_000_000)
        clock.advance(.seconds(2))
        #expect(syncs { spool.writer.keepDeadline() } == 1)
        #expect(syncs { spool.writer.keepDeadline() } == 0)
        append(51...60, to: spool)
        // A killed bridge loses nothing; a power loss what was not synced, in any part, and nothing else.
        let killed = try SteppedSpool(disk.kill(), options: SpoolOptions(), clock: clock)
        #expect(try killed.frames().compactMap(\.number) == Array(1...60))
        for seed in 1...20 {
            var random = SeededRandom(seed: UInt64(seed))
            let after = try SteppedSpool(disk.crash(using: &random), options: SpoolOptions(), clock: clock)
            let found = try after.frames().compactMap(\.number)
            #expect(found.starts(with: 1...50))
            #expect(found == Array(1...max(50, found.count)))
        }
    }

    @Test func `a sync that fails later ends the segment, and the log goes on`() throws {
        let spool = try spool(isDurable: false, on: disk)
        #expect(spool.append([[.sample(1)]]) == [true])
        clock.advance(.seconds(2))
        disk.setFault { _, operation, path in operation == "sync" && path.hasSuffix(".seg") ? .error(5) : nil }
        spool.writer.keepDeadline()
        disk.setFault(nil)
        #expect(spool.append([[.sample(2)]]) == [true])
        #expect(spool.files.catalog.with { $0.segments.count } == 2)
        #expect(try spool.frames().compactMap(\.number) == [1, 2])
    }
}
