import CausewayOTLP
import Testing

struct KeyIndexTests {
    private static let keys = [
        "a", "user.id", "llm.token_count.prompt", "llm.input_messages.", "llm.", "genkit:", "gen_ai.usage.input_tokens",
        "lk.",
    ]

    private func match(_ key: String, behind front: String = "") -> (key: String, rest: String)? {
        let bytes = Array((front + key).utf8)
        return KeyIndex(Self.keys).match(front.utf8.count..<bytes.count, bytes).map {
            (Self.keys[$0.id], String(decoding: bytes[$0.rest...], as: UTF8.self))
        }
    }

    @Test(arguments: keys)
    func `a key is found wherever it lies`(key: String) throws {
        for front in ["", "x", "0123456789"] {
            let found = try #require(match(key, behind: front))
            #expect(found.key == key && found.rest.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("llm.input_messages.0.message.role", "llm.input_messages.", "0.message.role"), ("llm.other", "llm.", "other"),
            ("genkit:type", "genkit:", "type"), ("lk.a", "lk.", "a"),
        ]
    )
    func `a longer key is known by its longest beginning`(key: String, beginning: String, rest: String) throws {
        let found = try #require(match(key))
        #expect(found.key == beginning && found.rest == rest)
    }

    @Test(arguments: [
        "", "b", "user.ie", "user.id2", "gen_ai.usage.input_token", "gen_ai.usage.input_tokens.x", "llmx", "xllm.a", "lk", "lx.a", "l",
    ])
    func `what is no key is none`(key: String) {
        #expect(match(key) == nil)
    }

    @Test func `every one of thousands of keys is found, and none beside them`() {
        let keys = (0..<3000).map { "family.\($0 % 7).key_number_\($0)" }
        let index = KeyIndex(keys)
        for (number, key) in keys.enumerated() {
            let bytes = Array(key.utf8)
            #expect(index.match(bytes.indices, bytes)?.id == number)
            let other = Array((key + "x").utf8)
            #expect(index.match(other.indices, other) == nil)
        }
    }
}
