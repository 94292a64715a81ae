import CausewayModel
import CausewaySemantics
import Testing

/// What a captured run cost, as the scripted answers of its provider say it, stands on the roots of its requests.
struct SettledCostTests {
    /// Of one answer each.
    private static let others = ["ag2/stream", "otel-openai-v2-httpx/retry_429", "otel-botocore-bedrock/retry_429"].map {
        CorpusTruthTests.Truth(file: "\($0).otlp.pb", calls: 1, input: 30, output: 16, cached: 0)
    }

    @Test(arguments: CorpusTruthTests.runs + others)
    func `what a run cost is on its roots, whoever tells it`(truth: CorpusTruthTests.Truth) throws {
        let run = String(truth.file.dropLast(".otlp.pb".count))
        var settled = Settled()
        for capture in Capture.all where capture.path.hasPrefix(run + ".") && capture.signal != .metrics {
            let understood = understand(try capture.payload, signal: capture.signal, options: Changes.priced)
            settled.take(understood.payload, capture.signal)
        }
        settled.finish()
        let roots = settled.spans.filter { $0["causeway.request.model_calls"] != nil }
        let costs = roots.compactMap { root -> Double? in
            if case .double(let cost)? = root["causeway.cost.total"] { cost } else { nil }
        }
        #expect(!costs.isEmpty)
        let isReported = CorpusTruthTests.reporting.contains(String(truth.file.split(separator: "/")[0]))
        #expect(costs.reduce(0) { $0 + Int64(($1 * 1e9).rounded()) } == CorpusTruthTests.nano(truth, isReported: isReported))
    }
}
