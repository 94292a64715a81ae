/// Cloudflare's AI gateway: one span for each request.
package enum CloudflareGateway: Dialect {
    package static let name = "cloudflare_ai_gateway"

    package static let signs: [Sign] = [.key("gen_ai.model.provider"), .key("gen_ai.prompt_json"), .key("gen_ai.completion_json")]

    package static let rules: [Rule] = [
        Rule("gen_ai.model.provider", .provider, .provider),
        Rule("gen_ai.prompt_json", .inputMessages),
        Rule("gen_ai.completion_json", .outputMessages, .outputMessages),
        Rule("gen_ai.usage.cost", .costTotal),
        // What the caller gave along with the request has no prefix.
        Rule("user_id", .userID, else: 1),
    ]

    package static func complete(_ facts: inout Facts) { facts.set(.chat, order: 2) }
}
