internal import ArgumentParser
internal import Causeway
internal import CausewayConsole

/// `causeway spool`: look into a data directory, and put it in order.
struct SpoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spool",
        abstract: "Look into a spool, also while a bridge runs; repair one that is stopped.",
        subcommands: [Status.self, List.self, Cat.self, Verify.self, Repair.self, Cursors.self]
    )

    struct Cat: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print what the log holds, oldest first: OTLP JSON lines, or trees of steps.",
            discussion: """
                Examples:
                  causeway spool cat --tree
                  causeway spool cat --data /var/lib/causeway --signal logs
                """
        )

        @OptionGroup var options: ConfigurationOptions

        @OptionGroup var keys: KeyOptions

        @Flag(help: "Print each trace as a tree of its steps.")
        var tree = false

        @Option(help: "One signal only: traces, metrics or logs.", completion: words(of: SignalName.self), transform: word)
        var signal: SignalName?

        func validate() throws {
            if tree, let signal, signal != .traces { throw ValidationError("--tree is for traces") }
        }

        func run() throws {
            let source = try SpoolSource(options.configuration().spool, keyFiles: keys.keyFile)
            if tree {
                var trees = TraceTrees()
                try storedTraces(source) { trees.add($0) }
                let hasColour = TraceTreeText.wantsColour(isTerminal: StandardStreams.outputIsTerminal, noColor: StandardStreams.noColor)
                let text = TraceTreeText(colour: hasColour)
                for (index, tree) in trees.trees.enumerated() {
                    try StandardStreams.output((index > 0 ? "\n" : "") + text.text(tree))
                }
                return
            }
            try readSpool(source, signal: signal) { (line) throws(CausewayError) in
                try StandardStreams.output(line)
            }
        }
    }
}
