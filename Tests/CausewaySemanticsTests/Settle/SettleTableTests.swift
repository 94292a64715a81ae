import CausewayModel
import CausewayOTLP
import Foundation
import Testing

@testable import CausewaySemantics

/// A few traces settled, and what is said on each span then, by its id.
struct Settled {
    var table: SettleTable
    private(set) var payloads: [UInt64: (signal: Signal, payload: [UInt8])] = [:]
    private(set) var notes: [UInt64: [NotedItem]] = [:]
    private(set) var through: UInt64 = 0

    init(_ options: SettleOptions = SettleOptions()) { table = SettleTable(options) }

    mutating func take(
        _ payload: [UInt8],
        _ signal: Signal = .traces,
        at seconds: Double = 1,
        tenant: String = "",
        isDerived: Bool = false,
        earlier: [SettleTable.EarlierNote]? = nil
    ) {
        let sequence = UInt64(payloads.count + 1)
        payloads[sequence] = (signal, payload)
        let items = RequestView(payload, signal: signal).itemCount
        var frame = SettleTable.Frame(sequence: sequence, tenant: tenant, signal: signal, items: items, payload: payload)
        frame.isDerived = isDerived
        if let earlier { (frame.isReplay, frame.earlierNotes) = (true, earlier) }
        table.take(
            frame,
            arrival: UInt64(seconds * 1e9)
        )
    }

    mutating func advance(to seconds: Double) {
        table.advance(to: UInt64(seconds * 1e9))
        collect()
    }

    mutating func finish() {
        table.finish()
        collect()
    }

    private mutating func collect() {
        while let settled = table.takeSettled(maxBytes: .max) {
            through = settled.through ?? through
            for note in settled.notes {
                notes[note.sequence, default: []].append(
                    NotedItem(item: note.item, note: ItemNote(note.payload))
                )
            }
        }
    }

    struct Span {
        var name: String
        var parent: String
        var attributes: [String: AttributeValue]
        var events: [EventRecord]
        var links: [LinkRecord]
        var isError: Bool
        var marks: ItemNote.Marks

        subscript(key: String) -> AttributeValue? { attributes[key] }
        func int(_ key: String) -> Int64? {
            if case .int(let value)? = attributes[key] { value } else { nil }
        }
        func text(_ key: String) -> String? {
            if case .string(let value)? = attributes[key] { value } else { nil }
        }
    }

    /// All spans as destinations get them, in the order of the log.
    var spans: [Span] {
        payloads.keys.sorted().flatMap { sequence -> [Span] in
            guard let (signal, payload) = payloads[sequence], signal == .traces else { return [] }
            let after = applying(notes[sequence] ?? [], to: payload, signal: .traces)
            precondition(
                (try? admit(after, signal: .traces))?.refused == 0,
                "what was made is not well formed"
            )
            var item = -1
            return RequestView(after, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(after) }
                .flatMap { $0.spans(after) }.map {
                    item += 1
                    let attributes = $0.attributes.copied(after)
                    precondition(
                        Set(attributes.map(\.key)).count == attributes.count,
                        "a key twice: \(attributes.map(\.key))"
                    )
                    return Span(
                        name: after.text($0.name),
                        parent: $0.parentSpanID?.description ?? "",
                        attributes: Dictionary(
                            attributes.map { ($0.key, $0.value) },
                            uniquingKeysWith: { first, _ in first }
                        ),
                        events: $0.events(after).map {
                            EventRecord(
                                name: after.text($0.name),
                                timeNanoseconds: $0.timeNanoseconds,
                                attributes: $0.attributes.copied(after)
                            )
                        },
                        links: $0.links(after).compactMap { link in
                            guard let trace = link.traceID, let span = link.spanID else { return nil }
                            return LinkRecord(
                                traceID: trace,
                                spanID: span,
                                attributes: link.attributes.copied(after)
                            )
                        },
                        isError: $0.statusCode == 2,
                        marks: (notes[sequence] ?? []).filter { $0.item == item }.reduce([]) {
                            $0.union($1.note.marks)
                        }
                    )
                }
        }
    }

    func span(_ name: String) -> Span { spans.first { $0.name == name }! }

    /// Those that count: tokens and calls are summed over them.
    var counting: [Span] {
        spans.filter {
            $0["causeway.usage.rollup"] == nil && $0["causeway.duplicate_of"] == nil
                && $0["causeway.redelivered"] == nil
        }
    }

    /// What metrics count of all that.
    var measured: MeasuredPoints { MeasuredPoints(measuredPayload) }

    var measuredPayload: [UInt8] {
        var measurements = Measurements(derive: .on)
        for (sequence, frame) in payloads.sorted(by: { $0.key < $1.key }) where frame.signal == .traces {
            let noted = applying(notes[sequence] ?? [], to: frame.payload, signal: .traces)
            measurements.take(noted, signal: .traces, tenant: "", receivedNanoseconds: 1)
        }
        let frames = measurements.frames(startNanoseconds: 1, timeNanoseconds: 2, instance: "i")
        return frames.first?.payload ?? []
    }

    func sum(_ key: String) -> Int64 { counting.reduce(0) { $0 + ($1.int(key) ?? 0) } }
}

/// Spans as agents send them, short to write.
struct Made {
    var id: UInt64
    var name: String
    var parent: UInt64 = 0
    var time: ClosedRange<Double> = 0...1
    var attributes: [Attribute] = []
    var fails = false

    static func agent(
        _ id: UInt64,
        _ name: String,
        in parent: UInt64 = 0,
        _ time: ClosedRange<Double> = 0...10
    ) -> Made {
        Made(
            id: id,
            name: name,
            parent: parent,
            time: time,
            attributes: [
                Attribute("gen_ai.operation.name", "invoke_agent"),
                Attribute("gen_ai.agent.name", .string(name)),
            ]
        )
    }

