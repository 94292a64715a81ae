import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import TestSupport
import Testing

@testable import Causeway

struct MetricReaderTests {
    /// A log with derived deltas of a counter, and one destination that wants them otherwise.
    private final class Bench {
        let spool: Spool
        let clock: TestClock
        let states: MetricStates
        private(set) var reader: MetricReader
        var configuration = Configuration()

        init(
            _ disk: MemoryDisk,
            clock: TestClock,
            options: SpoolOptions = SpoolOptions(),
            temporality: Configuration.Metrics.Temporality? = nil
        ) throws(SpoolError) {
            var destination = Configuration.Destination(name: "backend")
            destination.endpoint = EndpointURL("http://127.0.0.1:9")
            destination.temporality = temporality
            configuration.destinations = [destination]
            self.clock = clock
            spool = try Spool.onMemory(disk, options: options, clock: clock)
            states = MetricStates(spool, configuration)
            reader = try MetricReader(try spool.reader("backend", start: .oldest), states, clock: clock)
        }

        /// A frame that says how often a tool was called, in the next second.
        func append(_ calls: Int64, tenant: String = "", derived: Bool = true, temporality: Temporality = .delta) throws(SpoolError) {
            let start = clock.wallNanoseconds()
            clock.advance(.seconds(1))
            let metric = MetricRecord(
                name: "causeway.tool.calls",
                data: .sum(
                    [
                        MetricPoint(
                            attributes: [Attribute("gen_ai.tool.name", "a")],
                            startNanoseconds: temporality == .delta ? start : 5,
                            timeNanoseconds: clock.wallNanoseconds(),
                            value: .int(calls)
                        )
                    ],
                    temporality: temporality,
                    monotonic: true
                )
            )
            let payload = TelemetryRecord(
                resource: [Attribute("service.name", "shop")],
                scope: ScopeRecord(name: derived ? DerivedMetric.scope : "sdk"),
                items: .metrics([metric])
            ).encoded()
            var draft = FrameDraft(
                kind: .otlp,
                signal: Signal.metrics.rawValue,
                tenant: tenant,
                items: 1,
                receivedNanoseconds: clock.wallNanoseconds(),
                payload: payload
            )
            if derived { draft.flags = .derived }
            try spool.appendAndWait([draft, FrameDraft.sample(1)])
        }

        /// What comes next: values of metrics by the frame's number.
        func read(maxBytes: Int = .max) throws(SpoolError) -> [StoredFrame] { try reader.read(maxBytes: maxBytes, from: .oldest) }

        func deliver(_ frames: [StoredFrame]) throws(SpoolError) {
            for frame in frames { try reader.record(.delivered, of: [frame.all]) }
        }
    }

    private static func value(_ frame: StoredFrame) -> Int64? {
        point(frame).flatMap { if case .int(let value)? = $0.value { value } else { nil } }
    }

    private static func point(_ frame: StoredFrame) -> DataPointView? {
        guard frame.signal == Signal.metrics.rawValue else { return nil }
        let scope = RequestView(frame.payload, signal: .metrics).resourceEntries[0].scopeEntries(frame.payload)[0]
        return scope.metrics(frame.payload)[0].data?.points(frame.payload).first
    }

    private func values(_ frames: [StoredFrame]) -> [Int64] { frames.compactMap(Self.value) }

    @Test func `derived deltas come as counts since the beginning, spans as they are`() throws {
        let bench = try Bench(MemoryDisk(), clock: TestClock())
        defer { bench.spool.close() }
        for calls in [1, 2, 3] { try bench.append(Int64(calls)) }
        let frames = try bench.read()
        #expect(values(frames) == [1, 3, 6] && frames.count == 6)
        #expect(frames.filter { $0.signal == 1 }.allSatisfy { $0.number == 1 })
    }

    @Test func `what was given back comes again as the same bytes, whatever came meanwhile`() throws {
        let bench = try Bench(MemoryDisk(), clock: TestClock())
        defer { bench.spool.close() }
        try bench.append(1)
        let first = try bench.read()
        try bench.append(5)
        let second = try bench.read()
        bench.reader.giveBack(first + second)
        #expect(try bench.read() == first + second)
        #expect(values(second) == [6])
    }

    @Test func `a restart goes on with the same counts and the same start time`() throws {
        let clock = TestClock()
        let disk = MemoryDisk()
        var bench = try Bench(disk, clock: clock)
        for calls in [1, 2, 3] { try bench.append(Int64(calls)) }
        let before = try bench.read()
        try bench.deliver(Array(before.prefix(4)))
        bench.spool.close()
        bench = try Bench(disk.kill(), clock: clock)
        let again = try bench.read()
        #expect(values(again) == [6] && again.map(\.payload) == before.suffix(2).map(\.payload))
        try bench.append(4)
        #expect(values(try bench.read()) == [10])
        bench.spool.close()
    }

