internal import CausewayModel

/// One thing that is wrong or unwise about a configuration: where, which key, what, and what to do.
public struct Finding: Equatable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Sendable {
        /// The bridge does not start with it.
        case error
        /// Legal, but probably not meant.
        case warning
        /// Worth knowing.
        case note
    }

    /// How bad it is.
    public var severity: Severity
    /// Where the value comes from.
    public var origin: Origin
    /// The key with dots between its parts; empty when it is about a whole source.
    public var key: String
    /// What is wrong.
    public var problem: String
    /// What to do about it.
    public var remedy: String

    /// `causeway.yaml:3: receivers.otlp.htp: unknown key; did you mean http?`
    public var description: String {
        let place = origin == .standard ? "" : "\(origin): "
        return LogText.harmless("\(place)\(key.isEmpty ? "" : key + ": ")\(problem); \(remedy)")
    }
}

/// Where the value of a key comes from.
public enum Origin: Hashable, Sendable, CustomStringConvertible {
    /// Nobody said anything.
    case standard
    /// A line of a file.
    case file(String, line: Int)
    /// An environment variable.
    case environment(String)
    /// A flag of the command.
    case flag(String)

    /// `default`, `causeway.yaml:3`, `environment CAUSEWAY_DATA`, `flag --data`.
    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let name, let line): "\(name):\(line)"
        case .environment(let name): "environment \(name)"
        case .flag(let name): "flag \(name)"
        }
    }
}

extension LoadedConfiguration {
    /// The findings for a program: a JSON array of objects with `severity`, `origin`, `key`, `problem` and `remedy`.
    public var findingsAsJSON: String {
        let list = findings.map { finding in
            JSONValue.members([
                ("severity", .string(finding.severity.rawValue)), ("origin", .string(finding.origin.description)),
                ("key", .string(finding.key)), ("problem", .string(finding.problem)), ("remedy", .string(finding.remedy)),
            ])
        }
        return JSONValue.array(list).text(isPretty: true) + "\n"
    }
}
