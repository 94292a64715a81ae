import CausewayModel
import Testing

/// Conversations that come inside other text.
struct MessageReaderPackedTests {
    private static let one = #"[{"role":"user","parts":[{"type":"text","content":"one"}]}]"#
    private static let two =
        #"[{"role":"user","parts":[{"type":"text","content":"one"}]},{"role":"assistant","parts":[{"type":"text","content":"two"}]}]"#

    @Test(
        arguments: [
            // JSON in a JSON string.
            (#""[{\"role\":\"user\",\"content\":\"one\"}]""#, one),
            (#""[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"one\"}]}]""#, one),
            // Texts, each of them JSON.
            (#"["{\"role\":\"user\",\"content\":\"one\"}","{\"role\":\"assistant\",\"content\":\"two\"}"]"#, two),
            // What Python shows.
            ("[{'role': 'user', 'content': 'one'}, {'role': 'assistant', 'content': 'two', 'tool_calls': None}]", two),
            ("[HumanMessage(content='one', additional_kwargs={}), AIMessage(content='two', response_metadata={})]", two),
            ("{'messages': [{'role': 'user', 'content': \"one\"}]}", one),
            // Text that only looks like it.
            (#""[1,2]""#, #"[{"role":"user","parts":[{"type":"text","content":"[1,2]"}]}]"#),
            (#"["{one}"]"#, #"[{"role":"user","parts":[{"type":"text","content":"{one}"}]}]"#),
        ]
    )
    func `a conversation is taken out of the text around it, once`(source: String, expected: String) {
        #expect(input(.string(source)) == expected)
    }

    @Test func `a list of texts is one, whether it is JSON or an attribute's own`() {
        let list: AttributeValue = .array([#"{"role":"user","content":"one"}"#, #"{"role":"assistant","content":"two"}"#])
        #expect(input(list) == Self.two)
    }

    @Test(arguments: ["[ChatMessage(role=<Role.USER: 'user'>, content='one')]", "[{'role': 'user', 'content'", "[{'a': 1}, <object>]"])
    func `what Python shows of things that have no JSON stays as it came`(text: String) {
        #expect(input(.string(text)) == text)
    }

    @Test func `what is packed twice is unpacked once`() {
        let twice = #""\"[{\\\"role\\\":\\\"user\\\"}]\"""#
        #expect(input(.string(twice))?.hasPrefix(#"[{"role":"user","parts":[{"type":"text","content":"\"[{"#) == true)
    }

    private func input(_ value: AttributeValue) -> String? {
        UnderstoodItem([Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.input.messages", value)]).text(
            "gen_ai.input.messages"
        )
    }
}
