import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import TestSupport
import Testing

@testable import Causeway

struct MetricsDeriverTests {
    @Test func `what was new in an interval is one frame for each tenant, with the mark that covers it`() throws {
        let log = try MetricsLog()
        defer { log.spool.close() }
        try log.append([MetricsLog.call("a"), MetricsLog.call("b")])
        try log.append([MetricsLog.call("a")], tenant: "acme")
        try log.turn()
        #expect(try log.derived().isEmpty)
        try log.cut()
        let frames = try log.derived()
        #expect(frames.map(\.tenant) == ["", "acme"] && frames.allSatisfy { $0.signal == Signal.metrics.rawValue })
        #expect(MetricsLog.calls(frames) == ["/a": 1, "/b": 1, "acme/a": 1])
        #expect(log.spool.status().books.sum { $0.term == "created:metrics" } == frames.reduce(0) { $0 + $1.items })
        // Nothing new is nothing to write, however often it is looked.
        for _ in 0..<3 { try log.cut() }
        #expect(try log.derived().count == 2)
    }

    @Test func `intervals follow each other and never overlap, also when the wall clock jumps`() throws {
        let log = try MetricsLog()
        defer { log.spool.close() }
        for jump in [0, -3600, 7200, 0] {
            log.clock.jump(.seconds(jump))
            try log.append([MetricsLog.call("a")])
            try log.cut()
        }
        let times = try log.derived().map { frame -> (UInt64, UInt64) in
            let view = RequestView(frame.payload, signal: .metrics).resourceEntries[0].scopeEntries(frame.payload)[0]
            let point = view.metrics(frame.payload)[0].data!.points(frame.payload)[0]
            return (point.startNanoseconds, point.timeNanoseconds)
        }
        #expect(times.count == 4 && times.allSatisfy { $0.0 < $0.1 })
        #expect(zip(times, times.dropFirst()).allSatisfy { $0.1 <= $1.0 })
    }

    @Test func `only what is settled is measured, with what its notes say`() throws {
        let log = try MetricsLog(isSettled: true)
        defer { log.spool.close() }
        try log.append([MetricsLog.call("a"), MetricsLog.call("a"), MetricsLog.call("a")])
        try log.cut()
        // `cut` settles at its end.
        #expect(try log.derived().isEmpty)
        try log.append([MetricsLog.call("b"), MetricsLog.call("b"), MetricsLog.call("b")])
        var again = ItemNote()
        again.marks = .redelivered
        var duplicate = ItemNote()
        duplicate.set("causeway.duplicate_of", "00000000000000ff")
        try log.settle([(1, again), (2, duplicate)])
        try log.cut()
        #expect(MetricsLog.calls(try log.derived()) == ["/a": 3, "/b": 1])
    }

    @Test func `what came from another bridge was measured there`() throws {
        let log = try MetricsLog()
        defer { log.spool.close() }
        var draft = MetricsLog.draft([MetricsLog.call("a")])
        draft.origin = FrameOrigin(log: 77, sequence: 1, firstItem: 0)
        try log.spool.appendAndWait([draft])
        try log.cut()
        #expect(try log.derived().isEmpty)
    }

    @Test func `at the end what was measured is written without waiting for the interval`() throws {
        let log = try MetricsLog()
        defer { log.spool.close() }
        try log.append([MetricsLog.call("a")])
        try log.turn(isDraining: true)
        #expect(MetricsLog.calls(try log.derived()) == ["/a": 1])
    }

    @Test func `a restart goes on where it was, and knows what there is`() throws {
        var log = try MetricsLog()
        try log.append([MetricsLog.call("a"), MetricsLog.call("b")])
        try log.cut()
        try log.append([MetricsLog.call("a")])
        try log.turn()
        let shown = log.totals.seriesCount
        log.spool.close()
        log = try MetricsLog(log.disk.kill(), clock: log.clock)
        try log.turn()
        #expect(log.totals.seriesCount == shown)
        try log.cut()
        #expect(MetricsLog.calls(try log.derived()) == ["/a": 2, "/b": 1])
        let calls = log.totals.series.filter { $0.metric == .toolCalls }
        #expect(calls.count == 2)
        log.spool.close()
    }

    @Test func `what a full spool refuses is written when there is room`() throws {
        let log = try MetricsLog()
        defer { log.spool.close() }
        try log.append([MetricsLog.call("a")])
        try log.turn()
        log.clock.advance(.seconds(16))
        log.disk.setFault { _, operation, _ in operation == "sync" ? .error(5) : nil }
        #expect(throws: SpoolError.self) { try log.turn() }
        log.disk.setFault(nil)
        try log.append([MetricsLog.call("a")])
        try log.cut()
        try log.cut()
        #expect(MetricsLog.calls(try log.derived()) == ["/a": 2])
    }

    @Test(arguments: 1...100)
    func `whenever it is killed, metrics are a count over the spans that they cover`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var disk = MemoryDisk()
        let clock = TestClock()
        for _ in 0..<3 {
            disk.stop(at: disk.operationCount + Int.random(in: 1...300, using: &random))
            if let log = try? MetricsLog(disk, clock: clock) {
                for _ in 0..<20 where disk.stopped == nil {
                    let spans = (0..<Int.random(in: 1...3, using: &random)).map { MetricsLog.call("t\($0 % 2)", id: UInt64($0 + 1)) }
                    try? log.append(spans, tenant: Bool.random(using: &random) ? "acme" : "")
                    if Int.random(in: 0..<3, using: &random) == 0 { try? log.cut() } else { try? log.turn() }
                }
                log.spool.close()
            }
            let isKill = Bool.random(using: &random)
            let stopped = disk.stopped ?? disk.kill()
            disk = isKill ? stopped : stopped.crash(using: &random)
        }
        let log = try MetricsLog(disk, clock: clock)
        // What is in the log is exactly what the last mark covers.
        let before = try MetricsLog.frames(disk)
        #expect(MetricsLog.calls(before) == MetricsLog.expected(before, upTo: log.deriver.covered))
        try log.append([MetricsLog.call("last")])
        try log.cut()
        log.spool.close()
        let frames = try MetricsLog.frames(disk)
        #expect(MetricsLog.calls(frames) == MetricsLog.expected(frames))
    }
}
