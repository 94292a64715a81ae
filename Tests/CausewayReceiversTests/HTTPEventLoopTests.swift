import CausewayReceivers
import Synchronization
import TestSupport
import Testing

@Suite struct HTTPEventLoopTests {
    @Test func `threads that turn owe no sign of life`() async throws {
        let harness = try ReceiverHarness()
        for _ in 0..<3 {
            _ = harness.loop.silence()
            _ = harness.receiver.silence()
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(harness.loop.silence() == .zero)
        #expect(harness.receiver.silence() == .zero)
    }

    @Test func `a handler that does not return is noticed, and so is its return`() async throws {
        let hold = Mutex<Bool>(true)
        let isHeld: @Sendable () -> Bool = { hold.withLock { $0 } }
        let harness = try ReceiverHarness { _, answer in
            while isHeld() { pause() }
            answer(.accepted())
        }
        let client = try harness.client()
        client.send(request(body: [1]))
        #expect(try await harness.eventually { $0.receiver.silence() > .milliseconds(100) })
        #expect(harness.loop.silence() == .zero)
        hold.withLock { $0 = false }
        #expect(try client.answer().status == 200)
        #expect(try await harness.eventually { $0.receiver.silence() == .zero })
    }
}
