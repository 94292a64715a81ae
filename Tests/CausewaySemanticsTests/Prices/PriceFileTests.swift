import CausewaySemantics
import Foundation
import Testing

/// Files of prices as they are published, whole, broken and hostile.
struct PriceFileTests {
    @Test(arguments: [1, 7, 100, 1 << 20])
    func `a file is read in pieces of any size`(pieces: Int) throws {
        let litellm = try PriceFixture.table("litellm.json", pieces: pieces)
        #expect(litellm.name == "litellm")
        #expect(litellm.source == "table:litellm@2026-11-22")
        #expect(litellm.modelCount == 35)
        #expect(litellm.warnings == [])
        let genai = try PriceFixture.table("genai.json", pieces: pieces)
        #expect(genai.name == "genai-prices")
        #expect(genai.modelCount == 10)
        #expect(genai.warnings == [])
    }

    @Test(arguments: ["litellm.json", "genai.json"])
    func `a file that was cut off is refused wherever it was cut`(name: String) throws {
        let bytes = try PriceFixture.bytes(name)
        let end = try #require(bytes.lastIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") })
        for cut in stride(from: 0, to: end, by: 97) {
            #expect(throws: PriceFileError.self) { try PriceFixture.table(Array(bytes[..<cut])) }
        }
        #expect(throws: PriceFileError.self) { try PriceFixture.table(Array(bytes[..<end])) }
    }