    @Test func `what lies behind the last state is not given up, and when it is gone all the same counts begin anew`() throws {
        let clock = TestClock()
        var options = SpoolOptions()
        options.keepBytes = 0
        let disk = MemoryDisk()
        var bench = try Bench(disk, clock: clock, options: options)
        try bench.append(7)
        let told = try bench.read()
        let before = try #require(Self.point(told[0]))
        try bench.deliver(told)
        bench.spool.close()
        // The state is lost, and frames that it speaks of are gone.
        let other = disk.kill()
        other.remove("/data/state/backend.metrics")
        bench = try Bench(other, clock: clock, options: options)
        try bench.append(2)
        let frames = try bench.read()
        let last = try #require(frames.last { $0.signal == Signal.metrics.rawValue }.flatMap(Self.point))
        #expect(last.startNanoseconds >= before.timeNanoseconds && values(frames) == [2])
        bench.spool.close()
    }

    @Test func `a destination that is sent no metrics holds back no history`() throws {
        var options = SpoolOptions()
        options.keepBytes = 0
        options.segmentBytes = 64 << 10
        options.cursorInterval = .milliseconds(1)
        let bench = try Bench(MemoryDisk(), clock: TestClock(), options: options)
        defer { bench.spool.close() }
        for _ in 0..<40 {
            try bench.spool.appendAndWait([FrameDraft.sample(1, bytes: 16 << 10)])
            try bench.deliver(try bench.read())
        }
        #expect(bench.states.sealCount >= 8)
        // The state is kept and history expires on the thread of the cursors.
        var segments = Int.max
        for _ in 0..<200 where segments > 3 {
            segments = bench.spool.status().segments
            pause(.milliseconds(10))
        }
        #expect(segments <= 3)
    }

    @Test func `what sources send stays as it is, unless the destination itself demands another temporality`() throws {
        for (demand, derived, given, expected) in [
            (nil, false, Temporality.delta, [1, 2]), (.cumulative, false, .delta, [1, 3]), (.delta, true, .delta, [1, 2]),
            (.delta, false, .cumulative, [1, 1]),
        ] as [(Configuration.Metrics.Temporality?, Bool, Temporality, [Int64])] {
            let bench = try Bench(MemoryDisk(), clock: TestClock(), temporality: demand)
            for calls in [1, 2] { try bench.append(Int64(calls), derived: derived, temporality: given) }
            #expect(values(try bench.read()) == expected, "\(String(describing: demand)) \(derived) \(given)")
            bench.spool.close()
        }
    }

    @Test func `a reload that demands another temporality begins anew`() throws {
        let bench = try Bench(MemoryDisk(), clock: TestClock())
        defer { bench.spool.close() }
        try bench.append(1)
        try bench.deliver(try bench.read())
        bench.configuration.destinations[0].temporality = .delta
        bench.states.take(bench.configuration)
        try bench.append(2)
        try bench.deliver(try bench.read())
        bench.configuration.destinations[0].temporality = nil
        bench.states.take(bench.configuration)
        try bench.append(3)
        #expect(values(try bench.read()) == [3])
    }

    @Test(arguments: 1...40)
    func `no count becomes smaller over crashes without a new start time, and a frame is the same bytes whenever it is sent`(
        seed: Int
    ) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let clock = TestClock()
        var disk = MemoryDisk()
        var told: [UInt64: [UInt8]] = [:]
        var deltas: [String: Int64] = [:]
        for life in 0..<4 {
            disk.stop(at: life < 3 ? disk.operationCount + Int.random(in: 1...400, using: &random) : .max)
            guard let bench = try? Bench(disk, clock: clock) else {
                disk = disk.stopped ?? disk.kill()
                continue
            }
            for _ in 0..<25 where disk.stopped == nil {
                switch Int.random(in: 0...5, using: &random) {
                case 0...2: try? bench.append(Int64.random(in: 0...9, using: &random), tenant: Bool.random(using: &random) ? "acme" : "")
                case 3:
                    guard let frames = try? bench.read() else { continue }
                    if Bool.random(using: &random) { bench.reader.giveBack(frames) } else { try? bench.deliver(frames) }
                    // What a mind that has crashed believes nobody has heard.
                    if disk.stopped == nil {
                        for frame in frames where frame.signal == Signal.metrics.rawValue {
                            if let known = told[frame.sequence] { #expect(known == frame.payload) }
                            told[frame.sequence] = frame.payload
                        }
                    }
                default: continue
                }
            }
            if life == 3 {
                for frame in try bench.read() where frame.signal == Signal.metrics.rawValue { told[frame.sequence] = frame.payload }
            }
            bench.spool.close()
            let stopped = disk.stopped ?? disk.kill()
            disk = Bool.random(using: &random) ? stopped : stopped.crash(using: &random)
        }
        let frames = try MetricsLog.frames(disk).filter { $0.signal == Signal.metrics.rawValue }
        var last: [String: DataPointView] = [:]
        for frame in frames {
            deltas[frame.tenant, default: 0] += Self.value(frame) ?? 0
            guard let payload = told[frame.sequence] else { continue }
            var shown = frame
            shown.payload = payload
            let point = try #require(Self.point(shown))
            #expect(Self.value(shown) == deltas[frame.tenant])
            if let before = last[frame.tenant] {
                #expect(point.startNanoseconds == before.startNanoseconds && point.timeNanoseconds > before.timeNanoseconds)
            }
            last[frame.tenant] = point
        }
    }
}
