import CausewayModel
import CausewayOTLP
import Testing

@testable import CausewayConsole

/// How spans become a tree.
struct TraceTreeTests {
    @Test func `children stand below their parent in order of start, however they arrive`() throws {
        let tree = try Spans.tree([
            Spans.span(3, parent: 1, name: "c", start: 30), Spans.span(4, parent: 2, name: "b1", start: 25),
            Spans.span(1, name: "a", start: 10), Spans.span(2, parent: 1, name: "b", start: 20),
        ])
        #expect(tree.rows.map { "\($0.depth) \($0.step.name)" } == ["0 a", "1 b", "2 b1", "1 c"])
        #expect(tree.rows.map(\.isLast) == [[], [false], [false, true], [true]])
        #expect(tree.rows[0].root == .real)
        #expect(tree.rows[1].root == .none)
    }

    @Test func `spans of one trace meet across payloads, and traces are kept apart`() throws {
        var trees = TraceTrees()
        trees.add(try Spans.payload([Spans.span(2, parent: 1, name: "child", start: 20)]))
        trees.add(try Spans.payload([Spans.span(9, trace: 2, name: "other", start: 5), Spans.span(1, name: "root", start: 10)]))
        let all = trees.trees
        #expect(all.map { $0.rows.map(\.step.name) } == [["other"], ["root", "child"]])
        #expect(trees.tree(of: try #require(TraceID(high: 0, low: 2)))?.rows.count == 1)
    }

    @Test func `a span whose parent has not arrived is a root that says so`() throws {
        let tree = try Spans.tree([Spans.span(1, name: "a", start: 10), Spans.span(2, parent: 7, name: "lost", start: 5)])
        #expect(tree.rows.map(\.step.name) == ["lost", "a"])
        #expect(tree.rows[0].root == .orphan(parent: try #require(SpanID(7))))
    }

    @Test func `parents that form a circle are cut at the earliest span and every span is shown once`() throws {
        let tree = try Spans.tree([
            Spans.span(1, parent: 3, name: "a", start: 30), Spans.span(2, parent: 1, name: "b", start: 10),
            Spans.span(3, parent: 2, name: "c", start: 20), Spans.span(4, parent: 3, name: "d", start: 40),
            Spans.span(5, parent: 5, name: "self", start: 50), Spans.span(6, name: "root", start: 60),
        ])
        #expect(tree.rows.map { "\($0.depth) \($0.step.name)" } == ["0 b", "1 c", "2 a", "2 d", "0 self", "0 root"])
        #expect(tree.rows.map(\.root) == [.circle, .none, .none, .none, .circle, .real])
    }

    @Test func `a span that comes again is shown once with the number of times`() throws {
        var trees = TraceTrees()
        let payload = try Spans.payload([Spans.span(1, name: "a", start: 10), Spans.span(1, name: "a", start: 10)])
        trees.add(payload)
        trees.add(payload)
        let tree = try #require(trees.trees.first)
        #expect(tree.rows.count == 1)
        #expect(tree.rows[0].step.sightings == 4)
        #expect(tree.totals.steps == 1)
    }

    @Test func `a span that comes after one was made up in its place is the one that is shown`() throws {
        let made = Spans.span(1, name: "made up", start: 20, attributes: ["causeway.synthetic": "true"])
        let real = Spans.span(1, name: "real", start: 10)
        for spans in [[made, real], [real, made]] {
            let tree = try Spans.tree(spans + [Spans.span(2, parent: 1, name: "child", start: 21)])
            #expect(tree.rows.map(\.step.name) == ["real", "child"])
        }
        #expect(try Spans.tree([made, real]).rows[0].step.sightings == 1)
    }

