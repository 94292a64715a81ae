/// How long to wait before trying again: exponential, with a limit, never quite the same.
///
/// The first wait is short enough that a backend's restart goes unnoticed. The limit means that data flow again half a minute after the end of
/// an outage at the latest, while asking in vain costs two small exchanges a minute.
package struct Backoff: Equatable, Sendable {
    package var initial: Duration
    package var limit: Duration

    package init(initial: Duration = .milliseconds(500), limit: Duration = .seconds(30)) {
        self.initial = initial
        self.limit = limit
    }

    /// The wait before retry number `retry` (the first is 0): the doubled time or as little as half of it.
    ///
    /// `spread` is drawn from 0..<1 by the caller, so that many bridges restarting together do not return together, and so that a test can
    /// choose it.
    package func delay(retry: Int, spread: Double) -> Duration {
        let doubled = initial * (1 << min(retry, 16))
        return min(doubled, limit) * (0.5 + spread / 2)
    }
}
