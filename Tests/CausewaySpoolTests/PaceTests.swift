import TestSupport
import Testing

@testable import CausewaySpool

struct PaceTests {
    @Test func `after a machine has slept, background work does not rest for three times as long`() {
        let clock = TestClock()
        let pace = Pace(clock, isPressed: false)
        clock.advance(.seconds(900))
        let began = ContinuousClock.now
        pace.pauseIfDue()
        #expect(ContinuousClock.now - began < .seconds(5))
    }
}
