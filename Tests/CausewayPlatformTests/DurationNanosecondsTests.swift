import CausewayPlatform
import Testing

struct DurationNanosecondsTests {
    @Test(arguments: [
        (Duration.zero, 0, 0), (.nanoseconds(1), 1, 1), (.milliseconds(1), 1_000_000, 1), (.nanoseconds(1_000_001), 1_000_001, 2),
        (.seconds(3), 3_000_000_000, 3000), (.nanoseconds(-5), -5, 0), (.seconds(Int64.max), .max, .max / 1_000_000 + 1),
        (.seconds(Int64.min), .min, .min / 1_000_000),
    ])
    func `a duration in whole units, milliseconds rounded up`(duration: Duration, nanoseconds: Int64, milliseconds: Int64) {
        #expect(duration.inNanoseconds == nanoseconds)
        #expect(duration.inMillisecondsRoundedUp == milliseconds)
    }
}
