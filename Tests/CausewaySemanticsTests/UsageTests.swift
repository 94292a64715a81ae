import CausewayModel
import Testing

/// What token counts of every way of counting become.
struct UsageTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var source: [(String, AttributeValue)]
        var input: Int64?
        var output: Int64?
        var rule: String?
        var invalid: String?

        var testDescription: String { source.map { "\($0.0)=\($0.1)" }.joined(separator: " ") }
    }

    private static let rows: [Row] = [
        // The conventions' way.
        Row(
            source: [("gen_ai.usage.input_tokens", 80), ("gen_ai.usage.output_tokens", 27)],
            input: 80,
            output: 27,
            rule: "inclusive.plain"
        ),
        Row(
            source: [
                ("gen_ai.provider.name", "openai"), ("gen_ai.usage.input_tokens", 80), ("gen_ai.usage.output_tokens", 27),
                ("gen_ai.usage.cache_read.input_tokens", 40),
            ],
            input: 80,
            output: 27,
            rule: "inclusive.dialect"
        ),
        // These keys came with the rule that what was cached is part of the input; those before them mean what the provider means.
        Row(
            source: [
                ("gen_ai.provider.name", "anthropic"), ("gen_ai.usage.input_tokens", 100), ("gen_ai.usage.output_tokens", 5),
                ("gen_ai.usage.cache_read.input_tokens", 60), ("gen_ai.usage.cache_write.input_tokens", 10),
            ],
            input: 100,
            output: 5,
            rule: "inclusive.dialect"
        ),
        Row(
            source: [
                ("gen_ai.provider.name", "anthropic"), ("gen_ai.usage.input_tokens", 100), ("gen_ai.usage.output_tokens", 5),
                ("gen_ai.usage.cache_read_input_tokens", 60),
            ],
            input: 160,
            output: 5,
            rule: "exclusive.provider"
        ),
        // More cached than input: it came beside it, whatever anybody says.
        Row(
            source: [
                ("gen_ai.provider.name", "anthropic"), ("gen_ai.usage.input_tokens", 10), ("gen_ai.usage.output_tokens", 5),
                ("gen_ai.usage.cache_read_input_tokens", 100), ("gen_ai.usage.cache_creation_input_tokens", 7),
            ],
            input: 117,
            output: 5,
            rule: "exclusive.overflow"
        ),
        // A total shows which.
        Row(
            source: [
                ("gen_ai.provider.name", "anthropic"), ("gen_ai.usage.input_tokens", 30), ("gen_ai.usage.output_tokens", 5),
                ("gen_ai.usage.cache_read_input_tokens", 15), ("gen_ai.usage.total_tokens", 35),
            ],
            input: 30,
            output: 5,
            rule: "inclusive.total"
        ),
        Row(
            source: [
                ("gen_ai.usage.input_tokens", 30), ("gen_ai.usage.output_tokens", 5), ("gen_ai.usage.cache_read_input_tokens", 15),
                ("gen_ai.usage.total_tokens", 50),
            ],
            input: 45,
            output: 5,
            rule: "exclusive.total"
        ),
        // OpenInference includes.
        Row(
            source: [
                ("openinference.span.kind", "LLM"), ("llm.token_count.prompt", 81), ("llm.token_count.completion", 36),
                ("llm.token_count.prompt_details.cache_read", 40), ("llm.token_count.total", 117),
            ],
            input: 81,
            output: 36,
            rule: "inclusive.dialect"
        ),
        // Langfuse's buckets hold nothing twice, unless its total says otherwise.
        Row(
            source: [
                ("langfuse.observation.type", "generation"),
                (
                    "langfuse.observation.usage_details",
                    #"{"input":60,"input_cached_tokens":40,"output":20,"output_reasoning_tokens":7,"total":127}"#
                ),
            ],
            input: 100,
            output: 27,
            rule: "exclusive.dialect+reasoning"
        ),
        Row(
            source: [
                ("langfuse.observation.type", "generation"),
                (
                    "langfuse.observation.usage_details",
                    #"{"prompt_tokens":81,"completion_tokens":36,"total_tokens":117,"prompt_tokens_details":{"cached_tokens":40}}"#
                ),
            ],
            input: 81,
            output: 36,
            rule: "inclusive.dialect"
        ),
        // Vercel up to version 5: as the provider counts; after that the whole.
        Row(
            source: [
                ("ai.operationId", "ai.generateText.doGenerate"), ("ai.model.provider", "anthropic.messages"),
                ("ai.usage.inputTokens", 120),
                ("ai.usage.outputTokens", 9), ("ai.usage.cachedInputTokens", 100),
            ],
            input: 220,
            output: 9,
            rule: "exclusive.provider"
        ),
        Row(
            source: [
                ("ai.operationId", "ai.generateText.doGenerate"), ("ai.model.provider", "anthropic.messages"),
                ("ai.usage.inputTokens", 220),
                ("ai.usage.outputTokens", 9), ("ai.usage.inputTokenDetails.cacheReadTokens", 100),
                ("ai.usage.inputTokenDetails.noCacheTokens", 120),
            ],
            input: 220,
            output: 9,
            rule: "inclusive.dialect"
        ),
        // MLflow includes, whatever the names look like.
        Row(
            source: [
                ("mlflow.spanType", "\"LLM\""),
                ("mlflow.chat.tokenUsage", #"{"input_tokens":50,"output_tokens":5,"total_tokens":55,"cache_read_input_tokens":20}"#),
            ],
            input: 50,
            output: 5,
            rule: "inclusive.dialect"
        ),
        // Reasoning beside the output.
        Row(
            source: [
                ("gen_ai.usage.input_tokens", 10), ("gen_ai.usage.output_tokens", 5), ("gen_ai.usage.reasoning_tokens", 20),
                ("gen_ai.usage.total_tokens", 35),
            ],
            input: 10,
            output: 25,
            rule: "inclusive.plain+reasoning"
        ),
        // Numbers as text, and doubles that are whole.
        Row(
            source: [("gen_ai.usage.input_tokens", "12"), ("gen_ai.usage.output_tokens", 3.0)],
            input: 12,
            output: 3,
            rule: "inclusive.plain"
        ),
        // Nothing where a count belongs is nothing said.
        Row(
            source: [("gen_ai.usage.input_tokens", ""), ("gen_ai.usage.output_tokens", 3), ("gen_ai.usage.total_tokens", .empty)],
            input: nil,
            output: 3,
            rule: "inclusive.plain"
        ),
        // What cannot be a count is none.
        Row(source: [("gen_ai.operation.name", "chat"), ("gen_ai.usage.input_tokens", -5)], input: -5, output: nil, rule: nil),
    ]

    @Test(arguments: rows)
    func `counts come to mean one thing, and say by which rule`(row: Row) {
        let item = UnderstoodItem(row.source.map { Attribute($0.0, $0.1) })
        #expect(item.int("gen_ai.usage.input_tokens") == row.input)
        #expect(item.int("gen_ai.usage.output_tokens") == row.output)
        #expect(item.text("causeway.usage.rule") == row.rule)
    }

    @Test func `usage on whoever asked is a sum of what lies below`() {
        let usage = [Attribute("gen_ai.usage.input_tokens", 80), Attribute("gen_ai.usage.output_tokens", 27)]
        #expect(UnderstoodItem(usage + [Attribute("gen_ai.operation.name", "invoke_agent")])["causeway.usage.rollup"] == true)
        #expect(UnderstoodItem(usage + [Attribute("gen_ai.operation.name", "chat")])["causeway.usage.rollup"] == nil)
        #expect(UnderstoodItem(usage + [Attribute("gen_ai.operation.name", "embeddings")])["causeway.usage.rollup"] == nil)
    }

    @Test func `a total goes when it is the sum, and stays when it is not`() {
        let usage = [Attribute("gen_ai.usage.input_tokens", 80), Attribute("gen_ai.usage.output_tokens", 27)]
        #expect(UnderstoodItem(usage + [Attribute("gen_ai.usage.total_tokens", 107)])["gen_ai.usage.total_tokens"] == nil)
        #expect(UnderstoodItem(usage + [Attribute("gen_ai.usage.total_tokens", 110)])["gen_ai.usage.total_tokens"] == 110)
    }

    @Test func `counts too large to be true change nothing and break nothing`() {
        let item = UnderstoodItem([
            Attribute("gen_ai.usage.input_tokens", .int(.max)), Attribute("gen_ai.usage.cache_read.input_tokens", .int(.max)),
            Attribute("gen_ai.usage.output_tokens", .int(.max)),
        ])
        #expect(item.int("gen_ai.usage.input_tokens") == .max)
    }
}
