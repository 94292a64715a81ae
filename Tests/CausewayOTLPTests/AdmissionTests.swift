import CausewayModel
import CausewayOTLP
import Testing

struct AdmissionTests {
    @Test func `a request without telemetry is a success with nothing in it`() throws {
        for signal in Signal.allCases {
            let admitted = try admit([], signal: signal)
            #expect(admitted.payload.isEmpty && admitted.items == 0 && admitted.refused == 0)
            #expect(admitted.refusedReason(signal) == nil)
        }
        #expect(try admit(Wire.request([]), signal: .logs).items == 0)
    }

    struct BadSpan: Sendable, CustomTestStringConvertible {
        let name: String
        let span: [UInt8]
        let refusal: Refusal
        var testDescription: String { name }
    }

    static let badSpans = [
        BadSpan(name: "no trace id", span: Wire.field(2, Wire.spanID), refusal: .traceID),
        BadSpan(name: "trace id of zeros", span: Wire.span(traceID: [UInt8](repeating: 0, count: 16)), refusal: .traceID),
        BadSpan(name: "trace id of 15 bytes", span: Wire.span(traceID: [UInt8](1...15)), refusal: .traceID),
        BadSpan(name: "trace id of 17 bytes", span: Wire.span(traceID: [UInt8](1...17)), refusal: .traceID),
        BadSpan(name: "trace id as hexadecimal text", span: Wire.span(traceID: [UInt8](repeating: 65, count: 32)), refusal: .traceID),
        BadSpan(name: "no span id", span: Wire.field(1, Wire.traceID), refusal: .spanID),
        BadSpan(name: "span id of zeros", span: Wire.span(spanID: [UInt8](repeating: 0, count: 8)), refusal: .spanID),
        BadSpan(name: "span id of 7 bytes", span: Wire.span(spanID: [UInt8](1...7)), refusal: .spanID),
        BadSpan(name: "parent id of 4 bytes", span: Wire.span(more: Wire.field(4, [1, 2, 3, 4])), refusal: .parentSpanID),
        BadSpan(name: "nothing in it", span: [], refusal: .empty),
        BadSpan(name: "two names", span: Wire.span(more: Wire.field(5, "again")), refusal: .repeated),
        BadSpan(
            name: "an attribute with two values",
            span: Wire.span(attributes: [Wire.field(1, "k") + Wire.field(2, Wire.field(1, "a") + Wire.number(3, 1))]),
            refusal: .repeated
        ),
        BadSpan(
            name: "values 10,000 deep",
            span: Wire.span(attributes: [Wire.field(1, "k") + Wire.field(2, Wire.lists(10_000))]),
            refusal: .tooDeep
        ),
    ]

    @Test(arguments: badSpans)
    func `a span that is none is refused alone and its neighbours stay as they are`(bad: BadSpan) throws {
        let good = (0..<3).map { Wire.span(name: "good \($0)") }
        let admitted = try admit(Wire.request([good[0], bad.span, good[1], bad.span, good[2]]), signal: .traces)
        #expect(admitted.payload == Wire.request(good))
        #expect(admitted.items == 3 && admitted.refused == 2 && admitted.refusals == [bad.refusal: 2])
        #expect(admitted.refusedReason(.traces) == "2 of 5 spans refused: 2 \(bad.refusal.explanation).")
    }

    @Test func `what was repaired in a span that is then refused is not counted`() throws {
        let bad = Wire.span(traceID: [1], attributes: [Wire.attribute("k", [0xFF])])
        let admitted = try admit(Wire.request([bad, Wire.span()]), signal: .traces)
        #expect(admitted.payload == Wire.request([Wire.span()]))
        #expect(admitted.repairedStrings == 0)
    }

    @Test func `a parent id of eight zeros is let through and means a root`() throws {
        let body = Wire.request([Wire.span(more: Wire.field(4, [UInt8](repeating: 0, count: 8)))])
        #expect(try admit(body, signal: .traces).payload == body)
        #expect(RequestView(body, signal: .traces).resourceEntries[0].scopeEntries(body)[0].spans(body)[0].parentSpanID == nil)
    }

