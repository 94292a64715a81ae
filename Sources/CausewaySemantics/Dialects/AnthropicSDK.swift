/// The spans that Anthropic's own client library makes, under whatever else looks on.
package enum AnthropicSDK: Dialect {
    package static let name = "anthropic_sdk"

    package static let signs: [Sign] = [
        .scope("com.anthropic.sdk"), .key("anthropic.request.id"), .key("anthropic.message.stop_reason"), .key("anthropic.usage."),
    ]

    package static let rules: [Rule] = [
        Rule("anthropic.message.stop_reason", .finishReasons, .finishReasons),
        Rule("anthropic.usage.cache_creation.ephemeral_1h_input_tokens", .cacheWriteHourTokens),
        Rule("http.request.resend_count", .retryCount),
    ]

    /// It adds up what the provider counts apart.
    package static let tokens = TokenConvention.inclusive

    package static func complete(_ facts: inout Facts) {
        // What was written to live for an hour and what for five minutes are the two parts of what was written.
        if let short = facts.number("anthropic.usage.cache_creation.ephemeral_5m_input_tokens"), let written = facts.int(.cacheWriteTokens),
            Double(written - (facts.int(.cacheWriteHourTokens) ?? 0)) == short
        {
            facts.drop("anthropic.usage.cache_creation.ephemeral_5m_input_tokens")
        }
        facts.tier = facts.text("anthropic.response.service_tier")
        if facts.nameBegins("anthropic.") { facts.set(.chat, order: 2) }
    }
}
