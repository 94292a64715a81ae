import CausewayModel
import CausewayOTLP
import Testing

/// What is written by hand is what protobuf-c writes.
struct WireWriterTests {
    private static let texts = ["", "x", String(repeating: "long ", count: 30), String(repeating: "longer ", count: 4000), "näive ✓"]
    private static let values: [AttributeValue] =
        texts.map { .string($0) } + [
            .int(0), .int(1), .int(127), .int(128), .int(-1), .int(.max), .int(.min), .double(0), .double(-1.5), .double(.infinity),
            .bool(true), .bool(false),
        ]

    @Test(arguments: ["k", "gen_ai.usage.input_tokens", String(repeating: "key.", count: 50)])
    func `attributes are those that protobuf-c encodes`(key: String) {
        for value in Self.values {
            var writer = WireWriter()
            let bytes = Array(key.utf8)
            switch value {
            case .string(let text): writer.attribute(9, bytes, text: Array(text.utf8))
            case .int(let number): writer.attribute(9, bytes, int: number)
            case .double(let number): writer.attribute(9, bytes, double: number)
            case .bool(let flag): writer.attribute(9, bytes, bool: flag)
            default: continue
            }
            var span = SpanRecord(traceID: TraceID(high: 1, low: 2)!, spanID: SpanID(3)!, name: "", startNanoseconds: 0, endNanoseconds: 0)
            let without = encoded(span)
            span.attributes = [Attribute(key, value)]
            let with = encoded(span)
            #expect(with.count - without.count == writer.bytes.count && contains(with, writer.bytes), "\(key) \(value)")
        }
    }

    @Test func `ids are their bytes, and a word is a text`() {
        let (trace, span) = (TraceID(high: 0x0102_0304_0506_0708, low: 9)!, SpanID(0xF0E0_D0C0_B0A0_9080)!)
        var (left, right) = (WireWriter(), WireWriter())
        left.id(1, trace)
        left.id(10, span)
        left.attribute(9, Array("key".utf8), word: "wörd")
        right.field(1, trace.bytes)
        right.field(10, span.bytes)
        right.attribute(9, Array("key".utf8), text: Array("wörd".utf8))
        #expect(left.bytes == right.bytes)
    }

    @Test func `a field is as long as it was said to be`() {
        for count in [0, 1, 127, 128, 16383, 16384, 100_000] {
            var writer = WireWriter()
            writer.field(2, [UInt8](repeating: 7, count: count))
            #expect(writer.bytes.count == WireWriter.length(field: 2, count))
        }
    }

    /// The contents of the only span of a request.
    private func encoded(_ span: SpanRecord) -> [UInt8] {
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: ""), items: .spans([span])).encoded()
        let view = RequestView(payload, signal: .traces).resourceEntries[0].scopeEntries(payload)[0].spans(payload)[0]
        return Array(payload[view.contents])
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard bytes.count >= part.count else { return false }
        return (0...bytes.count - part.count).contains { bytes[$0..<$0 + part.count].elementsEqual(part) }
    }
}
