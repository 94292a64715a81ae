internal import ArgumentParser
internal import Causeway

/// `causeway run`: the sidecar, in the foreground.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the bridge in the foreground.",
        discussion: """
            SIGTERM or SIGINT: deliver what is there for shutdown.timeout, keep the rest, exit 0; a second one exits at once.
            SIGHUP: read the configuration again; a wrong one is refused and the old one stays.

            Examples:
              causeway run
              causeway run --config base.yaml --config site.yaml
              OTEL_EXPORTER_OTLP_ENDPOINT=https://otel.example.com causeway run --data /var/lib/causeway
            """
    )

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        try ForegroundRun(files: options.config, flags: options.flags).run(start: startBridge)
    }
}
