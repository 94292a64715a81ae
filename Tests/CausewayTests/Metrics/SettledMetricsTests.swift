import CausewayModel
import CausewayOTLP
import CausewaySemantics
import CausewaySpool
import Logging
import TestSupport
import Testing

@testable import Causeway

/// Metrics of a log that is really settled, against a count of their own over its spans with their notes.
struct SettledMetricsTests {
    /// One life of what settles and of what measures, on a made-up disk.
    private final class Life {
        let clock: TestClock
        let spool: Spool
        let settler: Settling
        let metrics: MetricsDeriver

        init(_ disk: MemoryDisk, _ clock: TestClock) throws(SpoolError) {
            self.clock = clock
            spool = try Spool(directory: "/data", options: SpoolOptions(), disk: disk, clock: clock) {}
            settler = try Settling(spool, Configuration()) {}
            let totals = DerivedTotals(maxSeries: 10_000)
            metrics = try MetricsDeriver.open(
                Configuration.Metrics(),
                in: spool,
                totals: totals,
                clock: clock,
                log: Logger(label: "test")
            ) {}
        }

        func append(_ spans: [SpanRecord], tenant: String) throws(SpoolError) {
            let payload = TelemetryRecord(
                resource: [Attribute("service.name", "shop")],
                scope: ScopeRecord(name: "test"),
                items: .spans(spans)
            ).encoded()
            let draft = FrameDraft(
                kind: .otlp,
                signal: Signal.traces.rawValue,
                tenant: tenant,
                items: spans.count,
                receivedNanoseconds: clock.wallNanoseconds(),
                payload: payload
            )
            try spool.appendAndWait([draft])
        }

        /// Lets both work for so long.
        func work(_ seconds: Int, isDraining: Bool = false) throws(SpoolError) {
            for _ in 0..<max(1, seconds) * 4 {
                var turns = 0
                while turns < 50, try settler.turn(moment(isDraining)) == .none { turns += 1 }
                while turns < 100, try metrics.turn(moment(isDraining)) == .none { turns += 1 }
                clock.advance(.milliseconds(250))
            }
        }

        private func moment(_ isDraining: Bool) -> DerivingMoment {
            DerivingMoment(
                bootNanoseconds: clock.bootNanoseconds(),
                wallNanoseconds: clock.wallNanoseconds(),
                isDraining: isDraining
            )
        }

        /// Everything that was appended, with its notes.
        func settled() throws -> [StoredFrame] {
            let reader = try spool.reader("count", start: .oldest)
            var frames: [StoredFrame] = []
            while case let more = try reader.read(maxBytes: 1 << 20), !more.isEmpty { frames += more }
            return frames
        }
    }

    /// A request of an agent: its root, calls of a model and calls of tools.
    private static func request(_ number: UInt64, tools: Int, calls: Int) -> [SpanRecord] {
        func span(_ id: Int, in parent: Int, _ name: String, _ attributes: [Attribute]) -> SpanRecord {
            var span = SpanRecord(
                traceID: TraceID(high: 9, low: number + 1)!,
                spanID: SpanID(number << 8 + UInt64(id))!,
                parentSpanID: SpanID(parent == 0 ? 0 : number << 8 + UInt64(parent)),
                name: name,
                startNanoseconds: 1_700_000_000_000_000_000 + UInt64(id) * 1_000_000,
                endNanoseconds: 1_700_000_000_000_000_000 + UInt64(id) * 1_000_000 + 500_000
            )
            span.attributes = attributes
            return span
        }
        var spans = [
            span(1, in: 0, "invoke_agent a", [Attribute("gen_ai.operation.name", "invoke_agent"), Attribute("gen_ai.agent.name", "a")])
        ]
        for call in 0..<calls {
            spans.append(
                span(
                    10 + call,
                    in: 1,
                    "chat m",
                    [
                        Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
                        Attribute("gen_ai.request.model", "m"), Attribute("gen_ai.usage.input_tokens", .int(Int64(100 + call))),
                        Attribute("gen_ai.usage.output_tokens", .int(Int64(number % 7 + 1))),
                    ]
                )
            )
        }
        for tool in 0..<tools {
            let attributes = [
                Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", .string("t\(tool % 2)")),
            ]
            spans.append(span(50 + tool, in: 1, "execute_tool", attributes))
        }
        return spans
    }

