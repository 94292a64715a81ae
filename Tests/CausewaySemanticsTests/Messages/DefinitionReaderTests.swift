import CausewayModel
import Testing

/// Tools offered, in the JSON of whoever wrote them, and in the conventions'.
struct DefinitionReaderTests {
    private func definitions(_ value: AttributeValue) -> String? {
        UnderstoodItem([Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.tool.definitions", value)]).text(
            "gen_ai.tool.definitions"
        )
    }

    @Test(
        arguments: [
            // OpenAI, Anthropic, Bedrock, Gemini, Vercel, and nothing but names.
            (
                #"[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]"#,
                #"[{"type":"function","name":"f","description":"d","parameters":{"type":"object"}}]"#
            ),
            (#"[{"name":"f","input_schema":{"a":1}}]"#, #"[{"type":"function","name":"f","parameters":{"a":1}}]"#),
            (#"[{"toolSpec":{"name":"f","inputSchema":{"json":{"a":1}}}}]"#, #"[{"type":"function","name":"f","parameters":{"a":1}}]"#),
            (
                #"[{"functionDeclarations":[{"name":"f","parameters":{}},{"name":"g"}]}]"#,
                #"[{"type":"function","name":"f","parameters":{}},{"type":"function","name":"g"}]"#
            ),
            (
                #"[{"type":"function","name":"f","inputSchema":{"jsonSchema":{"a":1}}}]"#,
                #"[{"type":"function","name":"f","inputSchema":{"jsonSchema":{"a":1}}}]"#
            ),
            (#"["f","g"]"#, #"[{"type":"function","name":"f"},{"type":"function","name":"g"}]"#),
            (#"["{\"name\":\"f\",\"parameters\":{}}"]"#, #"[{"type":"function","name":"f","parameters":{}}]"#),
            // What is canonical, and what is none, stays.
            (#"[{"type":"function", "name":"f"}]"#, #"[{"type":"function", "name":"f"}]"#),
            (#"["Tool(name='f', x=1)"]"#, #"["Tool(name='f', x=1)"]"#),
            ("[1,2]", "[1,2]"),
        ]
    )
    func `tools are what the conventions call tools`(source: String, expected: String) {
        #expect(definitions(.string(source)) == expected)
    }

    @Test func `a list of texts, each the JSON of a tool, is a list of tools`() {
        let list: AttributeValue = .array([#"{"type":"function","name":"f","inputSchema":{}}"#])
        #expect(definitions(list) == #"[{"type":"function","name":"f","parameters":{}}]"#)
    }
}
