/// LangChain4j: token counts without a namespace, all of it text.
package enum LangChain4j: Dialect {
    package static let name = "langchain4j"

    package static let signs: [Sign] = [.beside("outcome")]

    package static let rules: [Rule] = [
        Rule("input_tokens", .inputTokens),
        Rule("output_tokens", .outputTokens),
    ]

    package static let tokens = TokenConvention.byProvider

    package static func complete(_ facts: inout Facts) {
        if facts.text("outcome") == "ERROR" { facts.hasFailed = true }
    }
}
