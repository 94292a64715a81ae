internal import CausewayPlatform

/// How many requests a destination may have at once: several while all is well, none for a while after a failure, then one to find out.
struct Window: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case open
        /// Nothing is sent before that time on the boot-time clock, in nanoseconds.
        case waiting(until: UInt64)
        /// One request is on its way that decides.
        case probing
    }

    private(set) var state = State.open
    /// Failures since the last success, those of one volley counted once.
    private(set) var failures = 0
    /// The status with which the destination sent us away, until it takes something again.
    private(set) var refusedStatus: Int?
    /// The destination itself named the time.
    private(set) var isAsked = false
    /// Requests from before the last failure say nothing new about what comes after it.
    private var epoch = 0

    /// Which window a request was started in.
    struct Ticket: Equatable, Sendable {
        fileprivate var epoch: Int
    }

    func mayStart(inFlight: Int, limit: Int, now: UInt64) -> Bool {
        switch state {
        case .open: inFlight < limit
        case .waiting(let until): now >= until
        case .probing: false
        }
    }

    mutating func started() -> Ticket {
        if case .waiting = state { state = .probing }
        return Ticket(epoch: epoch)
    }

    /// The destination answered, and not to send us away. True when that ends an outage.
    mutating func succeeded(_ ticket: Ticket) -> Bool {
        guard ticket.epoch == epoch else { return false }
        defer { self = Window(epoch: epoch) }
        return failures > 0
    }

    /// A request failed. The wait before the next, when this failure is the one that sets it.
    mutating func failed(_ ticket: Ticket, _ error: ExportError, backoff: Backoff, now: UInt64, spread: Double) -> Duration? {
        var wait: Duration
        var asked = false
        switch error {
        case .reset:
            wait = backoff.delay(retry: failures, spread: spread)
            if ticket.epoch == epoch { refusedStatus = nil }
        case .retryable(let after):
            wait = backoff.delay(retry: failures, spread: spread)
            if ticket.epoch == epoch { refusedStatus = nil }
            // "No sooner than": spread out behind it, for the same reason as any wait.
            if let after, after > wait { (wait, asked) = (after * (1 + spread / 10), true) }
        case .refused(let status):
            wait = backoff.delay(retry: .max, spread: spread)
            if ticket.epoch == epoch { refusedStatus = status }
        case .doubtful(_, let after):
            wait = backoff.delay(retry: failures, spread: spread)
            if ticket.epoch == epoch { refusedStatus = nil }
            if let after, after > wait { (wait, asked) = (after * (1 + spread / 10), true) }
        case .suspect(let status):
            // It takes nothing at all: asked again like one that is broken, shown like one that sends us away.
            wait = backoff.delay(retry: failures, spread: spread)
            if ticket.epoch == epoch { refusedStatus = status }
        case .tooLarge: preconditionFailure("an answer of a destination that works")
        }
        guard ticket.epoch == epoch else {
            // Of the same volley: it can only make the wait longer, and only by naming a time.
            if case .waiting(let until) = state, asked { state = .waiting(until: max(until, now + UInt64(wait.inNanoseconds))) }
            return nil
        }
        failures += 1
        epoch += 1
        isAsked = asked
        state = .waiting(until: now + UInt64(wait.inNanoseconds))
        return wait
    }

    /// Ends a wait that nobody asked for: one more try, at once.
    mutating func hurry(now: UInt64) {
        if case .waiting = state, !isAsked { state = .waiting(until: now) }
    }

    /// Begins anew, with a destination that is configured differently now.
    mutating func reset() { self = Window(epoch: epoch + 1) }

    init() {}

    private init(epoch: Int) { self.epoch = epoch }
}
