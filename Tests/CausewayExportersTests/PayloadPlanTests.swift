import CausewayExporters
import CausewaySpool
import TestSupport
import Testing

struct PayloadPlanTests {
    @Test func `joining sends whole frames as they are, and of others what is wanted`() {
        let plan = PayloadPlan.joining(
            contentType: "text/plain",
            slice: { payload, _, items in FakeReader.slice(payload, items) },
            partialSuccess: { _, _, _ in nil }
        )
        let frame = StoredFrame(sequence: 1, signal: 1, tenant: "", items: 3, receivedNanoseconds: 0, payload: [UInt8]("a\nb\nc\n".utf8))
        let rendered = plan.render([Part(frame, items: 0..<3), Part(frame, items: 1..<2)])
        #expect(rendered.pieces == [[UInt8]("a\nb\nc\n".utf8), [UInt8]("b\n".utf8)])
        #expect(rendered.filtered.isEmpty)
        #expect(plan.describe([UInt8]("no\r\n".utf8), "") == "no")
    }
}
