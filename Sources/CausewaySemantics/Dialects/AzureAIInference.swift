internal import CausewayOTLP

/// Azure's inference client.
package enum AzureAIInference: Dialect {
    package static let name = "azure_ai_inference"

    package static let signs: [Sign] = [
        .value("gen_ai.system", ["az.ai.inference"]), .value("gen_ai.provider.name", ["az.ai.inference"]),
    ]

    package static let tokens = TokenConvention.inclusive

    package static func complete(_ facts: inout Facts) {
        // Without a model on the request the operation's name stands in its place, without a reason the word for none.
        if facts.text("gen_ai.request.model") == "chat" { facts.drop("gen_ai.request.model") }
        if facts.texts("gen_ai.response.finish_reasons") == ["none"] { facts.forget(.finishReasons) }
    }
}
