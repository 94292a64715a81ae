internal import Glibc

/// The two clocks. Order never comes from either: it comes from sequence numbers.
package protocol Clock: Sendable {
    /// Nanoseconds since 1970, as the machine believes; may jump.
    func wallNanoseconds() -> UInt64
    /// Nanoseconds since the machine started, time asleep included; never goes back.
    func bootNanoseconds() -> UInt64
}

/// The machine's clocks.
package struct SystemClock: Clock {
    package init() {}

    package func wallNanoseconds() -> UInt64 { read(CLOCK_REALTIME) }
    package func bootNanoseconds() -> UInt64 { read(CLOCK_BOOTTIME) }

    private func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// Blocks the calling thread.
package func pause(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    var asked = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    var left = timespec()
    while unsafe nanosleep(&asked, &left) != 0 && errno == EINTR { asked = left }
}
