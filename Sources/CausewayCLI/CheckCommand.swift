internal import ArgumentParser
internal import Causeway

/// `causeway check`: does each destination take telemetry?
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Send one test item to each destination and say what came back; exit 0 if all took it.",
        discussion: """
            The item says of itself that it is a test (causeway.check). It is sent straight to the destination, with its headers, compression,
            certificates and proxy; no spool is touched. Exit 1 when a destination answers and does not take it, 3 when one cannot be
            reached at all.

            Examples:
              causeway check --config causeway.yaml
              causeway check backend --every-signal --config causeway.yaml --json
            """
    )

    @Argument(help: "Names of destinations; all of them without.")
    var names: [String] = []

    @Flag(help: "One item of every signal that the destination gets, not only of the first.")
    var everySignal = false

    @Flag(help: "Print JSON on standard output.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let check = try DestinationCheck(options.configuration(), names: names, everySignal: everySignal)
        try StandardStreams.output(json ? check.json : check.text)
        switch check.outcome {
        case .fine: break
        case .wrong: throw ExitStatus.foundWrong
        case .unreached: throw ExitStatus.couldNot
        }
    }
}
