internal import ArgumentParser
internal import Causeway

/// `causeway validate`: every mistake of a configuration at once.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a configuration; exit 1 if the bridge would not start with it.",
        discussion: """
            Tells every mistake with its line and key, and warns of what is legal but probably not meant.

            Examples:
              causeway validate --config causeway.yaml
              causeway validate --config causeway.yaml --json
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Print the findings as JSON on standard output.")
    var json = false

    func run() throws {
        let loaded = options.load()
        if json {
            try StandardStreams.output(loaded.findingsAsJSON)
        } else {
            for finding in loaded.findings { StandardStreams.error("\(finding.severity.rawValue): \(finding)\n") }
            if loaded.isUsable { try StandardStreams.output("the configuration is fine\n") }
        }
        if !loaded.isUsable { throw loaded.unreadableFiles.isEmpty ? ExitStatus.foundWrong : ExitStatus.couldNot }
    }
}
