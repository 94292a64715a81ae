import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import Logging
import TestSupport

@testable import Causeway

/// A log on a made-up disk with somebody who settles, or nobody, and the deriver of metrics, each of which does what it is told.
final class MetricsLog {
    let disk: MemoryDisk
    let clock: TestClock
    let spool: Spool
    let totals: DerivedTotals
    let deriver: MetricsDeriver
    private let settler: Deriver?

    init(
        _ disk: MemoryDisk = MemoryDisk(),
        clock: TestClock = TestClock(),
        settings: Configuration.Metrics = Configuration.Metrics(),
        isSettled: Bool = false
    ) throws(SpoolError) {
        self.disk = disk
        self.clock = clock
        spool = try Spool(directory: "/data", options: SpoolOptions(), disk: disk, clock: clock) {}
        settler = isSettled ? try spool.deriver("settle", settles: true, start: .oldest) {} : nil
        totals = DerivedTotals(maxSeries: 10_000)
        deriver = try MetricsDeriver.open(settings, in: spool, totals: totals, clock: clock, log: Logger(label: "test")) {}
    }

    static func call(_ tool: String, id: UInt64 = 1, milliseconds: UInt64 = 100) -> SpanRecord {
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: id)!,
            spanID: SpanID(id)!,
            parentSpanID: SpanID(9),
            name: "call",
            startNanoseconds: 1_700_000_000_000_000_000,
            endNanoseconds: 1_700_000_000_000_000_000 + milliseconds * 1_000_000
        )
        span.attributes = [Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", .string(tool))]
        return span
    }

    static func draft(_ spans: [SpanRecord], tenant: String = "") -> FrameDraft {
        let payload = TelemetryRecord(
            resource: [Attribute("service.name", "shop")],
            scope: ScopeRecord(name: "test"),
            items: .spans(spans)
        ).encoded()
        return FrameDraft(
            kind: .otlp,
            signal: Signal.traces.rawValue,
            tenant: tenant,
            items: spans.count,
            receivedNanoseconds: 1_700_000_000_000_000_000,
            payload: payload
        )
    }

    func append(_ spans: [SpanRecord], tenant: String = "") throws(SpoolError) {
        try spool.appendAndWait([Self.draft(spans, tenant: tenant)])
    }

    /// Everything that is there is settled, with these notes on its first frame that is new.
    func settle(_ notes: [(item: Int, note: ItemNote)] = []) throws(SpoolError) {
        guard let settler else { return }
        let frames = try settler.read(maxBytes: .max)
        let drafts = notes.map { NoteDraft(sequence: frames[0].sequence, item: $0.item, payload: $0.note.encoded) }
        try settler.commit(upTo: settler.position, notes: drafts)
    }

    /// Asks the deriver until it has nothing to do.
    func turn(isDraining: Bool = false) throws(SpoolError) {
        while try deriver.turn(moment(isDraining)) == .none {}
    }

    /// The same, behind the end of an interval.
    func cut() throws(SpoolError) {
        try turn()
        clock.advance(.seconds(16))
        try turn()
        // Its own frames it reads like any other.
        try settle()
        try turn()
    }

    private func moment(_ isDraining: Bool) -> DerivingMoment {
        DerivingMoment(
            bootNanoseconds: clock.bootNanoseconds(),
            wallNanoseconds: clock.wallNanoseconds(),
            isDraining: isDraining
        )
    }

    /// What was derived, frame by frame.
    func derived() throws -> [StoredFrame] { try Self.frames(disk).filter { $0.flags.contains(.derived) } }

    static func frames(_ disk: MemoryDisk) throws -> [StoredFrame] {
        var frames: [StoredFrame] = []
        _ = try LogWalk(directory: "/data", disk: disk).frames { frames.append($0) }
        return frames
    }

    /// Calls by tenant and tool, from derived deltas.
    static func calls(_ frames: [StoredFrame]) -> [String: Int64] {
        var calls: [String: Int64] = [:]
        for frame in frames where frame.flags.contains(.derived) {
            for resource in RequestView(frame.payload, signal: .metrics).resourceEntries {
                for scope in resource.scopeEntries(frame.payload) {
                    for metric in scope.metrics(frame.payload) where frame.payload.text(metric.name) == "causeway.tool.calls" {
                        for point in metric.data!.points(frame.payload) {
                            let tool = point.attributes.value("gen_ai.tool.name", frame.payload)?.string(frame.payload) ?? ""
                            if case .int(let value)? = point.value { calls["\(frame.tenant)/\(tool)", default: 0] += value }
                        }
                    }
                }
            }
        }
        return calls
    }

    /// The same counted by itself: over spans that are not derived, up to a frame.
    static func expected(_ frames: [StoredFrame], upTo last: UInt64 = .max) -> [String: Int64] {
        var calls: [String: Int64] = [:]
        for frame in frames where frame.signal == Signal.traces.rawValue && frame.sequence <= last {
            for resource in RequestView(frame.payload, signal: .traces).resourceEntries {
                for scope in resource.scopeEntries(frame.payload) {
                    for span in scope.spans(frame.payload) {
                        let tool = span.attributes.value("gen_ai.tool.name", frame.payload)?.string(frame.payload) ?? ""
                        calls["\(frame.tenant)/\(tool)", default: 0] += 1
                    }
                }
            }
        }
        return calls
    }
}

extension MetricsLog {
    static func attributes(_ span: SpanView, _ payload: [UInt8]) -> [String: AttributeValue] {
        Dictionary(span.attributes.copied(payload).map { ($0.key, $0.value) }) { first, _ in first }
    }
}
