package import CausewayPlatform

/// What an answer's status means for the payload.
///
/// OTLP calls every 4xx and 5xx but four final. What is final there is kept here wherever the reason can go away: a destination that
/// is broken (any 5xx) or does not know us loses nothing, and only what it objects to itself is set aside, item by item.
package enum AnswerRule: Equatable, Sendable {
    /// Any 2xx, whatever the body.
    case accepted
    /// Only 307 and 308 keep method and body.
    case moved(to: String)
    case failed(ExportError)

    /// `now` is the wall clock in nanoseconds, for dates in `Retry-After`.
    package init(_ answer: HTTPAnswer, now: UInt64) {
        switch answer.status {
        case 200...299: self = .accepted
        case 307, 308:
            if let location = answer.location { self = .moved(to: location) } else { self = .failed(.refused(status: answer.status)) }
        case 413: self = .failed(.tooLarge)
        // A loop does not go away by itself.
        case 508: self = .failed(.refused(status: answer.status))
        case 425, 429, 502, 503, 504: self = .failed(.retryable(after: answer.wait(now)))
        // Broken, or broken by what it was sent: what else gets through tells.
        case 408, 500...599: self = .failed(.doubtful(status: answer.status, after: answer.wait(now)))
        // About rights, address, money or the connection: nothing that one item could have done.
        case ..<400, 401...405, 407, 410, 415, 421, 426, 431, 451: self = .failed(.refused(status: answer.status))
        default: self = .failed(.suspect(status: answer.status))
        }
    }
}

extension HTTPAnswer {
    fileprivate func wait(_ now: UInt64) -> Duration? { retryAfter.flatMap { RetryAfter.wait($0, now: now) } }
}
