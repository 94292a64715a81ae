internal import ArgumentParser
internal import Causeway

/// `causeway send`: OTLP files and agent events into a running bridge, or into the spool of a stopped one.
struct SendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Send agent events or OTLP files (.pb, .json, .jsonl) to a running bridge, or straight into a spool.",
        discussion: """
            What a file holds is told from its contents. A bridge that asks to wait is waited for, a few times.

            Examples:
              causeway send run.otlp.json
              causeway send agent-events.jsonl
              causeway send --to http://127.0.0.1:4318 traces.pb logs.jsonl
              causeway send --data ./causeway-data --signal traces - < traces.pb
            """
    )

    @Argument(help: "Files, or - for standard input.", completion: .file())
    var files: [String]

    @Option(
        help: "What the files hold, where they do not show it: traces, metrics or logs.",
        completion: words(of: SignalName.self),
        transform: word
    )
    var signal: SignalName?

    @Option(help: ArgumentHelp("The bridge's address.", valueName: "url"))
    var to: String?

    @Option(
        help: ArgumentHelp("The spool's directory, for a bridge that is stopped.", valueName: "dir"),
        completion: .directory
    )
    var data: String?

    @OptionGroup var keys: KeyOptions

    func validate() throws {
        if files.isEmpty { throw ValidationError("name a file, or - for standard input") }
        if data == nil && !keys.keyFile.isEmpty { throw ValidationError("--key-file goes with --data") }
        if to != nil && data != nil { throw ValidationError("--to and --data exclude each other") }
        if let to, EndpointURL(to) == nil { throw ValidationError("--to takes an address like http://127.0.0.1:4318") }
    }

    func run() throws {
        var hadRejections = false
        for file in files {
            let contents = try StandardStreams.contents(of: file)
            guard let base = EndpointURL(to ?? "http://127.0.0.1:4318") else { throw ExitStatus.wrongUsage }
            if signal == nil, let events = AgentEventFile(contents) {
                let report: (String) -> Void = { line in
                    hadRejections = true
                    complain(line)
                }
                if let data {
                    try sendIntoSpool(events, name: file, into: SpoolSource(directory: data, keyFiles: keys.keyFile), report: report)
                } else {
                    try Causeway.send(events, name: file, to: base, report: report)
                }
                continue
            }
            let requests = try OTLPFile(contents, name: file, signal: signal).requests
            if let data {
                try sendIntoSpool(requests, into: SpoolSource(directory: data, keyFiles: keys.keyFile)) { line in
                    hadRejections = true
                    complain("\(file): \(line)")
                }
                continue
            }
            try SendRun().send(requests, to: base) { line in
                hadRejections = true
                complain(line)
            }
        }
        if hadRejections { throw ExitStatus.foundWrong }
    }
}
