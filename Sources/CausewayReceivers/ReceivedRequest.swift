package import CausewayModel

/// An OTLP request whose body has come whole and is decompressed, on its way to being understood.
///
/// Its bytes are charged to the receiver's budget until it is answered.
package struct ReceivedRequest: Sendable {
    package var signal: Signal
    package var encoding: BodyEncoding
    package var body: [UInt8]
    /// How long the body was as it came, before decompression.
    package var wireBytes: Int
    package var headers: RequestHeaders
    /// The sender's address, without its port.
    package var peer: String

    package init(signal: Signal, encoding: BodyEncoding, body: [UInt8], wireBytes: Int, headers: RequestHeaders, peer: String) {
        self.signal = signal
        self.encoding = encoding
        self.body = body
        self.wireBytes = wireBytes
        self.headers = headers
        self.peer = peer
    }
}

/// How a request is written, and therefore its answer too (OTLP specification, OTLP/HTTP Response).
package enum BodyEncoding: String, CaseIterable, Sendable {
    case protobuf = "application/x-protobuf"
    case json = "application/json"

    /// Reads a `Content-Type`; its parameters are of no consequence.
    init?(contentType: String) {
        let end = contentType.utf8.firstIndex(of: UInt8(ascii: ";")) ?? contentType.endIndex
        let type = contentType[..<end].trimmingWhitespace()
        if type.equalsIgnoringCase(Self.protobuf.rawValue) {
            self = .protobuf
        } else if type.equalsIgnoringCase(Self.json.rawValue) {
            self = .json
        } else {
            return nil
        }
    }
}

/// Understands a request and makes it durable.
package protocol RequestHandler: Sendable {
    /// Called on the receiver's work thread, one request at a time.
    ///
    /// `answer` may be called later and from any thread; only its first call counts. A handler that lets go of it
    /// without calling it has the request answered 503.
    func handle(_ request: consuming ReceivedRequest, _ answer: @escaping @Sendable (ReceiverAnswer) -> Void)
}
