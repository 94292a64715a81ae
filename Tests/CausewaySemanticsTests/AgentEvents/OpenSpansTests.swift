import CausewayModel
import CausewayOTLP
import Testing

@testable import CausewaySemantics

/// Spans put together from their parts.
struct OpenSpansTests {
    private static let second: UInt64 = 1_000_000_000
    private static let ids = "\"trace_id\":\"t\",\"id\":\"a\""

    /// Takes lines as if each had come in a request of its own, a second apart, and hands out what closed.
    private struct Log {
        var table = OpenSpans(abandonAfter: 900 * OpenSpansTests.second, grace: 10 * OpenSpansTests.second)
        var intake = AgentEventIntake()
        var now = EventLines.now
        var closed = ClosedSpans()

        mutating func add(_ lines: String...) {
            now += OpenSpansTests.second
            let found = EventLines(lines, &intake, now: now)
            #expect(found.output.refusals == [])
            if found.output.partCount > 0 { table.take(found.output.parts, tenant: "", received: now, &closed) }
            if found.output.spanCount > 0 { table.note(found.output.spans, tenant: "", received: now, &closed) }
        }

        mutating func wait(_ seconds: UInt64) {
            now += seconds * OpenSpansTests.second
            table.advance(to: now, &closed)
        }

        mutating func taken(_ signal: Signal = .traces) -> [JSONValue] {
            defer { closed = ClosedSpans() }
            return closed.requests({ _ in EventLines.options }).filter { $0.signal == signal }.flatMap { request in
                precondition((try? admit(request.payload, signal: signal))?.refused == 0, "what was made is well formed")
                return EventLines.items(request.payload, signal)
            }
        }
    }

    @Test func `a span is what its parts say together, the last one winning`() throws {
        var log = Log()
        log.add(
            "{\"type\":\"model_call\",\(Self.ids),\"parent_id\":\"r\",\"phase\":\"start\",\"model\":\"m\",\"provider\":\"openai\","
                + "\"start\":\"2026-01-01T12:00:00Z\",\"messages\":\"hi\"}"
        )
        log.add("{\"type\":\"model_call\",\(Self.ids),\"phase\":\"update\",\"attributes\":{\"x\":1,\"y\":1},\"links\":[{\"to\":\"z\"}]}")
        log.add("{\"type\":\"retry\",\(Self.ids),\"attempt\":1,\"will_retry\":true}")
        #expect(log.taken().isEmpty)
        log.add(
            "{\"type\":\"model_call\",\(Self.ids),\"phase\":\"end\",\"end\":\"2026-01-01T12:00:02Z\","
                + "\"usage\":{\"input\":80,\"output\":27},\"attributes\":{\"y\":2},\"output_messages\":\"ho\"}"
        )
        let span = try #require(log.taken().first)
        #expect(span["name"]?.string == "chat m")
        #expect(span["kind"]?.integer == 3)
        #expect(span["startTimeUnixNano"]?.string == "1767268800000000000")
        #expect(span["endTimeUnixNano"]?.string == "1767268802000000000")
        #expect(span["parentSpanId"]?.string?.count == 16)
        #expect(span.attribute("x") == "1")
        #expect(span.attribute("y") == "2")
        #expect(span.attribute("gen_ai.usage.input_tokens") == "80")
        #expect(span.attribute("gen_ai.provider.name") == "openai")
        #expect(span.attribute("causeway.retry.count") == "1")
        #expect(span.attribute("causeway.event.phase") == nil)
        #expect(span.attribute("causeway.call.hash") != nil)
        #expect(span["events"]?.array?.count == 1)
        #expect(span["links"]?.array?.count == 1)
        #expect(log.table.count == 0 && log.table.bytes == 0)
    }

    @Test func `a duration at the end counts from the start`() {
        var log = Log()
        log.add("{\"type\":\"step\",\(Self.ids),\"phase\":\"start\",\"start\":\"2026-01-01T12:00:00Z\"}")
        log.add("{\"type\":\"step\",\(Self.ids),\"phase\":\"end\",\"duration_ms\":1500}")
        #expect(log.taken().first?["endTimeUnixNano"]?.string == "1767268801500000000")
    }

    @Test func `a span whose end never comes is closed as abandoned, and says that we closed it`() throws {
        var log = Log()
        log.add("{\"type\":\"request\",\(Self.ids),\"phase\":\"start\",\"start\":\"2026-01-01T12:00:00Z\",\"agent\":\"bot\"}")
        let sign = log.now
        log.wait(899)
        #expect(log.taken().isEmpty)
        log.wait(1)
        let span = try #require(log.taken().first)
        #expect(span.attribute("causeway.synthetic") == "true")
        #expect(span.attribute("causeway.failure.category") == "orchestration")
        #expect(span.attribute("causeway.failure.code") == "abandoned")
        #expect(span.attribute("causeway.outcome") == "abandoned")
        #expect(span["status"]?["code"]?.integer == 2)
        #expect(span["endTimeUnixNano"]?.string == "\(sign)")
    }

    @Test func `anything of its trace is a sign of life, in parts or whole`() {
        var log = Log()
        log.add("{\"type\":\"request\",\(Self.ids),\"phase\":\"start\"}")
        log.wait(800)
        log.add("{\"type\":\"tool_call\",\"trace_id\":\"t\",\"id\":\"b\",\"tool\":\"x\"}")
        log.wait(800)
        log.add("{\"type\":\"retry\",\"trace_id\":\"t\",\"id\":\"elsewhere\"}")
        log.wait(899)
        #expect(log.table.count == 1)
        log.wait(1)
        #expect(log.table.count == 0)
    }

