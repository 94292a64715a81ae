import CausewayPlatform
import CausewaySpool
import Logging
import Synchronization
import Testing

@testable import Causeway

struct DerivingLoopTests {
    /// Notes when it was asked, and answers as it is told.
    final class Asked: Deriving, Sendable {
        let name: String
        let moments = Mutex<[DerivingMoment]>([])
        let answer: @Sendable (Int, DerivingMoment) throws(SpoolError) -> DerivingPause

        init(_ name: String, answer: @escaping @Sendable (Int, DerivingMoment) throws(SpoolError) -> DerivingPause) {
            self.name = name
            self.answer = answer
        }

        func turn(_ moment: DerivingMoment) throws(SpoolError) -> DerivingPause {
            let count = moments.withLock { moments in
                moments.append(moment)
                return moments.count
            }
            return try answer(count, moment)
        }

        var count: Int { moments.withLock { $0.count } }
    }

    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func wait(_ what: () -> Bool) {
        for _ in 0..<2000 where !what() { pause(.milliseconds(5)) }
    }

    @Test func `who has more to do is asked at once, who waits is asked when something was appended`() {
        let asked = Asked("a") { count, _ in count < 3 ? .none : .untilAppended }
        let loop = DerivingLoop(clock: SystemClock(), log: log)
        loop.start([asked])
        wait { asked.count >= 3 }
        pause(.milliseconds(30))
        #expect(asked.count == 3)
        loop.wake()
        wait { asked.count >= 4 }
        #expect(asked.count == 4)
        loop.drain(until: .max)
    }

    @Test func `a deriver's time comes without anything appended`() {
        let asked = Asked("a") { count, moment in count == 1 ? .until(moment.bootNanoseconds + 20_000_000) : .untilAppended }
        let loop = DerivingLoop(clock: SystemClock(), log: log)
        loop.start([asked])
        wait { asked.count >= 2 }
        let times = asked.moments.withLock { $0.map(\.bootNanoseconds) }
        #expect(times.count == 2 && times[1] >= times[0] + 20_000_000)
        loop.drain(until: .max)
    }

    @Test func `what fails is told, tried again, and stops nobody else`() {
        let failing = Asked("bad") { count, _ throws(SpoolError) in
            if count == 1 { throw .closed }
            return .untilAppended
        }
        let other = Asked("good") { _, _ in .untilAppended }
        let loop = DerivingLoop(clock: SystemClock(), log: log)
        loop.start([failing, other])
        wait { !loop.failures.isEmpty }
        #expect(loop.failures.keys.sorted() == ["bad"])
        wait { other.count >= 1 }
        #expect(other.count >= 1)
        wait { failing.count >= 2 }
        wait { loop.failures.isEmpty }
        #expect(loop.failures.isEmpty)
        loop.drain(until: .max)
    }

    @Test func `at the end each is asked until all of them pause, in their order`() {
        let order = Mutex<[String]>([])
        let first = Asked("first") { _, moment in
            if moment.isDraining { order.withLock { $0.append("first") } }
            return .untilAppended
        }
        let second = Asked("second") { _, moment in
            guard moment.isDraining else { return .untilAppended }
            return order.withLock { order in
                order.append("second")
                return order.count < 6 ? .none : .untilAppended
            }
        }
        let loop = DerivingLoop(clock: SystemClock(), log: log)
        loop.start([first, second])
        loop.drain(until: SystemClock().bootNanoseconds() + 5_000_000_000)
        #expect(order.withLock { $0 } == ["first", "second", "first", "second", "first", "second"])
    }

    @Test func `the end is not waited for longer than allowed`() {
        let endless = Asked("endless") { _, _ in .none }
        let loop = DerivingLoop(clock: SystemClock(), log: log)
        loop.start([endless])
        let began = SystemClock().bootNanoseconds()
        loop.drain(until: began + 50_000_000)
        #expect(SystemClock().bootNanoseconds() - began < 2_000_000_000)
    }
}
