internal import CausewayOTLP

/// Strands Agents: OpenTelemetry's keys with content in events, durations in milliseconds and its own name for a provider.
package enum Strands: Dialect {
    package static let name = "strands"

    package static let signs: [Sign] = [
        .value("gen_ai.system", ["strands-agents"]), .value("gen_ai.provider.name", ["strands-agents"]), .key("event_loop.cycle_id"),
        .metric("strands."), .scope("strands.telemetry"), .key("gen_ai.event.start_time"),
    ]

    package static let rules: [Rule] = [
        Rule("gen_ai.server.time_to_first_token", .timeToFirstChunk, .milliseconds),
        Rule("tool_name", .toolName),
        Rule("gen_ai.agent.tools", .toolDefinitions, else: 1),
    ]

    package static let metrics: [MetricRule] = [
        MetricRule("strands.event_loop.input.tokens", "gen_ai.client.token.usage", unit: "{token}", adding: ["gen_ai.token.type": "input"]),
        MetricRule(
            "strands.event_loop.output.tokens",
            "gen_ai.client.token.usage",
            unit: "{token}",
            adding: ["gen_ai.token.type": "output"]
        ),
        MetricRule("strands.event_loop.latency", "gen_ai.client.operation.duration", scale: 1e-3, unit: "s"),
        MetricRule("strands.model.time_to_first_token", "gen_ai.client.operation.time_to_first_chunk", scale: 1e-3, unit: "s"),
        MetricRule("strands.tool.duration", "gen_ai.execute_tool.duration", unit: "s"),
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        // The library for TypeScript has the service's name where the provider's belongs.
        if facts.isPrimary(self), facts.has("gen_ai.event.start_time"), facts.isKnown(.provider) { facts.forget(.provider) }
        if facts.text(.operationName) == "execute_node" { facts.set(.step) }
        if facts.operation == .executeTool { tool(&facts) }
        if facts.operation == .invokeWorkflow { facts.take("gen_ai.agent.input", as: .inputMessages, .inputMessages, else: 1) }
    }

    /// Arguments and result are events, in the old form like messages, in the new one as messages.
    private static func tool(_ facts: inout Facts) {
        for event in facts.events(named: "gen_ai.tool.message") where facts.take("content", of: event, as: .toolArguments) {
            facts.leave(known(event, "content", facts), outOf: event)
        }
        for event in facts.events(named: "gen_ai.choice") where facts.take("message", of: event, as: .toolResult) {
            facts.leave(known(event, "message", facts), outOf: event)
        }
        if facts.isKnown(.toolArguments), facts.isKnown(.toolResult) {
            for event in facts.events(named: "gen_ai.client.inference.operation.details") {
                facts.leave(["gen_ai.input.messages", "gen_ai.output.messages"], outOf: event)
            }
        }
        guard let status = facts.text("gen_ai.tool.status") else { return }
        if status == "error", facts.span?.statusCode != 2 { facts.noted = .toolReportedError }
        if status == "error" || status == "success" { facts.drop("gen_ai.tool.status") }
    }

    /// What of a tool's event is said by now: its content, that it is a tool's, and the call's id if the span has it.
    private static func known(_ event: EventView, _ content: String, _ facts: borrowing Facts) -> [String] {
        let id = facts.text("id", of: event)
        return id == facts.text(.toolCallID) ? [content, "role", "id"] : [content, "role"]
    }
}
