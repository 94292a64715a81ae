import CausewayModel
import Testing

@testable import CausewaySemantics

/// The captured runs were of a scripted provider: what their metrics have to come to is known.
struct CorpusMetricsTests {
    @Test(arguments: CorpusTruthTests.runs)
    func `the token metrics of a run are what its calls cost, whoever tells it`(truth: CorpusTruthTests.Truth) throws {
        let capture = try #require(Capture.all.first { $0.path == truth.file })
        let understood = understand(try capture.payload, signal: .traces, options: Changes.options)
        var measurements = Measurements()
        measurements.take(understood.payload, signal: .traces, tenant: "", receivedNanoseconds: 1)
        let points = measurements.points()
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "input"]) == Double(truth.input))
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "output"]) == Double(truth.output))
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "cache_read"]) == Double(truth.cached))
        #expect(points.sum("causeway.call.tokens", ["gen_ai.token.type": "input"]) == Double(truth.input))
    }
}
