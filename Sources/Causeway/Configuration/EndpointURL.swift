package import CausewayModel

/// The address of a destination: `http` or `https`, a host, perhaps a port and a path.
public struct EndpointURL: Hashable, Sendable, CustomStringConvertible {
    /// `https`.
    public var isSecure: Bool
    /// A name or a numeric address, without brackets.
    public var host: String
    /// As written; nil is 443 or 80 by scheme.
    public var explicitPort: Int?
    /// Empty, or from its slash on.
    public var path: String
    /// What comes behind `?`, if anything does.
    public var query: String?

    /// Reads an absolute URL; nil when it is none that telemetry can be sent to.
    public init?(_ text: String) {
        guard case .success(let url) = Self.parse(text) else { return nil }
        self = url
    }

    /// As it is written in configuration.
    public var description: String {
        let scheme = isSecure ? "https" : "http"
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)\(explicitPort.map { ":\($0)" } ?? "")\(path)\(query.map { "?" + $0 } ?? "")"
    }

    /// The port that is connected to.
    public var port: Int { explicitPort ?? (isSecure ? 443 : 80) }

    /// The signal whose path this ends in; such an address is not a base.
    package var signal: Signal? {
        let path = path.hasSuffix("/") ? path.dropLast() : path[...]
        return Signal.allCases.first { path.hasSuffix($0.path) }
    }

    /// The same address with a path behind its own; exactly one slash between.
    package func appending(_ suffix: String) -> EndpointURL {
        var url = self
        url.path = (path.hasSuffix("/") ? String(path.dropLast()) : path) + suffix
        return url
    }

    /// Why a text is no endpoint; the text itself is left out, because it may hold a password.
    enum Mistake: Error {
        case scheme, credentials, host, port, characters, fragment
    }

    static func parse(_ text: String) -> Result<EndpointURL, Mistake> {
        guard let scheme = text.firstRange(of: "://"), ["http", "https"].contains(text[..<scheme.lowerBound].lowercased()) else {
            return .failure(.scheme)
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return .failure(.characters) }
        guard !text.contains("#") else { return .failure(.fragment) }
        let isSecure = text[..<scheme.lowerBound].lowercased() == "https"
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(authority.count)
        guard !authority.contains("@") else { return .failure(.credentials) }
        var host = authority
        var port: Int?
        if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
            guard let number = decimalPort(authority[authority.index(after: colon)...]), number > 0 else { return .failure(.port) }
            port = number
            host = authority[..<colon]
        }
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return .failure(.host) }
        } else if host.contains(":") {
            return .failure(.host)
        }
        guard !host.isEmpty, host.allSatisfy(isHostCharacter) else { return .failure(.host) }
        let path = target.prefix { $0 != "?" }
        let query = target.count > path.count ? String(target.dropFirst(path.count + 1)) : nil
        return .success(EndpointURL(isSecure: isSecure, host: String(host), explicitPort: port, path: String(path), query: query))
    }

    private init(isSecure: Bool, host: String, explicitPort: Int?, path: String, query: String?) {
        self.isSecure = isSecure
        self.host = host
        self.explicitPort = explicitPort
        self.path = path
        self.query = query
    }
}
