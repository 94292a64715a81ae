import CausewayPlatform
import CausewayReceivers
import TestSupport
import Testing

@Suite struct CompressedRequestTests {
    static let codings: [ContentEncoding] = [.gzip, .deflate, .zstd]

    private func compressed(_ body: [UInt8], _ coding: ContentEncoding) -> [UInt8] {
        request(headers: ["Content-Encoding: \(coding.rawValue)"], body: Compressor(coding).compressed(body))
    }

    @Test(arguments: codings)
    func `the handler is given what was compressed`(coding: ContentEncoding) throws {
        let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }
        let seen = Box<(body: [UInt8], wireBytes: Int)>(([], 0))
        let harness = try ReceiverHarness { request, answer in
            seen.change { $0 = (request.body, request.wireBytes) }
            answer(.accepted())
        }
        #expect(try harness.answer(to: compressed(body, coding)).status == 200)
        #expect(seen.value.body == body)
        #expect(seen.value.wireBytes == Compressor(coding).compressed(body).count)
        #expect(harness.receiver.counts.decompressedBytes == body.count)
        #expect(harness.receiver.counts.bodyBytes == seen.value.wireBytes)
        #expect(harness.budget.usedBytes == 0)
    }

    @Test(arguments: codings, [0, 1])
    func `a body that decompresses to the limit is taken, and to one byte more is refused`(coding: ContentEncoding, over: Int) throws {
        let harness = try ReceiverHarness(limits: { $0.maxBody = 100_000 })
        let answer = try harness.answer(to: compressed([UInt8](repeating: 1, count: 100_000 + over), coding))
        #expect(answer.status == (over == 0 ? 200 : 413))
        if over == 1 {
            #expect(answer.text.contains("max_body"))
            #expect(answer.text.contains("when decompressed"))
        }
        #expect(harness.budget.usedBytes == 0)
    }

    @Test(arguments: codings)
    func `a bomb is refused, costs no more than the limit, and leaves the next request alone`(coding: ContentEncoding) throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        client.send(compressed([UInt8](repeating: 0, count: 64 << 20), coding))
        #expect(try client.answer().status == 413)
        client.send(compressed([1, 2, 3], coding))
        #expect(try client.answer().status == 200)
        #expect(harness.receiver.counts.refusedRequests == [.tooLarge: 1])
        #expect(harness.budget.usedBytes == 0)
    }

    @Test(arguments: codings)
    func `a body that is not what its encoding says is answered 400`(coding: ContentEncoding) throws {
        let harness = try ReceiverHarness()
        let whole = Compressor(coding).compressed((0..<5000).map { UInt8(truncatingIfNeeded: $0 * $0 >> 5) })
        for body in [Array("plain text".utf8), [], Array(whole.dropLast(7)), whole + [1, 2, 3]] {
            let answer = try harness.answer(to: request(headers: ["Content-Encoding: \(coding.rawValue)"], body: body))
            #expect(answer.status == 400)
            #expect(answer.text.contains(coding.rawValue))
        }
        #expect(harness.receiver.counts.refusedRequests == [.compression: 4])
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `what decompresses to more than the budget has left is answered 503`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness(budget: 300_000) { _, answer in answers.change { $0.append(answer) } }
        let first = try harness.client()
        first.send(request(body: [UInt8](repeating: 1, count: 140_000)))
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        let answer = try harness.answer(to: compressed([UInt8](repeating: 1, count: 200_000), .gzip))
        #expect(answer.status == 503)
        #expect(answer.headers["retry-after"] == "1")
        answers.value[0](.accepted())
        #expect(try first.answer().status == 200)
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `while it waits for its answer a request is charged what it is when decompressed`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness { _, answer in answers.change { $0.append(answer) } }
        let client = try harness.client()
        client.send(compressed([UInt8](repeating: 1, count: 100_000), .zstd))
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        #expect(harness.budget.usedBytes == 100_000)
        answers.value[0](.accepted())
        #expect(try client.answer().status == 200)
        #expect(harness.budget.usedBytes == 0)
    }
}
