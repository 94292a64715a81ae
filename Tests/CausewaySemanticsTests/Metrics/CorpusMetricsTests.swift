import CausewayModel
import Testing

@testable import CausewaySemantics

/// What the metrics of captured runs have to come to is known.
struct CorpusMetricsTests {
    @Test(arguments: RunTruth.all)
    func `the metrics of a run are what it came to, whoever tells it`(truth: RunTruth) throws {
        let payload = try SettledCostTests.priced(truth.run).measuredPayload
        let points = MeasuredPoints(payload)
        func tokens(_ type: String, _ metric: String = "causeway.tokens") -> Double {
            points.sum(metric, ["gen_ai.token.type": .string(type)])
        }
        func told(_ count: (RunTruth.Answer) -> Int64) -> Double { Double(truth.told.reduce(0) { $0 + count($1) }) }
        #expect(tokens("input") == told(\.input))
        #expect(tokens("output") == told(\.output))
        #expect(tokens("cache_read") == told(\.cached))
        #expect(tokens("cache_write") == told(\.written))
        #expect(tokens("reasoning") == told(\.reasoning))
        #expect(tokens("input", "causeway.call.tokens") == told(\.input))
        #expect(tokens("output", "causeway.call.tokens") == told(\.output))
        // As a backend gets it.
        let rendered = MeasuredPoints(MetricRendering(generation: .second, histograms: .explicit).rendered(payload))
        #expect(rendered.sum("gen_ai.client.token.usage", ["gen_ai.token.type": "input"]) == told(\.input))
        #expect(rendered.sum("gen_ai.client.token.usage", ["gen_ai.token.type": "output"]) == told(\.output))
        #expect((points.sum("causeway.cost") * 1e9).rounded() == Double(truth.cost))
        #expect(points.sum("causeway.unpriced.calls") == 0)
        #expect(points.sum("causeway.tool.calls") == Double(truth.count(.tools)))
        #expect(points.sum("causeway.retries") == Double(truth.count(.retries)))
        for outcome in ["success", "partial", "failure", "abandoned"] {
            let requests = points.sum("causeway.agent.requests", ["causeway.outcome": .string(outcome)])
            #expect(requests == Double(truth.outcomes.filter { $0 == outcome }.count), "\(outcome)")
        }
    }
}
