import CausewayModel
import CausewayOTLP
import Testing

struct KeyedAttributesTests {
    private static let index = KeyIndex(["gen_ai.tool.name", "count", "llm.input.", "user.id"])

    private func payload(_ spans: [[Attribute]]) -> [UInt8] {
        let records = spans.map { attributes in
            var span = SpanRecord(
                traceID: TraceID(high: 1, low: 2)!,
                spanID: SpanID(3)!,
                name: "s",
                startNanoseconds: 5,
                endNanoseconds: 6
            )
            span.attributes = attributes
            return span
        }
        return TelemetryRecord(resource: [], scope: ScopeRecord(name: "x"), items: .spans(records)).encoded()
    }

    /// What is known about each attribute, in words that can be compared.
    private func report(_ attributes: KeyedAttributes, _ bytes: [UInt8]) -> [String] {
        attributes.entries.map { entry in
            let view = entry.view
            return
                "\(bytes.text(view.key)) \(entry.id) \(entry.rest - view.key.lowerBound) \(entry.isWhole) \(view.value.copied(bytes)) \(view.contents)"
        }
    }

    /// Reads all spans with one reader, and each with one of its own that has seen nothing before: nobody may see the difference.
    private func expectSame(_ bytes: [UInt8], _ reader: inout KeyedAttributes) {
        for scope in RequestView(bytes, signal: .traces).resourceEntries.flatMap({ $0.scopeEntries(bytes) }) {
            var spans = SpanList(scope)
            while let span = spans.next(bytes, &reader, Self.index) {
                var alone = KeyedAttributes()
                alone.read(span.attributes, Self.index, bytes)
                #expect(report(reader, bytes) == report(alone, bytes))
            }
        }
    }

    private static let values: [AttributeValue] = [
        "t", 7, -1, 0.5, true, .string(""), .array(["a"]), .map([Attribute("a", 1)]), .bytes([1]), .empty,
        .string(String(repeating: "x", count: 127)), .string(String(repeating: "x", count: 20_000)),
    ]

    @Test func `keys that came before are known as those that never did, whatever their values are`() {
        var reader = KeyedAttributes()
        let keys = ["gen_ai.tool.name", "count", "llm.input.0", "user.id", "id", "app.release.of.the.service", "count"]
        let spans = Self.values.map { value in keys.map { Attribute($0, value) } }
        expectSame(payload(spans), &reader)
        // Another payload, of which the same memory may have been.
        expectSame(payload(spans.reversed()), &reader)
        #expect(!reader.isNewSequence && reader.sequence != nil)
    }

    @Test func `a key of the same length in any place is told apart`() {
        let keys = ["gen_ai.tool.name", "count", "llm.input.0", "user.id", "id"]
        for place in keys.indices {
            for at in keys[place].utf8.indices {
                var other = keys
                other[place].replaceSubrange(at...at, with: "Z")
                var reader = KeyedAttributes()
                expectSame(payload([keys, other, keys, other, other].map { $0.map { Attribute($0, 1) } }), &reader)
            }
        }
    }

    @Test func `a sequence keeps its number until another one takes it`() {
        var reader = KeyedAttributes()
        var names: [Int: [String]] = [:]
        var random = SystemRandomNumberGenerator()
        let words = ["a", "count", "user.id", "gen_ai.tool.name", "llm.input.0", "llm.input.12", "service.instance.id"]
        let kinds = (0..<60).map { _ in (0..<Int.random(in: 0...9)).map { _ in words.randomElement() ?? "" } }
        for _ in 0..<2000 {
            let keys = kinds.randomElement(using: &random) ?? []
            let bytes = payload([keys.map { Attribute($0, 1) }])
            expectSame(bytes, &reader)
            guard let sequence = reader.sequence else {
                Issue.record("not remembered: \(keys)")
                continue
            }
            #expect(sequence < KeyedAttributes.sequenceLimit)
            if !reader.isNewSequence { #expect(names[sequence] == keys) }
            names[sequence] = keys
        }
    }

    @Test func `more keys than are remembered, and longer ones, are read all the same`() {
        var reader = KeyedAttributes()
        let many = (0..<200).map { Attribute("llm.input.\($0)", .int(Int64($0))) }
        let long = [Attribute(String(repeating: "k", count: 300), 1), Attribute("count", 2)]
        for _ in 0..<3 {
            expectSame(payload([many, long, [], Array(many.prefix(64)), Array(many.prefix(65))]), &reader)
            // Each of them is another one, so that what is remembered overflows.
            for number in 0..<40 {
                expectSame(payload([(0..<64).map { Attribute("k\(number).\($0)" + String(repeating: "x", count: 60), 1) }]), &reader)
            }
        }
        expectSame(payload([many]), &reader)
        #expect(reader.sequence == nil)
    }

    @Test func `attributes written in other ways are read as by themselves`() {
        let plain: [UInt8] = [0x0A, 4] + Array("text".utf8) + [0x12, 2, 0x18, 7]
        let ways: [[UInt8]] = [
            plain, [0x12, 2, 0x18, 7, 0x0A, 4] + Array("text".utf8), plain + plain, plain + [0x0A, 5] + Array("count".utf8),
            [0x0A, 4] + Array("text".utf8), [0x0A, 0x84, 0] + Array("text".utf8) + [0x12, 2, 0x18, 7], [0x0A, 0, 0x12, 0], [], [0x0A],
            [0x0A, 4] + Array("text".utf8) + [0x12, 0], [0x0A, 9] + Array("text".utf8), plain + [0x12, 2, 0x10, 1],
        ]
        var reader = KeyedAttributes()
        for first in ways {
            for second in ways {
                var scope: [UInt8] = []
                for way in [first, second, first, plain, second] { scope += [0x12, UInt8(way.count + 2), 0x4A, UInt8(way.count)] + way }
                let bytes = [0x0A, UInt8(scope.count + 2), 0x12, UInt8(scope.count)] + scope
                if scope.count < 126 { expectSame(bytes, &reader) }
            }
        }
    }
}
