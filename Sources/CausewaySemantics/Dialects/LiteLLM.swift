internal import CausewayOTLP

/// LiteLLM, as a library and as a proxy.
package enum LiteLLM: Dialect {
    package static let name = "litellm"

    package static let signs: [Sign] = [
        .scope("litellm"), .key("litellm."), .key("hidden_params"), .spanName("litellm_request"), .spanName("raw_gen_ai_request"),
        .spanName("Received Proxy Server Request"), .beside("metadata.user_api_key_hash"),
    ]

    package static let rules: [Rule] = [
        // Who pays is whom the proxy knows by the key, never whom the caller names.
        Rule("metadata.user_api_key_team_id", .tenantID),
        Rule("litellm.team.id", .tenantID, else: 1),
        Rule("litellm.metadata.user_api_key_team_id", .tenantID, else: 2),
        Rule("metadata.user_api_key_team_alias", .tenantID, else: 3),
        Rule("metadata.user_api_key_org_id", .tenantID, else: 4),
        Rule("litellm.metadata.user_api_key_org_id", .tenantID, else: 5),
        Rule("metadata.user_api_key_end_user_id", .userID, else: 1),
        Rule("litellm.metadata.user_api_key_end_user_id", .userID, else: 2),
        Rule("llm.user", .userID, else: 3),
        Rule("metadata.user_api_key_user_id", .userID, else: 4),
        Rule("litellm.metadata.user_api_key_user_id", .userID, else: 5),
        Rule("gen_ai.cost.total_cost", .costTotal),
        Rule("gen_ai.cost.input_cost", .costInput),
        Rule("gen_ai.cost.output_cost", .costOutput),
        Rule("gen_ai.cost.cache_read_cost", .costCacheRead),
        Rule("gen_ai.cost.cache_creation_cost", .costCacheWrite),
        Rule("gen_ai.cost.tool_usage_cost", .costTool),
        Rule("llm.is_streaming", .stream),
        Rule("error.llm_provider", .provider, .provider, else: 2),
    ]

    /// It brings all providers to OpenAI's way of counting.
    package static let tokens = TokenConvention.inclusive

    private static let requests: [String: Operation] = [
        "completion": .chat, "acompletion": .chat, "chat": .chat, "text_completion": .textCompletion, "atext_completion": .textCompletion,
        "embedding": .embeddings, "aembedding": .embeddings, "rerank": .rerank, "arerank": .rerank, "responses": .chat, "aresponses": .chat,
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        guard facts.has("gen_ai.request.model") || facts.has("llm.request.type") || facts.has("gen_ai.operation.name") else {
            // What the provider was sent, word for word, and the proxy's own work: the call is the span around or below.
            return facts.set(.step)
        }
        if let type = facts.text("llm.request.type"), let operation = requests[type] {
            facts.set(operation)
            facts.drop("llm.request.type")
        }
        if let model = facts.text("litellm.provider.model"), let slash = model.firstIndex(of: "/"), !facts.isKnown(.provider) {
            facts.set(provider: String(model[..<slash]), from: [])
        }
        // A call that failed has no response, and so no id of one.
        if let id = facts.text("gen_ai.response.id"), id == facts.text("litellm.call_id") { facts.forget(.responseID) }
        if let usage = facts.python("metadata.usage_object") ?? facts.python("llm.openai.usage") { _ = facts.takeUsage(usage, 0, else: 1) }
        facts.take(family: "llm.request.functions.", as: .toolDefinitions)
        readCalls(&facts)
    }

    /// Calls of tools are in attributes of their own, and missing from the message that made them.
    private static func readCalls(_ facts: inout Facts) {
        var calls: [UInt8] = []
        var sources: [String] = []
        for place in 0..<128 {
            let start = "gen_ai.completion.\(place).function_call."
            guard let name = facts.text(start + "name") else { break }
            calls += Array((calls.isEmpty ? "{\"type\":\"tool_call\",\"name\":" : ",{\"type\":\"tool_call\",\"name\":").utf8)
            JSONEscapes.quote(Array(name.utf8), 0..<name.utf8.count, to: &calls)
            if let arguments = facts.text(start + "arguments") {
                calls += Array(",\"arguments\":".utf8)
                JSONEscapes.quote(Array(arguments.utf8), 0..<arguments.utf8.count, to: &calls)
            }
            calls.append(UInt8(ascii: "}"))
            sources += [start + "name", start + "arguments"]
        }
        guard !calls.isEmpty, let messages = facts.json("gen_ai.output.messages"), messages.kind(0) == .array,
            messages.elements(0).count == 1, let parts = messages.member("parts", of: messages.elements(0)[0])
        else { return }
        // Newer releases have them in the message too.
        let shown = messages.elements(parts)
        guard !shown.contains(where: { messages.member("name", of: $0) != nil }) else {
            for source in sources { facts.drop(source) }
            return
        }
        let message = messages.elements(0)[0]
        var output: [UInt8] = Array("[{\"role\":\"assistant\",\"parts\":[".utf8)
        for part in shown {
            messages.copy(part, to: &output)
            output.append(UInt8(ascii: ","))
        }
        output += calls + [UInt8(ascii: "]")]
        if let reason = messages.member("finish_reason", of: message) {
            output += Array(",\"finish_reason\":".utf8)
            messages.copy(reason, to: &output)
        }
        output += Array("}]".utf8)
        if facts.overrule(.outputMessages, json: output, .outputMessages) {
            for source in sources { facts.drop(source) }
        }
    }
}
