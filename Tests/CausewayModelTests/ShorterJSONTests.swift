import CausewayModel
import Testing

struct ShorterJSONTests {
    static let word = #"gr\u00fc\u00dfe \"x\" "#
    static let messages = """
        [{"role":"system","parts":[{"type":"text","content":"\(String(repeating: "be kind ", count: 500))"}]},\
        {"role":"user","parts":[{"type":"text","content":"\(String(repeating: Self.word, count: 900))"}]}]
        """

    @Test(arguments: [16, 17, 40, 200, 2048, 4095, 10_000])
    func `messages that are cut are JSON still, within the limit`(limit: Int) throws {
        let text = Array(Self.messages.utf8)
        let short = try #require(ShorterJSON.shortened(text, to: limit))
        #expect(short.count <= limit)
        let value = try JSONValue(parsing: short)
        if limit >= 200 {
            #expect(value[0]?["role"]?.string == "system")
            #expect(value[1]?["parts"]?[0]?["content"]?.string?.hasSuffix(ShorterJSON.mark) == true)
        }
        if limit >= 2048 { #expect(short.count > limit * 3 / 4, "what fits is kept") }
    }

    @Test func `what is within the limit stays as it is`() {
        #expect(ShorterJSON.shortened(Array("{ \"a\" : 1 }".utf8), to: 16) == nil)
        #expect(ShorterJSON.shortened([UInt8](repeating: 0x61, count: 100), to: 100) == nil)
    }

    @Test func `plain text is cut between characters`() throws {
        let text = Array(String(repeating: "ü", count: 100).utf8)
        for limit in 16..<40 {
            let short = try #require(ShorterJSON.shortened(text, to: limit))
            #expect(short.count <= limit && short.count > limit - 3)
            #expect(String(validating: short, as: UTF8.self)?.hasSuffix(ShorterJSON.mark) == true)
        }
    }

    @Test func `a long list of short things keeps its ends`() throws {
        let list = "[" + (0..<2000).map { "\($0)" }.joined(separator: ",") + "]"
        let value = try JSONValue(parsing: try #require(ShorterJSON.shortened(Array(list.utf8), to: 100)))
        #expect(value[0]?.integer == 0)
        #expect(value.array?.last?.integer == 1999)
    }

    @Test func `what only looks like JSON is cut like text`() throws {
        let text = Array(("{ \"a\": " + String(repeating: "x", count: 100)).utf8)
        let short = try #require(ShorterJSON.shortened(text, to: 32))
        #expect(String(decoding: short, as: UTF8.self).hasPrefix("{ \"a\": xxx"))
    }
}
