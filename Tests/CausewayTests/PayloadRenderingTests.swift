import CausewayExporters
import CausewayModel
import CausewayOTLP
import CausewaySemantics
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

    /// Marks on items of a frame, and what settling adds to the first.
    func noted(_ frame: StoredFrame, _ marks: [Int: ItemNote.Marks], adding key: String? = nil, isLate: Bool = false) -> StoredFrame {
        var noted = frame
        for item in 0..<frame.items {
            var note = ItemNote()
            note.marks = marks[item] ?? []
            if item == 0, let key { note.set(key, "added") }
            if note.isEmpty { continue }
            noted.notes.append(StoredNote(sequence: frame.sequence, item: item, isLate: isLate, number: 1, payload: note.encoded))
        }
        return noted
    }

    @Test func `what settling found out goes with the span, and what it left out is on the books by its reason`() {
        let frame = noted(frame([("a", 4)]), [1: .redelivered, 2: .folded, 3: .synthetic], adding: "causeway.outcome")
        let rendered = rendering().rendered([Part(frame, items: 0..<4)])
        // With no address for spans there is nothing that a log record could be part of.
        #expect(names(rendered.pieces) == ["n1", "n3"])
        #expect(
            rendered.filtered == [
                "redelivered": [ItemRange(sequence: 5, first: 1, count: 1)], "synthetic": [ItemRange(sequence: 5, first: 3, count: 1)],
            ]
        )
        #expect(rendered.pieces.joined().count > "causeway.outcome".utf8.count + 2)
        #expect([UInt8](rendered.pieces.joined()).firstRange(of: Array("causeway.outcome".utf8)) != nil)
        var all = rendering()
        (all.keepsDuplicates, all.takesSynthetic, all.takesTraces) = (true, true, true)
        let wished = all.rendered([Part(frame, items: 0..<4)])
        #expect(names(wished.pieces) == ["n1", "n2", "n4"])
        #expect(wished.folded == [ItemRange(sequence: 5, first: 2, count: 1)] && wished.filtered.isEmpty)
    }

    @Test func `what was found out late is not said: a frame is the same whenever it is read`() {
        let plain = frame([("a", 2)])
        let late = noted(plain, [1: .redelivered], adding: "causeway.outcome", isLate: true)
        #expect(rendering().rendered([Part(late, items: 0..<2)]).pieces == [plain.payload])
    }

    @Test func `a trace goes when it fulfils a condition, and so many of the others`() throws {
        var sample = Configuration.Destination.Sample()
        sample.percent = 25
        sample.keep = [.failures, .slower(than: .seconds(1)), .dearer(than: 0.5), .attribute(key: "tier", value: "gold")]
        let sampling = try #require(Sampling(sample))
        var facts = SamplingFacts()
        facts.place = UInt32.max
        #expect(!sampling.keeps(facts))
        for keep in [
            { (facts: inout SamplingFacts) in facts.hasFailed = true }, { $0.durationNanoseconds = 1_000_000_001 }, { $0.cost = 0.51 },
            { $0.conditions = [SampleAttribute(key: "tier", value: "gold").fingerprint] }, { $0.place = 1 << 30 - 1 },
        ] as [(inout SamplingFacts) -> Void] {
            var kept = facts
            keep(&kept)
            #expect(sampling.keeps(kept), "\(kept)")
        }
        facts.place = 1 << 30
        #expect(!sampling.keeps(facts))
        sample.percent = 100
        #expect(Sampling(sample) == nil)
        let shares = (1...4000).filter { (TraceID(high: 7, low: UInt64($0))?.samplingPlace ?? 0) < 1 << 30 }.count
        #expect((850...1150).contains(shares))
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
