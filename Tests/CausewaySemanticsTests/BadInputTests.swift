import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// Telemetry that nobody meant to send.
struct BadInputTests {
    /// A generator that gives the same numbers every time.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }

    @Test(arguments: Signal.allCases)
    func `captured requests with broken bytes are understood as far as they go, and never break`(signal: Signal) throws {
        var numbers = Numbers(state: 7)
        let payloads = try Capture.all.filter { $0.signal == signal }.map { try $0.payload }.filter { $0.count < 30_000 }
        for _ in 0..<400 {
            var bytes = payloads.randomElement(using: &numbers) ?? []
            for _ in 0..<Int.random(in: 1...12, using: &numbers) {
                let place = Int.random(in: 0..<bytes.count, using: &numbers)
                // Mostly bytes that mean something in JSON, in keys and in lengths.
                bytes[place] =
                    [0x22, 0x5B, 0x7D, 0x2E, 0x30, 0x39, 0x5C, UInt8.random(in: 0...255, using: &numbers)]
                    .randomElement(using: &numbers) ?? 0
            }
            // What the receiver would not take never comes so far.
            guard let admitted = try? admit(bytes, signal: signal) else { continue }
            let understood = understand(admitted.payload, signal: signal, options: Changes.options)
            let again = try admit(understood.payload, signal: signal)
            #expect(again.payload == understood.payload)
            #expect(again.items == admitted.items - understood.mergedItems)
        }
    }

    @Test func `values of every kind under every key that means something do no harm`() {
        let odd: [AttributeValue] = [
            .empty, "", " ", "null", "{}", "[]", "\"\"", "{\"a\":", "[[[[", "NaN", "-1", "1e999", "12 apples", .int(.min), .int(.max),
            .int(-1),
            .double(.nan), .double(-.infinity), .double(1e300), .bool(true), .bytes([0xFF, 0]), .array([]), .array([.array([.empty])]),
            .array([1, "a", .empty]), .map([]), .map([Attribute("", .map([Attribute("", "")]))]),
        ]
        let keys = Set(dialects.flatMap { $0.rules.map(\.source) } + Field.allCases.map(\.key)).sorted()
        for value in odd {
            var attributes = keys.map { Attribute($0.hasSuffix(".") || $0.hasSuffix(":") ? $0 + "0" : $0, value) }
            attributes.append(Attribute("gen_ai.operation.name", "chat"))
            // One item with everything at once, and items with a few keys each.
            _ = UnderstoodItem.unchecked(attributes)
            for start in stride(from: 0, to: keys.count, by: 7) {
                _ = UnderstoodItem.unchecked(Array(attributes[start..<min(start + 7, keys.count)]) + [Attribute("gen_ai.system", "openai")])
            }
        }
    }

    @Test(arguments: ["llm.input_messages.", "gen_ai.prompt.", "llm.tools.", "retrieval.documents."])
    func `places in keys may be sparse, out of order, huge, or no places at all`(family: String) {
        for rest in [
            "0", "0.", "00.message.role", "99999999999999999999.message.role", "-1.message.role", "0.message.role.x",
            "7.a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s", "x.message.role",
        ] {
            _ = UnderstoodItem.unchecked([
                Attribute("openinference.span.kind", "LLM"), Attribute(family + rest, "user"), Attribute(family + "0.message.role", "user"),
                Attribute(family + "0.message.content", "hi"), Attribute(family + "12.message.content", "twelve"),
            ])
        }
    }

    @Test func `a million distinct names of tools take no memory that stays`() {
        let spans = (0..<2000).map {
            [Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", .string("tool-\($0)"))]
        }
        for attributes in spans { #expect(UnderstoodItem.unchecked(attributes) > 0) }
    }
}

extension UnderstoodItem {
    /// Understands a span and checks that what comes out is a request that everybody takes; its size.
    static func unchecked(_ attributes: [Attribute]) -> Int {
        let payload = Requests.span("work", attributes)
        let understood = understand(payload, signal: .traces, options: Changes.options).payload
        guard let admitted = try? admit(understood, signal: .traces), admitted.payload == understood, admitted.refused == 0 else {
            Issue.record("not well formed: \(attributes.prefix(8))")
            return 0
        }
        return understood.count
    }
}
