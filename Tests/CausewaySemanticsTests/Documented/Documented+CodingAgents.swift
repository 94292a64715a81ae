import CausewayModel

extension Documented {
    static let claudeCode: [Documented] = [
        Documented(
            "claude_code",
            "an API error is a failed call, by its status",
            .log,
            named: "claude_code.api_error",
            ["event.name": "api_error", "model": "claude-sonnet-4-5", "error": "Overloaded", "status_code": "529", "attempt": 3],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "claude-sonnet-4-5", "causeway.failure.category": "model",
                "causeway.failure.code": "overloaded", "causeway.failure.message": "Overloaded",
            ],
            goes: ["model", "attempt"],
            keeps: ["status_code"]
        ),
        Documented(
            "claude_code",
            "a refusal is one",
            .log,
            named: "claude_code.api_refusal",
            ["event.name": "api_refusal", "request_id": "req_1"],
            means: ["causeway.failure.code": "refused", "gen_ai.response.id": "req_1"]
        ),
        Documented(
            "claude_code",
            "numbers may be text; what was cached comes beside the input",
            .log,
            named: "claude_code.api_request",
            [
                "event.name": "api_request", "model": "claude-haiku-4-5", "input_tokens": "10", "output_tokens": "4",
                "cache_read_tokens": "100", "cache_creation_tokens": "20", "cost_usd": "0.25", "cost_usd_micros": 250000,
            ],
            means: [
                "gen_ai.usage.input_tokens": 130, "gen_ai.usage.output_tokens": 4, "gen_ai.usage.cache_read.input_tokens": 100,
                "gen_ai.usage.cache_creation.input_tokens": 20, "causeway.cost.total": 0.25, "gen_ai.response.model": "claude-haiku-4-5",
            ],
            goes: ["input_tokens", "cost_usd", "cost_usd_micros", "gen_ai.request.model"]
        ),
        Documented(
            "claude_code",
            "a request's body is the conversation, unless it was cut off",
            .log,
            named: "claude_code.api_request_body",
            ["event.name": "api_request_body", "body": #"{"system":"Be kind.","messages":[{"role":"user","content":"Hi"}]}"#],
            means: [
                "gen_ai.input.messages":
                    #"""
                [{"role":"system","parts":[{"type":"text","content":"Be kind."}]},{"role":"user","parts":[{"type":"text",\#
                "content":"Hi"}]}]
                """#
            ],
            goes: ["body"]
        ),
        Documented(
            "claude_code",
            "what was cut off stays as it came",
            .log,
            named: "claude_code.api_response_body",
            ["event.name": "api_response_body", "body": #"{"content":[{"type":"te"#, "body_truncated": "true"],
            means: [:],
            goes: ["gen_ai.output.messages"],
            keeps: ["body"]
        ),
        Documented(
            "claude_code",
            "a tool that is an agent, and one of an MCP server",
            named: "claude_code.tool",
            ["span.type": "claude_code.tool", "tool_name": "mcp__docs__search", "tool_use_id": "t1"],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "mcp__docs__search", "gen_ai.tool.call.id": "t1",
                "causeway.tool.kind": "mcp",
            ],
            goes: ["span.type", "tool_use_id", "tool_name"]
        ),
        Documented(
            "claude_code",
            "a tool's output is its result",
            named: "claude_code.tool",
            ["span.type": "tool", "tool_name": "Bash", "gen_ai.tool.call.id": "t1"],
            events: [
                EventRecord(
                    name: "tool.output",
                    timeNanoseconds: 2_000_000_000,
                    attributes: [Attribute("output", "a.txt"), Attribute("bash_command", "ls")]
                )
            ],
            means: ["gen_ai.tool.call.result": "a.txt", "causeway.tool.response.size": 5],
            eventsAfter: ["tool.output"]
        ),
        Documented(
            "claude_code",
            "tries that all failed",
            named: "claude_code.llm_request",
            ["span.type": "llm_request", "model": "claude-sonnet-4-5", "attempt": 2, "success": false, "status_code": 429],
            status: StatusRecord(.error, message: "rate limited"),
            means: [
                "causeway.retry.count": 1, "causeway.retry.exhausted": true, "causeway.failure.code": "rate_limited",
                "gen_ai.provider.name": "anthropic",
            ],
            goes: ["attempt"],
            eventsAfter: ["causeway.retry"]
        ),
        Documented(
            "claude_code",
            "waiting for leave is no tool's time",
            named: "claude_code.tool.blocked_on_user",
            ["span.type": "tool.blocked_on_user", "decision": "reject"],
            means: ["causeway.step.type": "wait"],
            goes: ["gen_ai.operation.name"],
            keeps: ["decision"]
        ),
        Documented(
            "claude_code",
            "a hook is a step",
            named: "claude_code.hook",
            ["span.type": "hook", "hook_name": "fmt"],
            means: ["causeway.step.type": "step"],
            keeps: ["hook_name"]
        ),
        Documented(
            "claude_code",
            "kinds of tokens in the metrics' words",
            .metric(5, "tokens"),
            named: "claude_code.token.usage",
            ["model": "claude-sonnet-4-5", "type": "cacheRead"],
            means: ["gen_ai.request.model": "claude-sonnet-4-5", "gen_ai.token.type": "cache_read"],
            goes: ["type", "model"],
            becomes: "metric claude_code.token.usage [{token}] 5.0"
        ),
        Documented(
            "claude_code",
            "cost",
            .metric(0.5, "USD"),
            named: "claude_code.cost.usage",
            ["model": "claude-sonnet-4-5"],
            means: ["gen_ai.request.model": "claude-sonnet-4-5"],
            becomes: "metric causeway.cost [{USD}] 0.5"
        ),
    ]

    static let codexCLI: [Documented] = [
        Documented(
            "codex_cli",
            "an answer that is complete has the tokens, as text too",
            .log,
            named: "codex.sse_event",
            [
                "event.kind": "response.completed", "conversation.id": "c1", "model": "gpt-5-codex", "input_token_count": "100",
                "cached_token_count": "40", "output_token_count": 20, "reasoning_token_count": 5, "tool_token_count": 120, "ttft_ms": 250,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.conversation.id": "c1", "gen_ai.request.model": "gpt-5-codex",
                "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read.input_tokens": 40, "gen_ai.usage.output_tokens": 20,
                "gen_ai.usage.reasoning.output_tokens": 5, "gen_ai.response.time_to_first_chunk": 0.25,
                "causeway.usage.rule": "inclusive.dialect",
            ],
            goes: ["input_token_count", "tool_token_count", "ttft_ms", "conversation.id"]
        ),
        Documented(
            "codex_cli",
            "a tool's result",
            .log,
            named: "codex.tool_result",
            [
                "event.name": "codex.tool_result", "tool_name": "shell", "call_id": "call_1", "arguments": #"{"command":"ls"}"#,
                "output": "permission denied", "success": "false", "duration_ms": "20",
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "shell", "gen_ai.tool.call.id": "call_1",
                "gen_ai.tool.call.arguments": #"{"command":"ls"}"#, "gen_ai.tool.call.result": "permission denied",
                "causeway.failure.category": "tool", "causeway.failure.code": "auth", "causeway.failure.inferred": true,
            ],
            goes: ["call_id", "arguments", "output"],
            keeps: ["success", "duration_ms"]
        ),
        Documented(
            "codex_cli",
            "a request that the provider did not take",
            .log,
            named: "codex.api_request",
            ["http.response.status_code": 429, "error.message": "slow down", "attempt": 1],
            means: ["causeway.failure.code": "rate_limited", "causeway.failure.message": "slow down"]
        ),
        Documented(
            "codex_cli",
            "what the user wrote",
            .log,
            named: "codex.user_prompt",
            ["prompt": "Fix it", "prompt_length": "6"],
            means: ["gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Fix it"}]}]"#],
            goes: ["prompt"]
        ),
    ]

    static let geminiCLI: [Documented] = [
        Documented(
            "gemini_cli",
            "an answer in pieces is one message",
            named: "llm_call",
            [
                "gen_ai.agent.name": "gemini-cli", "gen_ai.operation.name": "llm_call", "gen_ai.request.model": "gemini-2.5-pro",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"text":"Hi"}]}]"#,
                "gen_ai.output.messages":
                    #"""
                [{"role":"model","parts":[{"text":"Hel"}]},{"role":"model","parts":[{"text":"lo"},{"functionCall":{"name":"ls",\#
                "args":{}}}]}]
                """#,
            ],
            means: [
                "gen_ai.operation.name": "chat",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages":
                    #"""
                [{"role":"assistant","parts":[{"type":"text","content":"Hello"},{"type":"tool_call",\#
                "name":"ls","arguments":{}}]}]
                """#,
            ]
        ),
        Documented(
            "gemini_cli",
            "thoughts come beside the answer",
            .log,
            named: "gemini_cli.api_response",
            [
                "model": "gemini-2.5-pro", "input_token_count": 100, "output_token_count": 10, "thoughts_token_count": 30,
                "cached_content_token_count": 60, "total_token_count": 140, "session.id": "s1", "status_code": 200,
            ],
            means: [
                "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 40, "gen_ai.usage.reasoning.output_tokens": 30,
                "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.conversation.id": "s1", "gen_ai.operation.name": "chat",
            ],
            goes: ["total_token_count", "causeway.failure.code"]
        ),
        Documented(
            "gemini_cli",
            "a call of a tool that failed",
            .log,
            named: "gemini_cli.tool_call",
            ["function_name": "read_file", "function_args": #"{"path":"x"}"#, "success": false, "error": "x not found"],
            means: [
                "gen_ai.tool.name": "read_file", "gen_ai.tool.call.arguments": #"{"path":"x"}"#, "causeway.failure.code": "not_found",
            ],
            goes: ["function_name"]
        ),
        Documented(
            "gemini_cli",
            "milliseconds",
            .metric(1500, "ms"),
            named: "gemini_cli.api.request.latency",
            ["model": "gemini-2.5-pro"],
            means: ["gen_ai.request.model": "gemini-2.5-pro"],
            becomes: "metric gen_ai.client.operation.duration [s] 1.5"
        ),
        Documented(
            "gemini_cli",
            "kinds of tokens in the metrics' words",
            .metric(5, "token"),
            named: "gemini_cli.token.usage",
            ["model": "gemini-2.5-pro", "type": "thought"],
            means: ["gen_ai.token.type": "reasoning"],
            goes: ["type"]
        ),
    ]
}
