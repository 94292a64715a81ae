import CausewayModel
import Testing

/// Files, pictures and sound in messages, tools that the provider ran itself, and what stands in a message twice.
struct MessageReaderMediaTests {
    @Test(
        arguments: [
            // OpenAI.
            (
                #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}}"#,
                #"{"type":"blob","modality":"document","mime_type":"application/pdf","content":"JVBE","filename":"a.pdf"}"#
            ),
            (#"{"type":"file","file":{"file_id":"f1"}}"#, #"{"type":"file","modality":"document","file_id":"f1"}"#),
            (#"{"type":"input_file","file_id":"f1"}"#, #"{"type":"file","modality":"document","file_id":"f1"}"#),
            (
                #"{"type":"input_file","file_url":"https://x/a.pdf"}"#,
                #"{"type":"uri","modality":"document","uri":"https://x/a.pdf"}"#
            ),
            (
                #"{"type":"input_audio","input_audio":{"data":"UklG","format":"wav"}}"#,
                #"{"type":"blob","modality":"audio","mime_type":"audio/wav","content":"UklG"}"#
            ),
            // Vercel, LangChain.
            (
                #"{"type":"image","image":"data:image/png;base64,iVBO"}"#,
                #"{"type":"blob","modality":"image","mime_type":"image/png","content":"iVBO"}"#
            ),
            (
                #"{"type":"file","data":"JVBE","mediaType":"application/pdf"}"#,
                #"{"type":"blob","modality":"document","mime_type":"application/pdf","content":"JVBE"}"#
            ),
            (
                #"{"type":"media","mime_type":"image/png","data":"iVBO"}"#,
                #"{"type":"blob","modality":"image","mime_type":"image/png","content":"iVBO"}"#
            ),
            // Bedrock.
            (
                #"{"image":{"format":"png","source":{"bytes":"iVBO"}}}"#,
                #"{"type":"blob","modality":"image","mime_type":"image/png","content":"iVBO"}"#
            ),
            (
                #"{"document":{"format":"pdf","name":"d","source":{"bytes":"JVBE"}}}"#,
                #"{"type":"blob","modality":"document","mime_type":"application/pdf","content":"JVBE","name":"d"}"#
            ),
            (
                #"{"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/v.mp4"}}}}"#,
                #"{"type":"uri","modality":"video","uri":"s3://b/v.mp4"}"#
            ),
            // Tools of the provider's own.
            (
                #"{"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"q"}}"#,
                #"{"type":"server_tool_call","id":"s1","name":"web_search","server_tool_call":{"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"q"}}}"#
            ),
            (
                #"{"type":"web_search_tool_result","tool_use_id":"s1","content":[]}"#,
                #"{"type":"server_tool_call_response","id":"s1","server_tool_call_response":{"type":"web_search_tool_result","tool_use_id":"s1","content":[]}}"#
            ),
            // What a tool answered, with the sign that it failed.
            (
                #"{"type":"tool-result","toolCallId":"c1","toolName":"f","output":{"type":"error-text","value":"no"}}"#,
                #"{"type":"tool_call_response","id":"c1","response":"no","is_error":true,"name":"f"}"#
            ),
            // Nobody's.
            (#"{"type":"file","name":"x"}"#, #"{"type":"file","name":"x"}"#),
            (#"{"type":"image","about":"a cat"}"#, #"{"type":"image","about":"a cat"}"#),
        ]
    )
    func `a part of whatever maker is one of the conventions', and nobody's stays`(source: String, expected: String) {
        #expect(input(#"[{"role":"user","content":[\#(source)]}]"#) == #"[{"role":"user","parts":[\#(expected)]}]"#)
    }

    @Test(
        arguments: [
            // Items of OpenAI's that are calls.
            (
                #"[{"type":"web_search_call","id":"w1","status":"completed","action":{"type":"search","query":"q"}}]"#,
                #"[{"role":"assistant","parts":[{"type":"server_tool_call","id":"w1","name":"web_search","server_tool_call":{"type":"web_search_call","id":"w1","status":"completed","action":{"type":"search","query":"q"}}}]}]"#
            ),
            (
                #"[{"type":"mcp_call","id":"m1","name":"roll","server_label":"dice","arguments":"{}","output":"4"}]"#,
                #"[{"role":"assistant","parts":[{"type":"server_tool_call","id":"m1","name":"roll","server_tool_call":{"type":"mcp_call","id":"m1","name":"roll","server_label":"dice","arguments":"{}","output":"4"}}]}]"#
            ),
            (
                #"[{"type":"local_shell_call","id":"l1","call_id":"c1","action":{"command":["ls"]}},{"type":"local_shell_call_output","call_id":"c1","output":"a"}]"#,
                #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"local_shell","arguments":{"command":["ls"]}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"a"}]}]"#
            ),
            // Ollama: pictures beside the text, results without the id of a call.
            (
                #"[{"role":"user","content":"see","images":["iVBO"]},{"role":"tool","tool_name":"f","content":"r"}]"#,
                #"[{"role":"user","parts":[{"type":"text","content":"see"},{"type":"blob","modality":"image","content":"iVBO"}]},{"role":"tool","parts":[{"type":"tool_call_response","response":"r","name":"f"}]}]"#
            ),
            // LangChain: a call in the content and in a list of its own.
            (
                #"[{"type":"ai","content":[{"type":"text","text":"t"},{"type":"tool_use","id":"c1","name":"f","input":{}}],"tool_calls":[{"name":"f","args":{"a":1},"id":"c1","type":"tool_call"}]}]"#,
                #"[{"role":"assistant","parts":[{"type":"text","content":"t"},{"type":"tool_call","id":"c1","name":"f","arguments":{"a":1}}]}]"#
            ),
            // Cohere: what was said before beside what is said now.
            (
                #"{"message":"now","chat_history":[{"role":"USER","message":"a"},{"role":"CHATBOT","message":"b"}],"preamble":"sys"}"#,
                #"[{"role":"system","parts":[{"type":"text","content":"sys"}]},{"role":"user","parts":[{"type":"text","content":"a"}]},{"role":"assistant","parts":[{"type":"text","content":"b"}]},{"role":"user","parts":[{"type":"text","content":"now"}]}]"#
            ),
            (#"{"input":"now","chat_history":[]}"#, #"[{"role":"user","parts":[{"type":"text","content":"now"}]}]"#),
        ]
    )
    func `what is said twice is said once, and nothing of it is lost`(source: String, expected: String) {
        #expect(input(source) == expected)
    }

    @Test func `a picture of megabytes stays what it is`() {
        let picture = String(repeating: "iVBORw0KGgo", count: 200_000)
        let source = #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(picture)"}}]}]"#
        #expect(
            input(source)
                == #"[{"role":"user","parts":[{"type":"blob","modality":"image","mime_type":"image/png","content":"\#(picture)"}]}]"#
        )
    }

    private func input(_ text: String) -> String? {
        UnderstoodItem([Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.input.messages", .string(text))])
            .text("gen_ai.input.messages")
    }
}