    static func model(
        _ id: UInt64,
        _ name: String,
        in parent: UInt64 = 0,
        _ time: ClosedRange<Double> = 1...2,
        model: String = "m1",
        tokens: Int64 = 0,
        response: String? = nil,
        call: String? = nil,
        fails: String? = nil,
        cost: Double? = nil
    ) -> Made {
        var made = Made(
            id: id,
            name: name,
            parent: parent,
            time: time,
            attributes: [
                Attribute("gen_ai.operation.name", "chat"),
                Attribute("gen_ai.request.model", .string(model)),
            ]
        )
        if tokens > 0 {
            made.attributes += [
                Attribute("gen_ai.usage.input_tokens", .int(tokens)),
                Attribute("gen_ai.usage.output_tokens", 1),
            ]
        }
        if let response { made.attributes.append(Attribute("gen_ai.response.id", .string(response))) }
        if let call { made.attributes.append(Attribute("causeway.call.hash", .string(call))) }
        if let cost { made.attributes.append(Attribute("causeway.cost.total", .double(cost))) }
        made.fail("model", fails)
        return made
    }

    static func tool(
        _ id: UInt64,
        _ name: String,
        in parent: UInt64 = 0,
        _ time: ClosedRange<Double> = 3...4,
        tool: String? = nil,
        call: String? = nil,
        reference: String? = nil,
        fails: String? = nil
    ) -> Made {
        var made = Made(
            id: id,
            name: name,
            parent: parent,
            time: time,
            attributes: [
                Attribute("gen_ai.operation.name", "execute_tool"),
                Attribute("gen_ai.tool.name", .string(tool ?? name)),
            ]
        )
        if let call { made.attributes.append(Attribute("causeway.call.hash", .string(call))) }
        if let reference {
            made.attributes.append(Attribute("gen_ai.tool.call.id", .string(reference)))
        }
        made.fail("tool", fails)
        return made
    }

    static func request(
        _ id: UInt64,
        in parent: UInt64,
        _ time: ClosedRange<Double>,
        status: Int64
    )
        -> Made
    {
        Made(
            id: id,
            name: "POST \(id)",
            parent: parent,
            time: time,
            attributes: [Attribute("http.response.status_code", .int(status))]
        )
    }

    private mutating func fail(_ category: String, _ code: String?) {
        guard let code else { return }
        fails = true
        attributes += [
            Attribute("causeway.failure.category", .string(category)),
            Attribute("causeway.failure.code", .string(code)),
        ]
    }

    func with(_ key: String, _ value: AttributeValue) -> Made {
        var made = self
        made.attributes.append(Attribute(key, value))
        return made
    }

    func record(trace: UInt64) -> SpanRecord {
        var span = SpanRecord(
            traceID: TraceID(high: 9, low: trace)!,
            spanID: SpanID(id)!,
            parentSpanID: SpanID(parent),
            name: name,
            startNanoseconds: 1_000_000_000_000 + UInt64(time.lowerBound * 1e9),
            endNanoseconds: 1_000_000_000_000 + UInt64(time.upperBound * 1e9)
        )
        span.kind = name.hasPrefix("POST") ? .client : .internal
        span.attributes = attributes
        if fails { span.status = StatusRecord(.error) }
        return span
    }

    static func payload(_ spans: [Made], trace: UInt64 = 1) -> [UInt8] {
        TelemetryRecord(
            resource: [],
            scope: ScopeRecord(name: "s"),
            items: .spans(spans.map { $0.record(trace: trace) })
        ).encoded()
    }

    static func settled(_ spans: [Made]) -> Settled {
        var settled = Settled()
        settled.take(payload(spans))
        settled.finish()
        return settled
    }
}

struct SettleTableTests {
    // MARK: Which counts

