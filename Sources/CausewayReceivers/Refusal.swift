internal import NIOHTTP1

/// Why requests were refused; the values of the label `reason` of `causeway_refused_requests_total`.
package enum RefusalReason: String, CaseIterable, Sendable {
    /// Not HTTP/1, or not well-formed.
    case badHTTP = "bad_http"
    case headersTooLarge = "headers_too_large"
    case path
    case method
    case contentType = "content_type"
    case encoding
    case expectation
    case transferCoding = "transfer_coding"
    case tooLarge = "too_large"
    /// The memory budget is spent.
    case memory
    /// Too many connections.
    case connections
    /// The request did not come whole in time.
    case timeout
    /// The sender closed its side, or went away, in the middle of the request.
    case truncated
    /// The compressed body is damaged.
    case compression
    case malformed
    case unavailable
    case loop
    /// The token is nobody's.
    case unauthorized
    /// The server is being stopped.
    case stopping

    /// Nothing more is read as requests where one was not understood as HTTP, came too late, or was one connection too many.
    var endsConnection: Bool {
        switch self {
        case .badHTTP, .headersTooLarge, .expectation, .transferCoding, .connections, .timeout, .truncated: true
        case .path, .method, .contentType, .encoding, .tooLarge, .memory, .compression, .malformed, .unavailable, .loop, .unauthorized,
            .stopping:
            false
        }
    }

    var status: HTTPResponseStatus {
        switch self {
        case .badHTTP, .truncated, .compression, .malformed: .badRequest
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .path: .notFound
        case .method: .methodNotAllowed
        case .contentType, .encoding: .unsupportedMediaType
        case .expectation: .expectationFailed
        case .transferCoding: .notImplemented
        case .tooLarge: .payloadTooLarge
        case .memory, .connections, .unavailable, .stopping: .serviceUnavailable
        case .timeout: .requestTimeout
        case .loop: .loopDetected
        case .unauthorized: .unauthorized
        }
    }
}

/// A request that is not taken: why, in words for its sender, and what else the answer's head must say.
struct Refusal: Error, Equatable {
    var reason: RefusalReason
    var message: String
    var retryAfterSeconds: Int?
    /// A header that belongs to the status: `Allow` to 405, `Accept-Encoding` to 415.
    var header: Header?

    struct Header: Equatable {
        var name: String
        var value: String
    }

    init(_ reason: RefusalReason, _ message: String, retryAfterSeconds: Int? = nil, header: Header? = nil) {
        self.reason = reason
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
        self.header = header
    }
}
