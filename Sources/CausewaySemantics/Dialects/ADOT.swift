internal import CausewayOTLP

/// AWS's distribution of OpenTelemetry for hosted agents: content leaves the spans, and comes as one log record that is named after the
/// span's scope.
package enum ADOT: Dialect {
    package static let name = "adot"

    package static let signs: [Sign] = [
        .event("opentelemetry.instrumentation."), .event("openinference.instrumentation."), .event("strands.telemetry."),
        .key("aws.bedrock.agentcore."), .key("gen_ai.memory.id"),
    ]

    package static let rules: [Rule] = [Rule("actor.id", .userID, else: 1)]

    package static func complete(_ facts: inout Facts) {
        if facts.kind == .span { return completeSpan(&facts) }
        guard facts.kind == .log, let body = facts.bodyJSON() else { return }
        var isWhole = true
        for (side, field) in [("input", Field.inputMessages), ("output", .outputMessages)] {
            guard let part = body.member(side, of: 0) else { continue }
            facts.take(body, part, as: field)
            isWhole = isWhole && facts.isKnown(field)
        }
        if isWhole, facts.isKnown(.inputMessages) || facts.isKnown(.outputMessages) { facts.dropBody() }
    }

    /// Calls of the services around a hosted agent.
    private static func completeSpan(_ facts: inout Facts) {
        if facts.has("aws.bedrock.agentcore.memory.arn") || facts.has("gen_ai.memory.id") {
            facts.set(.memory)
        } else {
            facts.set(.step, order: 2)
        }
        if facts.flag("throttled") == true || facts.flag("error") == true || facts.flag("fault") == true { facts.hasFailed = true }
    }
}
