/// Rig: the conventions' keys, and a tool's failure under one of its own.
package enum Rig: Dialect {
    package static let name = "rig"

    package static let signs: [Sign] = [
        .key("gen_ai.tool.call.outcome"), .key("gen_ai.tool.error.type"),
        .value("target", ["rig::completions", "rig::agent_chat", "rig::modalities"]),
    ]

    package static let rules: [Rule] = [Rule("gen_ai.tool.error.type", .errorType)]

    package static func complete(_ facts: inout Facts) {
        // An agent's text, beside the sum of its calls.
        if facts.operation == .invokeAgent {
            facts.take("gen_ai.prompt", as: .inputMessages, .inputMessages)
            facts.take("gen_ai.completion", as: .outputMessages, .outputMessages)
        }
        if let outcome = facts.text("gen_ai.tool.call.outcome"), outcome != "success" { facts.hasFailed = true }
    }
}
