import CausewayModel
import CausewayOTLP
import Testing

struct WantedAttributesTests {
    private static let keys = ["gen_ai.tool.name", "count", "text", "environment"]

    /// Spans with these attributes in one payload, and where each of them lies.
    private func spans(_ attributes: [[Attribute]]) -> (payload: [UInt8], places: [Range<Int>]) {
        let records = attributes.map { attributes in
            var span = SpanRecord(
                traceID: TraceID(high: 1, low: 9)!,
                spanID: SpanID(5)!,
                parentSpanID: nil,
                name: "s",
                startNanoseconds: 5,
                endNanoseconds: 6
            )
            span.attributes = attributes
            return span
        }
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: "x"), items: .spans(records)).encoded()
        let views = RequestView(payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(payload) }.flatMap { $0.spans(payload) }
        return (payload, views.map(\.contents))
    }

    private func values(_ wanted: WantedAttributes, _ payload: [UInt8]) -> [AttributeValue?] {
        Self.keys.indices.map { wanted[$0]?.copied(payload) }
    }

    @Test func `a span behind others says what it says alone, and what changed is told`() {
        var random = SystemRandomNumberGenerator()
        let pool: [Attribute] = [
            Attribute("text", "a"), Attribute("text", "b"), Attribute("text", 1), Attribute("other", "a"), Attribute("other", "b"),
            Attribute("gen_ai.tool.name", "n"), Attribute("gen_ai.tool.name", .array(["n"])), Attribute("count", 1), Attribute("count", 2),
            Attribute("another", .string(String(repeating: "x", count: 200))),
        ]
        for _ in 0..<300 {
            let attributes = (0..<8).map { _ in (0..<Int.random(in: 0..<5, using: &random)).map { _ in pool.randomElement(using: &random)! }
            }
            let (payload, places) = spans(attributes)
            var wanted = WantedAttributes(Self.keys)
            wanted.begin()
            var before: [AttributeValue?] = [nil, nil, nil, nil]
            for (place, attributes) in zip(places, attributes) {
                let head = wanted.read(place, payload)
                #expect(head.id == 5 && head.start == 5 && head.end == 6)
                let expected = Self.keys.map { key in attributes.first { $0.key == key }?.value }
                #expect(values(wanted, payload) == expected)
                #expect((0..<4).allSatisfy { wanted.has($0) == (expected[$0] != nil) })
                for key in 0..<4 where expected[key] != nil && before[key] != expected[key] {
                    #expect(wanted.changed & 1 << UInt64(key) != 0)
                }
                before = expected
                wanted.clearChanged()
                // As one does who knows something from elsewhere.
                if Bool.random(using: &random), !wanted.has(3) { wanted[3] = .int(7) }
                if Bool.random(using: &random) {
                    wanted[1] = .int(9)
                    before[1] = nil
                }
            }
        }
    }

    @Test func `what says the same as before is not told as changed`() {
        let same = [Attribute("text", "a"), Attribute("count", 3)]
        let (payload, places) = spans([same + [Attribute("other", 1)], same + [Attribute("other", 2)], [same[0], Attribute("count", 4)]])
        var wanted = WantedAttributes(Self.keys)
        wanted.begin()
        _ = wanted.read(places[0], payload)
        wanted.clearChanged()
        _ = wanted.read(places[1], payload)
        #expect(wanted.changed == 0 && values(wanted, payload) == [nil, 3, "a", nil])
        _ = wanted.read(places[2], payload)
        #expect(wanted.changed == 1 << 1 && values(wanted, payload) == [nil, 4, "a", nil])
    }

    @Test func `nothing of another payload is taken for this one's`() {
        let (first, places) = spans([[Attribute("text", "a"), Attribute("count", 3)]])
        let (second, others) = spans([[Attribute("text", "b"), Attribute("count", 3)]])
        var wanted = WantedAttributes(Self.keys)
        wanted.begin()
        _ = wanted.read(places[0], first)
        wanted.clearChanged()
        wanted.begin()
        _ = wanted.read(others[0], second)
        #expect(values(wanted, second) == [nil, 3, "b", nil] && wanted.changed == .max)
    }
}
