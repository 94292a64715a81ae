/// LangChain4j: token counts without a namespace, all of it text.
package enum LangChain4j: Dialect {
    package static let name = "langchain4j"

    package static let signs: [Sign] = [
        // Names of constants where the conventions' words belong.
        .value(
            "gen_ai.provider.name",
            [
                "OPEN_AI", "AZURE_OPEN_AI", "ANTHROPIC", "AMAZON_BEDROCK", "GOOGLE_AI_GEMINI", "GOOGLE_VERTEX_AI_GEMINI", "MISTRAL_AI",
                "OLLAMA", "GITHUB_MODELS", "MICROSOFT_FOUNDRY", "WATSONX", "DASHSCOPE", "LOCAL_AI", "JLAMA", "OPEN_AI_OFFICIAL",
                "GOOGLE_VERTEX_AI_ANTHROPIC",
            ]
        )
    ]

    package static let rules: [Rule] = [
        Rule("input_tokens", .inputTokens),
        Rule("output_tokens", .outputTokens),
    ]

    package static let tokens = TokenConvention.byProvider

    package static func complete(_ facts: inout Facts) {
        if facts.text("outcome") == "ERROR" { facts.hasFailed = true }
    }
}
