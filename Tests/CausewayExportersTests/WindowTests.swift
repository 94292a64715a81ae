@testable import CausewayExporters
import Testing

struct WindowTests {
    let backoff = Backoff(initial: .nanoseconds(100), limit: .nanoseconds(1000))
    var window = Window()

    func mayStart(_ inFlight: Int = 0, _ now: UInt64 = 0) -> Bool { window.mayStart(inFlight: inFlight, limit: 4, now: now) }

    mutating func fail(
        _ ticket: Window.Ticket,
        _ error: ExportError = .retryable(after: nil),
        now: UInt64 = 0,
        spread: Double = 1
    ) -> Duration? {
        window.failed(ticket, error, backoff: backoff, now: now, spread: spread)
    }

    @Test func `an open window lets as many out as configured`() {
        #expect(mayStart(3))
        #expect(!mayStart(4))
    }

    @Test mutating func `after a failure nothing goes out for a while, then one, then all`() {
        #expect(fail(window.started()) == .nanoseconds(100))
        #expect(!mayStart(0, 99))
        #expect(mayStart(0, 100))
        let probe = window.started()
        #expect(!mayStart(0, 10_000), "one at a time")
        #expect(window.succeeded(probe) == true)
        #expect(mayStart(3, 10_000))
        #expect(window.failures == 0)
    }

    @Test mutating func `a probe that fails waits longer`() {
        var waits: [Duration?] = []
        for _ in 0..<6 { waits.append(fail(window.started())) }
        #expect(waits == [100, 200, 400, 800, 1000, 1000].map { .nanoseconds($0) })
    }

    @Test mutating func `a volley that fails counts as one failure`() {
        let volley = (0..<4).map { _ in window.started() }
        let waits = volley.map { fail($0) }
        #expect(waits == [.nanoseconds(100), nil, nil, nil])
        #expect(window.failures == 1)
        #expect(window.state == .waiting(until: 100))
    }

    @Test mutating func `of a volley the longest wish for a pause counts`() {
        let volley = (0..<3).map { _ in window.started() }
        _ = fail(volley[0], .retryable(after: .nanoseconds(5000)), spread: 0)
        _ = fail(volley[1], .retryable(after: .nanoseconds(9000)), spread: 0)
        _ = fail(volley[2], .retryable(after: .nanoseconds(300)), spread: 0)
        #expect(window.state == .waiting(until: 9000))
    }

    @Test mutating func `a success from before the failure opens nothing`() {
        let volley = [window.started(), window.started()]
        _ = fail(volley[0])
        #expect(window.succeeded(volley[1]) == false)
        #expect(window.state == .waiting(until: 100))
        let probe = window.started()
        #expect(window.succeeded(volley[1]) == false)
        #expect(window.state == .probing)
        #expect(window.succeeded(probe) == true)
    }

    @Test mutating func `a destination's own wish is honoured, never undercut, and spread out behind`() {
        #expect(fail(window.started(), .retryable(after: .nanoseconds(5000)), spread: 0) == .nanoseconds(5000))
        #expect(fail(window.started(), .retryable(after: .nanoseconds(5000)), spread: 1) == .nanoseconds(5500))
        #expect(fail(window.started(), .retryable(after: .zero), spread: 1) == .nanoseconds(400), "no wait at all would be a storm")
    }

    @Test mutating func `who is refused waits the longest wait and knows the status until something is taken`() {
        #expect(fail(window.started(), .refused(status: 401)) == .nanoseconds(1000))
        #expect(window.refusedStatus == 401)
        #expect(window.succeeded(window.started()) == true)
        #expect(window.refusedStatus == nil)
    }

    @Test mutating func `hurrying ends a wait of our own, not one that was asked for`() {
        _ = fail(window.started())
        window.hurry(now: 7)
        #expect(mayStart(0, 7))
        window = Window()
        _ = fail(window.started(), .retryable(after: .seconds(1)), spread: 0)
        window.hurry(now: 7)
        #expect(!mayStart(0, 7))
    }

    @Test mutating func `after a reset, answers to earlier requests mean nothing`() {
        let old = window.started()
        window.reset()
        #expect(fail(old) == nil)
        #expect(window.state == .open)
    }
}
