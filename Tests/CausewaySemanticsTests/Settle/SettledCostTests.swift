import CausewayModel
import CausewaySemantics
import Testing

/// What captured runs cost is the sum of what their providers' answers cost by the published lists, and is on the roots of their requests.
struct SettledCostTests {
    @Test(arguments: RunTruth.all)
    func `a run costs what its provider's answers cost, on its calls and on its roots`(truth: RunTruth) throws {
        let settled = try Self.priced(truth.run)
        let calls = settled.counting.filter { $0["causeway.usage.rule"] != nil && ($0.dollars ?? 0) > 0 }
        #expect(calls.count == truth.paid.count)
        #expect(Self.nano(calls) == truth.cost)
        let sources = Set(calls.compactMap { $0.text("causeway.cost.source") })
        #expect(sources == Set(truth.paid.isEmpty ? [] : truth.pricedBy.map { $0 == "table" ? "table:builtin@\(BuiltInPrices.date)" : $0 }))
        #expect(calls.allSatisfy { $0.text("causeway.cost.currency") == "USD" })
        let roots = settled.spans.filter { $0["causeway.request.model_calls"] != nil }
        #expect(Self.nano(roots) == truth.cost)
    }

    /// A run as it is settled, with the built-in prices.
    static func priced(_ run: String) throws -> Settled {
        var settled = Settled()
        for capture in Capture.all where capture.path.hasPrefix(run + ".") && capture.signal != .metrics {
            let understood = understand(try capture.payload, signal: capture.signal, options: Changes.priced)
            settled.take(understood.payload, capture.signal)
        }
        settled.finish()
        return settled
    }

    private static func nano(_ spans: [Settled.Span]) -> Int64 {
        spans.reduce(0) { $0 + Int64((($1.dollars ?? 0) * 1e9).rounded()) }
    }
}

extension Settled.Span {
    /// What it says it cost.
    var dollars: Double? { if case .double(let cost)? = self["causeway.cost.total"] { cost } else { nil } }
}
