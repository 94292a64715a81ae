import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// What a span says about its cost: who says so, and what is not said.
struct CostTests {
    private func understood(
        _ attributes: [Attribute],
        _ book: PriceBook? = PriceFixture.litellm,
        tenant: String? = "",
        resource: [Attribute] = [],
        status: StatusRecord = StatusRecord()
    ) -> (item: [String: AttributeValue], result: Understood) {
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: 2)!,
            spanID: SpanID(3)!,
            parentSpanID: SpanID(4),
            name: "work",
            startNanoseconds: 1_700_000_000_000_000_000,
            endNanoseconds: 1_700_000_002_500_000_000
        )
        span.attributes = attributes
        span.status = status
        let record = TelemetryRecord(resource: resource, scope: ScopeRecord(name: "test"), items: .spans([span]))
        var options = Changes.options
        (options.prices, options.tenant) = (book, tenant)
        let result = understand(record.encoded(), signal: .traces, options: options)
        let item = Changes.items(result.payload, .traces)[0]
        #expect(Set(item.attributes.map(\.key)).count == item.attributes.count, "something is said twice")
        return (Dictionary(item.attributes.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }), result)
    }

    private let call: [Attribute] = [
        Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
        Attribute("gen_ai.request.model", "gpt-4o"),
    ]

    private func usage(_ input: AttributeValue, _ output: AttributeValue, _ more: [Attribute] = []) -> [Attribute] {
        call + [Attribute("gen_ai.usage.input_tokens", input), Attribute("gen_ai.usage.output_tokens", output)] + more
    }

    private func costs(_ item: [String: AttributeValue]) -> [String] { item.keys.filter { $0.hasPrefix("causeway.cost.") }.sorted() }

    @Test func `a priced call says what, by whom, by which rule and in which money`() {
        let (item, result) = understood(usage(1000, 200, [Attribute("gen_ai.usage.cache_read.input_tokens", 400)]))
        #expect(item["causeway.cost.total"] == 0.004)
        #expect(item["causeway.cost.input"] == 0.0015)
        #expect(item["causeway.cost.cache_read"] == 0.0005)
        #expect(item["causeway.cost.output"] == 0.002)
        #expect(item["causeway.cost.source"] == "table:litellm@2026-11-22")
        #expect(item["causeway.cost.rule"] == "request_model.exact:gpt-4o")
        #expect(item["causeway.cost.currency"] == "USD")
        #expect(item["causeway.cost.cache_write"] == nil && item["causeway.cost.reasoning"] == nil && item["causeway.cost.tool"] == nil)
        #expect(result.priced == 1 && result.unpriced.isEmpty)
    }

    @Test func `without prices nothing is said, and what is reported is kept`() {
        #expect(costs(understood(usage(1000, 200), nil).item) == [])
        #expect(understood(usage(1000, 200, [Attribute("gen_ai.usage.cost", 0.5)]), nil).item["causeway.cost.total"] == 0.5)
    }

    @Test func `what the source reports goes before any table`() {
        let (item, result) = understood(usage(1000, 200, [Attribute("gen_ai.usage.cost", 0.123)]))
        #expect(item["causeway.cost.total"] == 0.123)
        #expect(item["causeway.cost.source"] == "reported")
        #expect(item["causeway.cost.rule"] == "gen_ai.usage.cost")
        #expect(costs(item) == ["causeway.cost.currency", "causeway.cost.rule", "causeway.cost.source", "causeway.cost.total"])
        #expect(result.priced == 0 && result.unpriced.isEmpty)
    }

    @Test func `two reported parts are a total`() {
        let (item, _) = understood(
            usage(
                10,
                2,
                [Attribute("openinference.span.kind", "LLM"), Attribute("llm.cost.prompt", 0.25), Attribute("llm.cost.completion", 0.5)]
            )
        )
        #expect(item["causeway.cost.total"] == 0.75)
        #expect(item["causeway.cost.source"] == "reported")
    }

    @Test(arguments: [AttributeValue.double(0), .int(0), .double(-1), .string("0"), .double(.nan), .double(.infinity), .string("n/a")])
    func `a reported cost that is none leaves the table's`(reported: AttributeValue) {
        for key in ["gen_ai.usage.cost", "causeway.cost.total"] {
            let (item, _) = understood(usage(1000, 200, [Attribute(key, reported)]))
            #expect(item["causeway.cost.total"] == 0.0045, "\(key)")
            #expect(item["causeway.cost.source"] == "table:litellm@2026-11-22")
        }
    }

    @Test func `sums of what lies below are never priced, and marked if they are reported`() {
        for operation in ["invoke_agent", "invoke_workflow", "create_agent"] {
            let base = [Attribute("gen_ai.operation.name", .string(operation)), Attribute("gen_ai.request.model", "gpt-4o")]
            let counts = [Attribute("gen_ai.usage.input_tokens", 1000), Attribute("gen_ai.usage.output_tokens", 200)]
            #expect(costs(understood(base + counts).item) == [])
            let reported = understood(base + [Attribute("gen_ai.usage.cost", 0.5)]).item
            #expect(reported["causeway.cost.total"] == 0.5)
            #expect(reported["causeway.usage.rollup"] == true)
        }
    }

    static let impossible: [(AttributeValue, AttributeValue, [Attribute], String)] = [
        (-5, 10, [], "unreadable"), (10, -1, [], "unreadable"), (1.5, 10, [], "unreadable"), ("many", 10, [], "unreadable"),
        (.double(.nan), 10, [], "unreadable"), (.double(.infinity), 10, [], "unreadable"), (1_000_000_000_000, 10, [], "implausible"),
        (10, 1_000_000_000_000, [], "implausible"), (.int(.max), 10, [], "implausible"),
        (10, 10, [Attribute("gen_ai.usage.reasoning.output_tokens", 11), Attribute("gen_ai.usage.total_tokens", 20)], "fine"),
        (100, 10, [Attribute("gen_ai.usage.cache_read.input_tokens", -3)], "unreadable"),
        (100, 10, [Attribute("gen_ai.usage.audio.input_tokens", 101)], "audio+image>input"),
        (
            100, 10, [Attribute("gen_ai.usage.image.output_tokens", 6), Attribute("gen_ai.usage.audio.output_tokens", 5)],
            "audio+image>output"
        ),
        (
            100, 10,
            [Attribute("gen_ai.usage.cache_creation.input_tokens", 5), Attribute("causeway.usage.cache_write_1h.input_tokens", 6)],
            "cache_write_1h>cache_write"
        ),
    ]

    @Test(arguments: impossible)
    func `counts that cannot be are marked and have no price`(row: (AttributeValue, AttributeValue, [Attribute], String)) {
        let (item, result) = understood(usage(row.0, row.1, row.2))
        guard row.3 != "fine" else { return }
        #expect(item["causeway.usage.invalid"] == .string(row.3))
        #expect(costs(item) == [])
        #expect(result.unpriced == [UnpricedCall(provider: "openai", model: "gpt-4o", reason: .usage): 1])
        #expect(result.invalidUsage == 1)
        // Nothing is put in their place.
        #expect(item["gen_ai.usage.input_tokens"] == row.0 || item["gen_ai.usage.input_tokens"] != nil)
    }

    @Test func `numbers written as text or as whole doubles are counts`() {
        #expect(understood(usage("1000", 200.0)).item["causeway.cost.total"] == 0.0045)
    }

    @Test func `a call without counts is counted, unless it failed`() {
        #expect(understood(call).result.unpriced.map(\.key.reason) == [.counts])
        #expect(understood(call, status: StatusRecord(.error)).result.unpriced.isEmpty)
        #expect(costs(understood(usage(0, 0)).item) == [])
    }

    @Test func `an answer kept from an earlier call costs nothing`() {
        let cached = usage(1000, 200, [Attribute("lmnr.span.type", "CACHED"), Attribute("lmnr.span.path", "a")])
        #expect(costs(understood(cached).item) == [])
    }

    @Test func `a tool costs its fee, by name or by whom it asks`() throws {
        let book = PriceBook(
            tables: [],
            fees: [
                ToolFee(tool: "web_*", perCall: try Dollars("0.01")),
                ToolFee(endpoint: "*.maps.example", tenant: "acme", perCall: try Dollars("0.000000001")),
            ]
        )
        func tool(_ name: String, _ more: [Attribute] = [], tenant: String = "") -> [String: AttributeValue] {
            let attributes = [Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", .string(name))]
            return understood(attributes + more, book, tenant: tenant).item
        }
        let search = tool("web_search")
        #expect(search["causeway.cost.total"] == 0.01)
        #expect(search["causeway.cost.tool"] == 0.01)
        #expect(search["causeway.cost.source"] == "override")
        #expect(search["causeway.cost.rule"] == "tool:web_*")
        let maps = tool("route", [Attribute("server.address", "api.maps.example")], tenant: "acme")
        #expect(maps["causeway.cost.total"] == 1e-9)
        #expect(maps["causeway.cost.rule"] == "tool:*+endpoint:*.maps.example")
        #expect(costs(tool("route", [Attribute("server.address", "api.maps.example")])) == [])
        #expect(costs(tool("calculator")) == [])
    }

    @Test func `where each resource says whose it is, each has its own prices`() {
        let resource = [Attribute("tenant.id", "acme")]
        #expect(understood(usage(1000, 500), PriceFixture.overrides, tenant: nil, resource: resource).item["causeway.cost.total"] == 0.006)
        #expect(understood(usage(1000, 500), PriceFixture.overrides, tenant: "", resource: resource).item["causeway.cost.total"] == 0.0075)
        #expect(understood(usage(1000, 500), PriceFixture.overrides, tenant: nil).item["causeway.cost.total"] == 0.0075)
    }

    @Test func `what was found is remembered, and a name of another call is another name`() {
        for model in ["gpt-4o", "gpt-4o-mini", "gpt-4o", "nobody", "gpt-4o-mini"] {
            let attributes = usage(1000, 0).map { $0.key == "gen_ai.request.model" ? Attribute($0.key, .string(model)) : $0 }
            let expected: AttributeValue? = ["gpt-4o": 0.0025, "gpt-4o-mini": 0.00015][model]
            #expect(understood(attributes).item["causeway.cost.total"] == expected)
        }
    }

    @Test func `names that nobody has do no harm`() {
        for model in [
            "", " ", "\u{0}", "a\u{0}b", String(repeating: "x/", count: 5000), "arn:", "arn:aws:bedrock:::/", "@@@@", "ft::::", "[[]]", "💶",
        ] {
            let attributes = usage(10, 1).map { $0.key == "gen_ai.request.model" ? Attribute($0.key, .string(model)) : $0 }
            #expect(costs(understood(attributes).item) == [])
        }
    }

    @Test func `the built-in table prices the models that are asked for most`() {
        for (provider, model) in [
            ("openai", "gpt-4o"), ("openai", "gpt-4o-mini-2024-07-18"), ("openai", "gpt-5-mini-2025-08-07"),
            ("anthropic", "claude-sonnet-4-5-20250929"),
            ("anthropic", "claude-3-5-sonnet-20241022"), ("aws.bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
            ("aws.bedrock", "anthropic.claude-3-5-sonnet-20240620-v1:0"), ("gcp.gemini", "gemini-2.5-flash"),
            ("gcp.vertex_ai", "claude-sonnet-4@20250514"),
            ("azure.ai.openai", "gpt-4o-2024-08-06"), ("mistral_ai", "mistral-large-latest"), ("deepseek", "deepseek-chat"),
            ("openai", "text-embedding-3-small"), ("groq", "openai/gpt-oss-120b"), ("x_ai", "grok-4.20"),
            ("openai", "ft:gpt-4o-mini-2024-07-18:a:b:c"),
        ] {
            var question = ModelQuestion()
            (question.provider, question.requestModel) = (provider, model)
            #expect(PriceBook.builtIn.find(question) != nil, "\(provider) \(model)")
        }
        #expect(BuiltInPrices.table.modelCount > 100)
        #expect(BuiltInPrices.table.byteCount < 200_000)
    }
}
