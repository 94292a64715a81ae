import CausewayPlatform
import CausewayReceivers
import TestSupport
import Testing

/// Limits on what is read and held of a body, seen from the sender's side.
@Suite struct BodyBufferTests {
    @Test(arguments: [false, true], [0, 1])
    func `a body at the limit is taken, and one byte more is refused`(inChunks: Bool, over: Int) throws {
        let harness = try ReceiverHarness(limits: { $0.maxBody = 10_000 })
        let body = [UInt8](repeating: 1, count: 10_000 + over)
        let client = try harness.client()
        // Of the one that is declared too long, not a byte of the body is needed for the answer.
        client.send(inChunks ? chunked(body, size: 999) : Array(request(body: body).prefix(over == 1 ? 120 : .max)))
        let answer = try client.answer()
        #expect(answer.status == (over == 0 ? 200 : 413))
        if over == 1 {
            #expect(answer.text.contains("max_body"))
            #expect(answer.text.contains("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"))
            #expect(answer.text.contains(inChunks ? "at least 10" : "10001 bytes"))
            #expect(answer.headers["retry-after"] == nil)
            #expect(harness.receiver.counts.refusedRequests == [.tooLarge: 1])
        }
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `a declared length makes no memory: it is charged as it comes`() async throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        let bytes = request(body: [UInt8](repeating: 1, count: 8 << 20))
        client.send(Array(bytes.prefix(20_000)))
        #expect(try await harness.eventually { $0.budget.usedBytes > 0 })
        try await Task.sleep(for: .milliseconds(50))
        #expect(harness.budget.usedBytes < 100_000)
        client.send(Array(bytes.dropFirst(20_000)))
        #expect(try client.answer().status == 200)
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `when the budget is spent requests are answered 503, and taken again when it is free`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness(budget: 100_000) { _, answer in answers.change { $0.append(answer) } }
        let first = try harness.client()
        first.send(request(body: [UInt8](repeating: 1, count: 60_000)))
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        #expect(harness.budget.usedBytes == 60_000)
        // By what is declared, and by what really comes.
        for bytes in [request(body: [UInt8](repeating: 2, count: 50_000)), chunked([UInt8](repeating: 2, count: 50_000), size: 8000)] {
            let answer = try harness.answer(to: bytes)
            #expect(answer.status == 503)
            #expect(Int(answer.headers["retry-after"] ?? "") ?? 0 >= 1)
        }
        #expect(harness.receiver.counts.refusedRequests == [.memory: 2])
        #expect(try await harness.eventually { $0.budget.usedBytes == 60_000 })
        answers.value[0](.accepted())
        #expect(try first.answer().status == 200)
        #expect(harness.budget.usedBytes == 0)
        let again = try harness.client()
        again.send(request(body: [UInt8](repeating: 2, count: 50_000)))
        try #require(try await harness.eventually { _ in answers.value.count == 2 })
        answers.value[1](.accepted())
        #expect(try again.answer().status == 200)
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `a body that could never fit into the budget is answered 413`() throws {
        let harness = try ReceiverHarness(budget: 100_000)
        #expect(try harness.answer(to: request(body: [UInt8](repeating: 2, count: 100_001))).status == 413)
        #expect(harness.budget.usedBytes == 0)
    }
}