    @Test func `of a framework's span and a client's inside it one counts, the one that tells more`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "outer", in: 1, 1...3, tokens: 10),
            .model(3, "inner", in: 2, 1...2.9, tokens: 10, response: "r1").with(
                "gen_ai.usage.cache_read.input_tokens",
                4
            ),
        ])
        #expect(settled.span("outer").text("causeway.duplicate_of") == "0000000000000003")
        #expect(settled.span("inner")["causeway.duplicate_of"] == nil)
        #expect(settled.sum("gen_ai.usage.input_tokens") == 10)
        #expect(settled.span("a").int("causeway.request.model_calls") == 1)
    }

    @Test func `a span around several calls that succeeded is their sum`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "outer", in: 1, 1...9, tokens: 30),
            .model(3, "first", in: 2, 1...2, tokens: 10),
            .model(4, "second", in: 2, 3...4, tokens: 20),
        ])
        #expect(settled.span("outer")["causeway.usage.rollup"] == true)
        #expect(settled.sum("gen_ai.usage.input_tokens") == 30)
        #expect(settled.span("a").int("causeway.request.model_calls") == 2)
    }

    @Test func `the same response is one call wherever its spans stand`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "x", in: 1, 1...2, tokens: 10, response: "r"),
            .model(3, "y", in: 1, 2...2, tokens: 10, response: "r"),
        ])
        #expect(settled.sum("gen_ai.usage.input_tokens") == 10)
    }

    @Test func `a stream's tokens on a span of no length count for the one that took the time`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "call", in: 1, 1...1.2),
            .model(3, "stream end", in: 1, 3...3, tokens: 10),
        ])
        #expect(settled.span("call").text("causeway.duplicate_of") == "0000000000000003")
        #expect(settled.span("a").int("causeway.request.model_calls") == 1)
    }

    @Test func `a tool, its client and its server are one call`() {
        let settled = Made.settled([
            .agent(1, "a"), .tool(2, "execute_tool x", in: 1, 1...5, tool: "mcp__files__x"),
            .tool(3, "client", in: 2, 1.1...4.9, tool: "x"),
            .tool(4, "server", in: 3, 1.2...4.8, tool: "x", fails: "server_error"),
        ])
        #expect(
            settled.counting.filter { $0["gen_ai.tool.name"] != nil }.map(\.name) == ["execute_tool x"]
        )
        let root = settled.span("a")
        #expect(
            root.int("causeway.request.tool_calls") == 1 && root.int("causeway.request.failures") == 1
        )
    }

    @Test func `a tool that uses another tool is another call`() {
        let settled = Made.settled([
            .agent(1, "a"), .tool(2, "search", in: 1, 1...5), .tool(3, "fetch", in: 2, 2...3),
        ])
        #expect(settled.span("a").int("causeway.request.tool_calls") == 2)
    }

    @Test func `a model's wish for a tool is no call beside the one that is made`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "m", in: 1, 1...2, tokens: 5),
            .tool(3, "wish", in: 2, 1.9...1.9, tool: "t", reference: "c1"),
            .tool(4, "made", in: 1, 2...3, tool: "t", call: "h", reference: "c1"),
        ])
        #expect(settled.span("wish").text("causeway.duplicate_of") == "0000000000000004")
        #expect(settled.span("a").int("causeway.request.tool_calls") == 1)
    }

    @Test func `a span that comes again is marked, and counts once`() {
        var settled = Settled()
        let payload = Made.payload([.agent(1, "a"), .model(2, "m", in: 1, tokens: 10)])
        settled.take(payload)
        settled.take(payload)
        settled.finish()
        #expect(settled.spans.map(\.marks) == [[], [], .redelivered, .redelivered])
        #expect(settled.sum("gen_ai.usage.input_tokens") == 10)
        #expect(settled.spans[2]["causeway.redelivered"] == true)
    }

    @Test func `what was counted before stays counted when a better sight of it comes late`() {
        var settled = Settled()
        settled.take(Made.payload([.model(2, "first", in: 1, 1...2, tokens: 10)]))
        settled.advance(to: 12)
        #expect(settled.through == 1)
        settled.take(
            Made.payload([
                .model(3, "late", in: 2, 1...2, tokens: 10, response: "r").with(
                    "gen_ai.usage.reasoning.output_tokens",
                    1
                )
            ]),
            at: 13
        )
        settled.take(Made.payload([.agent(1, "a")]), at: 13)
        settled.finish()
        #expect(settled.span("late").text("causeway.duplicate_of") == "0000000000000002")
        #expect(settled.sum("gen_ai.usage.input_tokens") == 10)
    }

    // MARK: Attempts

    @Test func `calls with the same arguments after a failure are tries of one call`() {
        let settled = Made.settled([
            .agent(1, "a"), .tool(2, "t1", in: 1, 1...2, tool: "t", call: "h", fails: "timeout"),
            .tool(3, "t2", in: 1, 2.5...3, tool: "t", call: "h", fails: "timeout"),
            .tool(4, "t3", in: 1, 4...5, tool: "t", call: "h"),
        ])
        #expect(
            ["t1", "t2", "t3"].map { settled.span($0).int("causeway.retry.attempt") } == [1, 2, 3]
        )
        #expect(settled.span("t1").text("causeway.failure.retry_state") == "retried")
        let last = settled.span("t3")
        #expect(last.int("causeway.retry.count") == 2)
        #expect(last.links.map(\.spanID.value) == [3])
        #expect(last.links.first?.attributes == [Attribute("causeway.link.kind", "retry_of")])
        #expect(last.events.map(\.name) == ["causeway.retry", "causeway.retry"])
        #expect(
            last.events.first?.attributes.contains(Attribute("causeway.retry.backoff_ms", 500)) == true
        )
        #expect(
            last.events.first?.attributes.contains(Attribute("causeway.retry.reason", "tool.timeout"))
                == true
        )
        let root = settled.span("a")
        #expect(root.text("causeway.outcome") == "success" && root.int("causeway.request.retries") == 2)
        #expect(root.int("causeway.time.backoff_ms") == 1500)
    }

    @Test func `tries that all fail are exhausted, and cost what they cost`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "m1", in: 1, 1...2, call: "h", fails: "overloaded", cost: 0.5),
            .model(3, "m2", in: 1, 3...4, call: "h", fails: "overloaded", cost: 0.25),
        ])
        #expect(settled.span("m2")["causeway.retry.exhausted"] == true)
        #expect(settled.span("m2").text("causeway.failure.retry_state") == "exhausted")
        let root = settled.span("a")
        #expect(root["causeway.cost.retries"] == 0.5 && root["causeway.cost.total"] == 0.75)
        #expect(root["causeway.usage.rollup"] == true && root.text("causeway.outcome") == "failure")
    }

    @Test func `the same call again after a success is no try`() {
        let settled = Made.settled([
            .agent(1, "a"), .tool(2, "t1", in: 1, 1...2, call: "h"),
            .tool(3, "t2", in: 1, 3...4, call: "h"),
        ])
        #expect(settled.span("t2")["causeway.retry.attempt"] == nil)
    }

    @Test func `requests over HTTP below a model's span are its tries`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "m", in: 1, 1...6, tokens: 3),
            .request(3, in: 2, 1...1.5, status: 429),
            .request(4, in: 2, 2.5...3, status: 429), .request(5, in: 2, 5...6, status: 200),
        ])
        let model = settled.span("m")
        #expect(model.int("causeway.retry.count") == 2)
        #expect(
            model.events.map { $0.attributes.first { $0.key == "causeway.retry.reason" }?.value } == [
                "rate_limited", "rate_limited",
            ]
        )
        #expect(
            model.events.map { $0.attributes.first { $0.key == "causeway.retry.backoff_ms" }?.value } == [
                1000, 2000,
            ]
        )
        #expect(settled.span("POST 4").int("causeway.retry.attempt") == 2)
        #expect(settled.span("POST 5").links.map(\.spanID.value) == [4])
        #expect(settled.span("a").int("causeway.request.retries") == 2)
    }

    @Test func `another model after a failure is a fallback`() {
        let settled = Made.settled([
            .agent(1, "a"),
            .model(2, "big", in: 1, 1...2, model: "m-big", call: "h1", fails: "overloaded"),
            .model(3, "small", in: 1, 2.2...3, model: "m-small", tokens: 3, call: "h2"),
        ])
        let small = settled.span("small")
        #expect(small.events.map(\.name) == ["causeway.fallback"])
        #expect(
            small.events.first?.attributes.prefix(2) == [
                Attribute("causeway.fallback.from", "m-big"), Attribute("causeway.fallback.to", "m-small"),
            ]
        )
        #expect(small.links.first?.attributes == [Attribute("causeway.link.kind", "fallback_of")])
        #expect(settled.span("big").text("causeway.failure.fallback") == "m-small")
        #expect(settled.span("a").text("causeway.outcome") == "success")
    }

    // MARK: Loops, hand-offs, hidden failures

    @Test func `the same call five times is a loop of the agent that makes it`() {
        let calls = (0..<5).map {
            Made.tool(
                UInt64(10 + $0),
                "t\($0)",
                in: 2,
                Double($0)...Double($0) + 0.5,
                tool: "t",
                call: "h"
            )
        }
        let settled = Made.settled([.agent(1, "root"), .agent(2, "inner", in: 1)] + calls)
        #expect(settled.span("inner").text("causeway.failure.code") == "loop_detected")
        #expect(settled.span("inner").events.map(\.name) == ["causeway.failure"])
        #expect(settled.span("root").text("causeway.outcome") == "partial")
        let fewer = Made.settled([.agent(1, "root"), .agent(2, "inner", in: 1)] + calls.dropLast())
        #expect(fewer.span("inner")["causeway.failure.code"] == nil)
    }

    @Test func `a hand-off leads from one agent to the next`() {
        let handoff = Made(
            id: 3,
            name: "h",
            parent: 2,
            time: 3...3.1,
            attributes: [Attribute("causeway.step.type", "handoff")]
        )
        let settled = Made.settled([
            .agent(1, "flow"), .agent(2, "triage", in: 1, 0...4), handoff,
            .agent(4, "billing", in: 1, 5...9),
        ])
        #expect(settled.span("billing").links.map(\.spanID.value) == [2])
        #expect(
            settled.span("billing").links.first?.attributes == [
                Attribute("causeway.link.kind", "handoff")
            ]
        )
        #expect(settled.span("flow").int("causeway.request.handoffs") == 1)
    }

    @Test(
        arguments: [
            // By the names that frameworks give to tools that do nothing else.
            (Made.tool(3, "transfer_to_agent", in: 2), 1), (Made.tool(3, "handoff_to_agent", in: 2), 1),
            // By an agent's name.
            (Made.tool(3, "transfer_to_billing_desk", in: 2), 1), (Made.tool(3, "transfer_back_to_billing_desk", in: 2), 1),
            // By what the framework says of the tool.
            (Made.tool(3, "escalate", in: 2).with("causeway.handoff.to", "billing desk"), 1),
            // Money goes to other places than agents; and nobody takes over from one who could not be reached.
            (Made.tool(3, "transfer_to_savings", in: 2), 0), (Made.tool(3, "transfer_to_agent", in: 2, fails: "not_found"), 0),
        ] as [(Made, Int64)]
    )
    func `a tool by which an agent hands over is a hand-off, if it went well`(_ tool: Made, _ count: Int64) {
        let settled = Made.settled([
            .agent(1, "flow"), .agent(2, "triage", in: 1, 0...4), tool, .agent(4, "Billing desk", in: 1, 5...9),
        ])
        #expect(settled.span("flow").int("causeway.request.handoffs") ?? 0 == count)
        #expect(settled.span("flow").int("causeway.request.tool_calls") == 1)
        #expect(settled.span("Billing desk").links.map(\.spanID.value) == (count > 0 ? [2] : []))
    }

    @Test func `a hand-off that has a span of its own is not counted again by its tool`() {
        let handoff = Made(id: 5, name: "h", parent: 2, time: 4...4.1, attributes: [Attribute("causeway.step.type", "handoff")])
        let settled = Made.settled([
            .agent(1, "flow"), .agent(2, "triage", in: 1, 0...4.5), .tool(3, "transfer_to_agent", in: 2), handoff,
            .agent(4, "billing", in: 1, 5...9),
        ])
        #expect(settled.span("flow").int("causeway.request.handoffs") == 1)
    }

    @Test func `a tool that fails inside has failed, whatever its own span says`() {
        var execution = Made(
            id: 3,
            name: "run",
            parent: 2,
            time: 3...4,
            attributes: [Attribute("causeway.step.type", "step")]
        )
        execution.fails = true
        execution.attributes += [
            Attribute("causeway.failure.category", "tool"),
            Attribute("causeway.failure.code", "not_found"),
        ]
        let settled = Made.settled([.agent(1, "a"), .tool(2, "t", in: 1, 2...5), execution])
        #expect(
            settled.span("t").text("causeway.failure.code") == "not_found" && settled.span("t").isError
        )
        #expect(settled.span("a").int("causeway.request.failures") == 1)
    }

    // MARK: The request

    @Test(arguments: [
        ([Made.agent(1, "a"), .tool(2, "t", in: 1)], "success"),
        ([Made.agent(1, "a"), .tool(2, "t", in: 1, fails: "timeout")], "partial"),
        (
            [
                Made.agent(1, "a"), .tool(2, "t", in: 1, 1...2, fails: "timeout"),
                .tool(3, "t", in: 1, 3...4),
            ], "success"
        ),
        ([Made.model(1, "m", fails: "overloaded")], "failure"),
        // The program catches what its only call throws: its root knows nothing of it.
        ([Made.agent(1, "a"), .model(2, "m", in: 1, fails: "overloaded")], "failure"),
        ([Made.agent(1, "a"), .tool(2, "t", in: 1, 1...2), .model(3, "m", in: 1, 3...4, fails: "overloaded")], "failure"),
        // Something went well beside it, or after it.
        ([Made.agent(1, "a"), .model(2, "n", in: 1, 0.5...2), .model(3, "m", in: 1, 1...3, fails: "overloaded")], "partial"),
        ([Made.agent(1, "a"), .model(2, "m", in: 1, 1...2, fails: "overloaded"), .tool(3, "t", in: 1, 3...4)], "partial"),
        // A tool's failure is told to a model, which may not be seen; an agent inside a tool is a tool.
        ([Made.agent(1, "a"), .model(2, "m", in: 1, 1...2), .tool(3, "t", in: 1, 3...4, fails: "timeout")], "partial"),
        ([Made.agent(1, "a"), .tool(2, "t", in: 1, 1...4), .agent(3, "b", in: 2, 1...4), .model(4, "m", in: 3, fails: "auth")], "partial"),
        ([Made.agent(1, "a").with("causeway.outcome", "partial")], "partial"),
    ])
    func `the outcome of a request is that of its whole tree`(_ spans: [Made], _ outcome: String) {
        #expect(Made.settled(spans).spans[0].text("causeway.outcome") == outcome)
    }

    @Test func `identity goes to the spans that lack it, and an agent's to those below it`() {
        let settled = Made.settled([
            .agent(1, "main").with("gen_ai.conversation.id", "c"),
            .agent(2, "sub", in: 1).with("gen_ai.agent.version", "2"),
            .model(3, "m", in: 2, tokens: 1).with("user.id", "u"), .tool(4, "t", in: 1),
        ])
        let model = settled.span("m")
        #expect(model.text("gen_ai.agent.name") == "sub" && model.text("gen_ai.agent.version") == "2")
        #expect(model.text("gen_ai.conversation.id") == "c")
        #expect(
            settled.span("t").text("gen_ai.agent.name") == "main"
                && settled.span("t")["gen_ai.agent.version"] == nil
        )
        #expect(settled.spans.allSatisfy { $0.text("user.id") == "u" })
    }

    @Test func `nothing is carried from one tenant's telemetry to another's`() {
        var settled = Settled()
        settled.take(Made.payload([.agent(1, "a").with("user.id", "u")]), tenant: "acme")
        settled.take(Made.payload([.model(2, "m", in: 1, tokens: 1)]), tenant: "globex")
        settled.finish()
        #expect(settled.span("m")["user.id"] == nil && settled.span("m")["gen_ai.agent.name"] == nil)
        #expect(settled.span("m").text("causeway.tenant.id") == "globex")
    }

    @Test func `a trace without an agent is left as it came`() {
        let settled = Made.settled([
            Made(id: 1, name: "GET /"), Made(id: 2, name: "db", parent: 1, fails: true),
        ])
        #expect(settled.notes.isEmpty)
    }

    // MARK: When

    @Test
    func
        `a trace settles when it was quiet after its root ended, anything at the latest when it has waited long enough`()
    {
        var settled = Settled()
        settled.take(Made.payload([.agent(1, "a")]), at: 1)
        settled.take(Made.payload([.model(2, "m", in: 9)], trace: 2), at: 1)
        settled.take(Made.payload([.tool(3, "t", in: 1)]), at: 2)
        settled.advance(to: 3.5)
        #expect(settled.through == 0)
        settled.advance(to: 4.1)
        #expect(settled.through == 1, "the second has no root")
        settled.advance(to: 10.9)
        #expect(settled.through == 1)
        settled.advance(to: 11.1)
        #expect(settled.through == 3)
    }

    @Test func `children before parents, and parents that never come, settle like others`() {
        var settled = Settled()
        settled.take(Made.payload([.model(3, "m", in: 2, tokens: 5)]))
        settled.take(
            Made.payload([
                Made(id: 2, name: "step", parent: 1, attributes: [Attribute("causeway.step.type", "step")])
            ])
        )
        settled.take(Made.payload([.agent(1, "a")]))
        settled.finish()
        #expect(settled.span("m").text("gen_ai.agent.name") == "a")
    }

    @Test func `spans that are above each other settle all the same`() {
        let settled = Made.settled([
            .model(1, "x", in: 2, tokens: 1), .model(2, "y", in: 1, tokens: 2), .tool(3, "z", in: 3),
        ])
        #expect(settled.spans.count == 3)
    }

    @Test func `a root that never comes is made up, once, and is not taken for one that came`() throws {
        var settled = Settled()
        settled.take(
            Made.payload([.model(2, "m", in: 1, 1...5, tokens: 7).with("gen_ai.agent.name", "a")])
        )
        settled.advance(to: 12)
        #expect(settled.table.takeSyntheticRoots().isEmpty)
        settled.advance(to: 902)
        let root = try #require(settled.table.takeSyntheticRoots().first)
        #expect(
            root.span.spanID.value == 1 && root.span.parentSpanID == nil
                && root.span.name == "invoke_agent a"
        )
        #expect(root.span.attributes.contains(Attribute("causeway.outcome", "abandoned")))
        #expect(root.span.attributes.contains(Attribute("causeway.request.tokens.input", 7)))
        settled.take(
            TelemetryRecord(
                resource: [],
                scope: ScopeRecord(name: "causeway.settle"),
                items: .spans([root.span])
            ).encoded(),
            at: 902,
            isDerived: true
        )
        settled.advance(to: 905)
        #expect(settled.spans.last?.marks == .synthetic)
        settled.advance(to: 2000)
        #expect(settled.table.takeSyntheticRoots().isEmpty)
    }

    /// What came of a request whose root was made up after a quarter of an hour, with that root among it.
    private func abandoned(_ options: SettleOptions = SettleOptions()) throws -> Settled {
        var settled = Settled(options)
        settled.take(Made.payload([.model(2, "m", in: 1, 1...5, tokens: 7).with("gen_ai.agent.name", "a")]))
        settled.advance(to: 902)
        let root = try #require(settled.table.takeSyntheticRoots().first)
        settled.take(
            TelemetryRecord(resource: [], scope: ScopeRecord(name: "causeway.settle"), items: .spans([root.span])).encoded(),
            at: 902,
            isDerived: true
        )
        return settled
    }

    @Test(arguments: [903.0, 990, 4000])
    func `a root that comes after all is delivered, and its request has been counted`(time: Double) throws {
        var settled = try abandoned()
        settled.advance(to: time)
        settled.take(Made.payload([.agent(1, "a")]), at: time)
        settled.advance(to: time + 3)
        settled.finish()
        let root = try #require(settled.spans.last)
        #expect(root.marks == [] && root["causeway.request.counted"] == true && root["causeway.duplicate_of"] == nil)
        // Of a request that is not known any more nothing is summed up.
        #expect(root.int("causeway.request.model_calls") == (time < 1000 ? 1 : nil))
        let measured = settled.measured
        #expect(measured.sum("causeway.agent.requests") == 1)
        #expect(measured.count("gen_ai.invoke_agent.duration") == 1)
        #expect(measured.count("causeway.agent.request.duration") == 1)
        #expect(measured.count("gen_ai.invoke_agent.inference_calls") == 1 && measured.sum("gen_ai.invoke_agent.inference_calls") == 1)
        settled.advance(to: time + 4000)
        #expect(settled.table.takeSyntheticRoots().isEmpty)
    }

    @Test func `a trace that was given up is not given up again, and a later life knows that`() throws {
        var settled = try abandoned()
        settled.advance(to: 4000)
        #expect(settled.table.traceCount == 0)
        var later = Settled()
        later.table.abandonedTraces = settled.table.abandonedTraces
        for life in [settled, later] {
            var life = life
            life.take(Made.payload([.model(3, "late", in: 1, 5...6, tokens: 7)]), at: 4001)
            life.advance(to: 6000)
            #expect(life.table.takeSyntheticRoots().isEmpty)
        }
        // Of another tenant's nothing is known.
        later.take(Made.payload([.model(3, "late", in: 1, 5...6, tokens: 7)]), at: 6001, tenant: "other")
        later.advance(to: 8000)
        #expect(later.table.takeSyntheticRoots().count == 1)
    }

    @Test(arguments: [false, true])
    func `what counted in an earlier life counts, though a better sight of it comes now`(isDuplicate: Bool) {
        var settled = Settled()
        var note = ItemNote()
        note.set("causeway.duplicate_of", "0000000000000009")
        // An outer span that says little, and was decided; the inner one says more.
        settled.take(
            Made.payload([.model(2, "outer", in: 1, 1...3, tokens: 10)]),
            earlier: isDuplicate ? [SettleTable.EarlierNote(item: 0, payload: note.encoded)] : []
        )
        settled.take(Made.payload([.agent(1, "a"), .model(3, "inner", in: 2, 1...2, tokens: 10, response: "r")]))
        settled.finish()
        #expect(settled.span("inner").text("causeway.duplicate_of") == (isDuplicate ? nil : "0000000000000002"))
    }

    // MARK: Root totals

    @Test func `only dollars are summed up`() {
        let settled = Made.settled([
            .agent(1, "a"), .model(2, "m1", in: 1, 1...2, tokens: 1, cost: 0.25).with("causeway.cost.currency", "USD"),
            .model(3, "m2", in: 1, 3...4, tokens: 1, cost: 40).with("causeway.cost.currency", "EUR"),
            .model(4, "m3", in: 1, 5...6, tokens: 1, cost: 0.5),
        ])
        #expect(settled.span("a")["causeway.cost.total"] == 0.75)
        #expect(settled.measured.sum("causeway.cost") == 0.75)
        let foreign = Made.settled([.agent(1, "a"), .model(2, "m", in: 1, tokens: 1, cost: 40).with("causeway.cost.currency", "EUR")])
        #expect(foreign.span("a")["causeway.cost.total"] == nil)
    }

    @Test func `an agent is told its own calls, not those of agents below it`() {
        let settled = Made.settled([
            .agent(1, "main"), .model(2, "m", in: 1, 1...2, tokens: 1), .model(3, "sdk", in: 2, 1...2, tokens: 1, response: "r"),
            .tool(4, "ask", in: 1, 2...8), .agent(5, "sub", in: 4, 2...7), .model(6, "m", in: 5, 3...4, tokens: 1),
            .model(7, "m", in: 5, 5...6, tokens: 1), .tool(8, "look", in: 5, 6...7),
        ])
        let (main, sub) = (settled.span("main"), settled.span("sub"))
        #expect(main.int("causeway.agent.model_calls") == 1 && main.int("causeway.agent.tool_calls") == 1)
        #expect(sub.int("causeway.agent.model_calls") == 2 && sub.int("causeway.agent.tool_calls") == 1)
        #expect(main.int("causeway.request.model_calls") == 3 && main.int("causeway.request.tool_calls") == 2)
        #expect(sub["causeway.request.model_calls"] == nil)
        #expect(settled.measured.sum("gen_ai.invoke_agent.inference_calls") == 3)
        #expect(settled.measured.sum("gen_ai.invoke_agent.tool_calls") == 2)
    }

    /// ```
    ///  0    1    2    3    4    5    6    7    8    9    10
    ///  [request                                           ]
    ///  .    [m1  ].    .    .    .    .    .    .    .         model 1...2
    ///  .    .    [t1 failed].    .    .    .    .    .         tool 2...3.5, tried again after half a second
    ///  .    .    .    .    [t2       ].    .    .    .         tool 4...6
    ///  .    .    [search             ].    .    .    .         retrieval 2...5.5, beside them
    ///  .    .    .    .    .    .    [guard].    .    .        guardrail 6...6.5
    ///  .    .    .    .    .    .    .    [m2       ].         model 7...9
    /// ```
    @Test func `where the time of a request went is what adding it up by hand says`() {
        func other(_ id: UInt64, _ operation: String, _ time: ClosedRange<Double>) -> Made {
            Made(id: id, name: operation, parent: 1, time: time, attributes: [Attribute("gen_ai.operation.name", .string(operation))])
        }
        let settled = Made.settled([
            .agent(1, "a", 0...10), .model(2, "m1", in: 1, 1...2, tokens: 1),
            .tool(3, "t1", in: 1, 2...3.5, tool: "t", call: "h", fails: "timeout"), .tool(4, "t2", in: 1, 4...6, tool: "t", call: "h"),
            other(5, "retrieval", 2...5.5), other(6, "guardrail", 6...6.5), .model(7, "m2", in: 1, 7...9, tokens: 1),
        ])
        let root = settled.span("a")
        #expect(root.int("causeway.time.model_ms") == 3000)
        #expect(root.int("causeway.time.tool_ms") == 3500)
        #expect(root.int("causeway.time.retrieval_ms") == 3500)
        #expect(root.int("causeway.time.guardrail_ms") == 500)
        #expect(root.int("causeway.time.backoff_ms") == 500)
        // Before the first call, between guardrail and second model, after it.
        #expect(root.int("causeway.time.idle_ms") == 2500)
        // From the end back: m2 2 s, guard 0.5 s, t2 2 s, before t2 began the search from 2 to 4, m1 1 s.
        #expect(root.int("causeway.time.critical_path_ms") == 7500)
        #expect(root.int("causeway.request.compute_ms") == 10_500)
    }

    // MARK: Log records

    @Test
    func
        `content in log records goes onto its span, in the order of time, and the records are folded`()
    {
        func log(_ name: String, _ key: String, _ json: String, at time: UInt64) -> LogRecord {
            var log = LogRecord(timeNanoseconds: time, observedNanoseconds: time)
            log.eventName = name
            log.attributes = [
                Attribute("causeway.source.dialect", "otel_genai"), Attribute(key, .string(json)),
            ]
            (log.traceID, log.spanID) = (TraceID(high: 9, low: 1), SpanID(2))
            return log
        }
        var settled = Settled()
        let records = [
            log("gen_ai.choice", "gen_ai.output.messages", #"[{"role":"assistant"}]"#, at: 9),
            log("gen_ai.user.message", "gen_ai.input.messages", #"[{"role":"user"}]"#, at: 2),
            log("gen_ai.system.message", "gen_ai.input.messages", #"[{"role":"system"}]"#, at: 1),
        ]
        settled.take(
            TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .logs(records)).encoded(),
            .logs
        )
        settled.take(Made.payload([.model(2, "m", tokens: 1)]))
        settled.finish()
        #expect(
            settled.span("m").text("gen_ai.input.messages") == #"[{"role":"system"},{"role":"user"}]"#
        )
        #expect(settled.span("m").text("gen_ai.output.messages") == #"[{"role":"assistant"}]"#)
        #expect(settled.notes[1]?.map(\.note.marks) == [.folded, .folded, .folded])
    }

    @Test func `a log record whose span never comes is delivered as it is`() {
        var settled = Settled()
        var log = LogRecord(timeNanoseconds: 1, observedNanoseconds: 1)
        log.eventName = "gen_ai.choice"
        log.attributes = [
            Attribute("causeway.source.dialect", "otel_genai"),
            Attribute("gen_ai.output.messages", "[{}]"),
        ]
        (log.traceID, log.spanID) = (TraceID(high: 9, low: 1), SpanID(2))
        settled.take(
            TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .logs([log])).encoded(),
            .logs
        )
        settled.advance(to: 11.1)
        #expect(settled.through == 1 && settled.notes.isEmpty)
    }

    // MARK: Sampling and room

    @Test func `who samples is told what a trace came to`() {
        var options = SettleOptions()
        options.sampled = [SampleAttribute(key: "tier", value: "gold")]
        var settled = Settled(options)
        settled.take(
            Made.payload([
                .agent(1, "a").with("tier", "gold"), .model(2, "m", in: 1, fails: "timeout", cost: 0.5),
            ])
        )
        settled.take(Made.payload([Made(id: 1, name: "GET /")], trace: 2))
        settled.finish()
        let facts = settled.notes[1]?.compactMap(\.note.sampling) ?? []
        #expect(
            facts.count == 2
                && facts.allSatisfy {
                    $0.hasFailed && $0.cost == 0.5 && $0.durationNanoseconds == 10_000_000_000
                }
        )
        #expect(facts.first?.conditions == [SampleAttribute(key: "tier", value: "gold").fingerprint])
        #expect(settled.notes[2]?.compactMap { $0.note.sampling?.hasFailed } == [false])
    }

    @Test func `memory is bounded: who was quiet longest is settled early, and counted`() {
        var options = SettleOptions()
        options.memoryBytes = 1 << 20
        var settled = Settled(options)
        for block in 0..<40 {
            let spans = (0..<500).map {
                Made.model(UInt64($0 + 1), "m", in: 77, tokens: 1).record(
                    trace: UInt64(block * 500 + $0 + 1)
                )
            }
            settled.take(
                TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .spans(spans))
                    .encoded(),
                at: Double(block) / 10
            )
            settled.advance(to: Double(block) / 10)
            #expect(settled.table.memoryBytes < 3 << 19)
        }
        #expect(settled.table.counts.early > 10_000)
    }

    @Test func `memory stays where it is, however many traces are open`() {
        var options = SettleOptions()
        options.memoryBytes = 2 << 20
        var settled = SettleTable(options)
        func open(_ blocks: Range<Int>) {
            for block in blocks {
                let spans = (0..<500).map { place in
                    let number = block * 500 + place
                    // Texts that nobody else has, as well.
                    return Made.model(2, "m", in: 77, tokens: 1).with("gen_ai.conversation.id", .string("conversation-\(number)"))
                        .record(trace: UInt64(number + 1))
                }
                let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .spans(spans)).encoded()
                let frame = SettleTable.Frame(sequence: UInt64(block + 1), tenant: "", signal: .traces, items: 500, payload: payload)
                settled.take(frame, arrival: UInt64(block) * 1_000_000)
                settled.advance(to: UInt64(block) * 1_000_000)
                while settled.takeSettled(maxBytes: 1 << 20) != nil {}
            }
        }
        // What is used once is there, and the table is full.
        open(0..<20)
        let before = Self.residentBytes()
        open(20..<200)
        #expect(Self.residentBytes() - before < 6 << 20)
        #expect(settled.memoryBytes <= options.memoryBytes + 1 << 18)
        #expect(settled.counts.early > 90_000)
        #expect(settled.traceCount > 1000)
    }

    private static func residentBytes() -> Int {
        let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }

    @Test func `a trace of very many steps, one a request, is settled without a look at all of it for each`() {
        var settled = Settled()
        let clock = ContinuousClock()
        let time = clock.measure {
            for number in 0..<10_000 {
                settled.take(
                    Made.payload([.tool(UInt64(number + 2), "t", in: 1, 1...2, call: "c\(number)")]),
                    at: 1 + Double(number) / 1000
                )
                if number % 20 == 0 { settled.advance(to: 1 + Double(number) / 1000) }
            }
            settled.take(Made.payload([.agent(1, "a")]), at: 11)
            for step in 0..<200 { settled.advance(to: 11 + Double(step) / 20) }
        }
        #expect(settled.table.isSettled)
        #expect(settled.notes[10_001]?.isEmpty == false)
        #expect(time < .seconds(60), "\(time)")
    }

    @Test func `a trace of very many steps keeps its sums`() {
        var settled = Settled()
        for block in 0..<20 {
            let spans = (0..<1000).map {
                Made.model(UInt64(block * 1000 + $0 + 2), "m", in: 1, tokens: 1)
            }
            settled.take(Made.payload(spans), at: Double(block) * 3)
            settled.advance(to: Double(block) * 3 + 1)
        }
        settled.take(Made.payload([.agent(1, "a")]), at: 61)
        settled.finish()
        let root = settled.spans.last
        #expect(root?.int("causeway.request.model_calls") == 20_000)
        #expect(root?.int("causeway.request.tokens.input") == 20_000)
    }

    // MARK: Order

    /// One trace with a bit of everything.
    private static let trace: [Made] = [
        .agent(1, "main").with("gen_ai.conversation.id", "c"),
        .model(2, "m", in: 1, 1...3, tokens: 10, response: "r", cost: 0.1),
        .model(3, "sdk", in: 2, 1...2.9, tokens: 10, response: "r"),
        .request(4, in: 3, 1...1.5, status: 503),
        .request(5, in: 3, 2...2.5, status: 200),
        .tool(6, "t1", in: 1, 3...4, tool: "t", call: "h", fails: "timeout"),
        .tool(7, "t2", in: 1, 4.5...5, tool: "t", call: "h"),
        .tool(8, "mcp", in: 7, 4.6...4.9, tool: "t"),
        .agent(9, "sub", in: 1, 5...8),
        .model(10, "big", in: 9, 5...6, model: "big", call: "x", fails: "overloaded"),
        .model(11, "small", in: 9, 6.1...7, model: "small", tokens: 4, call: "y"),
    ]

    @Test(arguments: 0..<30)
    func `any order and partition of a trace's spans settles to the same`(seed: UInt64) {
        let expected = Self.meaning(Made.settled(Self.trace))
        var random = Seeded(state: seed &+ 1)
        var settled = Settled()
        var rest = Self.trace.shuffled(using: &random)
        while !rest.isEmpty {
            let count = Int.random(in: 1...rest.count, using: &random)
            let part = Array(rest.prefix(count))
            settled.take(Made.payload(part), at: Double.random(in: 1...2, using: &random))
            // What is sent again changes nothing about what counts.
            if Bool.random(using: &random) { settled.take(Made.payload(part)) }
            rest.removeFirst(count)
        }
        settled.finish()
        #expect(Self.meaning(settled) == expected)
    }

    private static func meaning(_ settled: Settled) -> [String] {
        settled.spans.filter { $0["causeway.redelivered"] == nil }.map { span in
            let attributes = span.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "\(span.name) \(span.isError) \(attributes) \(span.events) \(span.links)"
        }.sorted()
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let mixed = (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
            return mixed ^ mixed >> 29
        }
    }
}
