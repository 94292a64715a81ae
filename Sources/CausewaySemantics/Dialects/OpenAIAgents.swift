internal import CausewayOTLP

/// The OpenAI Agents SDK as OpenTelemetry's own instrumentation reports it, constants and all.
package enum OpenAIAgents: Dialect {
    package static let name = "openai_agents"

    package static let signs: [Sign] = [
        .value("gen_ai.agent.description", ["OpenAI Agents instrumentation"]), .key("gen_ai.guardrail."),
        .value("gen_ai.operation.name", ["guardrail_check", "agent_handoff"]), .beside("gen_ai.handoff."),
        .scope("opentelemetry.instrumentation.openai_agents"),
    ]

    package static let tokens = TokenConvention.inclusive

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        forgetConstants(&facts)
        switch facts.text("gen_ai.operation.name") {
        case "unknown":
            facts.forget(.operationName)
            facts.set(.step)
        case "guardrail_check":
            facts.set(.guardrail)
            if facts.flag("gen_ai.guardrail.triggered") == true { facts.noted = .guardrailCompliance }
        case "agent_handoff": facts.set(.handoff)
        case "invoke_agent" where facts.isRoot && !facts.nameBegins("invoke_agent"):
            facts.set(.invokeWorkflow)
            facts.takeName(as: .workflowName)
        default: break
        }
        if facts.isError, facts.statusMessage.hasPrefix("Guardrail tripwire triggered") { facts.noted = .guardrailCompliance }
        readCalls(&facts)
    }

    /// What stands on every span says nothing about any.
    private static func forgetConstants(_ facts: inout Facts) {
        guard facts.text(.agentDescription) == "OpenAI Agents instrumentation" else { return }
        facts.forget(.agentDescription)
        if facts.text(.agentName) == "OpenAI Agent" { facts.forget(.agentName) }
        if facts.text(.agentID) == "agent" { facts.forget(.agentID) }
    }

    /// Calls of tools stand in the answer as Python shows the library's objects.
    private static func readCalls(_ facts: inout Facts) {
        guard let messages = facts.json("gen_ai.output.messages"), messages.kind(0) == .array else { return }
        var output: [UInt8] = [UInt8(ascii: "[")]
        var hasCalls = false
        for message in messages.elements(0) {
            guard let role = messages.member("role", of: message), let parts = messages.member("parts", of: message) else { return }
            if output.count > 1 { output.append(UInt8(ascii: ",")) }
            output += Array("{\"role\":".utf8)
            messages.copy(role, to: &output)
            output += Array(",\"parts\":[".utf8)
            for (place, part) in messages.elements(parts).enumerated() {
                if place > 0 { output.append(UInt8(ascii: ",")) }
                if let call = call(messages, part) {
                    hasCalls = true
                    output += call
                } else {
                    messages.copy(part, to: &output)
                }
            }
            output.append(UInt8(ascii: "]"))
            if let reason = messages.member("finish_reason", of: message) {
                output += Array(",\"finish_reason\":".utf8)
                messages.copy(reason, to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
        output.append(UInt8(ascii: "]"))
        if hasCalls { _ = facts.overrule(.outputMessages, json: output, .outputMessages) }
    }

    private static func call(_ messages: JSONOutline, _ part: Int) -> [UInt8]? {
        guard let content = messages.member("content", of: part), messages.kind(content) == .string else { return nil }
        var text: [UInt8] = []
        messages.text(content, to: &text)
        guard let members = PythonValue.members(of: "ResponseFunctionToolCall", text, text.indices), let call = JSONOutline(members),
            let name = call.member("name", of: 0)
        else { return nil }
        var json: [UInt8] = Array("{\"type\":\"tool_call\",\"name\":".utf8)
        call.copy(name, to: &json)
        for (word, member) in [("id", "call_id"), ("arguments", "arguments")] {
            guard let value = call.member(member, of: 0) else { continue }
            json += Array(",\"\(word)\":".utf8)
            call.copy(value, to: &json)
        }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
