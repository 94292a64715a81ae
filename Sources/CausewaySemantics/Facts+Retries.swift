internal import CausewayOTLP

/// Tries of one call that are seen on its own span.
extension Facts {
    /// Notes that the call was tried again so often; `reason` if the source says it.
    ///
    /// `attempt`: the span is this one of several tries that have spans of their own.
    package mutating func noteRetries(_ count: Int64, reason: String? = nil, maximum: Int64? = nil, attempt: Int64? = nil) {
        guard count > 0 else { return }
        retries = Retries(count: min(count, 1 << 20), reason: reason, maximum: maximum, attempt: attempt)
    }

    struct Retries {
        var count: Int64
        var reason: String?
        var maximum: Int64?
        var attempt: Int64?
    }

    /// When each new try began, as far as the source says it.
    package mutating func noteRetry(at nanoseconds: UInt64) { retryTimes.append(nanoseconds) }

    mutating func settleRetries() {
        guard kind == .span else { return }
        if retries == nil, let count = number("http.request.resend_count") ?? number("retry_attempts"), count >= 1 {
            noteRetries(Int64(min(count, 1e6)))
        }
        guard let retries else { return }
        current = .max - 1
        if let attempt = retries.attempt { put(.retryAttempt, .int(attempt)) } else { put(.retryCount, .int(retries.count)) }
        // A provider's client does not try a million times; who says so gets the count and a few events.
        let attempts = retries.attempt.map { $0...$0 } ?? 1...min(retries.count, 16)
        for attempt in attempts {
            var event = WireWriter()
            let place = Int(attempt - attempts.lowerBound)
            let time = place < retryTimes.count ? retryTimes[place] : retries.attempt == nil ? startNanoseconds : endNanoseconds
            event.fixed(1, time)
            event.field(2, Array("causeway.retry".utf8))
            event.attribute(3, Array("causeway.retry.attempt".utf8), int: attempt)
            if let maximum = retries.maximum { event.attribute(3, Array("causeway.retry.max_attempts".utf8), int: maximum) }
            if let reason = retries.reason { event.attribute(3, Array("causeway.retry.reason".utf8), text: Array(reason.utf8)) }
            event.attribute(3, Array("causeway.retry.will_retry".utf8), bool: retryState != "exhausted")
            added.field(11, event.bytes)
        }
    }
}
