/// How a request ended: with an answer of whatever status, or without one.
package struct HTTPCompletion: Sendable {
    package var id: HTTPTransferID
    package var result: Result<HTTPAnswer, HTTPFailure>
    /// From the start of the request to its end.
    package var duration: Duration
}

/// Names one request of one client.
package struct HTTPTransferID: Hashable, Sendable {
    let number: UInt64
}

/// What the other side said.
package struct HTTPAnswer: Equatable, Sendable {
    package var status: Int
    package var contentType: String
    package var retryAfter: String?
    package var location: String?
    package var body: [UInt8]
    /// `body` is only the beginning of what came.
    package var isCut: Bool

    package init(
        status: Int,
        contentType: String = "",
        retryAfter: String? = nil,
        location: String? = nil,
        body: [UInt8] = [],
        isCut: Bool = false
    ) {
        self.status = status
        self.contentType = contentType
        self.retryAfter = retryAfter
        self.location = location
        self.body = body
        self.isCut = isCut
    }
}

/// Why there was no answer.
package struct HTTPFailure: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Cause: Sendable {
        case nameNotFound
        /// Nobody listens there, or no way leads there.
        case refused
        case timeout
        /// TLS: a certificate, a version, a file.
        case security
        /// The connection broke before the answer was complete.
        case reset
        /// The request cannot be made as it is: a URL or a header.
        case invalid
        case other
    }

    /// Which certificate stands in the way.
    package enum Certificate: Sendable {
        /// Theirs comes from nobody who is trusted here.
        case untrusted
        /// Theirs is not valid today.
        case expired
        /// Theirs is for another name.
        case wrongHost
        /// They want one of ours, or another one.
        case ours
        /// A file of ours cannot be used.
        case file
    }

    package var cause: Cause
    package var certificate: Certificate?
    /// A sentence for people.
    package var description: String

    package init(_ cause: Cause, _ description: String, certificate: Certificate? = nil) {
        self.cause = cause
        self.certificate = certificate
        self.description = description
    }
}
