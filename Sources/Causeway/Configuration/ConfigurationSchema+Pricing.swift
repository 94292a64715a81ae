/// The keys below `semantics.pricing`.
extension ConfigurationSchema {
    typealias OfOverride = ConfigurationEntry<Configuration.Semantics.Pricing.Override>
    typealias OfTool = ConfigurationEntry<Configuration.Semantics.Pricing.Tool>

    static let pricing: Top = .section(
        "pricing",
        "What models and tools cost: causeway.cost.* on spans.",
        [
            .value("enabled", \.semantics.pricing.isEnabled, .bool, .live, "false: nothing is priced; what sources report is kept."),
            .value(
                "file",
                optional: \.semantics.pricing.file,
                .path,
                .live,
                example: "model_prices_and_context_window.json",
                "Prices as LiteLLM or genai-prices publish them; read again when it changes."
            ),
            .value(
                "builtin",
                \.semantics.pricing.usesBuiltIn,
                .bool,
                .live,
                "Whether the built-in table is asked for what the file does not know."
            ),
            .items(
                "overrides",
                \.semantics.pricing.overrides,
                Configuration.Semantics.Pricing.Override(),
                override,
                example: "[{ model: our-deployment, as: gpt-4o }, { model: \"claude-*\", tenant: acme, discount: 15% }]",
                "Prices of one's own; the first that fits counts."
            ),
            .items(
                "tools",
                \.semantics.pricing.tools,
                Configuration.Semantics.Pricing.Tool(),
                tool,
                example: "[{ tool: web_search, per_call: 0.01 }]",
                "What calls of tools cost; the first that fits counts."
            ),
        ]
    )

    static let override: [OfOverride] = [
        .value("model", \.model, .name, .live, "The model's name; * stands for anything."),
        .value("provider", optional: \.provider, .name, .live, example: "openai", "Only of this provider, by the conventions' name."),
        .value("tenant", optional: \.tenant, .name, .live, example: "acme", "Only this tenant's."),
        .value("as", optional: \.standsFor, .name, .live, example: "gpt-4o", "The model that the name stands for, as a deployment does."),
        .value("discount", optional: \.discount, .percent, .live, example: "15%", "Taken off the table's price."),
        .value("input", optional: \.input, .price, .live, example: "2.5", "Dollars for a million tokens of input."),
        .value("output", optional: \.output, .price, .live, example: "10", "The same of output."),
        .value("cache_read", optional: \.cacheRead, .price, .live, example: "0.25", "Of input read from the cache; as input if not given."),
        .value("cache_write", optional: \.cacheWrite, .price, .live, example: "3", "Of input written to it; as input if not given."),
        .value(
            "cache_write_1h",
            optional: \.cacheWriteHour,
            .price,
            .live,
            example: "5",
            "The same for an hour; as cache_write if not given."
        ),
        .value("reasoning", optional: \.reasoning, .price, .live, example: "10", "Of reasoning; as output if not given."),
        .value("audio_input", optional: \.audioInput, .price, .live, example: "32", "Of audio in the input; as input if not given."),
        .value("audio_output", optional: \.audioOutput, .price, .live, example: "64", "Of audio in the output; as output if not given."),
        .value("image_input", optional: \.imageInput, .price, .live, example: "10", "Of images in the input; as input if not given."),
        .value("image_output", optional: \.imageOutput, .price, .live, example: "40", "Of images in the output; as output if not given."),
        .value("per_request", optional: \.perRequest, .price, .live, example: "0.002", "Dollars for each call."),
        .value("per_second", optional: \.perSecond, .price, .live, example: "0.0004", "Dollars for each second that a call takes."),
    ]

    static let tool: [OfTool] = [
        .value("tool", optional: \.tool, .name, .live, example: "web_search", "The tool's name; * stands for anything."),
        .value(
            "endpoint",
            optional: \.endpoint,
            .name,
            .live,
            example: "api.search.example",
            "The host or address that it asks; * stands for anything."
        ),
        .value("tenant", optional: \.tenant, .name, .live, example: "acme", "Only this tenant's."),
        .value("per_call", optional: \.perCall, .price, .live, example: "0.01", "Dollars for each call."),
    ]
}
