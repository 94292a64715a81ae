internal import CausewayModel
internal import CausewayPlatform
internal import NIOHTTP1

/// What is decided about an OTLP request from its head alone, in the order in which a receiver has to check.
struct OTLPCheck {
    var maxBody: Int
    var takesEvents = false

    static let eventsPath = "/v1/agent-events"

    /// How to read and answer a request that is acceptable so far.
    struct Plan: Equatable {
        var signal: Signal
        var encoding: BodyEncoding
        var compression: ContentEncoding
    }

    private static let paths = Signal.allCases.map { (path: $0.path, signal: $0) }

    func plan(for facts: RequestFacts) throws(Refusal) -> Plan {
        guard let signal = Self.paths.first(where: { $0.path == facts.path })?.signal else { throw unknown(facts.path) }
        guard facts.method == .POST else {
            throw Refusal(
                .method,
                "\(facts.path) takes POST only",
                header: .init(name: "Allow", value: "POST")
            )
        }
        guard let encoding = facts.contentType.flatMap(BodyEncoding.init(contentType:)) else {
            let accepted = "\(BodyEncoding.protobuf.rawValue) and \(BodyEncoding.json.rawValue)"
            let told =
                facts.contentType.map { "the content type \($0.quotedBriefly) is not understood" } ?? "the request names no content type"
            throw Refusal(.contentType, "\(told); the two accepted are \(accepted)")
        }
        let compression = try compression(of: facts)
        if let length = facts.contentLength, length > maxBody { throw tooLarge("\(length) bytes") }
        return Plan(signal: signal, encoding: encoding, compression: compression)
    }

    /// Lines of JSON come under many types, and under none; what they are is seen from them.
    func eventsPlan(for facts: RequestFacts) throws(Refusal) -> ContentEncoding {
        guard facts.method == .POST else {
            throw Refusal(.method, "\(facts.path) takes POST only", header: .init(name: "Allow", value: "POST"))
        }
        if facts.contentType.flatMap(BodyEncoding.init(contentType:)) == .protobuf {
            throw Refusal(.contentType, "agent events are lines of JSON, application/x-ndjson; protobuf goes to /v1/traces")
        }
        return try compression(of: facts)
    }

    private func compression(of facts: RequestFacts) throws(Refusal) -> ContentEncoding {
        guard let compression = facts.contentEncoding.map(ContentEncoding.init(headerValue:)) ?? .identity else {
            let known = ContentEncoding.allCases.map(\.rawValue)
            throw Refusal(
                .encoding,
                "the content encoding \((facts.contentEncoding ?? "").quotedBriefly) is not understood; accepted are \(known.joined(separator: ", "))",
                header: .init(name: "Accept-Encoding", value: known.filter { $0 != "identity" }.joined(separator: ", "))
            )
        }
        return compression
    }

    /// The refusal of a body over the limit; `size` says how large it is, as far as is known.
    func tooLarge(_ size: String) -> Refusal {
        Refusal(
            .tooLarge,
            "the body is \(size), more than max_body (\(ByteCount(maxBody))) allows: lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE at the sender "
                + "(OTEL_BLRP_MAX_EXPORT_BATCH_SIZE for logs), or raise max_body"
        )
    }

    private func unknown(_ path: Substring) -> Refusal {
        let paths = Signal.allCases.map(\.path).joined(separator: ", ")
        let events = takesEvents ? ", agent events at \(Self.eventsPath)" : ""
        return Refusal(.path, "nothing is received at \(path.quotedBriefly); OTLP is received at \(paths)\(events)")
    }
}