    @Test func `tokens are summed over the innermost model calls only, marked repeats not at all`() throws {
        let usage = { (input: Int, output: Int) in ["gen_ai.usage.input_tokens": "\(input)", "gen_ai.usage.output_tokens": "\(output)"] }
        let model = { (id: UInt64, parent: UInt64, input: Int, more: [String: String]) in
            Spans.span(
                id,
                parent: parent,
                name: "chat",
                start: id,
                attributes: ["gen_ai.operation.name": "'chat"].merging(usage(input, 1)) { $1 }.merging(more) { $1 }
            )
        }
        let tree = try Spans.tree([
            Spans.span(1, name: "agent", start: 1, attributes: ["gen_ai.operation.name": "'invoke_agent"].merging(usage(999, 99)) { $1 }),
            model(2, 1, 100, [:]),
            model(3, 2, 100, [:]),
            model(4, 1, 10, [:]),
            model(5, 1, 10, ["causeway.duplicate_of": "'0000000000000004"]),
            model(6, 1, 10, ["causeway.usage.rollup": "true"]),
            Spans.span(
                7,
                parent: 1,
                name: "embed",
                start: 7,
                attributes: ["gen_ai.operation.name": "'embeddings", "gen_ai.usage.input_tokens": "5"]
            ),
        ])
        #expect(tree.totals.inputTokens == 115)
        #expect(tree.totals.outputTokens == 2)
        #expect(tree.totals.modelCalls == 2)
        #expect(tree.rows.filter(\.isRollup).map(\.step.spanID.value) == [1, 2])
    }

    @Test func `cost is summed over the innermost priced spans, by currency, and unpriced calls are known`() throws {
        let priced = { (id: UInt64, parent: UInt64?, cost: String?, currency: String?) in
            var attributes = ["gen_ai.operation.name": "'chat"]
            attributes["causeway.cost.total"] = cost
            attributes["causeway.cost.currency"] = currency.map { "'" + $0 }
            return Spans.span(id, parent: parent, name: "chat", start: id, attributes: attributes)
        }
        let tree = try Spans.tree([
            Spans.span(1, name: "agent", start: 1, attributes: ["causeway.cost.total": "0.75"]),
            priced(2, 1, "0.25", nil), priced(3, 1, "0.5", "USD"), priced(4, 1, "2.0", "EUR"), priced(5, 1, nil, nil),
        ])
        #expect(tree.totals.cost == ["USD": 0.75, "EUR": 2])
        #expect(tree.totals.modelCalls == 4)
        #expect(tree.totals.pricedCalls == 3)
    }

    @Test(
        arguments: [
            ("'chat", nil, StepKind.model), ("'execute_tool", nil, .tool), ("'invoke_agent", nil, .agent), ("'plan", nil, .plan),
            ("'search_memory", nil, .memory), ("'something_new", nil, .step), ("'something_new", "'guardrail", .guardrail),
            (nil, "'planning", .plan), (nil, "'tool_call", .tool), (nil, "'evaluation", .check), (nil, "'agent_of_chaos", .step),
            (nil, nil, .step),
            ("'chat", "'planning", .model), ("7", nil, .step),
        ] as [(String?, String?, StepKind)]
    )
    func `the kind of a step is its operation's, else its step type's`(operation: String?, stepType: String?, kind: StepKind) throws {
        var attributes: [String: String] = [:]
        attributes["gen_ai.operation.name"] = operation
        attributes["causeway.step.type"] = stepType
        #expect(try Spans.tree([Spans.span(1, name: "x", start: 1, attributes: attributes)]).rows[0].step.kind == kind)
    }

