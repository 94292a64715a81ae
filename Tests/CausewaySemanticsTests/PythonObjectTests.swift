import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// Calls of tools that an instrumentation wrote down as Python shows the library's objects.
struct PythonObjectTests {
    private func parts(_ text: String) throws -> String {
        let content = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let messages = #"[{"role":"assistant","parts":[{"type":"text","content":""# + content + #""}]}]"#
        let payload = Requests.span(
            "chat",
            [
                Attribute("gen_ai.agent.description", "OpenAI Agents instrumentation"), Attribute("gen_ai.operation.name", "chat"),
                Attribute("gen_ai.output.messages", .string(messages)),
            ]
        )
        let after = understand(payload, signal: .traces, options: Changes.options)
        let found = Changes.items(after.payload, .traces)[0].attributes.first { $0.key == "gen_ai.output.messages" }
        guard case .string(let json)? = found?.value else { return "" }
        return json
    }

    @Test(arguments: [
        #"ResponseFunctionToolCall(arguments='{"a": 1}', call_id='c1', name='f', status=None)"#,
        #"ResponseFunctionToolCall(name="f", call_id="c1", arguments="{\"a\": 1}", caller=Caller(kind='x', deep=[1, (2, True)]))"#,
    ])
    func `an object with its members is a call`(text: String) throws {
        #expect(
            try parts(text) == #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"f","arguments":{"a": 1}}]}]"#
        )
    }

    @Test(arguments: [
        "ResponseFunctionToolCall(", "ResponseFunctionToolCall()", "ResponseFunctionToolCall(name='f'", "ResponseFunctionToolCall('f')",
        "ResponseFunctionToolCall(name='f' extra)", "Otherwise(name='f')", "ResponseFunctionToolCall says hello",
        String(repeating: "ResponseFunctionToolCall(a=", count: 500),
    ])
    func `what only looks like one stays text`(text: String) throws {
        #expect(try parts(text).contains(#""type":"text""#))
    }
}
