/// Codex CLI: log records above all, with numbers that may be text.
package enum CodexCLI: Dialect {
    package static let name = "codex_cli"

    package static let signs: [Sign] = [
        .event("codex."), .metric("codex."), .spanName("codex."), .key("codex.usage."),
        .resource("service.name", ["codex_cli_rs", "codex-cli", "codex_exec"]),
    ]

    package static let rules: [Rule] = [
        Rule("conversation.id", .conversationID),
        Rule("model", .requestModel, .model),
        Rule("input_token_count", .inputTokens),
        Rule("cached_token_count", .cacheReadTokens),
        Rule("cache_write_token_count", .cacheWriteTokens),
        Rule("output_token_count", .outputTokens),
        Rule("reasoning_token_count", .reasoningTokens),
        // Not what tools took: the sum of all.
        Rule("tool_token_count", .totalTokens),
        Rule("ttft_ms", .timeToFirstChunk, .milliseconds),
        Rule("prompt", .inputMessages),
        Rule("tool_name", .toolName),
        Rule("call_id", .toolCallID),
        Rule("arguments", .toolArguments),
        Rule("output", .toolResult),
        Rule("user.account_id", .userID, else: 1),
        Rule("provider_name", .provider, .provider),
        Rule("reasoning_effort", .reasoningLevel),
        Rule("codex.usage.reasoning_output_tokens", .reasoningTokens),
        Rule("codex.usage.total_tokens", .totalTokens),
    ]

    package static let tokens = TokenConvention.inclusive

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .log else {
            guard facts.kind == .span else { return }
            // The last piece of an answer has its numbers.
            if facts.has("codex.usage.total_tokens") {
                facts.set(.chat)
            } else if facts.nameBegins("codex."), facts.operation == nil {
                facts.set(.step, order: 2)
            }
            return
        }
        switch facts.itemName {
        case "codex.sse_event", "codex.websocket_event":
            if facts.has("error.message") || facts.text("event.kind") == "response.failed" {
                facts.set(.chat)
                facts.fail(.chat, message: facts.brief("error.message"))
            } else if facts.text("event.kind") == "response.completed" {
                facts.set(.chat)
            }
        case "codex.websocket_connect", "codex.websocket_request":
            guard facts.flag("success") == false else { break }
            facts.set(.chat)
            let status = facts.number("http.response.status_code").flatMap { Int(exactly: $0) }
            facts.fail(.chat, status: status, message: facts.brief("error.message"))
        case "codex.api_request":
            facts.set(.chat)
            if let attempt = facts.number("attempt").flatMap({ Int64(exactly: $0) }), 0..<1 << 20 ~= attempt {
                // Since it says which endpoint it was, it counts from zero.
                facts.set(.retryAttempt, attempt == 0 || facts.has("endpoint") ? attempt + 1 : attempt, from: ["attempt"])
            }
            if let status = facts.number("http.response.status_code") ?? facts.number("status"), status >= 400 {
                facts.fail(.chat, status: Int(exactly: status), message: facts.brief("error.message"))
            } else if let message = facts.text("error.message") {
                facts.fail(.chat, message: message)
            }
        case "codex.tool_result":
            facts.set(.executeTool)
            if facts.text("mcp_server")?.isEmpty == false { facts.set(.toolKind, "mcp") }
            if facts.flag("success") == false { facts.fail(.executeTool, message: facts.brief("output")) }
        case "codex.tool_decision":
            facts.set(.wait)
            if let decision = facts.text("decision")?.lowercased(), ["denied", "reject", "rejected", "abort"].contains(decision) {
                facts.noted = .guardrailAccessDenied
            }
        default: break
        }
    }
}
