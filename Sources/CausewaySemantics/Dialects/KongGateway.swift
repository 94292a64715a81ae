/// Kong's AI gateway.
package enum KongGateway: Dialect {
    package static let name = "kong_ai_gateway"

    package static let signs: [Sign] = [
        .key("kong.gen_ai."), .key("kong.a2a."), .spanName("kong.gen_ai"), .spanName("kong.a2a"), .metric("kong.gen_ai."),
    ]

    package static let metrics: [MetricRule] = [MetricRule("kong.gen_ai.llm.cost", "causeway.cost", unit: "{USD}")]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        if facts.nameBegins("kong.a2a") {
            facts.set(.invokeAgent)
        } else if facts.operation == nil || facts.operation == .executeTool {
            // A tool's name on it is that of one the model asked for: nobody called it here.
            facts.set(.chat)
        }
    }
}
