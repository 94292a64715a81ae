internal import NIOHTTP1

/// What the checks ask of a request's head, found in one walk over its headers.
struct RequestFacts {
    var method: HTTPMethod
    /// The target without scheme, authority and query.
    var path: Substring
    var query: Substring
    var hosts = 0
    var contentType: String?
    var contentEncoding: String?
    var contentLength: Int?
    var transferEncoding: String?
    var expectation: String?
    /// The sender offers to change to another protocol. We never do; the parser however stops after such a request.
    var offersUpgrade = false
    var isHTTP10: Bool
    var wantsKeepAlive: Bool

    init(_ head: HTTPRequestHead) {
        method = head.method
        (path, query) = Self.split(head.uri)
        isHTTP10 = head.version.minor == 0
        wantsKeepAlive = head.isKeepAlive
        for (name, value) in head.headers {
            // The length tells nearly all headers apart, so that most names are never compared.
            switch name.utf8.count {
            case 4 where name.equalsIgnoringCase("host"): hosts += 1
            case 6 where name.equalsIgnoringCase("expect"): expectation = value
            case 7 where name.equalsIgnoringCase("upgrade"): offersUpgrade = true
            case 12 where name.equalsIgnoringCase("content-type"): contentType = contentType ?? value
            case 14 where name.equalsIgnoringCase("content-length"): contentLength = Int(value.trimmingWhitespace())
            case 16 where name.equalsIgnoringCase("content-encoding"): contentEncoding = contentEncoding.map { $0 + "," + value } ?? value
            case 17 where name.equalsIgnoringCase("transfer-encoding"):
                transferEncoding = transferEncoding.map { $0 + "," + value } ?? value
            default: break
            }
        }
        if method == .CONNECT { offersUpgrade = true }
    }

    var expectsContinue: Bool { expectation?.equalsIgnoringCase("100-continue") ?? false }

    /// How much body is announced: 0 when there is none, nil when it comes in chunks.
    var announcedBytes: Int? { transferEncoding == nil ? contentLength ?? 0 : nil }

    /// What is wrong with the request as HTTP, whoever it is for.
    func objection() -> Refusal? {
        if hosts > 1 || hosts == 0 && !isHTTP10 {
            return Refusal(.badHTTP, "a request names its Host once")
        }
        if let transferEncoding, !transferEncoding.trimmingWhitespace().equalsIgnoringCase("chunked") {
            return Refusal(.transferCoding, "the only transfer coding understood is chunked; compression goes into Content-Encoding")
        }
        if let expectation, !expectsContinue {
            return Refusal(.expectation, "the expectation \(expectation.quotedBriefly) is not understood; only 100-continue is")
        }
        return nil
    }

    /// Takes the target apart, also in the absolute form that proxies send (RFC 9112, 3.2.2).
    private static func split(_ target: String) -> (path: Substring, query: Substring) {
        var rest = target[...]
        if !rest.hasPrefix("/") {
            for scheme in ["http://", "https://"] where rest.prefix(scheme.count).equalsIgnoringCase(scheme) {
                rest = rest.dropFirst(scheme.count)
                rest = rest[(rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex)...]
                if !rest.hasPrefix("/") { rest = "/" + rest }
                break
            }
        }
        guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (rest, "") }
        return (rest[..<mark], rest[rest.index(after: mark)...])
    }
}

extension StringProtocol {
    /// For quoting what a sender said in a message: in quotation marks, cut short, nothing that could break a line.
    var quotedBriefly: String {
        let limit = 100
        let shown = unicodeScalars.prefix(limit).map { $0.properties.isPrintable ? String($0) : "\u{FFFD}" }.joined()
        return "\"\(shown)\(unicodeScalars.dropFirst(limit).isEmpty ? "" : "…")\""
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isPrintable: Bool {
        switch generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        default: true
        }
    }
}