    @Test func `whoever goes and comes back in time has lost nothing`() {
        for comesBack in [true, false] {
            var log = Log()
            log.add("{\"type\":\"step\",\(Self.ids),\"phase\":\"start\"}")
            var batch = AgentEventBatch(tenant: "", now: log.now, options: EventLines.options)
            batch.hangUp([(AgentSpanKey(tenant: "", trace: TraceID(high: 1, low: 1)!, span: SpanID(1)!), [])])
            let key = log.table.keys[0]
            batch.hangUp([(key.key, key.resource)])
            let parts = batch.finish(&log.intake).parts
            log.table.take(parts, tenant: "", received: log.now, &log.closed)
            if comesBack { log.add("{\"type\":\"step\",\(Self.ids),\"phase\":\"update\"}") }
            log.wait(10)
            #expect(log.table.count == (comesBack ? 1 : 0))
        }
    }

    @Test func `an event on a span that has ended is a record that says so`() throws {
        var log = Log()
        log.add("{\"type\":\"step\",\(Self.ids),\"phase\":\"start\"}")
        log.add("{\"type\":\"step\",\(Self.ids),\"phase\":\"end\"}")
        _ = log.taken()
        log.add("{\"type\":\"check\",\(Self.ids),\"name\":\"late\",\"time\":\"2026-01-01T12:00:00Z\"}")
        let record = try #require(log.taken(.logs).first)
        #expect(record["eventName"]?.string == "causeway.check")
        #expect(record.attribute("causeway.check.name") == "late")
        #expect(record["spanId"]?.string?.count == 16)
        #expect(record["timeUnixNano"]?.string == "1767268800000000000")
    }

    @Test func `an end whose start is missing is a span all the same`() throws {
        var log = Log()
        log.add(
            "{\"type\":\"tool_call\",\(Self.ids),\"phase\":\"end\",\"tool\":\"x\",\"end\":\"2026-01-01T12:00:02Z\",\"duration_ms\":500}"
        )
        let span = try #require(log.taken().first)
        #expect(span["name"]?.string == "execute_tool")
        #expect(span.attribute("causeway.event.start_missing") == "true")
    }

    @Test func `a checkpoint holds all of it, wherever it is taken`() {
        let lines = [
            "{\"type\":\"request\",\(Self.ids),\"phase\":\"start\",\"agent\":\"bot\",\"tenant\":\"x\"}",
            "{\"type\":\"tool_call\",\"trace_id\":\"t\",\"id\":\"b\",\"phase\":\"start\",\"tool\":\"x\",\"arguments\":{\"a\":1}}",
            "{\"type\":\"retry\",\"trace_id\":\"t\",\"id\":\"b\",\"attempt\":1}",
            "{\"type\":\"tool_call\",\"trace_id\":\"t\",\"id\":\"b\",\"phase\":\"end\",\"failure\":\"boom\"}",
            "{\"type\":\"request\",\(Self.ids),\"phase\":\"update\",\"output\":\"done\"}",
            "{\"type\":\"step\",\"trace_id\":\"u\",\"id\":\"c\",\"phase\":\"start\"}",
            "{\"type\":\"request\",\(Self.ids),\"phase\":\"end\",\"status\":\"ok\"}",
        ]
        func played(restartingAt place: Int?) -> [JSONValue] {
            var log = Log()
            var found: [JSONValue] = []
            for (number, line) in lines.enumerated() {
                if number == place {
                    var table = OpenSpans(abandonAfter: log.table.abandonAfter, grace: log.table.grace)
                    let isRestored = table.restore(log.table.checkpoint)
                    #expect(isRestored)
                    #expect(table.checkpoint == log.table.checkpoint && table.bytes == log.table.bytes)
                    log.table = table
                }
                log.add(line)
                found += log.taken()
            }
            log.wait(900)
            return found + log.taken()
        }
        let straight = played(restartingAt: nil)
        #expect(straight.count == 3)
        for place in lines.indices { #expect(played(restartingAt: place) == straight) }
        var table = OpenSpans(abandonAfter: 1, grace: 1)
        let isRestored = table.restore([1, 2, 3])
        #expect(!isRestored)
    }

    @Test func `what is held has a limit, and what has waited longest goes`() {
        var log = Log()
        log.table.maxSpans = 3
        for number in 0..<5 {
            log.add("{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"s\(number)\",\"phase\":\"start\",\"name\":\"\(number)\"}")
        }
        #expect(log.table.count == 3)
        #expect(log.taken().map { $0["name"]?.string } == ["0", "1"])
    }

    @Test func `time that goes back closes nothing twice and nothing early`() {
        var log = Log()
        log.add("{\"type\":\"step\",\(Self.ids),\"phase\":\"start\"}")
        log.now -= 600 * Self.second
        log.add("{\"type\":\"step\",\"trace_id\":\"t\",\"id\":\"b\",\"phase\":\"start\"}")
        log.wait(899 - 300)
        #expect(log.table.count == 2)
        log.wait(3000)
        #expect(log.taken().count == 2)
        #expect(log.taken().isEmpty)
    }
}
