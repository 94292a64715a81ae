@testable import Causeway
import CausewayModel
import Testing

/// `causeway pricing explain`.
struct PriceExplanationTests {
    private func explain(_ change: (inout PriceExplanation.Question) -> Void) throws(CausewayError) -> PriceExplanation {
        var question = PriceExplanation.Question()
        (question.model, question.provider) = ("gpt-4o-2024-08-06", "openai")
        change(&question)
        return try PriceExplanation(question, Configuration(), nowNanoseconds: 1_780_000_000_000_000_000)
    }

    @Test func `it shows what was looked for, the rule, each product and the sum`() throws {
        let explanation = try explain { $0.usage = "input=1000,cache_read=400,output=200" }
        #expect(explanation.isPriced)
        #expect(explanation.text.contains("rule     request_model.date:gpt-4o\n"))
        #expect(explanation.text.contains("  600  input "))
        #expect(explanation.text.contains("0.004000000"))
        #expect(explanation.json["total"]?.string == "0.004000000")
        #expect(explanation.json["rule"]?.string == "request_model.date:gpt-4o")
        #expect(explanation.json["lines"]?.array?.count == 3)
    }

    @Test func `a provider's own usage object is read as it counts`() throws {
        let explanation = try explain { question in
            (question.model, question.provider) = ("claude-sonnet-4-5", "anthropic")
            question.usage = #"{"input_tokens": 15, "cache_creation_input_tokens": 15, "cache_read_input_tokens": 0, "output_tokens": 4}"#
        }
        // 15×3 + 15×3.75 + 4×15 millionths.
        #expect(explanation.json["total"]?.string == "0.000161250")
        #expect(explanation.json["usageRule"]?.string == "exclusive.dialect")
    }

    @Test func `what has no price says why`() throws {
        let unknown = try explain { ($0.model, $0.usage) = ("nobody-knows", "input=1") }
        #expect(!unknown.isPriced && unknown.text.contains("no price: no table knows the model"))
        let impossible = try explain { $0.usage = "input=1,cache_read=2" }
        #expect(!impossible.isPriced && impossible.text.contains("cannot be: cached>input"))
    }

    @Test(arguments: ["{}", "{\"a\":", "input", "input=many", "inputs=1", "{\"x\": 1}"])
    func `usage that is none is a mistake`(usage: String) {
        #expect(throws: CausewayError.self) { try explain { $0.usage = usage } }
    }
}
