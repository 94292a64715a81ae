import CausewayExporters
import CausewayPlatform
import CausewaySpool
import TestSupport
import Testing

/// The exporter on the real log, over a backend in trouble.
struct ExporterWithLogTests {
    let disk = MemoryDisk()
    let budget = Budget(limit: 1 << 20)
    let clock = SystemClock()

    func open(_ wake: @escaping @Sendable () -> Void) throws -> Spool {
        try Spool(directory: "/data", options: SpoolOptions(), disk: disk, clock: clock, appended: wake)
    }

    func export(_ spool: Spool, to backend: FakeDestination) throws -> Exporter {
        var destination = Road.destination("backend", backend, FakeReader()) { $0.batchBytes = 2000 }
        destination.openReader = { () throws(SpoolError) in try spool.reader("backend", start: .oldest) }
        return try Exporter([destination], budget: budget, clock: clock, userAgent: "", spread: { 0 }, log: { _ in })
    }

    func append(_ spool: Spool, frames: Range<Int>, items: Int) throws {
        for frame in frames {
            let lines = (0..<items).map { "\(frame).\($0)\n" }.joined()
            let signal = UInt8(frame % 2 + 1)
            try spool.appendAndWait([
                FrameDraft(kind: .otlp, signal: signal, items: items, receivedNanoseconds: 1, payload: [UInt8](lines.utf8))
            ])
        }
    }

    func total(_ spool: Spool, _ term: String) -> Int { spool.status().readers["backend"]?.sum { $0.term == term } ?? 0 }

    @Test func `every item has one outcome, whatever a backend does`() async throws {
        let bad: Set = ["7.3", "20.0", "33.9", "34.0"]
        let backend = FakeDestination { request in
            switch request.number % 7 {
            case 1: .answer(503)
            case 3: .reset
            case 5 where request.body.count > 300: .answer(413)
            default: bad.isDisjoint(with: FakeReader.items(request.body)) ? .answer(200) : .answer(400)
            }
        }
        defer { backend.stop() }
        let waker = Waker()
        let spool = try open { waker.wake() }
        let exporter = try export(spool, to: backend)
        waker.exporter = exporter
        try append(spool, frames: 0..<40, items: 10)
        #expect(await eventually { total(spool, "delivered") + total(spool, "quarantined") == 400 })
        #expect(total(spool, "quarantined") == 4)
        exporter.drain(until: clock.bootNanoseconds() + 5_000_000_000)
        #expect(spool.status().pending("backend") == 0)
        spool.close()
        #expect(budget.usedBytes == 0)
    }

    @Test func `a restart in the middle of a bisection sends what is left, and not what was taken`() async throws {
        let isOver = Flag()
        let backend = FakeDestination { request in
            let items = FakeReader.items(request.body)
            // Half of the frame is taken, then nobody is there.
            if items.count == 16 { return .answer(413) }
            return items.contains("0.0") || isOver.isSet ? .answer(200) : .answer(503)
        }
        defer { backend.stop() }
        let first = try open {}
        try append(first, frames: 0..<1, items: 16)
        let exporter = try export(first, to: backend)
        #expect(await eventually { total(first, "delivered") == 8 })
        exporter.drain(until: clock.bootNanoseconds() + 5_000_000_000)
        first.close()

        isOver.set()
        let seen = backend.requests.count
        let second = try open {}
        let successor = try export(second, to: backend)
        #expect(await eventually { total(second, "delivered") == 16 })
        let items = backend.requests.dropFirst(seen).flatMap { FakeReader.items($0.body) }
        #expect(items == (8..<16).map { "0.\($0)" })
        successor.drain(until: clock.bootNanoseconds() + 5_000_000_000)
        second.close()
    }
}