    @Test func `a log record keeps its place in no trace when its ids are none`() throws {
        let text = Wire.field(5, Wire.field(1, "hello"))
        let zeros = text + Wire.field(9, [UInt8](repeating: 0, count: 16)) + Wire.field(10, [UInt8](repeating: 0, count: 8))
        let short = text + Wire.field(9, [1, 2, 3]) + Wire.field(10, [4, 5, 6, 7, 8, 9, 10, 11, 12])
        let admitted = try admit(Wire.request([zeros, short]), signal: .logs)
        #expect(admitted.payload == Wire.request([zeros, text]))
        #expect(admitted.items == 2 && admitted.refused == 0 && admitted.clearedIDs == 2)
    }

    @Test func `a link keeps all but an id that is none`() throws {
        let rest = Wire.field(4, Wire.attribute("k", "v"))
        let link = Wire.field(13, Wire.field(1, [1, 2]) + Wire.field(2, Wire.spanID) + rest)
        let admitted = try admit(Wire.request([Wire.span(more: link)]), signal: .traces)
        #expect(admitted.payload == Wire.request([Wire.span(more: Wire.field(13, Wire.field(2, Wire.spanID) + rest))]))
        #expect(admitted.clearedIDs == 1)
    }

    @Test func `an exemplar loses an id that is none`() throws {
        let exemplar = { (id: [UInt8]) in Wire.fixed64(2, 7) + Wire.field(5, id) }
        let metric = { (id: [UInt8]) in
            Wire.field(1, "m") + Wire.field(5, Wire.field(1, Wire.fixed64(3, 1) + Wire.field(5, exemplar(id))))
        }
        let admitted = try admit(Wire.request([metric([9])]), signal: .metrics)
        let left = Wire.field(1, "m") + Wire.field(5, Wire.field(1, Wire.fixed64(3, 1) + Wire.field(5, Wire.fixed64(2, 7))))
        #expect(admitted.payload == Wire.request([left]))
        #expect(try admit(Wire.request([metric(Wire.traceID)]), signal: .metrics).clearedIDs == 0)
    }

    @Test func `an empty data point or log record is refused because stored ones stand for what was removed`() throws {
        let point = Wire.field(1, Wire.fixed64(3, 1))
        let metric = { (points: [UInt8]) in Wire.field(1, "m") + Wire.field(7, points) }
        let admitted = try admit(Wire.request([metric(point + Wire.field(1, [] as [UInt8]) + point)]), signal: .metrics)
        #expect(admitted.payload == Wire.request([metric(point + point)]))
        #expect(admitted.items == 2 && admitted.refusals == [.empty: 1])
        #expect(try admit(Wire.request([[]]), signal: .logs).refusals == [.empty: 1])
    }

    @Test func `a metric without data points is kept`() throws {
        let body = Wire.request([Wire.field(1, "nothing yet")])
        let admitted = try admit(body, signal: .metrics)
        #expect(admitted.payload == body && admitted.items == 0 && admitted.refused == 0)
    }

    /// Places where a string can be, each around it.
    static let strings: [(String, Signal, @Sendable ([UInt8]) -> [UInt8])] = [
        ("attribute value", .traces, { Wire.request([Wire.span(attributes: [Wire.attribute("k", $0)])]) }),
        ("attribute key", .traces, { Wire.request([Wire.span(attributes: [Wire.field(1, $0) + Wire.field(2, Wire.number(3, 1))])]) }),
        ("span name", .traces, { Wire.request([Wire.field(1, Wire.traceID) + Wire.field(2, Wire.spanID) + Wire.field(5, $0)]) }),
        ("trace state", .traces, { Wire.request([Wire.span(more: Wire.field(3, $0))]) }),
        ("status message", .traces, { Wire.request([Wire.span(more: Wire.field(15, Wire.field(2, $0) + Wire.number(3, 2)))]) }),
        ("event name", .traces, { Wire.request([Wire.span(more: Wire.field(11, Wire.fixed64(1, 5) + Wire.field(2, $0)))]) }),
        (
            "deep value", .traces,
            { value in
                let inner = Wire.field(6, Wire.field(1, Wire.field(1, "in") + Wire.field(2, Wire.field(1, value))))
                let list = Wire.field(5, Wire.field(1, inner) + Wire.field(1, Wire.number(2, 1)))
                return Wire.request([Wire.span(attributes: [Wire.field(1, "k") + Wire.field(2, list)]), Wire.span(name: "neighbour")])
            }
        ),
        ("schema url", .logs, { Wire.field(1, Wire.field(3, $0)) + Wire.request([Wire.number(2, 9)]) }),
        ("entity key", .logs, { Wire.field(1, Wire.field(1, Wire.field(3, Wire.field(3, $0)))) }),
        ("log body", .logs, { Wire.request([Wire.field(5, Wire.field(1, $0))]) }),
        ("event of a log", .logs, { Wire.request([Wire.field(12, $0)]) }),
        ("metric unit", .metrics, { Wire.request([Wire.field(3, $0)]) }),
        ("scope name", .metrics, { Wire.field(1, Wire.field(2, Wire.field(1, Wire.field(1, $0)))) }),
    ]

