internal import ArgumentParser
internal import Causeway

// What tells about a data directory: `status`, `ls`, `verify`, `repair`, `cursors`.
extension SpoolCommand {
    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a spool holds, on one screen.",
            // All options in one line are too many for a terminal.
            usage: "causeway spool status [--live] [--json] [--data <dir>] [--key-file <file> ...]",
            discussion: """
                Examples:
                  causeway spool status
                  causeway spool status --data /var/lib/causeway --json
                  causeway spool status --live
                """
        )

        @OptionGroup var target: SpoolTarget

        @Flag(help: "Ask the running bridge what it knows at this moment; JSON.")
        var live = false

        func run() throws {
            try target.tell { source, asJSON throws(CausewayError) in
                try live ? SpoolReport.liveStatus(of: source.directory) : SpoolReport.status(of: source, asJSON: asJSON)
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ls",
            abstract: "List the segments: their sequences, frames, items and times.",
            discussion: """
                Examples:
                  causeway spool ls
                  causeway spool ls --data /var/lib/causeway --json
                """
        )

        @OptionGroup var target: SpoolTarget

        func run() throws { try target.tell(SpoolReport.segments) }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read all of a spool and check it; exit 1 if something in it is damaged.",
            discussion: """
                Checks every checksum, the order of sequences, every footer against the frames before it, and the cursors.

                Examples:
                  causeway spool verify
                  causeway spool verify --data /var/lib/causeway --json
                """
        )

        @OptionGroup var target: SpoolTarget

        func run() throws { try target.tell(SpoolReport.verify) }
    }

    struct Repair: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put the spool of a stopped bridge in order; exit 1 if something is left.",
            discussion: """
                Copies what is damaged to quarantine/damaged, puts what was lost on the ledger, and writes damaged segments again with
                every frame that is intact.

                Example:
                  causeway spool repair --data /var/lib/causeway
                """
        )

        @OptionGroup var target: SpoolTarget

        func run() throws { try target.tell(SpoolReport.repair) }
    }

    struct Cursors: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how far each destination has got, or forget one.",
            subcommands: [List.self, Remove.self],
            defaultSubcommand: List.self
        )

        struct List: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "ls",
                abstract: "Show how far each destination has got.",
                discussion: """
                    Examples:
                      causeway spool cursors
                      causeway spool cursors --data /var/lib/causeway --json
                    """
            )

            @OptionGroup var target: SpoolTarget

            func run() throws { try target.tell(SpoolReport.cursors) }
        }

        struct Remove: ParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "rm",
                abstract: "Forget how far a destination has got that is configured no more.",
                discussion: """
                    A destination of that name begins anew, where its `start` says. A running bridge does it itself; it refuses for a
                    destination that it delivers to.

                    Example:
                      causeway spool cursors rm backend --data /var/lib/causeway
                    """
            )

            @Argument(help: "The destination's name.")
            var name: String

            @OptionGroup var options: ConfigurationOptions

            func run() throws {
                try StandardStreams.output(SpoolReport.removeCursor(name, of: options.configuration().spool.directory).text)
            }
        }
    }
}

/// Which spool a command is about, and how it is to speak.
struct SpoolTarget: ParsableArguments {
    @OptionGroup var options: ConfigurationOptions

    @OptionGroup var keys: KeyOptions

    @Flag(help: "Print JSON on standard output.")
    var json = false

    /// Prints a report, and ends with 1 when it is not fine.
    func tell(_ report: (_ source: SpoolSource, _ asJSON: Bool) throws(CausewayError) -> SpoolReport) throws {
        let report = try report(SpoolSource(options.configuration().spool, keyFiles: keys.keyFile), json)
        try StandardStreams.output(report.text)
        if !report.isFine { throw ExitStatus.foundWrong }
    }
}
