internal import NIOHTTP1

/// The refusals that a connection makes by itself, whatever it is for.
extension Refusal {
    static let surplusConnection = Refusal(
        .connections,
        "too many connections are open; close those that are not in use",
        retryAfterSeconds: 5
    )

    static let noMemory = Refusal(.memory, "the memory for requests in flight is used up; send it again", retryAfterSeconds: 1)

    static let stopping = Refusal(.stopping, "the bridge is being stopped; send it again", retryAfterSeconds: 1)

    static func lateHead(_ time: Duration) -> Refusal { Refusal(.timeout, "the head of the request did not come within \(time)") }

    static func lateBody(_ bytes: Int, _ time: Duration) -> Refusal {
        Refusal(.timeout, "the request did not come whole within \(time); \(bytes) bytes of its body did")
    }

    init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow: self.init(.headersTooLarge, "the request line and headers are too large, or too many")
        case .invalidEOFState: self.init(.truncated, "the connection was closed in the middle of the request")
        default: self.init(.badHTTP, "this is not a well-formed HTTP/1.1 request (\(error))")
        }
    }
}
