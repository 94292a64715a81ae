internal import CausewayOTLP

/// What BeeAI adds to OpenInference's spans.
package enum BeeAI: Dialect {
    package static let name = "beeai"

    package static let signs: [Sign] = [.scope("openinference.instrumentation.beeai")]

    package static func complete(_ facts: inout Facts) {
        // Tries are events of the span (`retry (tool.search.retry)`).
        let tries = facts.events.filter { facts.payload.holds("retry", at: $0.name.prefix(5)) }
        guard !tries.isEmpty else { return }
        facts.noteRetries(Int64(tries.count))
        for each in tries { facts.noteRetry(at: each.timeNanoseconds) }
    }
}
