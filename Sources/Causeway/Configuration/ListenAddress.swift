/// Where to listen: `127.0.0.1:4318`, `[::1]:4318`, `localhost:4318`, or `:4318` for every interface.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or a numeric address, without brackets.
    public var host: String
    /// 0 lets the system choose.
    public var port: Int

    /// An address from its two parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`; an empty host is every interface.
    init?(text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = decimalPort(text[text.index(after: colon)...]) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("[") && host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard host.allSatisfy(isHostCharacter) else { return nil }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// As it is written in configuration.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Whether the port is open to other machines through every interface this one has.
    var isEveryInterface: Bool { host == "0.0.0.0" || host == "::" || host == "0:0:0:0:0:0:0:0" }
}

/// Digits only, 0 to 65535.
func decimalPort(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
        return nil
    }
    return Int(text).flatMap { $0 <= 65_535 ? $0 : nil }
}

/// What a host name, an IPv4 or an IPv6 address is made of.
func isHostCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || ".-_:".contains(character))
}
