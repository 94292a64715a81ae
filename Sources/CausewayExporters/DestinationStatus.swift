/// How a destination is doing, counted since the start of the process.
package struct DestinationStatus: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        case ok
        /// Tried again at that time on the boot-time clock; 0 while a request is under way that decides.
        case backingOff(untilBootNanoseconds: UInt64)
        /// As above, after an answer with this status that sent us away; 0 when the request cannot even be made.
        case paused(status: Int, untilBootNanoseconds: UInt64)
        /// No longer configured; waits for its last answers.
        case leaving
    }

    /// What requests came to.
    package enum RequestOutcome: String, CaseIterable, Sendable {
        case accepted
        case retryable
        case doubtful
        case tooLarge = "too_large"
        case suspect
        case refused
        case redirected
        case unanswered
    }

    package var name: String
    package var state = State.ok
    package var inFlight = 0
    /// Bytes of payload in memory.
    package var heldBytes = 0
    package var requests: [RequestOutcome: Int] = [:]
    /// Items by signal number.
    package var deliveredItems: [UInt8: Int] = [:]
    package var rejectedItems: [UInt8: Int] = [:]
    package var filteredItems: [UInt8: Int] = [:]
    package var quarantinedItems: [UInt8: Int] = [:]
    package var foldedItems: [UInt8: Int] = [:]
    /// Requests whose content had to go back to the log.
    package var retries = 0
    /// Signals for which there is no address at this destination, though there is for others; their telemetry waits.
    package var mutedSignals: [UInt8] = []
    /// Of requests that were answered 2xx.
    package var bytesBeforeCompression = 0
    package var bytesSent = 0
    package var lastSuccessWallNanoseconds: UInt64?
    /// In words, kept after recovery.
    package var lastError: String?
    /// From the start of a request to its answer, whatever it was.
    package var sendDuration = DurationHistogram()

    package init(name: String) { self.name = name }
}

/// How often something took how long.
package struct DurationHistogram: Equatable, Sendable {
    /// Upper bounds of the buckets but the last, which has none.
    package static let bounds: [Duration] = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000].map { .milliseconds($0) }

    /// How many fell into each bucket; not cumulative.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    package private(set) var sum: Duration = .zero

    package var count: Int { counts.reduce(0, +) }

    package init() {}

    mutating func add(_ duration: Duration) {
        counts[Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count] += 1
        sum += duration
    }
}
