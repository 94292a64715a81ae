internal import CausewayModel

/// What the standard OpenTelemetry variables say: a destination each for the signals that share their settings, and an identity.
///
/// A variable for one signal wins over the general one. Where all signals agree on headers, compression, time-out and
/// certificates there is one destination, `otlp`; a signal with variables of its own for these gets its own, `otlp_traces` and so on.
struct OpenTelemetryEnvironment {
    private let variables: [String: String]
    private(set) var destinations: [Configuration.Destination] = []
    private(set) var identity = Configuration.Identity()
    /// Where each value comes from, by its key.
    private(set) var origins: [String: Origin] = [:]
    private(set) var identityFindings: [Finding] = []
    /// These matter only where the destinations are used.
    private(set) var destinationFindings: [Finding] = []

    init(_ variables: [String: String]) {
        // An empty variable is one that is not set (OpenTelemetry specification, environment variables).
        self.variables = variables.filter { $0.key.hasPrefix("OTEL_") && !$0.value.isEmpty }
        readIdentity()
        readDestinations()
    }

    /// The variables that name an endpoint, for telling that they are not used.
    var endpointVariables: [String] {
        (["OTEL_EXPORTER_OTLP_ENDPOINT"] + Signal.allCases.map { Self.name("ENDPOINT", $0) }).filter { variables[$0] != nil }
    }

    private mutating func readIdentity() {
        if let pairs = variables["OTEL_RESOURCE_ATTRIBUTES"] {
            let origin = Origin.environment("OTEL_RESOURCE_ATTRIBUTES")
            switch Self.pairs(pairs) {
            case .success(let pairs):
                for (key, value) in pairs where key == "service.name" { (identity.serviceName, origins["service.name"]) = (value, origin) }
                identity.attributes = pairs.filter { $0.key != "service.name" }.map { .init(key: $0.key, value: $0.value) }
            case .failure(let mistake):
                let told = ValueMistake(mistake.problem, mistake.remedy + "; none of it is used")
                identityFindings.append(Self.finding(.warning, origin, told))
            }
        }
        if let name = variables["OTEL_SERVICE_NAME"] {
            identity.serviceName = name
            origins["service.name"] = .environment("OTEL_SERVICE_NAME")
        }
        if let disabled = variables["OTEL_SDK_DISABLED"] {
            identity.sendsOwnTelemetry = disabled.lowercased() != "true"
            if !["true", "false"].contains(disabled.lowercased()) {
                let told = ValueMistake("neither true nor false", "write one of them; it counts as false")
                identityFindings.append(Self.finding(.warning, .environment("OTEL_SDK_DISABLED"), told))
            }
        }
    }

    private mutating func readDestinations() {
        guard identity.sendsOwnTelemetry else {
            for variable in endpointVariables {
                let problem = "not used, because OTEL_SDK_DISABLED is true"
                report(.warning, .environment(variable), ValueMistake(problem, "unset one of the two, or name destinations in a file"))
            }
            return
        }
        for signal in Signal.allCases {
            guard let (url, origin) = endpoint(for: signal), checkProtocol(of: signal) else { continue }
            let (settings, settingsOrigins) = settings(for: signal)
            let isOwn = settingsOrigins.values.contains {
                if case .environment(let name) = $0 { Self.isOwn(name, of: signal) } else { false }
            }
            let name = isOwn ? "otlp_\(signal.name)" : "otlp"
            let index = destinations.firstIndex { $0.name == name } ?? destinations.count
            if index == destinations.count {
                var destination = settings
                destination.name = name
                destinations.append(destination)
                origins["destinations.\(name)"] = origin
                for (key, origin) in settingsOrigins { origins["destinations.\(name).\(key)"] = origin }
            }
            destinations[index].endpoints[signal] = url
            origins["destinations.\(name).endpoints.\(signal.name)"] = origin
        }
        destinations.sort { $0.name < $1.name }
    }

    /// The general endpoint is a base; one signal's own is used exactly as it is given.
    private mutating func endpoint(for signal: Signal) -> (EndpointURL, Origin)? {
        guard let (text, variable) = setting("ENDPOINT", signal) else { return nil }
        do throws(ValueMistake) {
            let url = try ValueForm<EndpointURL>.url.read(.init(text: text, isQuoted: true))
            if Self.isOwn(variable, of: signal) { return (url, .environment(variable)) }
            if url.signal != nil {
                let remedy = "leave the path out, or use \(Self.name("ENDPOINT", signal))"
                report(
                    .warning,
                    .environment(variable),
                    ValueMistake("is a base to which /v1/\(signal.name) is appended once more", remedy)
                )
            }
            return (url.appending(signal.path), .environment(variable))
        } catch {
            report(.error, .environment(variable), error)
            return nil
        }
    }

