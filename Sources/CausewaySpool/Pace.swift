internal import CausewayPlatform

/// Keeps background work from taking a processor from those who wait for theirs: it pauses three times as long as it has worked.
final class Pace {
    private let clock: any Clock
    private let isPressed: Bool
    private var since: UInt64
    private var worked: UInt64 = 0

    private static let sliceNanoseconds: UInt64 = 4_000_000
    private static let restPerWork = 3
    /// A machine that slept between two looks at the clock has not worked meanwhile.
    private static let longestSliceNanoseconds: UInt64 = 100_000_000

    /// Under pressure there is no pause: others wait for the room.
    init(_ clock: any Clock, isPressed: Bool) {
        self.clock = clock
        self.isPressed = isPressed
        since = clock.bootNanoseconds()
    }

    /// Time worked so far, without pauses.
    var spentNanoseconds: UInt64 { worked + (clock.bootNanoseconds() - since) }

    func pauseIfDue() {
        let slice = clock.bootNanoseconds() - since
        guard slice >= Self.sliceNanoseconds else { return }
        worked += slice
        let rest = Int64(min(slice, Self.longestSliceNanoseconds))
        if !isPressed { pause(.nanoseconds(rest) * Self.restPerWork) }
        since = clock.bootNanoseconds()
    }
}
