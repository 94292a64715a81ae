import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// Equal calls can be told by their hashes, and nothing else can be told from these.
struct CallHashTests {
    private func hash(_ arguments: AttributeValue, tool: AttributeValue = "t", key: CallKey = CallKey(1, 2)) -> AttributeValue? {
        let payload = Requests.span(
            "x",
            [
                Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", tool),
                Attribute("gen_ai.tool.call.arguments", arguments),
            ]
        )
        let after = understand(payload, signal: .traces, options: UnderstandingOptions(callKey: key)).payload
        return Changes.items(after, .traces)[0].attributes.first { $0.key == "causeway.call.hash" }?.value
    }

    @Test(
        arguments: [
            #"{"a": 1, "b": [true, null, "x"]}"#, #"{"b":[true,null,"x"],"a":1}"#, #"{"a":1.0,"b":[true,null,"x"]}"#,
            #" {"a" : 1e0, "b":[ true , null , "\u0078" ] } "#, "{'a': 1, 'b': [True, None, 'x']}",
        ]
    )
    func `white space, order and how things are written make no difference`(arguments: String) {
        #expect(hash(.string(arguments)) == hash(#"{"a":1,"b":[true,null,"x"]}"#))
    }

    @Test(arguments: [#"{"a":2}"#, #"{"a":"1"}"#, #"{"b":1}"#, #"{"a":[1]}"#, #"{"a":1,"b":null}"#, "[1]", "a", #"{"a":{"a":1}}"#])
    func `other arguments have another hash`(arguments: String) {
        #expect(hash(.string(arguments)) != hash(#"{"a":1}"#))
    }

    @Test func `another tool, and another secret, have another hash`() {
        #expect(hash(#"{"a":1}"#, tool: "u") != hash(#"{"a":1}"#))
        #expect(hash(#"{"a":1}"#, key: CallKey(1, 3)) != hash(#"{"a":1}"#))
    }
}
