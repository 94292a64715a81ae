import CausewayExporters
import Testing

struct BackoffTests {
    let backoff = Backoff(initial: .milliseconds(500), limit: .seconds(30))

    @Test(arguments: [(0, 500), (1, 1000), (2, 2000), (5, 16000), (6, 30000), (1000, 30000), (Int.max, 30000)])
    func `each wait is twice the one before, up to the limit`(retry: Int, milliseconds: Int) {
        #expect(backoff.delay(retry: retry, spread: 1) == .milliseconds(milliseconds))
    }

    @Test func `chance takes off up to half, so that many do not return together`() {
        #expect(backoff.delay(retry: 1, spread: 0) == .milliseconds(500))
        #expect(backoff.delay(retry: 1, spread: 0.5) == .milliseconds(750))
        #expect(backoff.delay(retry: 99, spread: 0) == .seconds(15))
    }
}
