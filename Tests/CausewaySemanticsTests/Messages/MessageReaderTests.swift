import CausewayModel
import Testing

/// Conversations in the JSON of whoever wrote them, and what they are in the conventions' JSON.
struct MessageReaderTests {
    private static let chat = [Attribute("gen_ai.operation.name", "chat")]

    private func input(_ text: String) -> String? {
        UnderstoodItem(Self.chat + [Attribute("gen_ai.input.messages", .string(text))]).text("gen_ai.input.messages")
    }

    private func output(_ text: String) -> UnderstoodItem {
        UnderstoodItem(Self.chat + [Attribute("gen_ai.output.messages", .string(text))])
    }

    @Test(
        arguments: [
            #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#,
            #"[{"role": "user", "parts": [{"content": "hi", "type": "text"}], "name": null}]"#,
            #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"x":1}}],"finish_reason":"tool_call"}]"#,
            #"[{"role":"tool","parts":[{"type":"tool_call_response","id":"c","response":"21 degrees"}]}]"#,
            #"[{"role":"user","parts":[{"type":"blob","modality":"image","content":"aGk="},{"type":"my-part","anything":[1,{"a":null}]}]}]"#,
        ]
    )
    func `messages that are canonical stay to the last byte`(text: String) {
        #expect(input(text) == text)
    }

