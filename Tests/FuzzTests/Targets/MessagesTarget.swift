@testable import CausewaySemantics

extension FuzzTarget {
    /// Conversations in anybody's JSON: what is made of them is JSON in the conventions' form, and is left as it is when it is read again.
    static let messages = FuzzTarget(name: "messages", seeds: { conversations }) { bytes in
        for side in [MessageReader.Side.input, .output, .system] {
            var reader = MessageReader()
            guard reader.read(bytes, bytes.indices, as: side) == .made else { continue }
            let made = reader.output
            try promise(
                JSONOutline(made) != nil,
                "made, and no JSON: \(String(decoding: made, as: UTF8.self))"
            )
            switch reader.read(made, made.indices, as: side) {
            case .canonical: break
            case .made: try promise(JSONOutline(reader.output) != nil, "made again, and no JSON")
            case .unknown:
                throw BrokenPromise("made, and not understood: \(String(decoding: made, as: UTF8.self))")
            }
        }
        var definitions = DefinitionReader()
        if definitions.read(bytes, bytes.indices) == .made {
            try promise(JSONOutline(definitions.output) != nil, "tools that are no JSON")
        }
        var documents = DocumentReader()
        if documents.read(bytes, bytes.indices) == .made {
            try promise(JSONOutline(documents.output) != nil, "documents that are no JSON")
        }
    }

    private static let conversations: [[UInt8]] = [
        #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]},{"role":"assistant","parts":[{"type":"reasoning","content":"x"}]}]"#,
        #"[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}]"#,
        #"{"model":"m","messages":[{"role":"tool","tool_call_id":"c","content":"42"}],"tools":[{"name":"f","input_schema":{}}]}"#,
        #"{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hello"}}],"usage":{"x":1}}"#,
        #"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}},{"type":"text","text":"a"}]}]"#,
        #"[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"text":"x"}]}},{"cachePoint":{}}]}]"#,
        #"{"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}},{"text":"a","thought":true}]}]}"#,
        #"{"generations":[[{"message":{"lc":1,"id":["HumanMessage"],"kwargs":{"content":"Hi","type":"human"}}}]]}"#,
        #"[{"type":"function_call_output","id":"k","call_id":"c","output":"42"},{"type":"reasoning","summary":[{"text":"s"}]}]"#,
        #"{"replies":[{"role":"assistant","meta":{"model":"m"},"content":[{"tool_call":{"tool_name":"f","arguments":{}}}]}]}"#,
        #"[["user","Hi"],["ai","Hello"]]"#, #""only a text \ud83d""#, "f,g",
        #"{"documents":[{"page_content":"x","metadata":"{}"}]}"#,
    ].map { Array($0.utf8) }
}
