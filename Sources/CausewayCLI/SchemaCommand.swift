internal import ArgumentParser
internal import Causeway

/// `causeway schema`: what a line of agent events may say.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema (2020-12) of agent events.",
        discussion: """
            Every line that is valid under it is taken, but for times that are ahead and spans that are not open; see docs/agent-events.md.

            Examples:
              causeway schema > agent-event.schema.json
            """
    )

    func run() throws { try StandardStreams.output(agentEventSchema()) }
}
