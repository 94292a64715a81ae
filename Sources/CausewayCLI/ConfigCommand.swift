internal import ArgumentParser
internal import Causeway

/// `causeway config`: the configuration in force, an example of one, and its schema.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the configuration: in force, as an example, as a schema.",
        subcommands: [Print.self, Example.self, Schema.self]
    )

    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the effective configuration with the origin of each value; secrets are masked.",
            discussion: """
                Example:
                  causeway config print --config causeway.yaml
                """
        )

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let loaded = options.load()
            if let refusal = loaded.refusal { throw refusal }
            try StandardStreams.output(loaded.printed)
        }
    }

    struct Example: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a commented configuration with every key.",
            discussion: """
                Example:
                  causeway config example > causeway.yaml
                """
        )

        func run() throws { try StandardStreams.output(Configuration.example) }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the JSON Schema of configuration files, for editors.",
            discussion: """
                Example:
                  causeway config schema > causeway.schema.json
                """
        )

        func run() throws { try StandardStreams.output(Configuration.jsonSchema) }
    }
}
