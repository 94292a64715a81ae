internal import ArgumentParser
internal import Causeway

/// `causeway metrics`: how tools, models, agents and steps have done, from the log alone.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Show calls, failures, percentiles, shares and cost of tools, models, agents or steps.",
        // All options in one line are too many for a terminal.
        usage: "causeway metrics [--by <subject>] [--since <duration>] [--tenant <name>] [--json] [--data <dir>] [--key-file <file> ...]",
        discussion: """
            Reads the metrics that a bridge has derived into its log; a running bridge is not disturbed. No backend is needed.

            Examples:
              causeway metrics --by model --since 24h
              causeway metrics --by agent --data /var/lib/causeway --json
            """
    )

    @OptionGroup var target: SpoolTarget

    @OptionGroup var range: MetricsRange

    @Option(
        help: "What the lines are about: tool, model, agent or step.",
        completion: words(of: MetricsReport.Subject.self),
        transform: word
    )
    var by: MetricsReport.Subject = .tool

    func run() throws { try range.tell(by, target) }
}

/// `causeway tools`: the same about tools.
struct ToolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tools",
        abstract: "Show how tools have done: calls, failures, retries, percentiles, their share of time and cost.",
        usage: "causeway tools [--since <duration>] [--tenant <name>] [--json] [--data <dir>] [--key-file <file> ...]",
        discussion: """
            Examples:
              causeway tools
              causeway tools --since 1h --json
            """
    )

    @OptionGroup var target: SpoolTarget

    @OptionGroup var range: MetricsRange

    func run() throws { try range.tell(.tool, target) }
}

/// Which part of what was measured is meant.
struct MetricsRange: ParsableArguments {
    @Option(help: ArgumentHelp("Only what was measured in the last so long, like 1h or 7d.", valueName: "duration"))
    var since: String?

    @Option(help: ArgumentHelp("Only this tenant; \"\" is the default one.", valueName: "name"))
    var tenant: String?

    func validate() throws {
        if let since, duration(since) == nil { throw ValidationError("--since takes a duration, like 15m, 24h or 7d") }
    }

    func tell(_ subject: MetricsReport.Subject, _ target: SpoolTarget) throws {
        let length = since.flatMap { duration($0) }
        try target.tell { source, asJSON throws(CausewayError) in
            try MetricsReport.report(by: subject, of: source, since: length, tenant: tenant, asJSON: asJSON)
        }
    }

    private func duration(_ text: String) -> Duration? { MetricsReport.duration(text) }
}
