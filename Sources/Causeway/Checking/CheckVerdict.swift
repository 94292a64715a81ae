internal import CausewayExporters
internal import CausewayPlatform

/// What a test item to a destination came to, in a word for programs and a sentence for people.
struct CheckVerdict: Equatable {
    enum Word: String, CaseIterable {
        case ok
        case nameNotFound = "name_not_found"
        case refused
        case timeout
        case connectionLost = "connection_lost"
        case untrusted = "tls_untrusted"
        case expired = "tls_expired"
        case wrongHost = "tls_wrong_host"
        case clientCertificate = "tls_client_certificate"
        case certificateFile = "tls_file"
        case tls
        case invalid
        case unauthorized
        case forbidden
        case notFound = "not_found"
        case method
        case mediaType = "media_type"
        case tooLarge = "too_large"
        case rejected
        case busy
        case broken
        case moved
        case notOTLP = "not_otlp"

        /// Nobody there could be asked.
        var isUnreached: Bool {
            switch self {
            case .nameNotFound, .refused, .timeout, .connectionLost, .untrusted, .expired, .wrongHost, .clientCertificate, .certificateFile,
                .tls, .invalid:
                true
            case .ok, .unauthorized, .forbidden, .notFound, .method, .mediaType, .tooLarge, .rejected, .busy, .broken, .moved, .notOTLP:
                false
            }
        }
    }

    var word: Word
    /// What it means and what to do.
    var meaning: String
    /// The status of the answer; nil where there was none.
    var status: Int?
    /// What exactly was said, by the destination or by the machine.
    var said: String?

    init(_ failure: HTTPFailure, host: String) {
        said = failure.description
        switch (failure.cause, failure.certificate) {
        case (.nameNotFound, _):
            (word, meaning) = (.nameNotFound, "the name \(host) is not known here: check its spelling, and this machine's DNS")
        case (.refused, _): (word, meaning) = (.refused, "nobody listens there: check host and port, and that the backend runs")
        case (.timeout, _): (word, meaning) = (.timeout, "no answer in time: a firewall, a wrong port, or a backend that hangs")
        case (.reset, _):
            let reasons = "http and https mixed up, a proxy, or a client certificate that is missing (tls.cert)"
            (word, meaning) = (.connectionLost, "the connection broke before an answer: \(reasons)")
        case (_, .untrusted):
            (word, meaning) = (
                .untrusted, "its certificate comes from an authority that is not trusted here: name that authority in tls.ca"
            )
        case (_, .expired): (word, meaning) = (.expired, "its certificate is not valid today: renew it there, or set this machine's clock")
        case (_, .wrongHost):
            (word, meaning) = (.wrongHost, "its certificate is for another name than \(host): use the name it is made for")
        case (_, .ours): (word, meaning) = (.clientCertificate, "it wants a certificate of ours, or another one: see tls.cert and tls.key")
        case (_, .file):
            (word, meaning) = (.certificateFile, "a file under tls cannot be used: it must be PEM, and key and certificate a pair")
        case (.security, nil): (word, meaning) = (.tls, "no TLS connection: is https meant, and does it speak TLS 1.2 or later?")
        case (.invalid, nil): (word, meaning) = (.invalid, "the request cannot be made: check endpoint and headers")
        case (.other, nil): (word, meaning) = (.connectionLost, "the request failed")
        }
    }

    /// `partial` and `words` are what could be read in the body.
    init(_ answer: HTTPAnswer, partial: PartialSuccess?, words: String?) {
        status = answer.status
        said = words
        switch answer.status {
        case 200...299:
            if let partial, partial.rejected > 0 {
                (word, meaning) = (.rejected, "it answers, and refuses the test item itself")
                said = partial.message
            } else if Self.isHTML(answer) {
                (word, meaning) = (.notOTLP, "a web page answered, and probably kept nothing: check the path of the endpoint")
            } else {
                (word, meaning) = (.ok, partial.map { $0.message.isEmpty ? "taken" : "taken, with a warning" } ?? "taken")
                said = partial.flatMap { $0.message.isEmpty ? nil : $0.message }
            }
        case 300...399:
            (word, meaning) = (.moved, "it sends us elsewhere\(answer.location.map { ": configure \($0)" } ?? "")")
        case 401: (word, meaning) = (.unauthorized, "it does not know us: check the token in headers")
        case 402, 403: (word, meaning) = (.forbidden, "it knows us and does not let us: check the token's rights, and the account")
        case 404, 410:
            (word, meaning) = (.notFound, "no such path there: check the endpoint, or leave this signal out with `signals`")
        case 405: (word, meaning) = (.method, "something else than OTLP is at this path: check the endpoint")
        case 406, 415: (word, meaning) = (.mediaType, "it does not take protobuf over HTTP, or not with this compression")
        case 413: (word, meaning) = (.tooLarge, "even a test item is too large for it: a proxy with a tiny limit?")
        case 429: (word, meaning) = (.busy, "it is there, and asks us to slow down")
        case 502, 503, 504: (word, meaning) = (.busy, "something in front of it answers, it does not, or not now")
        case 400..<500: (word, meaning) = (.rejected, "it does not take the test item: a header or a setting of it is missing?")
        default: (word, meaning) = (.broken, "it fails over the test item: see its own log")
        }
        if Self.isHTML(answer), word != .ok, word != .notOTLP { meaning += " (a web page answered)" }
    }

    private static func isHTML(_ answer: HTTPAnswer) -> Bool {
        answer.contentType.lowercased().hasPrefix("text/html") || answer.body.starts(with: Array("<!DOCTYPE".utf8))
            || answer.body.starts(with: Array("<html".utf8))
    }
}
