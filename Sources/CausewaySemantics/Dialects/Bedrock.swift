/// Amazon Bedrock as OpenTelemetry's instrumentation of botocore reports it.
package enum Bedrock: Dialect {
    package static let name = "botocore_bedrock"

    package static let signs: [Sign] = [
        .scope("opentelemetry.instrumentation.botocore.bedrock-runtime"), .value("rpc.service", ["Bedrock Runtime", "BedrockRuntime"]),
    ]

    package static let rules: [Rule] = [
        Rule("retry_attempts", .retryCount)
    ]

    /// As Bedrock counts: what was cached comes beside the input.
    package static let tokens = TokenConvention.exclusive

    package static func complete(_ facts: inout Facts) {
        // Models that embed go by the name of a chat or of a completion.
        if facts.kind == .span, let model = facts.text(.requestModel), model.contains("embed") { facts.set(.embeddings) }
    }
}
