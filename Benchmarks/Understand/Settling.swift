// Measures what settling costs: spans that need no note, runs of agents, and a million traces that never end.

import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import Glibc

/// Requests of so many spans, so many to a trace, with their roots at the end.
private func requests(_ count: Int, spans: Int, perTrace: Int, _ attributes: [Attribute], hasRoots: Bool) -> [[UInt8]] {
    (0..<count).map { number in
        let records = (0..<spans).map { place -> SpanRecord in
            let (trace, inside) = ((number * spans + place) / perTrace + 1, place % perTrace)
            let isRoot = hasRoots && inside == perTrace - 1
            var span = SpanRecord(
                traceID: TraceID(high: 3, low: UInt64(trace))!,
                spanID: SpanID(UInt64(inside + 1))!,
                parentSpanID: isRoot ? nil : SpanID(UInt64(perTrace)),
                name: "GET /orders",
                startNanoseconds: 1_700_000_000_000_000_000 + UInt64(inside) * 1_000_000,
                endNanoseconds: 1_700_000_001_000_000_000
            )
            span.attributes = attributes
            return span
        }
        return TelemetryRecord(resource: [], scope: ScopeRecord(name: "bench"), items: .spans(records)).encoded()
    }
}

/// Takes all requests in, a millisecond apart, and whatever is settled out; the table afterwards.
@discardableResult
private func settle(_ payloads: [[UInt8]], items: Int, from sequence: UInt64 = 1, into table: consuming SettleTable) -> SettleTable {
    var table = table
    for (number, payload) in payloads.enumerated() {
        let sequence = sequence + UInt64(number)
        let arrival = 1_000_000_000 + sequence * 1_000_000
        table.take(
            SettleTable.Frame(sequence: sequence, tenant: "", signal: .traces, items: items, payload: payload),
            arrival: arrival
        )
        table.advance(to: arrival)
        while table.takeSettled(maxBytes: 1 << 20) != nil {}
    }
    return table
}

/// The most that the process ever held.
private func residentBytes() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return Int(usage.ru_maxrss) * 1024
}

func measureSettling(_ plain: [Attribute], _ agents: [Attribute]) {
    for (name, attributes, perTrace) in [
        ("settle: no agent's, 10 spans a trace", plain, 10), ("settle: no agent's, one span a trace", plain, 1),
        ("settle: an agent's calls, 10 spans a trace", agents, 10),
    ] {
        let payloads = requests(400, spans: 100, perTrace: perTrace, attributes, hasRoots: true)
        let seconds = best(5) {
            var table = settle(payloads, items: 100, into: SettleTable())
            table.finish()
            while table.takeSettled(maxBytes: 1 << 20) != nil {}
        }
        row("\(name), \(attributes.count) attributes", seconds * 1e9 / 40_000, "ns/span")
    }
    let before = residentBytes()
    var table = SettleTable()
    var peak = before
    for block in 0..<100 {
        // Of traces that all are new.
        let payloads = (0..<100).map { number -> [UInt8] in
            let first = (block * 100 + number) * 100
            return TelemetryRecord(
                resource: [],
                scope: ScopeRecord(name: "bench"),
                items: .spans(
                    (0..<100).map { place in
                        var span = SpanRecord(
                            traceID: TraceID(high: 4, low: UInt64(first + place + 1))!,
                            spanID: SpanID(2)!,
                            parentSpanID: SpanID(1),
                            name: "chat",
                            startNanoseconds: 1,
                            endNanoseconds: 2
                        )
                        span.attributes = agents
                        return span
                    }
                )
            ).encoded()
        }
        table = settle(payloads, items: 100, from: UInt64(block * 100 + 1), into: table)
        peak = max(peak, residentBytes())
    }
    row("settle: a million traces without a root, memory", Double(peak - before) / 1_048_576, "MiB")
    row("", Double(table.counts.early), "settled early")
}
