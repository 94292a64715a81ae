/// AutoGen from 0.4 on: what its agents do, and the messages its runtime carries between them.
package enum AutoGen: Dialect {
    package static let name = "autogen"

    package static let signs: [Sign] = [
        .value("gen_ai.system", ["autogen"]), .value("gen_ai.provider.name", ["autogen"]), .scope("autogen-core"), .scope("autogen "),
        .spanName("autogen create "), .spanName("autogen send "), .spanName("autogen publish "), .spanName("autogen process "),
        .spanName("autogen ack "), .spanName("autogen receive "), .spanName("autogen intercept "),
    ]

    /// The libraries that ask models.
    private static let clients = ["openai.", "anthropic.", "azure.", "google.genai.", "httpx.", "httpcore."]

    package static func complete(_ facts: inout Facts) {
        if facts.nameBegins("autogen ") { facts.set(.step) }
        // There is no span of the model's call: what failed there is seen on the agent.
        guard facts.operation == .invokeAgent, facts.isError else { return }
        for event in facts.events(named: "exception") {
            guard let type = facts.text("exception.type", of: event), clients.contains(where: { type.hasPrefix($0) }) else { continue }
            facts.fail(.chat, type: type, message: facts.text("exception.message", of: event))
        }
    }
}
