// Measures what settling costs: spans that need no note, runs of agents as they were captured, and a million traces that never end.
//
// Arguments: captured requests (`*.pb`). Times are the best of several runs on one core. `time` or `memory` as the first argument measures
// only that.

import BenchSupport
import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySemantics
import CausewaySpool
import Foundation

let chosen = CommandLine.arguments.dropFirst().first
let plain: [Attribute] = (0..<20).map { Attribute("http.request.header.x-number-\($0)", .string("value \($0)")) }
let calls: [Attribute] = [
    Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
    Attribute("gen_ai.request.model", "gpt-4o-mini"), Attribute("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
    Attribute("gen_ai.usage.input_tokens", 80), Attribute("gen_ai.usage.output_tokens", 27),
    Attribute("gen_ai.usage.cache_read.input_tokens", 40), Attribute("gen_ai.request.temperature", 0.2),
    Attribute("gen_ai.request.max_tokens", 200), Attribute("app.tier", "gold"), Attribute("user.id", "user-7781"),
    Attribute("server.address", "api.example.com"), Attribute("server.port", 443), Attribute("app.ticket", "T-1042"),
    Attribute("causeway.step.type", "model_call"), Attribute("causeway.usage.rule", "inclusive"),
    Attribute("causeway.source.dialect", "gen_ai_2"), Attribute("causeway.cost.total", 0.0001),
    Attribute("causeway.cost.currency", "USD"), Attribute("app.release", "2026.11.2"),
]

/// Requests of so many spans, so many to a trace, with their roots at the end.
func requests(_ count: Int, spans: Int, perTrace: Int, _ attributes: [Attribute], hasRoots: Bool) -> [[UInt8]] {
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

/// Takes all requests in, a millisecond apart, and whatever is settled out.
func settle(_ payloads: [[UInt8]], items: Int, from sequence: UInt64 = 1, into table: inout SettleTable) {
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
}

/// The same spans with everything that is not the table's work: a log on disk, read frame by frame, marked when it is settled.
func throughLog(_ payloads: [[UInt8]], items: Int) throws -> Double {
    let directory = FileManager.default.temporaryDirectory.appending(path: "settle-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    var options = SpoolOptions()
    options.maxBytes = 4 << 30
    let spool = try Spool(directory: directory.path, options: options) {}
    let deriver = try spool.deriver("settle", settles: true, start: .oldest) {}
    for payload in payloads {
        try spool.appendAndWait([FrameDraft(kind: .otlp, signal: 1, items: items, receivedNanoseconds: 1, payload: payload)])
    }
    let start = processorSeconds()
    var table = SettleTable()
    while true {
        let frames = try deriver.read(maxBytes: 1 << 20)
        if frames.isEmpty { break }
        for stored in frames {
            let frame = SettleTable.Frame(
                sequence: stored.sequence,
                tenant: stored.tenant,
                signal: Signal(rawValue: stored.signal),
                items: stored.items,
                payload: stored.payload
            )
            table.take(frame, arrival: 1_000_000_000 + stored.sequence * 1_000_000)
        }
        table.advance(to: 1_000_000_000 + deriver.position * 1_000_000)
        while let found = table.takeSettled(maxBytes: 1 << 20) {
            let notes = found.notes.map { NoteDraft(sequence: $0.sequence, item: $0.item, payload: $0.payload) }
            if let through = found.through { try deriver.commit(upTo: through, notes: notes) }
        }
    }
    let seconds = processorSeconds() - start
    spool.close()
    return seconds
}

if chosen != "memory" {
    for (name, attributes, perTrace) in [
        ("no agent's, 10 spans a trace", plain, 10), ("no agent's, one span a trace", plain, 1),
        ("no agent's, 100 spans a trace", plain, 100), ("an agent's calls, 10 spans a trace", calls, 10),
    ] {
        let payloads = requests(40, spans: 100, perTrace: perTrace, attributes, hasRoots: true)
        // A table that has been at work for a while, and what is settled is forgotten before it comes again: short runs, and many.
        var table = SettleTable()
        var sequence: UInt64 = 1
        let seconds = best(100) {
            settle(payloads, items: 100, from: sequence, into: &table)
            table.finish()
            while table.takeSettled(maxBytes: 1 << 20) != nil {}
            sequence += 10_000_000
            table.advance(to: 1_000_000_000 + sequence * 1_000_000)
        }
        precondition(table.traceCount == 0 && table.counts.redelivered == 0)
        row("\(name), \(attributes.count) attributes", seconds * 1e9 / 4_000, "ns/span")
    }
    let payloads = requests(400, spans: 100, perTrace: 10, plain, hasRoots: true)
    var seconds = Double.infinity
    for _ in 0..<5 { seconds = min(seconds, try throughLog(payloads, items: 100)) }
    row("no agent's, 10 spans a trace, with reading the log", seconds * 1e9 / 40_000, "ns/span")
}

let captured = try CommandLine.arguments.dropFirst().filter { $0.hasSuffix(".pb") && !$0.hasSuffix(".metrics.pb") }.map { path in
    let signal: Signal = path.hasSuffix(".logs.pb") ? .logs : .traces
    let payload = try Files.read(path, limit: 64 << 20)
    return (signal: signal, payload: understand(payload, signal: signal, options: UnderstandingOptions(callKey: CallKey(1, 2))).payload)
}
if !captured.isEmpty, chosen != "memory" {
    let spans = captured.reduce(0) { $0 + ($1.signal == .traces ? RequestView($1.payload, signal: .traces).itemCount : 0) }
    var notes = 0
    let seconds = best(9) {
        var table = SettleTable()
        for (number, request) in captured.enumerated() {
            let sequence = UInt64(number + 1)
            table.take(
                SettleTable.Frame(sequence: sequence, tenant: "", signal: request.signal, items: 1, payload: request.payload),
                arrival: 1_000_000_000 + sequence * 1_000_000
            )
        }
        table.finish()
        while table.takeSettled(maxBytes: 1 << 20) != nil {}
        notes = table.counts.notes
    }
    row("all captured requests, \(spans) spans, \(notes) notes", seconds * 1e9 / Double(spans), "ns/span")
}

if chosen != "time" {
    let before = residentBytes()
    var table = SettleTable()
    var (early, peak) = (0, 0)
    for number in 0..<10_000 {
        // All of other traces; one request at a time, so that what is made here takes next to nothing.
        let spans = (0..<100).map { place -> SpanRecord in
            var span = SpanRecord(
                traceID: TraceID(high: 4, low: UInt64(number * 100 + place + 1))!,
                spanID: SpanID(2)!,
                parentSpanID: SpanID(1),
                name: "chat",
                startNanoseconds: 1,
                endNanoseconds: 2
            )
            // Each with an id of its own, as conversations have.
            span.attributes = calls + [Attribute("gen_ai.conversation.id", .string("conversation-\(number * 100 + place)"))]
            return span
        }
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "bench"), items: .spans(spans)).encoded()
        settle([payload], items: 100, from: UInt64(number + 1), into: &table)
        guard number % 10 == 9 else { continue }
        let resident = residentBytes() - before
        // The first tenth fills the table.
        if number == 999 { early = resident }
        peak = max(peak, resident)
    }
    row("a million traces without a root: memory after the first tenth", Double(early) / 1_048_576, "MiB")
    row("at the most", Double(peak) / 1_048_576, "MiB")
    row("at the end", Double(residentBytes() - before) / 1_048_576, "MiB")
    row("what the table says it takes", Double(table.memoryBytes) / 1_048_576, "MiB")
    row("traces known at the end", Double(table.traceCount), "")
    row("settled early", Double(table.counts.early), "")
}
