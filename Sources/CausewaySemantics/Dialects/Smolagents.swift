internal import CausewayOTLP

/// What smolagents adds to OpenInference's spans.
package enum Smolagents: Dialect {
    package static let name = "smolagents"

    package static let signs: [Sign] = [.scope("openinference.instrumentation.smolagents"), .beside("smolagents.")]

    package static let rules: [Rule] = [Rule("smolagents.task", .inputMessages, else: 2)]

    package static func complete(_ facts: inout Facts) {
        // A tool that failed leaves its step as if all were well: the model is told, and goes on.
        if facts.noted == nil, !facts.isError, !facts.events(named: "agent.step_recovery").isEmpty {
            facts.noted = .toolReportedError
            facts.retryState = "will_retry"
        }
    }
}
