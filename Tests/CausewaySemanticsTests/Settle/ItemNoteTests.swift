import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

struct ItemNoteTests {
    private func span(_ number: UInt64, _ attributes: [Attribute] = []) throws -> SpanRecord {
        let trace = try #require(TraceID(high: 1, low: 1))
        var span = SpanRecord(
            traceID: trace,
            spanID: try #require(SpanID(number)),
            name: "n\(number)",
            startNanoseconds: 1,
            endNanoseconds: 2
        )
        span.attributes = attributes
        return span
    }

    private func request(_ spans: [SpanRecord]) -> [UInt8] {
        TelemetryRecord(resource: [], scope: ScopeRecord(name: "s"), items: .spans(spans)).encoded()
    }

    private var full: ItemNote {
        var note = ItemNote()
        note.set("text", "new")
        note.set("count", 7)
        note.set("share", 0.5)
        note.set("flag", true)
        note.set("list", .array(["a", 1, .map([Attribute("b", .bytes([1, 2]))])]))
        note.remove("gone")
        note.add(EventRecord(name: "causeway.retry", timeNanoseconds: 5, attributes: [Attribute("causeway.retry.attempt", 1)]))
        if let trace = TraceID(high: 3, low: 4), let id = SpanID(5) {
            note.add(LinkRecord(traceID: trace, spanID: id, attributes: [Attribute("causeway.link.kind", "retry_of")]))
        }
        note.set(StatusRecord(.error, message: "no"))
        note.marks = [.redelivered, .folded]
        var facts = SamplingFacts()
        (facts.hasFailed, facts.durationNanoseconds, facts.cost, facts.place, facts.conditions) = (true, 12, 0.25, 99, [3, 4])
        note.sampling = facts
        return note
    }

    @Test func `what a note says is read as it was written`() {
        let read = ItemNote(full.encoded)
        #expect(read == full)
        #expect(ItemNote(ItemNote().encoded).isEmpty)
    }

    @Test func `a note is laid over its item, and the others stay byte for byte`() throws {
        var spans = try [span(1), span(2, [Attribute("text", "old"), Attribute("gone", 1), Attribute("stays", "here")]), span(3)]
        let payload = request(spans)
        let noted = applying([NotedItem(item: 1, note: full)], to: payload, signal: .traces)
        spans[1].attributes = [
            Attribute("stays", "here"), Attribute("text", "new"), Attribute("count", 7), Attribute("share", 0.5), Attribute("flag", true),
            Attribute("list", .array(["a", 1, .map([Attribute("b", .bytes([1, 2]))])])),
        ]
        spans[1].events = [EventRecord(name: "causeway.retry", timeNanoseconds: 5, attributes: [Attribute("causeway.retry.attempt", 1)])]
        let link = LinkRecord(
            traceID: try #require(TraceID(high: 3, low: 4)),
            spanID: try #require(SpanID(5)),
            attributes: [Attribute("causeway.link.kind", "retry_of")]
        )
        spans[1].links = [link]
        spans[1].status = StatusRecord(.error, message: "no")
        let expected = try OTLPJSON.json(fromProtobuf: request(spans), signal: .traces)
        #expect(try sorted(OTLPJSON.json(fromProtobuf: noted, signal: .traces)) == sorted(expected))
        #expect(try admit(noted, signal: .traces).refused == 0)
        #expect(RequestView(noted, signal: .traces).payload(items: 0..<1) == RequestView(payload, signal: .traces).payload(items: 0..<1))
    }

    /// Fields of one message stand in any order.
    private func sorted(_ json: [UInt8]) -> [UInt8] { json.sorted() }

    @Test func `of several notes on one item the last word counts`() {
        var (first, second) = (ItemNote(), ItemNote())
        first.set("a", 1)
        first.set("b", 1)
        second.set("a", 2)
        second.remove("b")
        let payload = TelemetryRecord(
            resource: [],
            scope: ScopeRecord(name: "s"),
            items: .logs([LogRecord(timeNanoseconds: 1, observedNanoseconds: 1)])
        ).encoded()
        let noted = applying([NotedItem(item: 0, note: first), NotedItem(item: 0, note: second)], to: payload, signal: .logs)
        var only = ItemNote()
        only.set("a", 2)
        #expect(noted == applying([NotedItem(item: 0, note: only)], to: payload, signal: .logs))
        #expect(noted != payload)
    }

    @Test func `without notes nothing is written, and what is not there is not spoken of`() throws {
        let payload = request([try span(1)])
        #expect(applying([], to: payload, signal: .traces) == payload)
        #expect(applying([NotedItem(item: 5, note: full)], to: payload, signal: .traces) == payload)
        // One that was removed in place.
        let emptied: [UInt8] = [0x0A, 0x04, 0x12, 0x02, 0x12, 0x00]
        #expect(applying([NotedItem(item: 0, note: full)], to: emptied, signal: .traces) == emptied)
    }

    @Test func `any bytes are read as a note`() {
        var random = SystemRandomNumberGenerator()
        let bytes = full.encoded
        for _ in 0..<500 {
            var broken = bytes
            for _ in 0..<3 { broken[Int.random(in: 0..<broken.count, using: &random)] = .random(in: 0...255, using: &random) }
            let note = ItemNote([UInt8](broken.prefix(Int.random(in: 0...broken.count, using: &random))))
            _ = note.encoded
        }
    }
}
