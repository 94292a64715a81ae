internal import ArgumentParser
internal import Causeway

/// `causeway pricing`: where prices come from.
struct PricingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pricing",
        abstract: "Explain a price, check a file of prices, list models without a price.",
        subcommands: [Explain.self, Check.self, UnpricedModels.self]
    )

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell how the price of a call comes about; exit 1 if it has none.",
            // All options in one line are too many for a terminal.
            usage: "causeway pricing explain --model <model> --usage <usage> [--provider <provider>] [<options>]",
            discussion: """
                Examples:
                  causeway pricing explain --model gpt-4o --provider openai --usage input=1000,cache_read=400,output=200
                  causeway pricing explain --model claude-sonnet-4-5 --provider anthropic \\
                    --usage '{"input_tokens": 15, "cache_creation_input_tokens": 15, "output_tokens": 4}'
                """
        )

        @OptionGroup var options: ConfigurationOptions

        @Option(help: "The model that was asked for.")
        var model: String

        @Option(help: ArgumentHelp("What was used: a JSON object as providers write it, or input=1000,output=200.", valueName: "usage"))
        var usage: String

        @Option(help: "Who runs the model, such as openai or aws.bedrock.")
        var provider = ""

        @Option(help: ArgumentHelp("The model that answered.", valueName: "model"))
        var responseModel: String?

        @Option(help: "The service tier: batch, flex, priority, fast.")
        var tier: String?

        @Option(help: "The host that answered.")
        var host: String?

        @Option(help: "Where it was answered, such as eu or us-east-1.")
        var region: String?

        @Option(help: ArgumentHelp("When it was asked, such as 2026-11-22T12:00:00Z; now if not given.", valueName: "time"))
        var at: String?

        @Option(help: "How long the call took.")
        var seconds: String?

        @Option(help: "Whose call it was.")
        var tenant: String?

        @Option(help: ArgumentHelp("A file of prices instead of the configured one.", valueName: "file"), completion: .file())
        var prices: String?

        @Flag(help: "Print it as JSON.")
        var json = false

        func run() throws {
            var question = PriceExplanation.Question()
            (question.model, question.responseModel, question.provider, question.usage) = (model, responseModel, provider, usage)
            (question.tier, question.host, question.region, question.time) = (tier, host, region, at)
            (question.seconds, question.tenant, question.file) = (seconds, tenant, prices)
            let explanation = try PriceExplanation(question, options.configuration())
            try StandardStreams.output(json ? explanation.jsonText : explanation.text)
            if !explanation.isPriced { throw ExitStatus.foundWrong }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a file of prices; exit 1 if some of it, or all, cannot be used.",
            discussion: """
                Takes LiteLLM's model_prices_and_context_window.json and genai-prices' data.json.

                Examples:
                  causeway pricing check model_prices_and_context_window.json
                """
        )

        @Argument(help: "The file.", completion: .file(extensions: ["json"]))
        var file: String

        func run() throws {
            let report = try PriceFileReport(file)
            try StandardStreams.output(report.text)
            if !report.isFine { throw ExitStatus.foundWrong }
        }
    }

    struct UnpricedModels: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unpriced",
            abstract: "List the models in the log whose calls have no price; exit 1 if there are any.",
            discussion: """
                `now` says whether the prices that are configured have one: calls are priced when they come, not afterwards.

                Examples:
                  causeway pricing unpriced --data /var/lib/causeway
                """
        )

        @OptionGroup var options: ConfigurationOptions

        @OptionGroup var keys: KeyOptions

        @Flag(help: "Print it as JSON.")
        var json = false

        func run() throws {
            let configuration = try options.configuration()
            let report = try UnpricedReport(SpoolSource(configuration.spool, keyFiles: keys.keyFile), configuration)
            try StandardStreams.output(json ? report.json : report.text)
            if !report.isFine { throw ExitStatus.foundWrong }
        }
    }
}