    @Test(arguments: strings.indices)
    func `a string that is not UTF-8 is repaired wherever it stands, and nothing else changes`(index: Int) throws {
        let (_, signal, around) = Self.strings[index]
        // Long enough that a repair makes lengths around it one byte longer.
        for length in [0, 1, 30, 110, 120, 125, 126, 127, 200, 16_380] {
            let good = [UInt8](repeating: 0x61, count: length)
            let admitted = try admit(around(good + [0xFF] + good), signal: signal)
            #expect(admitted.payload == around(good + [0xEF, 0xBF, 0xBD] + good))
            #expect(admitted.repairedStrings == 1 && admitted.refused == 0)
            #expect(try admit(around(good), signal: signal).repairedStrings == 0)
        }
    }

    @Test func `bytes that are a value may be anything`() throws {
        let body = Wire.request([Wire.span(attributes: [Wire.field(1, "k") + Wire.field(2, Wire.field(7, [0xFF, 0xFE]))])])
        #expect(try admit(body, signal: .traces).repairedStrings == 0)
    }

    @Test func `NULs, unknown fields and duplicate keys survive`() throws {
        let unknown = Wire.field(900, [0xFF, 0x00]) + Wire.number(31, 7) + Wire.fixed64(536_870_911, 3) + Wire.tag(40, 5) + [1, 2, 3, 4]
        let attributes = [Wire.attribute("a\0b", "c\0d"), Wire.attribute("a\0b", "other"), Wire.attribute("k", "v") + unknown]
        let body = Wire.request([Wire.span(attributes: attributes, more: unknown)]) + unknown
        let admitted = try admit(body, signal: .traces)
        #expect(admitted.payload == body && admitted.items == 1)
        #expect(Oracle.accepts(body, .traces))
    }

    @Test func `messages may be nested as deep as the limit and no deeper`() throws {
        // Request, resource entry, scope entry, span, attribute and value are six levels, each list in a list two more.
        func body(_ lists: Int) -> [UInt8] {
            Wire.request([Wire.span(attributes: [Wire.field(1, "k") + Wire.field(2, Wire.lists(lists))])])
        }
        #expect(try admit(body(47), signal: .traces).items == 1)
        #expect(try admit(body(48), signal: .traces).refusals == [.tooDeep: 1])
        #expect(try admit(body(2), signal: .traces, maxLevels: 10).items == 1)
        #expect(try admit(body(2), signal: .traces, maxLevels: 9).refused == 1)
    }

    @Test func `the limit holds for plain attributes too`() throws {
        let body = Wire.request([Wire.span(attributes: [Wire.attribute("k", "v")])])
        #expect(try admit(body, signal: .traces, maxLevels: 6).items == 1)
        #expect(try admit(body, signal: .traces, maxLevels: 5).refusals == [.tooDeep: 1])
        // The attribute of the resource is one level higher up.
        #expect(throws: OTLPError.self) { try admit(body, signal: .traces, maxLevels: 4) }
    }

    @Test func `a resource nested too deeply condemns the request`() {
        let resource = Wire.field(1, Wire.field(1, Wire.field(1, Wire.field(1, "k") + Wire.field(2, Wire.lists(10_000)))))
        #expect { try admit(resource, signal: .traces) } throws: { ($0 as? OTLPError)?.fault == .tooDeep }
    }
}
