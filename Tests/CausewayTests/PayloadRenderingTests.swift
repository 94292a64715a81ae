import CausewayExporters
import CausewayModel
import CausewayOTLP
import CausewaySpool
import Testing

@testable import Causeway

struct PayloadRenderingTests {
    /// A frame with spans of three environments, so many of each.
    func frame(_ counts: [(environment: String?, count: Int)], length: Int = 0) -> StoredFrame {
        var payload: [UInt8] = []
        var id: UInt64 = 0
        for (environment, count) in counts {
            let spans = (0..<count).compactMap { _ -> SpanRecord? in
                id += 1
                guard let trace = TraceID(high: 1, low: id), let span = SpanID(id) else { return nil }
                var record = SpanRecord(traceID: trace, spanID: span, name: "n\(id)", startNanoseconds: 1, endNanoseconds: 2)
                if length > 0 { record.attributes = [Attribute("text", .string(String(repeating: "x", count: length)))] }
                return record
            }
            let resource = environment.map { [Attribute("deployment.environment.name", .string($0))] } ?? []
            payload += TelemetryRecord(resource: resource, scope: ScopeRecord(name: "s"), items: .spans(spans)).encoded()
        }
        return StoredFrame(
            sequence: 5,
            signal: Signal.traces.rawValue,
            tenant: "",
            items: Int(id),
            receivedNanoseconds: 0,
            payload: payload
        )
    }

    func rendering(environments: [String] = [], attributeBytes: Int = 0) -> PayloadRendering {
        var destination = Configuration.Destination(name: "a")
        destination.environments = environments
        destination.limits.attributeBytes = attributeBytes
        return PayloadRendering(destination)
    }

    func names(_ pieces: [[UInt8]]) -> [String] {
        let payload = [UInt8](pieces.joined())
        return RequestView(payload, signal: .traces).resourceEntries.flatMap { entry in
            entry.scopeEntries(payload).flatMap { $0.spans(payload).map { payload.text($0.name) } }
        }
    }

    @Test(arguments: [
        (["a"], ["n1", "n2", "n6"]), (["b"], ["n3", "n4"]), ([""], ["n5"]), (["a", "b", ""], ["n1", "n2", "n3", "n4", "n5", "n6"]),
    ])
    func `only the wanted environments go, the rest is filtered to the item`(wanted: [String], expected: [String]) {
        let frame = frame([("a", 2), ("b", 2), (nil, 1), ("a", 1)])
        let rendered = rendering(environments: wanted).rendered([Part(frame, items: 0..<6)])
        #expect(names(rendered.pieces) == expected)
        let left = rendered.filtered["environment", default: []].flatMap { $0.first..<$0.first + $0.count }
        #expect(Set(left.map { "n\($0 + 1)" }).union(expected).count == 6 && left.count + expected.count == 6)
    }

    @Test func `a part of a frame is filtered like the whole`() {
        let frame = frame([("a", 3), ("b", 3)])
        let rendered = rendering(environments: ["b"]).rendered([Part(frame, items: 2..<5)])
        #expect(names(rendered.pieces) == ["n4", "n5"])
        #expect(rendered.filtered == ["environment": [ItemRange(sequence: 5, first: 2, count: 1)]])
    }

    @Test func `without wishes a frame goes as it is`() {
        let frame = frame([("a", 3)], length: 1000)
        #expect(rendering().rendered([Part(frame, items: 0..<3)]).pieces == [frame.payload])
    }

    @Test(arguments: [500, 2000, 9000])
    func `one item is cut until its request is small enough`(bytes: Int) throws {
        let frame = frame([("a", 2)], length: 10_000)
        let reduced = try #require(rendering().reduced(Part(frame, items: 1..<2), bytes))
        #expect(reduced.pieces.joined().count <= bytes)
        #expect(names(reduced.pieces) == ["n2"])
        #expect(rendering().reduced(Part(frame, items: 1..<2), 20) == nil, "no cutting makes a span of nothing")
    }
}
