internal import ArgumentParser
internal import Causeway

/// The `causeway` command.
@main
struct CausewayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "causeway",
        abstract: "An OpenTelemetry bridge for AI agents: durable before it answers, delivered when there is a road.",
        discussion: """
            Examples:
              causeway run                             receive on 127.0.0.1:4318
              causeway run --config causeway.yaml      with destinations
              causeway config example > causeway.yaml  begin a configuration
              causeway spool cat --tree                what came, as trees of steps
              causeway tools                           how tools have done
            """,
        version: CausewayVersion.line,
        subcommands: [
            RunCommand.self, ValidateCommand.self, ConfigCommand.self, CheckCommand.self, SendCommand.self, SpoolCommand.self,
            AuditCommand.self, MetricsCommand.self, ToolsCommand.self, PricingCommand.self, SchemaCommand.self, CompletionCommand.self,
        ]
    )

    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            leave(with: error)
        }
    }
}