    private mutating func checkProtocol(of signal: Signal) -> Bool {
        guard let (text, variable) = setting("PROTOCOL", signal) else { return true }
        switch text {
        case "http/protobuf": break
        case "http/json":
            report(
                .warning,
                .environment(variable),
                ValueMistake("http/json is not sent", "nothing: every such endpoint takes http/protobuf")
            )
        case "grpc":
            let remedy = "set it to http/protobuf and the endpoint to the backend's OTLP/HTTP port (4318)"
            report(.error, .environment(variable), ValueMistake("grpc is not sent", remedy))
            return false
        default:
            report(.error, .environment(variable), ValueMistake("\(shown(text)) is not a protocol", "set it to http/protobuf"))
            return false
        }
        return true
    }

    private mutating func settings(for signal: Signal) -> (Configuration.Destination, [String: Origin]) {
        var destination = Configuration.Destination(name: "otlp")
        var origins: [String: Origin] = [:]
        // The standard's default; a file's default is gzip.
        destination.compression = .none
        if let (text, variable) = setting("COMPRESSION", signal) {
            if let compression = Configuration.Destination.Compression(rawValue: text) {
                destination.compression = compression
                origins["compression"] = .environment(variable)
            } else {
                report(
                    .warning,
                    .environment(variable),
                    ValueMistake("\(shown(text)) is not used", "write gzip, zstd or none; it counts as none")
                )
            }
        }
        if let (text, variable) = setting("TIMEOUT", signal) {
            let origin = Origin.environment(variable)
            switch Int(text) {
            case .some(let milliseconds) where (100...600_000).contains(milliseconds):
                destination.timeout = .milliseconds(milliseconds)
                origins["timeout"] = origin
            case .some(0):
                destination.timeout = .seconds(600)
                origins["timeout"] = origin
                report(.warning, origin, ValueMistake("0 would be no limit", "write milliseconds up to 600000; it counts as these"))
            default:
                let used = "write milliseconds from 100 to 600000; 10000 is used"
                report(.warning, origin, ValueMistake("\(shown(text)) is not used", used))
            }
        }
        if let (text, variable) = setting("HEADERS", signal) {
            do throws(ValueMistake) {
                for (key, value) in try Self.pairs(text).get() {
                    destination.headers.removeAll { $0.name.lowercased() == key.lowercased() }
                    destination.headers.append(try .init(checkedName: key, value: value))
                    origins["headers.\(key)"] = .environment(variable)
                }
            } catch {
                report(.error, .environment(variable), error)
            }
        }
        let files: [(String, String, WritableKeyPath<Configuration.Destination, String?>)] = [
            ("CERTIFICATE", "tls.ca", \.tls.ca), ("CLIENT_CERTIFICATE", "tls.cert", \.tls.certificate),
            ("CLIENT_KEY", "tls.key", \.tls.key),
        ]
        for (suffix, key, path) in files {
            guard let (text, variable) = setting(suffix, signal) else { continue }
            destination[keyPath: path] = text
            origins[key] = .environment(variable)
        }
        return (destination, origins)
    }

    /// The signal's own variable, else the general one, with its name.
    private func setting(_ suffix: String, _ signal: Signal) -> (text: String, variable: String)? {
        for name in [Self.name(suffix, signal), "OTEL_EXPORTER_OTLP_" + suffix] {
            if let text = variables[name] { return (text, name) }
        }
        return nil
    }

    private static func name(_ suffix: String, _ signal: Signal) -> String { "OTEL_EXPORTER_OTLP_\(signal.name.uppercased())_\(suffix)" }

    private static func isOwn(_ variable: String, of signal: Signal) -> Bool { variable.hasPrefix(name("", signal)) }

    /// A finding that several signals share is reported once.
    private mutating func report(_ severity: Finding.Severity, _ origin: Origin, _ mistake: ValueMistake) {
        let finding = Self.finding(severity, origin, mistake)
        if !destinationFindings.contains(finding) { destinationFindings.append(finding) }
    }

    private static func finding(_ severity: Finding.Severity, _ origin: Origin, _ mistake: ValueMistake) -> Finding {
        Finding(severity: severity, origin: origin, key: "", problem: mistake.problem, remedy: mistake.remedy)
    }

    /// `k1=v1,k2=v2`, percent-encoded, spaces around the parts allowed (W3C Baggage without properties).
    static func pairs(_ text: String) -> Result<[(key: String, value: String)], ValueMistake> {
        var pairs: [(key: String, value: String)] = []
        for part in text.split(separator: ",") {
            let part = part.trimmed
            if part.isEmpty { continue }
            guard let equals = part.firstIndex(of: "="),
                let key = percentDecoded(part[..<equals].trimmed), !key.isEmpty,
                let value = percentDecoded(part[part.index(after: equals)...].trimmed)
            else { return .failure(ValueMistake("not a list of key=value", "write key=value,key=value, percent-encoded")) }
            pairs.append((key, value))
        }
        return .success(pairs)
    }

    private static func percentDecoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension Substring {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while rest.last == " " || rest.last == "\t" { rest.removeLast() }
        return rest
    }
}