    static let useless: [(String, String)] = [
        ("", "empty"), ("not json", "not JSON (line 1)"), ("[]", "neither LiteLLM's nor genai-prices' form"),
        ("{}", "neither LiteLLM's nor genai-prices' form"), ("42", "not JSON (line 1)"),
        ("[1, 2]", "neither LiteLLM's nor genai-prices' form"),
        (#"{"version": 3, "providers": []}"#, "neither LiteLLM's nor genai-prices' form"),
        (#"{"providers": [{"id": "openai"}]}"#, "neither LiteLLM's nor genai-prices' form: it begins with providers"),
        (#"{"a": {"litellm_provider": "openai"}}"#, "no model with a price in it"),
        (#"{"a": {"litellm_provider": "openai"}} x"#, "something that is no JSON (line 1)"),
        (#"{"a": {"litellm_provider": "openai", "input_cost_per_token": 0x1}}"#, "expected ',' or '}', found 'x' (line 1)"),
        ("{\"a\": {\"litellm_provider\": \"openai\"},\n\"b\": {,}}", "expected a member name in quotes, found ',' (line 2)"),
    ]

    @Test(arguments: useless)
    func `what is no file of prices is refused with a reason and a place`(text: String, reason: String) {
        #expect(throws: PriceFileError(reason)) { try PriceFixture.table(Array(text.utf8)) }
    }

    static let strange: [(String, String)] = [
        (#""input_cost_per_token": "abc""#, "m: input_cost_per_token is not a number"),
        (#""input_cost_per_token": -1e-6"#, "m: input_cost_per_token is negative"),
        (#""input_cost_per_token": true"#, "m: input_cost_per_token is not a number"),
        (#""input_cost_per_token": {"a": 1}"#, "m: input_cost_per_token is not a number"),
        (#""input_cost_per_token": 1e300"#, "m: input_cost_per_token is more than a million dollars"),
        (#""input_cost_per_token": "NaN""#, "m: input_cost_per_token is not a number"),
        (#""input_cost_per_token": "1e-6 ""#, "m: input_cost_per_token is not a number"),
        (#""currency": "EUR", "input_cost_per_token": 1e-6"#, "m: prices in EUR, not in dollars"),
    ]

    @Test(arguments: strange)
    func `one strange price costs one price, and is told`(entry: String, warning: String) throws {
        let text =
            #"{"good": {"litellm_provider": "openai", "input_cost_per_token": 1e-6}, "m": {"litellm_provider": "openai", \#(entry)}}"#
        let table = try PriceFixture.table(Array(text.utf8))
        #expect(table.warnings == [warning])
        #expect(table.modelCount == 1)
    }

    @Test func `what the published file says of searches and of reranking is read as it stands`() throws {
        let text = #"""
            {"rerank-v3.5": {"input_cost_per_query": 0.002, "input_cost_per_token": 0.0, "litellm_provider": "openai", "mode": "rerank"},
             "some/search": {"litellm_provider": "some", "mode": "search",
              "tiered_pricing": [{"input_cost_per_query": 0.005, "max_results_range": [1, 25]}, {"input_cost_per_query": 0.025, "max_results_range": [26, 100]}]},
             "odd": {"litellm_provider": "openai", "tiered_pricing": [{"input_cost_per_token": 1}, {"input_cost_per_token": 2}]}}
            """#
        let table = try PriceFixture.table(Array(text.utf8))
        // Of one model once, however often it says so; of how many results a search gave nobody speaks.
        #expect(table.warnings == ["odd: a tier without a range"])
        let book = PriceBook(tables: [table])
        #expect(try cost(book, "rerank-v3.5", CallUsage(input: 120, output: 0)) == 2_000_000)
    }

    @Test func `numbers written as text are numbers`() throws {
        let text = #"{"m": {"litellm_provider": "openai", "input_cost_per_token": "3e-7", "output_cost_per_token": "0.0000012"}}"#
        let book = PriceBook(tables: [try PriceFixture.table(Array(text.utf8))])
        #expect(try cost(book, "m", CallUsage(input: 10, output: 10)) == 15_000)
    }

    @Test func `a hundred thousand models are read and found, in little memory`() throws {
        var text = "{"
        for number in 0..<100_000 {
            text += #"\#(number == 0 ? "" : ",")"model-\#(number)":{"litellm_provider":"openai","input_cost_per_token":\#(number)e-9}"#
        }
        let table = try PriceFixture.table(Array((text + "}").utf8), pieces: 1 << 20)
        #expect(table.modelCount == 100_000)
        #expect(table.byteCount < 20 << 20)
        let book = PriceBook(tables: [table])
        #expect(try cost(book, "model-99999", CallUsage(input: 1, output: 0)) == 99_999)
    }

    @Test func `of more models than fit the first are used, and what is left out is told once and counted`() throws {
        var text = "{"
        for number in 0..<300 {
            text += #"\#(number == 0 ? "" : ",")"m\#(number)":{"litellm_provider":"o","input_cost_per_token":1e-6}"#
        }
        var file = PriceFile(date: "", maxModels: 200)
        try file.read(Array((text + "}").utf8))
        let table = try file.finish()
        #expect(table.modelCount == 200)
        #expect(table.warnings == ["model 201 and all behind it: more than fit into a table"])
        #expect(table.warningCount == 100)
        #expect(try cost(PriceBook(tables: [table]), "m199", CallUsage(input: 1, output: 0)) == 1000)
        #expect(try cost(PriceBook(tables: [table]), "m200", CallUsage(input: 1, output: 0)) == nil)
    }

    @Test func `an entry with prices without end costs no more than one with many`() throws {
        var text = #"{"m":{"litellm_provider":"o","input_cost_per_token":1e-6,"output_cost_per_token":2e-6"#
        for threshold in 1...4000 { text += #","input_cost_per_token_above_\#(threshold)_tokens":3e-6"# }
        let table = try PriceFixture.table(Array((text + "}}").utf8))
        #expect(table.modelCount == 1 && table.byteCount < 1 << 20)
        #expect(try cost(PriceBook(tables: [table]), "m", CallUsage(input: 1, output: 1)) == 3000)
    }

    @Test func `nesting and names without end are refused`() {
        let deep = #"{"a":"# + String(repeating: "[", count: 100_000)
        #expect(throws: PriceFileError.self) { try PriceFixture.table(Array(deep.utf8)) }
        let long = #"{"a":{"litellm_provider":"x","comment":""# + String(repeating: "x", count: 5 << 20) + #""}}"#
        #expect(throws: PriceFileError("one entry is larger than 4 MiB (line 1)")) {
            try PriceFixture.table(Array(long.utf8), pieces: 1 << 20)
        }
    }

    @Test(arguments: ["litellm.json", "genai.json"])
    func `whatever is done to a file, it becomes a table or an error`(name: String) throws {
        let bytes = try PriceFixture.bytes(name)
        var state: UInt64 = 42
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let pieces = Array(#"{}[],:"0-9eE.\ntrfal"#.utf8)
        for _ in 0..<60 {
            var broken = bytes
            for _ in 0..<1 + random(4) {
                let place = random(broken.count)
                switch random(3) {
                case 0: broken[place] = pieces[random(pieces.count)]
                case 1: broken.removeSubrange(place..<min(broken.count, place + random(40)))
                default: broken.insert(contentsOf: broken[place..<min(broken.count, place + random(40))], at: random(broken.count))
                }
            }
            guard let table = try? PriceFixture.table(broken) else { continue }
            let book = PriceBook(tables: [table])
            for model in ["gpt-4o", "claude-sonnet-4-5", "deepseek-chat", "qwen-plus"] {
                let cost = try? cost(book, model, CallUsage(input: 1000, output: 10))
                if let cost { #expect(cost >= 0) }
            }
        }
    }

    @Test func `rules of genai-prices that are not understood match nothing and are told`() throws {
        let text = #"""
            [{"id": "openai", "models": [
              {"id": "a", "match": {"sounds_like": "a"}, "prices": {"input_mtok": 1}},
              {"id": "b", "match": {"regex": "(?<name>b)"}, "prices": {"input_mtok": 1}},
              {"id": "c", "match": {"equals": "c"}, "prices": [{"constraint": {"moon": "full"}, "prices": {"input_mtok": 1}}, {"prices": {"input_mtok": 2}}]}]}]
            """#
        let table = try PriceFixture.table(Array(text.utf8))
        #expect(
            table.warnings == [
                "openai/a: the rule sounds_like is not understood", "openai/b: the pattern (?<name>b) is not understood",
                "openai/c: a condition that is not understood",
            ]
        )
        let book = PriceBook(tables: [table])
        #expect(try cost(book, "c", CallUsage(input: 1, output: 0)) == 2000)
        for name in ["a", "b"] { #expect(try cost(book, name, CallUsage(input: 1, output: 0)) == nil) }
    }

    /// In nano-dollars.
    private func cost(_ book: PriceBook, _ model: String, _ usage: CallUsage) throws -> Int64? {
        var question = ModelQuestion()
        (question.provider, question.requestModel) = ("openai", model)
        guard let match = book.find(question) else { return nil }
        return Int64(try book.bill(match, usage, tier: .standard, seconds: 0).total.nano)
    }
}
