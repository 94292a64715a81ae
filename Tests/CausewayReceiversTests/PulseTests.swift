import CausewayPlatform
import Testing

@testable import CausewayReceivers

@Suite struct PulseTests {
    private struct TestClock: Clock {
        let now: Box<UInt64>
        func wallNanoseconds() -> UInt64 { now.value }
        func bootNanoseconds() -> UInt64 { now.value }
    }

    @Test func `a question is put once and its silence grows until it is answered`() {
        let now = Box<UInt64>(1_000_000_000)
        let pulse = Pulse(TestClock(now: now))
        var questions = 0
        #expect(pulse.silence { questions += 1 } == .zero)
        now.change { $0 += 3_000_000_000 }
        #expect(pulse.silence { questions += 1 } == .seconds(3))
        #expect(questions == 1)
        pulse.answer()
        #expect(pulse.silence { questions += 1 } == .zero)
        #expect(questions == 2)
    }
}
