internal import CausewayPlatform
internal import Synchronization

/// Clocks that stand still until a test moves them.
package final class TestClock: Clock {
    private let wall: Atomic<UInt64>
    private let boot: Atomic<UInt64>

    package init(wallNanoseconds: UInt64 = 1_800_000_000_000_000_000, bootNanoseconds: UInt64 = 1_000_000_000) {
        wall = Atomic(wallNanoseconds)
        boot = Atomic(bootNanoseconds)
    }

    package func wallNanoseconds() -> UInt64 { wall.load(ordering: .relaxed) }
    package func bootNanoseconds() -> UInt64 { boot.load(ordering: .relaxed) }

    /// Moves both clocks.
    package func advance(_ duration: Duration) {
        let nanoseconds = UInt64(duration / .nanoseconds(1))
        wall.wrappingAdd(nanoseconds, ordering: .relaxed)
        boot.wrappingAdd(nanoseconds, ordering: .relaxed)
    }

    /// Sets the wall clock, as people and their servers of time do; forwards or back.
    package func jump(_ duration: Duration) {
        wall.wrappingAdd(UInt64(bitPattern: Int64(duration / .nanoseconds(1))), ordering: .relaxed)
    }
}
