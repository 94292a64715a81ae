internal import CausewayPlatform
internal import Synchronization

/// A configuration with what is to be said about it: where its values come from, and what is wrong or unwise.
public struct LoadedConfiguration: Sendable {
    /// The effective values. Where one was wrong, its default.
    public var configuration: Configuration
    /// Everything found, errors first, each kind in the order of the sources.
    public var findings: [Finding]
    /// Files that could not be read at all; each has a finding too.
    package var unreadableFiles: [String]
    /// By key; what is missing is a default.
    package var origins: [String: Origin]
    /// The files that values were taken from by `${file:PATH}`, by path.
    var files: [String: FileMark] = [:]
    /// Large files that are read by whoever needs them, by path; nil for one that was not there.
    var stamps: [String: FileStamp?] = [:]

    /// Whether a bridge may run with it.
    public var isUsable: Bool { !findings.contains { $0.severity == .error } }
}

extension Configuration {
    /// What the command line says; wins over everything.
    package struct Flags: Sendable {
        package var data: String?
        package var logLevel: Log.Level?
        package var logFormat: Log.Format?

        package init(data: String? = nil, logLevel: Log.Level? = nil, logFormat: Log.Format? = nil) {
            self.data = data
            self.logLevel = logLevel
            self.logFormat = logFormat
        }
    }

    /// Flag over environment over files over defaults. Never fails: what is wrong is among the findings.
    ///
    /// Later files are laid over earlier ones: mappings are joined, lists and values replaced.
    package static func load(files: [String], flags: Flags, on machine: Machine = .real()) -> LoadedConfiguration {
        let used = Mutex<[String: FileMark]>([:])
        let substitution = Substitution(environment: machine.environment) { path in
            let result = machine.readFile(path)
            if case .success(let bytes) = result { used.withLock { $0[path] = FileMark(bytes) } }
            return result
        }
        var decoder = ConfigurationDecoder(substitution: substitution)

        var merged: ConfigurationNode?
        var unreadableFiles: [String] = []
        for file in files {
            switch machine.readFile(file) {
            case .failure(let mistake):
                unreadableFiles.append(file)
                decoder.findings.append(unreadable(file, mistake.reason))
            case .success(let bytes):
                switch YAMLReader.read(bytes, name: file) {
                case .success(let node): merged = merged?.merged(with: node) ?? node
                case .failure(let mistake): decoder.findings.append(mistake.finding)
                }
            }
        }
        if let merged { decoder.decode(merged) }

        if let directory = machine.environment["CAUSEWAY_DATA"], !directory.isEmpty {
            decoder.set("spool.directory", directory, from: .environment("CAUSEWAY_DATA"))
        }
        applyStandardVariables(machine.environment, to: &decoder)

        if let directory = flags.data { decoder.set("spool.directory", directory, from: .flag("--data")) }
        if let level = flags.logLevel { decoder.set("log.level", level.rawValue, from: .flag("--log-level")) }
        if let format = flags.logFormat { decoder.set("log.format", format.rawValue, from: .flag("--log-format")) }

        // Where a source is missing as a whole, what follows from its absence is no finding.
        let isWhole = !decoder.findings.contains { $0.key.isEmpty && $0.severity == .error }
        var check = ConfigurationCheck(decoder, machine)
        if isWhole { check.run() }
        return LoadedConfiguration(
            configuration: decoder.configuration,
            findings: (decoder.findings + check.findings).sortedBySeverity,
            unreadableFiles: unreadableFiles,
            origins: decoder.origins,
            files: used.withLock { $0 },
            stamps: Dictionary(
                uniqueKeysWithValues: [decoder.configuration.semantics.pricing.file].compactMap(\.self)
                    .map { ($0, try? machine.stampFile($0).get()) }
            )
        )
    }

    /// Reads files in the order in which they are laid over each other, and the environment.
    public static func load(files: [String]) -> LoadedConfiguration { load(files: files, flags: Flags()) }

    private static func unreadable(_ file: String, _ reason: String) -> Finding {
        Finding(
            severity: .error,
            origin: .flag("--config \(file)"),
            key: "",
            problem: "cannot be read (\(reason))",
            remedy: "check the path and its permissions"
        )
    }

    private static func applyStandardVariables(_ environment: [String: String], to decoder: inout ConfigurationDecoder) {
        let standard = OpenTelemetryEnvironment(environment)
        decoder.configuration.identity = standard.identity
        decoder.findings += standard.identityFindings
        if decoder.configuration.destinations.isEmpty && !decoder.origins.keys.contains(where: { $0.hasPrefix("destinations.") }) {
            decoder.configuration.destinations = standard.destinations
            decoder.origins.merge(standard.origins) { own, _ in own }
            decoder.findings += standard.destinationFindings
        } else {
            for variable in standard.endpointVariables {
                decoder.findings.append(
                    Finding(
                        severity: .note,
                        origin: .environment(variable),
                        key: "",
                        problem: "not used, because a file names destinations",
                        remedy: "nothing to do, if that is meant"
                    )
                )
            }
        }
    }
}

extension [Finding] {
    /// Errors, then warnings, then notes; otherwise as they were found.
    fileprivate var sortedBySeverity: [Finding] {
        filter { $0.severity == .error } + filter { $0.severity == .warning } + filter { $0.severity == .note }
    }
}