    /// Counted by itself: spans once each, requests once a trace.
    private static func expected(_ frames: [StoredFrame]) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        var requests: Set<String> = []
        for frame in frames where frame.kind == .otlp && frame.signal == Signal.traces.rawValue {
            let noted = frame.notes.map { NotedItem(item: $0.item, note: ItemNote($0.payload)) }
            let notes = Dictionary(noted.map { ($0.item, $0.note) }) { first, _ in first }
            let payload = applying(noted, to: frame.payload, signal: .traces)
            var item = -1
            for resource in RequestView(payload, signal: .traces).resourceEntries {
                for scope in resource.scopeEntries(payload) {
                    for span in scope.spans(payload) {
                        item += 1
                        let attributes = MetricsLog.attributes(span, payload)
                        if notes[item]?.marks.contains(.redelivered) == true || attributes["causeway.duplicate_of"] != nil { continue }
                        func add(_ key: String, _ number: Int64) { counts["\(frame.tenant)/\(key)", default: 0] += number }
                        switch attributes["gen_ai.operation.name"] {
                        case "execute_tool": add("tool \(attributes["gen_ai.tool.name"].map { "\($0)" } ?? "")", 1)
                        case "chat":
                            if case .int(let tokens)? = attributes["gen_ai.usage.input_tokens"] { add("input", tokens) }
                            if case .int(let tokens)? = attributes["gen_ai.usage.output_tokens"] { add("output", tokens) }
                        case "invoke_agent":
                            guard attributes["causeway.request.steps"] != nil, let trace = span.traceID else { continue }
                            if requests.insert("\(frame.tenant) \(trace)").inserted { add("requests", 1) }
                        default: continue
                        }
                    }
                }
            }
        }
        return counts
    }

    private static func derived(_ frames: [StoredFrame]) -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for frame in frames where frame.flags.contains(.derived) && frame.signal == Signal.metrics.rawValue {
            for resource in RequestView(frame.payload, signal: .metrics).resourceEntries {
                for scope in resource.scopeEntries(frame.payload) {
                    for metric in scope.metrics(frame.payload) {
                        for point in metric.data?.points(frame.payload) ?? [] {
                            guard case .int(let value)? = point.value else { continue }
                            let tool = point.attributes.value("gen_ai.tool.name", frame.payload)?.copied(frame.payload)
                            let type = point.attributes.value("gen_ai.token.type", frame.payload)?.string(frame.payload) ?? ""
                            switch frame.payload.text(metric.name) {
                            case "causeway.tool.calls": counts["\(frame.tenant)/tool \(tool.map { "\($0)" } ?? "")", default: 0] += value
                            case "causeway.tokens": counts["\(frame.tenant)/\(type)", default: 0] += value
                            case "causeway.agent.requests": counts["\(frame.tenant)/requests", default: 0] += value
                            default: continue
                            }
                        }
                    }
                }
            }
        }
        return counts
    }

    @Test(arguments: 1...100)
    func `in any order, with spans that come again and kills in between, metrics are a count over the settled spans`(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed) &+ 7000)
        var disk = MemoryDisk()
        let clock = TestClock()
        var sent: [(spans: [SpanRecord], tenant: String)] = []
        var number: UInt64 = 0
        for life in 0..<3 {
            disk.stop(at: life < 2 ? disk.operationCount + Int.random(in: 40...900, using: &random) : .max)
            if let bridge = try? Life(disk, clock) {
                for _ in 0..<6 where disk.stopped == nil {
                    number += 1
                    var spans = Self.request(
                        number,
                        tools: Int.random(in: 0...3, using: &random),
                        calls: Int.random(in: 1...3, using: &random)
                    )
                    spans.shuffle(using: &random)
                    let tenant = number % 3 == 0 ? "acme" : ""
                    while !spans.isEmpty {
                        let batch = Array(spans.prefix(Int.random(in: 1...3, using: &random)))
                        spans.removeFirst(batch.count)
                        sent.append((batch, tenant))
                        try? bridge.append(batch, tenant: tenant)
                        if Int.random(in: 0..<4, using: &random) == 0 { try? bridge.work(1) }
                    }
                    // An SDK sends again what it believes nobody has got.
                    if Bool.random(using: &random), let again = sent.randomElement(using: &random) {
                        try? bridge.append(again.spans, tenant: again.tenant)
                    }
                    if Int.random(in: 0..<3, using: &random) == 0 { try? bridge.work(Int.random(in: 1...20, using: &random)) }
                }
                if life == 2 {
                    try bridge.work(30)
                    try bridge.work(1, isDraining: true)
                    try bridge.work(20, isDraining: true)
                    let settled = try bridge.settled()
                    let frames = try MetricsLog.frames(disk)
                    let (found, expected) = (Self.derived(frames), Self.expected(settled))
                    #expect(found == expected)
                    #expect(found.values.reduce(0, +) > 100)
                }
                bridge.spool.close()
            }
            let stopped = disk.stopped ?? disk.kill()
            disk = Bool.random(using: &random) ? stopped : stopped.crash(using: &random)
        }
    }

    @Test(arguments: [false, true])
    func `a root that comes after one was made in its place is no other request, also after a restart`(isRestarted: Bool) throws {
        var disk = MemoryDisk()
        let clock = TestClock()
        var life = try Life(disk, clock)
        let spans = Self.request(1, tools: 1, calls: 1)
        try life.append(Array(spans.dropFirst()), tenant: "")
        try life.work(20)
        clock.advance(.seconds(16 * 60))
        try life.work(20)
        #expect(Self.derived(try MetricsLog.frames(disk))["/requests"] == 1)
        if isRestarted {
            life.spool.close()
            disk = disk.kill()
            life = try Life(disk, clock)
        }
        try life.append([spans[0]], tenant: "")
        try life.work(40)
        #expect(Self.derived(try MetricsLog.frames(disk))["/requests"] == 1)
        life.spool.close()
    }
}
