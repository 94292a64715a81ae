internal import CausewayOTLP

/// Claude Code: its spans, its log records (where alone the cost stands) and its metrics.
package enum ClaudeCode: Dialect {
    package static let name = "claude_code"

    package static let signs: [Sign] = [
        .scope("com.anthropic.claude_code"), .spanName("claude_code."), .event("claude_code."), .metric("claude_code."),
        .value("span.type", ["interaction", "llm_request", "tool.blocked_on_user", "tool.execution"]),
        .resource("service.name", ["claude-code"]),
    ]

    package static let rules: [Rule] = [
        Rule("model", .requestModel, .model),
        Rule("input_tokens", .inputTokens),
        Rule("output_tokens", .outputTokens),
        Rule("cache_read_tokens", .cacheReadTokens),
        Rule("cache_creation_tokens", .cacheWriteTokens),
        Rule("cache_creation_1h_tokens", .cacheWriteHourTokens),
        Rule("cost_usd", .costTotal),
        Rule("ttft_ms", .timeToFirstChunk, .milliseconds),
        Rule("stop_reason", .finishReasons, .finishReasons),
        Rule("tool_name", .toolName),
        Rule("tool_name_safe", .toolName, else: 2),
        Rule("tool_use_id", .toolCallID),
        Rule("tool_input", .toolArguments),
        Rule("user_prompt", .inputMessages),
        Rule("prompt", .inputMessages, else: 1),
        Rule("response", .outputMessages, .outputMessages),
        Rule("agent.name", .agentName),
        Rule("agent_id", .agentID),
        Rule("organization.id", .tenantID, else: 8),
        Rule("effort", .reasoningLevel),
        Rule("workflow.name", .workflowName),
        Rule("error_type", .errorType),
    ]

    /// The Messages API's own numbers: what was cached comes beside the input.
    package static let tokens = TokenConvention.exclusive

    package static let metrics: [MetricRule] = [
        MetricRule("claude_code.cost.usage", "causeway.cost", unit: "{USD}"),
        MetricRule("claude_code.token.usage", "claude_code.token.usage", unit: "{token}"),
    ]

    private static let kinds: [String: Operation] = [
        "interaction": .invokeAgent, "llm_request": .chat, "tool": .executeTool, "tool.blocked_on_user": .wait, "tool.execution": .step,
        "hook": .hook,
    ]

    package static func complete(_ facts: inout Facts) {
        facts.tier = facts.text("speed")
        switch facts.kind {
        case .span: completeSpan(&facts)
        case .log: completeLog(&facts)
        case .point: completePoint(&facts)
        }
        // The id of the HTTP request, which is what Claude Code has for a response's id; a tool has that of the call that asked for it.
        if facts.operation == .chat { facts.take("request_id", as: .responseID) }
        if facts.text(.toolName)?.hasPrefix("mcp__") == true { facts.set(.toolKind, "mcp") }
    }

    private static func completeSpan(_ facts: inout Facts) {
        guard let type = facts.text("span.type").map({ $0.hasPrefix("claude_code.") ? String($0.dropFirst(12)) : $0 }),
            let kind = kinds[type]
        else { return }
        facts.set(kind)
        facts.drop("span.type")
        switch kind {
        case .invokeAgent: facts.set(.agentName, "claude-code", else: 1)
        case .chat: attempts(&facts)
        case .executeTool:
            // A tool that is an agent.
            if let agent = facts.text(.toolName), agent == "Agent" || agent == "Task" {
                facts.set(.toolKind, "agent")
                if let type = facts.text("subagent_type") { facts.set(.agentName, type, else: 1) }
            }
            for event in facts.events(named: "tool.output") where facts.take("output", of: event, as: .toolResult) {
                facts.leave(["output"], outOf: event)
            }
        case .wait where facts.text("decision") == "reject": facts.noted = .guardrailAccessDenied
        case .hook:
            if let blocking = facts.number("num_blocking"), blocking > 0 { facts.noted = .guardrailCompliance }
        case .step where facts.flag("success") == false:
            // The tool's own span stays without a status: what ran in it says what went wrong.
            facts.fail(.executeTool, type: facts.text("error.type"), message: facts.brief("error"))
        default: break
        }
    }

    /// How often it was tried is a number on the span; when, its events say.
    private static func attempts(_ facts: inout Facts) {
        guard let attempt = facts.number("attempt").flatMap({ Int64(exactly: $0) }), attempt > 0 else { return }
        facts.set(.retryCount, attempt - 1, from: ["attempt"])
        guard attempt > 1 else { return }
        facts.noteRetries(attempt - 1)
        for event in facts.events(named: "gen_ai.request.attempt") {
            if let number = facts.number("attempt", of: event), number > 1 { facts.noteRetry(at: event.timeNanoseconds) }
        }
        if facts.flag("success") == false { facts.set(.retryExhausted, true) }
    }

    private static func completeLog(_ facts: inout Facts) {
        let event = facts.text("event.name") ?? facts.itemName
        switch event.hasPrefix("claude_code.") ? String(event.dropFirst(12)) : event {
        case "api_request", "assistant_response":
            facts.set(.chat)
            facts.convert(.requestModel, to: .responseModel)
        case "api_error":
            facts.set(.chat)
            if let attempt = facts.number("attempt").flatMap({ Int64(exactly: $0) }), attempt > 0 {
                facts.set(.retryAttempt, attempt, from: ["attempt"])
            }
            facts.fail(
                .chat,
                status: facts.number("status_code").flatMap { Int(exactly: $0) },
                type: facts.text("error_type"),
                message: facts.brief("error")
            )
        case "api_refusal":
            facts.set(.chat)
            facts.noted = .modelRefused
        case "api_request_body":
            facts.set(.chat)
            // What was cut off is no JSON any more.
            if facts.flag("body_truncated") != true { facts.take("body", as: .inputMessages, .inputMessages) }
        case "api_response_body":
            facts.set(.chat)
            if facts.flag("body_truncated") != true { facts.take("body", as: .outputMessages, .outputMessages) }
        case "tool_result":
            facts.set(.executeTool)
            if facts.flag("success") == false {
                facts.fail(.executeTool, type: facts.text("error_type"), message: facts.brief("error"))
            }
        case "tool_decision":
            if facts.text("decision") == "reject" { facts.noted = .guardrailAccessDenied }
        case "feedback_survey":
            // What a user answers is no answer of a model.
            facts.convert(.outputMessages, to: .feedbackLabel, .text)
            facts.set(.feedbackKind, "rating", else: 1)
        case "user_prompt":
            if facts.isSame("prompt_text", "prompt") { facts.drop("prompt_text") }
        default: break
        }
        // The same amount in millionths.
        if let micros = facts.number("cost_usd_micros"), let dollars = facts.double(.costTotal), abs(dollars * 1e6 - micros) <= 1 {
            facts.drop("cost_usd_micros")
        }
    }

    private static func completePoint(_ facts: inout Facts) {
        guard facts.isKnown(.requestModel), let type = facts.text("type") else { return }
        let words = ["input": "input", "output": "output", "cacheRead": "cache_read", "cacheCreation": "cache_creation"]
        if let word = words[type] { facts.set(.tokenType, word, from: ["type"]) }
    }
}
