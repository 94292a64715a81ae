import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// The captured runs were of a scripted provider and scripted tools, so what they came to is known.
struct SettledCorpusTests {
    static func requests(_ run: String) throws -> [(signal: Signal, payload: [UInt8])] {
        try Capture.all.filter { $0.path.hasPrefix(run + ".") && $0.signal != .metrics }.map {
            capture in
            (
                capture.signal,
                understand(try capture.payload, signal: capture.signal, options: Changes.options).payload
            )
        }
    }

    static func settled(_ requests: [(signal: Signal, payload: [UInt8])]) -> Settled {
        var settled = Settled()
        for request in requests { settled.take(request.payload, request.signal) }
        settled.finish()
        return settled
    }

    @Test(arguments: RunTruth.all)
    func `a run comes to what it came to, whoever tells it`(truth: RunTruth) throws {
        let settled = Self.settled(try Self.requests(truth.run))
        let calls = settled.counting.filter { $0["causeway.usage.rule"] != nil }.map { RunTruth.Answer($0) }
        #expect(calls.filter { $0.input + $0.output > 0 }.sorted() == truth.paid.sorted())
        func total(_ key: String) -> Int64 {
            settled.spans.reduce(0) { $0 + ($1.int("causeway.request.\(key)") ?? 0) }
        }
        #expect(total("tokens.input") == truth.told.reduce(0) { $0 + $1.input })
        #expect(total("tokens.output") == truth.told.reduce(0) { $0 + $1.output })
        #expect(total("model_calls") == Int64(truth.told.count))
        #expect(total("tool_calls") == truth.count(.tools))
        #expect(total("failures") == truth.count(.failures))
        #expect(total("retries") == truth.count(.retries))
        #expect(total("handoffs") == truth.count(.handoffs))
        #expect(settled.spans.compactMap { $0.text("causeway.outcome") }.sorted() == truth.outcomes)
        #expect(settled.table.isSettled)
    }

    @Test
    func
        `what Claude Code's log says of a request is on the request's span, and its tool's failure on the tool's`()
        throws
    {
        let settled = Self.settled(try Self.requests("claude-code/agent_tools"))
        let requests = settled.spans.filter { $0.name == "claude_code.llm_request" }
        #expect(requests.count == 3)
        #expect(
            requests.allSatisfy {
                $0["causeway.cost.total"] != nil && $0["gen_ai.output.messages"] != nil
            }
        )
        #expect(settled.table.counts.folded == 6)
        let root = settled.span("claude_code.interaction")
        #expect(root["causeway.cost.total"] != nil && root.int("causeway.request.model_calls") == 3)
        #expect(
            root.int("causeway.request.tool_calls") == 2 && root.text("causeway.outcome") == "partial"
        )
        let failed = settled.spans.filter { $0.name == "claude_code.tool" && $0.isError }
        #expect(failed.map { $0.text("causeway.failure.code") } == ["reported_error"])
    }

    @Test(arguments: [
        "otel-openai-v2/agent_tools", "otel-openai-v2-latest/agent_tools",
        "otel-botocore-bedrock/agent_tools",
    ])
    func `content that came in log records is on the spans, and every such record is folded`(
        run: String
    ) throws {
        let requests = try Self.requests(run)
        let settled = Self.settled(requests)
        #expect(
            settled.spans.allSatisfy {
                $0["gen_ai.input.messages"] != nil && $0["gen_ai.output.messages"] != nil
            }
        )
        let records = requests.filter { $0.signal == .logs }.reduce(0) {
            $0 + RequestView($1.payload, signal: .logs).itemCount
        }
        #expect(settled.table.counts.folded == records && records > 0)
    }

    // Bedrock's log records bear no time: their order is that of their arrival.
    @Test(arguments: RunTruth.all.filter { !$0.run.hasPrefix("otel-botocore") }, 0..<2)
    func `shuffled, one span a request or sent twice, a run settles to the same`(
        truth: RunTruth,
        seed: UInt64
    ) throws {
        let requests = try Self.requests(truth.run)
        let expected = Self.meaning(Self.settled(requests))
        var random = Shuffle(state: seed)
        var pieces = requests.flatMap { request in
            let view = RequestView(request.payload, signal: request.signal)
            return (0..<view.itemCount).map {
                (signal: request.signal, payload: view.payload(items: $0..<$0 + 1))
            }
        }
        pieces.shuffle(using: &random)
        if seed % 2 == 1 { pieces += pieces.prefix(pieces.count / 2) }
        #expect(Self.meaning(Self.settled(pieces)) == expected)
    }

    private static func meaning(_ settled: Settled) -> [String] {
        settled.spans.filter { $0["causeway.redelivered"] == nil }.map { span in
            let attributes = span.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            return "\(span.name) \(span.isError) \(attributes) \(span.events) \(span.links)"
        }.sorted()
    }

    private struct Shuffle: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let mixed = (state ^ state >> 33) &* 0xFF51_AFD7_ED55_8CCD
            return mixed ^ mixed >> 29
        }
    }
}

extension RunTruth.Answer {
    /// What a span tells of one.
    init(_ span: Settled.Span) {
        self.init(
            model: span.text("gen_ai.response.model") ?? span.text("gen_ai.request.model") ?? "",
            input: span.int("gen_ai.usage.input_tokens") ?? 0,
            cached: span.int("gen_ai.usage.cache_read.input_tokens") ?? 0,
            written: span.int("gen_ai.usage.cache_creation.input_tokens") ?? 0,
            output: span.int("gen_ai.usage.output_tokens") ?? 0,
            reasoning: span.int("gen_ai.usage.reasoning.output_tokens") ?? 0
        )
    }
}
