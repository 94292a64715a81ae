import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// The captured runs were of a scripted provider, so what they cost is known: here every way to tell it comes to the same sum.
struct CorpusTruthTests {
    struct Truth: Sendable, CustomTestStringConvertible {
        var file: String
        var calls: Int
        var input: Int64
        var output: Int64
        var cached: Int64

        var testDescription: String { file }
    }

    /// Three calls: 79 + 80 + 81 in, 53 + 27 + 36 out, 0 + 40 + 40 of the input cached, where the source tells that.
    static let runs =
        [
            "otel-openai-v2": 0, "otel-openai-v2-latest": 0, "otel-genai-openai": 80, "openinference-openai": 80,
            "openinference-langchain": 80,
            "openllmetry-openai": 80, "openllmetry-openai-0.40": 80, "openllmetry-langchain": 80, "langfuse-openai": 80,
            "langfuse-langchain": 80,
            "langfuse-3-openai": 80, "pydantic-ai-1-v1": 0, "pydantic-ai-1-v3": 0, "pydantic-ai-v2": 80, "pydantic-ai-v5": 80,
            "pydantic-ai-v6": 80,
            "langsmith-otel": 80, "strands-agents": 80, "strands-agents-latest": 80, "ag2": 80, "azure-ai-inference": 0, "litellm-otel": 80,
            "otel-openai-agents-v2": 0,
        ].map { Truth(file: "\($0)/agent_tools.otlp.pb", calls: 3, input: 240, output: 116, cached: Int64($1)) }.sorted {
            $0.file < $1.file
        }
        // Bedrock rounded down what it did not find in its cache.
        + [Truth(file: "otel-botocore-bedrock/agent_tools.otlp.pb", calls: 3, input: 239, output: 116, cached: 80)]

    @Test(arguments: runs)
    func `the calls of a run cost what they cost, whoever tells it`(truth: Truth) throws {
        let capture = try #require(Capture.all.first { $0.path == truth.file })
        let counted = try Self.items(capture).filter {
            $0["causeway.usage.rule"] != nil && $0["causeway.usage.rollup"] == nil
        }
        #expect(counted.count == truth.calls)
        func sum(_ key: String) -> Int64 {
            counted.reduce(0) { sum, item in if case .int(let count)? = item[key] { sum + count } else { sum } }
        }
        #expect(sum("gen_ai.usage.input_tokens") == truth.input)
        #expect(sum("gen_ai.usage.output_tokens") == truth.output)
        #expect(sum("gen_ai.usage.cache_read.input_tokens") == truth.cached)
    }

    /// What the scripted answers cost by the list: dollars for a million tokens of input, of cached input, of output. Those who report a
    /// cost themselves saw what was cached, also where they do not tell it.
    static func nano(_ truth: Truth, isReported: Bool) -> Int64 {
        let (input, cached, output): (Int64, Int64, Int64) =
            switch truth.file.split(separator: "/")[0] {
            case "otel-openai-agents-v2": (400, 100, 1600)
            case "otel-botocore-bedrock": (3000, 300, 15000)
            default: (150, 75, 600)
            }
        let read = isReported ? 80 : truth.cached
        // Thousandths of a dollar for a million tokens are nano-dollars for one.
        return (truth.input - read) * input + read * cached + truth.output * output
    }

    /// Their instrumentations know prices of their own.
    static let reporting: Set<String> = [
        "litellm-otel", "pydantic-ai-1-v1", "pydantic-ai-1-v3", "pydantic-ai-v2", "pydantic-ai-v5", "pydantic-ai-v6",
    ]

    @Test(arguments: runs)
    func `a run costs what the provider's scripted answers cost, whoever tells it`(truth: Truth) throws {
        let capture = try #require(Capture.all.first { $0.path == truth.file })
        let isReported = Self.reporting.contains(String(truth.file.split(separator: "/")[0]))
        let source = isReported ? "reported" : "table:builtin@\(BuiltInPrices.date)"
        let items = try Self.items(capture, options: Changes.priced)
        let costs = items.compactMap { item -> Double? in
            guard item["causeway.usage.rollup"] == nil, case .double(let amount)? = item["causeway.cost.total"] else { return nil }
            #expect(item["causeway.cost.source"] == .string(source))
            return amount
        }
        #expect(costs.count == truth.calls)
        #expect(costs.reduce(0) { $0 + Int64(($1 * 1e9).rounded()) } == Self.nano(truth, isReported: isReported))
    }

    /// Those whose dialects are understood as a whole; of the others the conventions' own keys are.
    private static let whole = Set(dialects.map { $0.name })

    @Test(arguments: Capture.all.filter { $0.signal == .traces })
    func `every call has operation, provider and model, every tool a name, every failure a code`(capture: Capture) throws {
        for item in try Self.items(capture) where item["causeway.source.dialect"] != nil {
            let type = item["causeway.step.type"]
            if item["causeway.usage.rule"] != nil, item["causeway.usage.rollup"] == nil {
                #expect(item["gen_ai.operation.name"] != nil, "\(item)")
                #expect(
                    item["gen_ai.request.model"] != nil || item["gen_ai.response.model"] != nil,
                    "\(item)"
                )
                let providers: [AttributeValue] = [
                    "openai", "anthropic", "aws.bedrock", "azure.ai.inference", "gcp.gemini", "gcp.gen_ai",
                ]
                #expect(item["gen_ai.provider.name"].map { providers.contains($0) } == true, "\(item)")
            }
            if type == "tool_call" { #expect(item["gen_ai.tool.name"] != nil, "\(item)") }
            if item["(status)"] == "error" { #expect(item["causeway.failure.code"] != nil, "\(item)") }
        }
    }

    private static func items(
        _ capture: Capture,
        options: UnderstandingOptions = Changes.options
    ) throws -> [[String: AttributeValue]] {
        let payload = understand(try capture.payload, signal: capture.signal, options: options).payload
        return RequestView(payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(payload) }.flatMap { $0.spans(payload) }.map
        {
            var item = Dictionary($0.attributes.copied(payload).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            item["(name)"] = .string(payload.text($0.name))
            if $0.statusCode == 2 { item["(status)"] = "error" }
            return item
        }
    }
}
