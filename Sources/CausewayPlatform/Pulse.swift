internal import Synchronization

/// Whether a thread turns, found out by asking it, so that a thread without work is left asleep until somebody wants to know.
package final class Pulse: Sendable {
    private let clock: any Clock
    /// Boot-time clock when the question was put that has no answer yet; 0 when none is open.
    private let askedNanoseconds = Atomic<UInt64>(0)

    package init(_ clock: any Clock = SystemClock()) { self.clock = clock }

    /// How long a question has been open. Puts one when none is.
    package func silence(_ ask: () -> Void) -> Duration {
        let now = clock.bootNanoseconds()
        let (isNew, asked) = askedNanoseconds.compareExchange(expected: 0, desired: now, ordering: .relaxed)
        if isNew {
            ask()
            return .zero
        }
        return .nanoseconds(Int64(now > asked ? now - asked : 0))
    }

    /// Called on the thread in question.
    package func answer() { askedNanoseconds.store(0, ordering: .relaxed) }
}