    @Test(
        arguments: [
            // Texts.
            ("hello", #"[{"role":"user","parts":[{"type":"text","content":"hello"}]}]"#),
            (#""he said \"hi\"""#, #"[{"role":"user","parts":[{"type":"text","content":"he said \"hi\""}]}]"#),
            (#"["one","two"]"#, Self.two),
            // OpenAI, chat completions.
            (#"[{"role":"user","content":"one"},{"role":"user","content":"two"}]"#, Self.two),
            (
                #"[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"f","arguments":{"x": 1}}]}]"#
            ),
            (
                #"[{"role":"tool","tool_call_id":"c1","content":"21"}]"#,
                #"[{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"21"}]}]"#
            ),
            (
                #"[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]"#,
                #"[{"role":"user","parts":[{"type":"text","content":"see"},{"type":"uri","modality":"image","uri":"https://x/y.png"}]}]"#
            ),
            (
                #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}}]}]"#,
                #"[{"role":"user","parts":[{"type":"blob","modality":"image","mime_type":"image/png","content":"aGk="}]}]"#
            ),
            // OpenAI, responses.
            (
                #"[{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c1","output":"ok"}]"#,
                #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"f","arguments":{}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"ok"}]}]"#
            ),
            (
                #"[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}]"#,
                #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#
            ),
            // Anthropic.
            (
                #"[{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"21","is_error":true}]}]"#,
                #"[{"role":"user","parts":[{"type":"tool_call_response","id":"t","response":"21","is_error":true}]}]"#
            ),
            (
                #"[{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t","name":"f","input":{"a":1}}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"reasoning","content":"hm","signature":"s"},{"type":"tool_call","id":"t","name":"f","arguments":{"a":1}}]}]"#
            ),
            // Bedrock.
            (
                #"[{"role":"assistant","content":[{"text":"a"},{"toolUse":{"toolUseId":"t","name":"f","input":{}}}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"text","content":"a"},{"type":"tool_call","id":"t","name":"f","arguments":{}}]}]"#
            ),
            (
                #"[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"21"}],"status":"success"}}]}]"#,
                #"[{"role":"user","parts":[{"type":"tool_call_response","id":"t","response":[{"text":"21"}],"status":"success"}]}]"#
            ),
            // Gemini.
            (
                #"[{"role":"model","parts":[{"text":"a"},{"functionCall":{"name":"f","args":{"x":1}}},{"text":"hm","thought":true}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"text","content":"a"},{"type":"tool_call","name":"f","arguments":{"x":1}},{"type":"reasoning","content":"hm"}]}]"#
            ),
            (
                #"[{"role":"user","parts":[{"inlineData":{"mimeType":"audio/wav","data":"aGk="}},{"fileData":{"mimeType":"image/png","fileUri":"gs://b/o"}}]}]"#,
                #"[{"role":"user","parts":[{"type":"blob","modality":"audio","mime_type":"audio/wav","content":"aGk="},{"type":"uri","modality":"image","mime_type":"image/png","uri":"gs://b/o"}]}]"#
            ),
            // LangChain.
            (
                #"{"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"hi","type":"human"}}]]}"#,
                #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#
            ),
            (
                #"[{"type":"ai","content":"","tool_calls":[{"name":"f","args":{"x":1},"id":"c","type":"tool_call"}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"x":1}}]}]"#
            ),
            // Haystack and Genkit.
            (
                #"[{"role":"assistant","content":[{"tool_call":{"id":"c","tool_name":"f","arguments":{"x":1}}}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"x":1}}]}]"#
            ),
            (
                #"{"messages":[{"role":"tool","content":[{"toolResponse":{"ref":"c","name":"f","output":{"ok":true}}}]}]}"#,
                #"[{"role":"tool","parts":[{"type":"tool_call_response","id":"c","response":{"ok":true},"name":"f"}]}]"#
            ),
            // Deviations from the conventions.
            (
                #"[{"role":"tool","parts":[{"type":"tool_call_response","id":"c","result":"21","name":"f"}]}]"#,
                #"[{"role":"tool","parts":[{"type":"tool_call_response","id":"c","response":"21","name":"f"}]}]"#
            ),
            (
                #"[{"role":"assistant","parts":[{"type":"thinking","content":"hm"}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"}]}]"#
            ),
            (
                #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":"{\"x\":1}"}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"x":1}}]}]"#
            ),
            // The request around it.
            (
                #"{"model":"m","system":"be brief","messages":[{"role":"user","content":"hi"}],"max_tokens":5}"#,
                #"[{"role":"system","parts":[{"type":"text","content":"be brief"}]},{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#
            ),
            // Members that nobody knows are kept, those that say nothing go.
            (
                #"[{"role":"user","content":"hi","cache_control":{"type":"ephemeral"},"refusal":null,"annotations":[]}]"#,
                #"[{"role":"user","parts":[{"type":"text","content":"hi"}],"cache_control":{"type":"ephemeral"}}]"#
            ),
        ]
    )
    func `what is no canonical message becomes one`(source: String, expected: String) {
        #expect(input(source) == expected)
    }

    private static let two =
        #"[{"role":"user","parts":[{"type":"text","content":"one"}]},{"role":"user","parts":[{"type":"text","content":"two"}]}]"#

    @Test(
        arguments: [
            // OpenAI's answer.
            (
                #"{"id":"x","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":"a"}}]}"#,
                #"[{"role":"assistant","parts":[{"type":"text","content":"a"}],"finish_reason":"tool_call"}]"#, "tool_calls"
            ),
            // Anthropic's.
            (
                #"{"role":"assistant","content":[{"type":"text","text":"a"}],"stop_reason":"end_turn"}"#,
                #"[{"role":"assistant","parts":[{"type":"text","content":"a"}],"finish_reason":"stop"}]"#, "stop"
            ),
            // Gemini's.
            (
                #"{"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"MAX_TOKENS"}]}"#,
                #"[{"role":"assistant","parts":[{"type":"text","content":"a"}],"finish_reason":"length"}]"#, "length"
            ),
            // LangChain's.
            (
                #"{"generations":[[{"text":"a","generation_info":{"finish_reason":"stop"},"message":{"type":"ai","content":"a"}}]]}"#,
                #"[{"role":"assistant","parts":[{"type":"text","content":"a"}],"finish_reason":"stop"}]"#, "stop"
            ),
            ("done", #"[{"role":"assistant","parts":[{"type":"text","content":"done"}]}]"#, nil),
        ] as [(String, String, String?)]
    )
    func `an answer is a message with the reason why it ended`(source: String, expected: String, reason: String?) {
        let item = output(source)
        #expect(item.text("gen_ai.output.messages") == expected)
        #expect(item["gen_ai.response.finish_reasons"] == reason.map { .array([.string($0)]) })
    }

    @Test func `messages in structured form become JSON text`() {
        let message: AttributeValue = .map([
            Attribute("role", "user"), Attribute("parts", .array([.map([Attribute("type", "text"), Attribute("content", "hi")])])),
        ])
        let item = UnderstoodItem(Self.chat + [Attribute("gen_ai.input.messages", .array([message]))])
        #expect(item.text("gen_ai.input.messages") == #"[{"role":"user","parts":[{"type":"text","content":"hi"}]}]"#)
    }

    @Test(
        arguments: [
            #"[{"role":"user","content":"cut o"#, "[1,2", #"[{"a":1}]"#, "[]", "{}", #"[{"role":"user","content":"\ud8"}]"#,
            #"["ChatMessage(role=<MessageRole.USER: 'user'>, blocks=[])"]"#, String(repeating: "[", count: 5000),
            String(repeating: #"{"a":"#, count: 5000), "[1e999,true,null]",
        ]
    )
    func `what is no conversation is kept to the last byte`(text: String) {
        let item = UnderstoodItem(Self.chat + [Attribute("gen_ai.input.messages", .string(text))])
        #expect(item.text("gen_ai.input.messages") == text)
    }

    @Test func `a prompt of ten megabytes is understood`() {
        let long = String(repeating: "lorem ipsum ", count: 900_000)
        let item = UnderstoodItem(Self.chat + [Attribute("gen_ai.input.messages", .string(#"[{"role":"user","content":"\#(long)"}]"#))])
        #expect(item.text("gen_ai.input.messages") == #"[{"role":"user","parts":[{"type":"text","content":"\#(long)"}]}]"#)
    }
}
