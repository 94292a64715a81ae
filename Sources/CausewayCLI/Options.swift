internal import ArgumentParser
internal import Causeway

/// The options by which every command learns which configuration is meant.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A configuration file; may be repeated, later files are laid over earlier ones.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var config: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("The spool's directory, instead of $CAUSEWAY_DATA or ./causeway-data.", valueName: "dir"),
        completion: .directory
    )
    var data: String?

    @Option(
        name: .long,
        help: "The least severe log lines to write: trace, debug, info, warn or error.",
        completion: words(of: Configuration.Log.Level.self),
        transform: word
    )
    var logLevel: Configuration.Log.Level?

    @Option(
        name: .long,
        help: "The form of log lines: text or json.",
        completion: words(of: Configuration.Log.Format.self),
        transform: word
    )
    var logFormat: Configuration.Log.Format?

    var flags: Configuration.Flags { Configuration.Flags(data: data, logLevel: logLevel, logFormat: logFormat) }

    func load() -> LoadedConfiguration { Configuration.load(files: config, flags: flags) }

    /// What is in force; errors in it are thrown.
    func configuration() throws(CausewayError) -> Configuration {
        let loaded = load()
        if let refusal = loaded.refusal { throw refusal }
        return loaded.configuration
    }
}

/// The keys for an encrypted spool, beside those that the configuration names.
struct KeyOptions: ParsableArguments {
    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A file with a key of an encrypted spool; may be repeated.", valueName: "file"),
        completion: .file()
    )
    var keyFile: [String] = []
}

/// One of an enumeration's words, as an option's value.
func word<Words: RawRepresentable & CaseIterable>(_ text: String) throws -> Words where Words.RawValue == String {
    if let value = Words(rawValue: text) { return value }
    throw ValidationError("write one of: \(Words.allCases.map(\.rawValue).joined(separator: ", "))")
}

/// The same words for a shell to complete.
func words<Words: RawRepresentable & CaseIterable>(of type: Words.Type) -> CompletionKind where Words.RawValue == String {
    .list(Words.allCases.map(\.rawValue))
}
