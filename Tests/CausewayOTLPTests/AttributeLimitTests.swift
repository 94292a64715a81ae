import CausewayModel
import CausewayOTLP
import Testing

struct AttributeLimitTests {
    @Test(arguments: Fixtures.captures("pb"), [256, 2048])
    func `no text of a captured request is longer than the limit, and what is short stays`(file: Fixtures.Capture, limit: Int) throws {
        let payload = try file.bytes
        let short = AttributeLimit(bytes: limit).applied(to: payload, file.signal)
        #expect(try admit(short, signal: file.signal).payload == short)
        let (before, after) = (Self.texts(payload, file.signal), Self.texts(short, file.signal))
        #expect(RequestView(short, signal: file.signal).itemCount == RequestView(payload, signal: file.signal).itemCount)
        for (key, texts) in after where !key.hasPrefix("causeway.") {
            #expect(texts.allSatisfy { $0.utf8.count <= limit })
            for (old, new) in zip(before[key] ?? [], texts) {
                if old.utf8.count <= limit { #expect(old == new) }
                // What read as JSON reads as JSON still.
                if old.utf8.count > limit, (try? JSONValue(parsing: Array(old.utf8))) != nil {
                    #expect((try? JSONValue(parsing: Array(new.utf8))) != nil, "\(key)")
                }
            }
        }
        if payload == short { #expect(before.values.joined().allSatisfy { $0.utf8.count <= limit }) }
    }

    /// The texts of items' attributes, by key, in order.
    static func texts(_ payload: [UInt8], _ signal: Signal) -> [String: [String]] {
        var texts: [String: [String]] = [:]
        func add(_ list: AttributeList) {
            for attribute in list.copied(payload) {
                if case .string(let text) = attribute.value { texts[attribute.key, default: []].append(text) }
            }
        }
        for entry in RequestView(payload, signal: signal).resourceEntries {
            for scope in entry.scopeEntries(payload) {
                switch signal {
                case .traces:
                    for span in scope.spans(payload) {
                        add(span.attributes)
                        for event in span.events(payload) { add(event.attributes) }
                    }
                case .logs: for record in scope.logRecords(payload) { add(record.attributes) }
                case .metrics:
                    for metric in scope.metrics(payload) { for point in metric.data?.points(payload) ?? [] { add(point.attributes) } }
                }
            }
        }
        return texts
    }

    @Test func `an item says what was cut of it and how much there was`() throws {
        var span = SpanRecord(
            traceID: try #require(TraceID(high: 1, low: 2)),
            spanID: try #require(SpanID(3)),
            name: "long",
            startNanoseconds: 1,
            endNanoseconds: 2
        )
        let long = String(repeating: "word ", count: 1000)
        span.attributes = [
            Attribute("a", .string(long)), Attribute("b", 5), Attribute("c", .array([.string(long), 1])),
            Attribute("d", .bytes([UInt8](repeating: 1, count: 900))),
        ]
        span.events = [EventRecord(name: "event", timeNanoseconds: 1, attributes: [Attribute("e", .string(long))])]
        let record = TelemetryRecord(
            resource: [Attribute("service.name", .string(long))],
            scope: ScopeRecord(name: "s"),
            items: .spans([span])
        )
        let payload = record.encoded()
        let short = AttributeLimit(bytes: 512).applied(to: payload, .traces)
        let view = try #require(RequestView(short, signal: .traces).resourceEntries.first?.scopeEntries(short).first?.spans(short).first)
        let attributes = Dictionary(uniqueKeysWithValues: view.attributes.copied(short).map { ($0.key, $0.value) })
        #expect(attributes["b"] == 5)
        #expect(attributes["causeway.truncated"] == .array(["a", "c", "d"]))
        guard case .array(let sizes)? = attributes["causeway.original_size"] else {
            Issue.record("no sizes")
            return
        }
        #expect(sizes.first == 5000 && sizes.last == 900)
        let event = try #require(view.events(short).first).attributes.copied(short)
        #expect(event.map(\.key) == ["e", "causeway.truncated", "causeway.original_size"])
        #expect(short.count < 8000 && short.count > 5000, "the resource stays as it is")
    }

    @Test func `a payload within the limit is the same bytes`() throws {
        let file = try #require(Fixtures.captures("pb").first)
        let payload = try file.bytes
        #expect(AttributeLimit(bytes: 1 << 24).applied(to: payload, file.signal) == payload)
    }
}
