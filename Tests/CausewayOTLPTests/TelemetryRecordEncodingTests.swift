import CausewayModel
import CausewayOTLP
import Testing

struct TelemetryRecordEncodingTests {
    @Test func `what we make ourselves is taken at our own door as it is`() throws {
        for (signal, payload) in BadInputTests.samples {
            let admitted = try admit(payload, signal: signal)
            #expect(admitted.payload == payload && admitted.refused == 0)
            #expect(admitted.items == (signal == .metrics ? 3 : 1))
            #expect(Oracle.repacked(payload, signal) == payload)
        }
    }

    @Test func `a span comes back as it was made`() throws {
        let (_, payload) = BadInputTests.samples[0]
        let entry = RequestView(payload, signal: .traces).resourceEntries[0]
        let scopeEntry = entry.scopeEntries(payload)[0]
        #expect(entry.attributes.copied(payload) == [Attribute("service.name", "tests")])
        #expect(payload.text(scopeEntry.name) == "scope" && payload.text(scopeEntry.version) == "1")
        #expect(scopeEntry.attributes.copied(payload) == [Attribute("s", 1)])
        let span = try scopeEntry.spans(payload)[0].record(payload)
        #expect(span.name == "näme" && span.parentSpanID == SpanID(4) && span.flags == 0x301)
        #expect(span.status == StatusRecord(.error, message: "why") && span.kind == .internal)
        let list: [AttributeValue] = [1, 2.5, true, "x", .bytes([0, 255]), .map([Attribute("in", .empty)])]
        #expect(span.attributes == [Attribute("list", .array(list)), Attribute("n", -1)])
        #expect(span.events == [EventRecord(name: "e", timeNanoseconds: 7, attributes: [Attribute("k", "v")])])
        #expect(span.links.map(\.spanID) == [span.spanID])
    }

    @Test func `a log record comes back as it was made`() {
        let (_, payload) = BadInputTests.samples[1]
        let record = RequestView(payload, signal: .logs).resourceEntries[0].scopeEntries(payload)[0].logRecords(payload)[0].record(payload)
        #expect(record.timeNanoseconds == 1 && record.observedNanoseconds == 2 && record.severity == 9)
        #expect(record.body == .map([Attribute("text", "hello")]) && record.traceID == TraceID(high: 1, low: 2) && record.spanID == nil)
    }

    @Test func `metrics come back as they were made`() {
        let (_, payload) = BadInputTests.samples[2]
        let metrics = RequestView(payload, signal: .metrics).resourceEntries[0].scopeEntries(payload)[0].metrics(payload)
        #expect(metrics.map { payload.text($0.name) } == ["h", "s", "g"])
        #expect(metrics.map { $0.data?.temporality } == [1, 2, 0])
        #expect(metrics.map { $0.data?.isMonotonic } == [false, true, false])
        let points = metrics.map { $0.data?.points(payload)[0] }
        #expect(points[0]?.count == 3 && points[0]?.sum == 0 && points[0]?.timeNanoseconds == 2)
        #expect(points[1]?.value == .int(-4) && points[2]?.value == .double(0))
    }

    @Test func `zeros that are values are written`() {
        let point = MetricPoint(timeNanoseconds: 1, value: .int(0))
        let metric = MetricRecord(name: "m", data: .gauge([point]))
        let payload = TelemetryRecord(
            resource: [Attribute("zero", 0), Attribute("no", false), Attribute("none", "")],
            scope: ScopeRecord(name: "s"),
            items: .metrics([metric])
        )
        .encoded()
        let entry = RequestView(payload, signal: .metrics).resourceEntries[0]
        #expect(entry.attributes.copied(payload) == [Attribute("zero", 0), Attribute("no", false), Attribute("none", "")])
        #expect(entry.scopeEntries(payload)[0].metrics(payload)[0].data?.points(payload)[0].value == .int(0))
    }

    @Test func `telemetry larger than the arena's blocks is encoded whole`() {
        var span = SpanRecord(traceID: TraceID(high: 1, low: 2)!, spanID: SpanID(3)!, name: "big", startNanoseconds: 1, endNanoseconds: 2)
        span.attributes = (0..<1000).map { Attribute("key \($0)", .string(String(repeating: "é", count: $0 * 50))) }
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .spans([span, span])).encoded()
        let spans = RequestView(payload, signal: .traces).resourceEntries[0].scopeEntries(payload)[0].spans(payload)
        #expect(spans.count == 2)
        #expect(spans.allSatisfy { $0.attributes.copied(payload) == span.attributes })
    }
}
