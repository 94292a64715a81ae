import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// The table of what captured runs came to, by which `SettledCorpusTests`, `SettledCostTests` and `CorpusMetricsTests` judge; and what every
/// span of a captured run says.
struct CorpusTruthTests {
    @Test func `every captured run is in the table, and no other`() {
        let captured = Set(
            Capture.all.filter { $0.signal == .traces }.map { capture in
                let parts = capture.path.split(separator: "/")
                return "\(parts[0])/\(parts[1].split(separator: ".")[0])"
            }
        )
        let known = RunTruth.all.map(\.run)
        #expect(captured.subtracting(known) == [], "not in the table")
        #expect(Set(known).subtracting(captured) == [], "not captured")
        #expect(known.count == Set(known).count)
    }

    @Test(arguments: RunTruth.all)
    func `the table's arithmetic is right, and of what is not told it says why`(truth: RunTruth) {
        let terms = truth.arithmetic.split(separator: "=")[0].split(separator: "+").map { $0.split(separator: "*").map { Int64($0)! } }
        if truth.cost > 0 {
            #expect(terms.reduce(0) { $0 + $1[0] * $1[1] } == truth.cost)
            #expect(terms.reduce(0) { $0 + $1[0] } == truth.paid.reduce(0) { $0 + $1.input + $1.output })
        } else {
            #expect(truth.paid.isEmpty)
        }
        for answer in truth.answers {
            #expect(answer.cached + answer.written <= answer.input && answer.reasoning <= answer.output)
        }
        #expect(truth.untold.isEmpty || !truth.why.isEmpty)
        #expect(truth.outcomes.allSatisfy { ["success", "partial", "failure", "abandoned"].contains($0) })
    }

    /// Those whose dialects are understood as a whole; of the others the conventions' own keys are.
    private static let whole = Set(dialects.map { $0.name })

    @Test(arguments: Capture.all.filter { $0.signal == .traces })
    func `every call has operation, provider and model, every tool a name, every failure a code`(capture: Capture) throws {
        for item in try Self.items(capture) where item["causeway.source.dialect"] != nil {
            let type = item["causeway.step.type"]
            if item["causeway.usage.rule"] != nil, item["causeway.usage.rollup"] == nil {
                #expect(item["gen_ai.operation.name"] != nil, "\(item)")
                #expect(
                    item["gen_ai.request.model"] != nil || item["gen_ai.response.model"] != nil,
                    "\(item)"
                )
                let providers: [AttributeValue] = [
                    "openai", "anthropic", "aws.bedrock", "azure.ai.inference", "gcp.gemini", "gcp.gen_ai",
                ]
                #expect(item["gen_ai.provider.name"].map { providers.contains($0) } == true, "\(item)")
            }
            if type == "tool_call" { #expect(item["gen_ai.tool.name"] != nil, "\(item)") }
            if item["(status)"] == "error" { #expect(item["causeway.failure.code"] != nil, "\(item)") }
        }
    }

    private static func items(
        _ capture: Capture,
        options: UnderstandingOptions = Changes.options
    ) throws -> [[String: AttributeValue]] {
        let payload = understand(try capture.payload, signal: capture.signal, options: options).payload
        return RequestView(payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(payload) }.flatMap { $0.spans(payload) }.map
        {
            var item = Dictionary($0.attributes.copied(payload).map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            item["(name)"] = .string(payload.text($0.name))
            if $0.statusCode == 2 { item["(status)"] = "error" }
            return item
        }
    }
}
