/// AutoGen from 0.4 on: what its agents do, and the messages its runtime carries between them.
package enum AutoGen: Dialect {
    package static let name = "autogen"

    package static let signs: [Sign] = [
        .value("gen_ai.system", ["autogen"]), .value("gen_ai.provider.name", ["autogen"]), .scope("autogen-core"), .scope("autogen "),
        .scope("autogen_core.events"),
        .spanName("autogen create "), .spanName("autogen send "), .spanName("autogen publish "), .spanName("autogen process "),
        .spanName("autogen ack "), .spanName("autogen receive "), .spanName("autogen intercept "),
    ]

    /// The libraries that ask models.
    private static let clients = ["openai.", "anthropic.", "azure.", "google.genai.", "httpx.", "httpcore."]

    package static func complete(_ facts: inout Facts) {
        if facts.kind == .log { return completeLog(&facts) }
        if facts.nameBegins("autogen ") { facts.set(.step) }
        // Handing over is a tool that the framework makes; what it says of itself tells to whom.
        if facts.operation == .executeTool, let text = facts.text("gen_ai.tool.description"), text.hasPrefix("Handoff to "),
            text.hasSuffix("."), !facts.has("causeway.handoff.to")
        {
            facts.add("causeway.handoff.to", String(text.dropFirst(11).dropLast()))
        }
        // There is no span of the model's call: what failed there is seen on the agent.
        guard facts.operation == .invokeAgent, facts.isError else { return }
        for event in facts.events(named: "exception") {
            guard let type = facts.text("exception.type", of: event), clients.contains(where: { type.hasPrefix($0) }) else { continue }
            facts.fail(.chat, type: type, message: facts.text("exception.message", of: event))
        }
    }

    /// The only place where its models' calls are seen: records whose body is JSON.
    private static func completeLog(_ facts: inout Facts) {
        guard let body = facts.bodyJSON(), let type = body.string(body.member("type", of: 0)) else { return }
        switch type {
        case "LLMCall", "LLMStreamEnd":
            facts.set(.chat)
            if let messages = body.member("messages", of: 0) { facts.take(body, messages, as: .inputMessages) }
            if let response = body.member("response", of: 0) {
                facts.take(body, response, as: .outputMessages)
                if let model = body.string(body.member("model", of: response)) { facts.set(.responseModel, model) }
                if let id = body.string(body.member("id", of: response)) { facts.set(.responseID, id) }
            }
            if let count = body.integer(body.member("prompt_tokens", of: 0)), count >= 0 { facts.set(.inputTokens, count) }
            if let count = body.integer(body.member("completion_tokens", of: 0)), count >= 0 { facts.set(.outputTokens, count) }
        case "ToolCall":
            facts.set(.executeTool)
            if let name = body.string(body.member("tool_name", of: 0)) { facts.set(.toolName, name) }
            if let arguments = body.member("arguments", of: 0) { facts.take(body, arguments, as: .toolArguments) }
            if let result = body.member("result", of: 0) {
                if let text = body.string(result) { facts.set(.toolResult, text) } else { facts.take(body, result, as: .toolResult) }
            }
        default: return
        }
        if let agent = body.string(body.member("agent_id", of: 0)) { facts.set(.agentID, agent) }
    }
}