    @Test func `a step has failed by its status or by its error type`() throws {
        let tree = try Spans.tree([
            Spans.span(1, name: "status", start: 1, status: #"{"code":2,"message":"no"}"#),
            Spans.span(2, name: "type", start: 2, attributes: ["error.type": "'timeout"]),
            Spans.span(3, name: "both", start: 3, attributes: ["error.type": "'429"], status: #"{"code":2,"message":"slow down"}"#),
            Spans.span(4, name: "fine", start: 4, status: #"{"code":1,"message":"ignored"}"#),
        ])
        #expect(
            tree.rows.map(\.step.failure) == [
                .init(type: nil, message: "no"), .init(type: "timeout", message: ""), .init(type: "429", message: "slow down"), nil,
            ]
        )
        #expect(tree.totals.failedSteps == 3)
    }

    @Test func `a chain of ten thousand spans and a root with ten thousand children are no trouble`() throws {
        let deep = try Spans.tree(tenThousand { $0 == 1 ? nil : $0 - 1 })
        #expect(deep.rows.count == 10_000)
        #expect(deep.rows[9_999].depth == 9_999)
        #expect(TraceTreeText(colour: false).text(deep).utf8.count < 2_000_000)
        #expect(try Spans.tree(tenThousand { $0 == 1 ? nil : 1 }).rows.count == 10_000)
        #expect(try Spans.tree(tenThousand { $0 == 1 ? 10_000 : $0 - 1 }).rows.count == 10_000)
    }

    private func tenThousand(_ parent: (UInt64) -> UInt64?) -> [String] {
        var spans: [String] = []
        for id in 1...10_000 as ClosedRange<UInt64> { spans.append(Spans.span(id, parent: parent(id), name: "s", start: id)) }
        return spans
    }

    @Test func `claims beyond 64 bits do not stop the sum`() throws {
        let attributes = ["gen_ai.operation.name": "'chat", "gen_ai.usage.input_tokens": "\(Int64.max)", "gen_ai.usage.output_tokens": "5"]
        let negative = ["gen_ai.operation.name": "'chat", "gen_ai.usage.output_tokens": "-5"]
        let claims = (1...3).map { Spans.span($0, name: "x", start: $0, attributes: attributes) }
        let tree = try Spans.tree(claims + [Spans.span(4, name: "y", start: 4, attributes: negative)])
        #expect(tree.totals.inputTokens == .max)
        #expect(tree.totals.outputTokens == 15)
        #expect(TraceTreeText(colour: false).text(tree).contains("9,223,372,036,854,775,807 tokens in, 15 out"))
    }

    @Test func `bytes that are no request give no trees`() {
        var trees = TraceTrees()
        trees.add([0xFF, 0x00, 0x0A, 0x80])
        trees.add([])
        #expect(trees.trees.isEmpty)
    }
}

/// Payloads for the tests, written as OTLP/JSON.
enum Spans {
    /// Attribute values are JSON numbers and booleans, or strings after an apostrophe.
    static func span(
        _ id: UInt64,
        parent: UInt64? = nil,
        trace: UInt64 = 1,
        name: String,
        start: UInt64,
        length: UInt64 = 1,
        attributes: [String: String] = [:],
        status: String = "{}"
    ) -> String {
        let attributes = attributes.map { key, value in
            let value =
                value.hasPrefix("'")
                ? #"{"stringValue":"\#(value.dropFirst())"}"#
                : value == "true"
                    ? #"{"boolValue":true}"#
                    : value.contains(".") ? #"{"doubleValue":\#(value)}"# : #"{"intValue":"\#(value)"}"#
            return #"{"key":"\#(key)","value":\#(value)}"#
        }
        return """
            {"traceId":"\(hexadecimal(0) + hexadecimal(trace))","spanId":"\(hexadecimal(id))",\
            "parentSpanId":"\(parent.map(hexadecimal) ?? "")","name":"\(name)","startTimeUnixNano":"\(start)",\
            "endTimeUnixNano":"\(start + length)","attributes":[\(attributes.joined(separator: ","))],"status":\(status)}
            """
    }

    static func payload(_ spans: [String]) throws -> [UInt8] {
        let request = #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#
        return try OTLPJSON.protobuf(fromJSON: Array(request.utf8), signal: .traces).payload
    }

    static func tree(_ spans: [String]) throws -> TraceTree {
        var trees = TraceTrees()
        trees.add(try payload(spans))
        return try #require(trees.trees.first)
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
