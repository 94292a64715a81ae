/// Google's Agent Development Kit: requests and answers as JSON of Gemini's interface, `{}` where they were not captured.
package enum GoogleADK: Dialect {
    package static let name = "google_adk"

    package static let signs: [Sign] = [
        .key("gcp.vertex.agent."), .value("gen_ai.system", ["gcp.vertex.agent"]), .value("gen_ai.provider.name", ["gcp.vertex.agent"]),
        .scope("gcp.vertex.agent"),
    ]

    package static let rules: [Rule] = [
        Rule("gcp.vertex.agent.session_id", .conversationID)
    ]

    private static let contents = [
        "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_call_args",
        "gcp.vertex.agent.tool_response", "gcp.vertex.agent.data",
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        for key in contents where facts.holds(key, "{}") { facts.drop(key) }
        if facts.nameBegins("execute_tool (merged)") || facts.text("gen_ai.tool.name") == "(merged tools)" {
            // The results of tools that ran side by side, once more.
            for field in [Field.operationName, .toolName, .toolCallID] { facts.forget(field) }
            facts.set(.step)
        } else if facts.nameBegins("call_llm") {
            facts.set(.chat)
        } else if facts.nameBegins("agent_run") {
            facts.set(.invokeAgent)
            if let open = facts.itemName.firstIndex(of: "["), facts.itemName.hasSuffix("]") {
                facts.set(.agentName, String(facts.itemName[facts.itemName.index(after: open)...].dropLast()))
            }
        } else if facts.nameBegins("invocation") {
            facts.set(.invokeWorkflow)
        } else if facts.nameBegins("run_node") {
            facts.set(.step)
        }
        request(&facts)
        response(&facts)
        tool(&facts)
    }

    private static func request(_ facts: inout Facts) {
        guard let request = facts.json("gcp.vertex.agent.llm_request"), request.firstChild(0) != nil else { return }
        if let config = request.member("config", of: 0) {
            if let system = request.member(["system_instruction", "systemInstruction"], of: config) {
                facts.take(request, system, as: .systemInstructions)
            }
            if let tools = request.member("tools", of: config) { facts.take(request, tools, as: .toolDefinitions) }
            _ = facts.takeParameters(request, of: config)
        }
        // More stands in it than the fields say; it is kept.
        if let contents = request.member("contents", of: 0) { facts.take(request, contents, as: .inputMessages) }
    }

    private static func response(_ facts: inout Facts) {
        guard let response = facts.json("gcp.vertex.agent.llm_response"), response.firstChild(0) != nil else { return }
        if let usage = response.member(["usage_metadata", "usageMetadata"], of: 0) { _ = facts.takeUsage(response, usage, else: 1) }
        facts.take("gcp.vertex.agent.llm_response", as: .outputMessages, .outputMessages, else: 1)
    }

    private static func tool(_ facts: inout Facts) {
        guard facts.operation == .executeTool else { return }
        facts.take("gcp.vertex.agent.tool_call_args", as: .toolArguments, else: 1)
        facts.take("gcp.vertex.agent.tool_response", as: .toolResult, else: 1)
        // A class of Python stands where the kind of tool belongs.
        switch facts.text(.toolType) {
        case "AgentTool":
            facts.overrule(.toolType, "function")
            facts.set(.toolKind, "agent")
        case "McpTool", "MCPTool":
            facts.overrule(.toolType, "extension")
            facts.set(.toolKind, "mcp")
        case let type? where type.hasSuffix("Tool"): facts.overrule(.toolType, "function")
        default: break
        }
    }
}
