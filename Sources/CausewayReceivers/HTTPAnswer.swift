internal import NIOHTTP1

/// An answer as it goes on the wire, except for what belongs to the connection.
struct HTTPAnswer: Sendable {
    var status: HTTPResponseStatus
    var contentType: String
    var body: [UInt8] = []
    var retryAfterSeconds: Int?
    var extraHeaders: [(String, String)] = []
}

extension HTTPAnswer {
    /// A refusal as OTLP says it.
    init(_ refusal: Refusal, _ encoding: BodyEncoding) {
        status = refusal.reason.status
        contentType = encoding.rawValue
        body = ResponseBody.status(refusal.reason.statusCode, refusal.message, encoding)
        retryAfterSeconds = refusal.retryAfterSeconds
        extraHeaders = refusal.header.map { [($0.name, $0.value)] } ?? []
    }
}
