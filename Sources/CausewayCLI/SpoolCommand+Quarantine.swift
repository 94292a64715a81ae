internal import ArgumentParser
internal import Causeway

// What destinations did not take: shown, sent again, dropped.
extension SpoolCommand {
    struct Quarantine: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what destinations refused, send it again, or drop it.",
            subcommands: [List.self, Show.self, Retry.self, Drop.self],
            defaultSubcommand: List.self
        )

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "ls",
                abstract: "List what is set aside, and why.",
                discussion: """
                    Examples:
                      causeway spool quarantine ls
                      causeway spool quarantine ls --destination backend --json
                    """
            )

            @Option(help: "One destination only.")
            var destination: String?

            @OptionGroup var target: SpoolTarget

            func run() throws {
                let name = destination
                try target.tell { (directory, json) throws(CausewayError) in
                    try SpoolReport.quarantine(of: directory, destination: name, asJSON: json)
                }
            }
        }

        struct Show: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Show one thing that is set aside: the telemetry, and what the destination said to it.",
                discussion: """
                    Example:
                      causeway spool quarantine show 7
                    """
            )

            @Argument(help: "Its number.")
            var number: UInt64

            @OptionGroup var target: SpoolTarget

            func run() throws {
                let number = number
                try target.tell { (directory, json) throws(CausewayError) in
                    try SpoolReport.quarantined(number, of: directory, asJSON: json)
                }
            }
        }

        struct Retry: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Send what is set aside again. Exit 1 if something stays.",
                discussion: """
                    Each goes in a request of its own, as its destination is configured now: in the running bridge or, when there is none, in
                    the file that is named here. What is taken is delivered; the rest stays.

                    Examples:
                      causeway spool quarantine retry --all --config causeway.yaml
                      causeway spool quarantine retry 7 8 --config causeway.yaml
                    """
            )

            @OptionGroup var choice: QuarantineChoice
            @OptionGroup var target: SpoolTarget

            func run() throws {
                let report = try SpoolReport.retry(choice.selection, target.options.configuration(), asJSON: target.json)
                try StandardStreams.output(report.text)
                if !report.isFine { throw ExitStatus.foundWrong }
            }
        }

        struct Drop: ParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Give up what is set aside, on the ledger.",
                discussion: """
                    Examples:
                      causeway spool quarantine drop 7
                      causeway spool quarantine drop --all --destination backend
                    """
            )

            @OptionGroup var choice: QuarantineChoice
            @OptionGroup var target: SpoolTarget

            func run() throws {
                let selection = choice.selection
                try target.tell { (directory, json) throws(CausewayError) in
                    try SpoolReport.drop(selection, of: directory, asJSON: json)
                }
            }
        }
    }
}

/// Which of what is set aside is meant.
struct QuarantineChoice: ParsableArguments {
    @Argument(help: "Numbers, as ls shows them.")
    var numbers: [UInt64] = []

    @Flag(help: "All of it.")
    var all = false

    @Option(help: "One destination only; with --all.")
    var destination: String?

    func validate() throws {
        if all != numbers.isEmpty { throw ValidationError("name numbers, or --all") }
        if destination != nil && !all { throw ValidationError("--destination goes with --all") }
    }

    var selection: QuarantineSelection { QuarantineSelection(ids: numbers, destination: destination) }
}
