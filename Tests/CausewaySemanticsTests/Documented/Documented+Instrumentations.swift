import CausewayModel

/// Payloads written after the sources of instrumentations: what they send where it differs from what their documents say.
extension Documented {
    static let mastra: [Documented] = [
        Documented(
            "mastra",
            "a model's call",
            named: "chat gpt-4o",
            scope: "@mastra/otel-exporter",
            [
                "gen_ai.operation.name": "chat", "mastra.span.type": "model_generation", "gen_ai.request.model": "gpt-4o",
                "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 9,
                "gen_ai.usage.reasoning_tokens": 3, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.agent.name": "Cook",
                "gen_ai.request.stop_sequences": #"["END"]"#, "mastra.completion_start_time": "1970-01-01T00:00:01.500Z",
                "gen_ai.response.finish_reasons": #"["tool-calls"]"#, "gen_ai.input.messages": #"[{"role":"user","content":"Hi"}]"#,
            ],
            means: [
                "gen_ai.operation.name": "chat", "causeway.step.type": "model_call", "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.reasoning.output_tokens": 3, "gen_ai.usage.cache_read.input_tokens": 60,
                "causeway.usage.rule": "inclusive.dialect", "gen_ai.request.stop_sequences": .array(["END"]),
                "gen_ai.response.time_to_first_chunk": 0.5, "gen_ai.response.finish_reasons": .array(["tool_call"]),
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            goes: ["mastra.span.type", "mastra.completion_start_time", "gen_ai.usage.reasoning_tokens"]
        ),
        Documented(
            "mastra",
            "a tool of a server's whose answer is an error",
            named: "execute_tool weather",
            scope: "@mastra/otel-exporter",
            [
                "gen_ai.operation.name": "execute_tool", "mastra.span.type": "mcp_tool_call", "gen_ai.tool.name": "weather",
                "gen_ai.tool.call.arguments": #"{"city":"Oslo"}"#,
                "gen_ai.tool.call.result": #"{"error":"no such city","status":404}"#,
            ],
            means: [
                "causeway.tool.kind": "mcp", "causeway.step.type": "tool_call", "causeway.failure.category": "tool",
                "causeway.failure.code": "reported_error",
            ]
        ),
        Documented(
            "mastra",
            "an agent",
            .root,
            named: "invoke_agent Cook",
            scope: "@mastra/otel-exporter",
            [
                "gen_ai.operation.name": "invoke_agent", "mastra.span.type": "agent_run",
                "mastra.agent_run.input": #"[{"role":"user","content":"Hi"}]"#, "mastra.agent_run.output": #"{"text":"yo","files":[]}"#,
                "gen_ai.agent.id": "a1", "gen_ai.conversation.id": "t1", "gen_ai.system_instructions": "You cook.",
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"yo"}]}]"#,
                "gen_ai.system_instructions": #"[{"type":"text","content":"You cook."}]"#, "gen_ai.conversation.id": "t1",
            ],
            goes: ["mastra.agent_run.input", "mastra.agent_run.output"]
        ),
        Documented(
            "mastra",
            "a step",
            named: "workflow_step one",
            scope: "@mastra/otel-exporter",
            ["gen_ai.operation.name": "workflow_step", "mastra.span.type": "workflow_step", "mastra.workflow_step.input": "{}"],
            means: ["causeway.step.type": "step"],
            keeps: ["mastra.workflow_step.input"]
        ),
        Documented(
            "mastra",
            "before 1.0 all of it stood twice, and the tools had words of their own",
            named: "tool.execute weather",
            scope: "@mastra/otel",
            [
                "gen_ai.operation.name": "tool.execute", "mastra.span.type": "tool_call", "input": #"{"a":1}"#,
                "gen_ai.tool.input": #"{"a":1}"#, "gen_ai.tool.output": #"{"t":1}"#, "output": #"{"t":1}"#, "gen_ai.tool.name": "weather",
                "gen_ai.tool.success": false, "error.type": "TOOL_EXECUTION_FAILED", "error.message": "boom",
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.arguments": #"{"a":1}"#,
                "gen_ai.tool.call.result": #"{"t":1}"#, "causeway.failure.category": "tool", "causeway.failure.message": "boom",
            ],
            goes: ["input", "output", "gen_ai.tool.input", "gen_ai.tool.output"]
        ),
        Documented(
            "mastra",
            "before 1.0: what was cached, and the reason as text",
            named: "chat gpt-4o",
            scope: "@mastra/otel",
            [
                "gen_ai.operation.name": "chat", "mastra.span.type": "llm_generation", "gen_ai.system": "openai.chat",
                "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 9,
                "gen_ai.usage.total_tokens": 109, "gen_ai.usage.cached_input_tokens": 60, "gen_ai.response.finish_reasons": "stop",
                "input": #"{"messages":[{"role":"user","content":"Hi"}]}"#,
                "gen_ai.prompt": #"{"messages":[{"role":"user","content":"Hi"}]}"#,
            ],
            means: [
                "gen_ai.provider.name": "openai", "gen_ai.usage.cache_read.input_tokens": 60, "causeway.usage.rule": "inclusive.total",
                "gen_ai.response.finish_reasons": .array(["stop"]),
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            goes: ["gen_ai.usage.cached_input_tokens", "gen_ai.usage.total_tokens", "input"]
        ),
    ]

    static let instrumentations: [Documented] = [
        Documented(
            "openlit",
            "Anthropic's numbers as they are, the first word in seconds, the tools asked for said once",
            named: "chat claude-sonnet-4-5",
            scope: "openlit.otel.tracing",
            [
                "telemetry.sdk.name": "openlit", "gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic",
                "gen_ai.request.model": "claude-sonnet-4-5", "gen_ai.request.stream": true, "gen_ai.server.time_to_first_token": 0.4,
                "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 40, "gen_ai.client.token.usage": 1040,
                "gen_ai.usage.cache_read.input_tokens": 600, "gen_ai.usage.cost": 0.25, "gen_ai.tool.name": "rate, rate",
                "gen_ai.tool.call.id": "t1, t2", "gen_ai.tool.args": "{}, {}", "gen_ai.tool.call.arguments": "[{},{}]",
                "gen_ai.output.messages":
                    #"[{"role":"assistant","parts":[{"type":"tool_call","id":"t1","name":"rate","arguments":{}}],"finish_reason":"tool_call"}]"#,
            ],
            means: [
                "gen_ai.usage.input_tokens": 1600, "causeway.usage.rule": "exclusive.provider", "causeway.cost.total": 0.25,
                "gen_ai.response.time_to_first_chunk": 0.4, "causeway.step.type": "model_call",
                "gen_ai.response.finish_reasons": .array(["tool_call"]),
            ],
            goes: [
                "gen_ai.client.token.usage", "gen_ai.server.time_to_first_token", "gen_ai.tool.name", "gen_ai.tool.call.id",
                "gen_ai.tool.args", "gen_ai.tool.call.arguments",
            ]
        ),
        Documented(
            "openlit",
            "without a stream the first word is the whole answer",
            named: "chat gpt-4o",
            scope: "openlit.otel.tracing",
            [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o",
                "gen_ai.request.stream": false, "gen_ai.server.time_to_first_token": 2.0, "gen_ai.usage.input_tokens": 10,
                "gen_ai.usage.output_tokens": 9, "gen_ai.usage.completion_tokens_details.reasoning": 4,
                "gen_ai.usage.prompt_tokens_details.cache_read": 5,
            ],
            means: [
                "gen_ai.usage.reasoning.output_tokens": 4, "gen_ai.usage.cache_read.input_tokens": 5,
                "causeway.usage.rule": "inclusive.provider",
            ],
            goes: [
                "gen_ai.response.time_to_first_chunk", "gen_ai.usage.completion_tokens_details.reasoning",
                "gen_ai.usage.prompt_tokens_details.cache_read",
            ],
            keeps: ["gen_ai.server.time_to_first_token"]
        ),
        Documented(
            "openlit",
            "a question to a store of vectors",
            named: "GET docs",
            scope: "openlit.otel.tracing",
            ["db.system.name": "chroma", "db.operation.name": "GET", "db.vector.query.top_k": 3, "db.query.text": "refunds"],
            means: [
                "gen_ai.operation.name": "retrieval", "gen_ai.retrieval.top_k": 3, "gen_ai.retrieval.query.text": "refunds",
                "causeway.step.type": "retrieval",
            ]
        ),
        Documented(
            "openlit",
            "what is written into it is no question",
            named: "INSERT docs",
            scope: "openlit.otel.tracing",
            ["gen_ai.operation.name": "vectordb", "db.system.name": "chroma", "db.operation.name": "INSERT", "db.query.text": "['1']"],
            means: ["causeway.step.type": "step"],
            goes: ["gen_ai.retrieval.query.text"],
            keeps: ["db.query.text"]
        ),
        Documented(
            "openlit",
            "a framework's name is no provider's",
            named: "invoke_agent bot",
            scope: "openlit.otel.tracing",
            [
                "gen_ai.operation.name": "invoke_agent", "gen_ai.provider.name": "claude_agent_sdk", "gen_ai.system": "anthropic",
                "gen_ai.agent.name": "bot",
            ],
            means: ["gen_ai.provider.name": "anthropic", "causeway.source.framework": "claude_agent_sdk"],
            goes: ["gen_ai.system"]
        ),
        Documented(
            "strands",
            "the service's name where the provider's belongs",
            named: "chat",
            scope: "shop",
            [
                "gen_ai.operation.name": "chat", "gen_ai.system": "shop", "gen_ai.event.start_time": "2026-01-01T00:00:00Z",
                "gen_ai.request.model": "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "gen_ai.usage.prompt_tokens": 10,
                "gen_ai.usage.input_tokens": 10, "gen_ai.usage.completion_tokens": 4, "gen_ai.usage.output_tokens": 4,
                "gen_ai.usage.total_tokens": 214, "gen_ai.usage.cache_read_input_tokens": 200, "gen_ai.server.time_to_first_token": 320,
            ],
            means: [
                "gen_ai.provider.name": "aws.bedrock", "gen_ai.usage.input_tokens": 210, "gen_ai.usage.output_tokens": 4,
                "gen_ai.response.time_to_first_chunk": 0.32,
            ],
            goes: ["gen_ai.system", "gen_ai.usage.prompt_tokens"]
        ),
        Documented(
            "strands",
            "a node of a graph",
            named: "node a",
            scope: "strands-agents",
            [
                "gen_ai.operation.name": "execute_node", "gen_ai.system": "strands-agents", "gen_ai.agent.id": "a",
                "gen_ai.usage.input_tokens": 4, "gen_ai.usage.output_tokens": 1,
            ],
            means: ["causeway.step.type": "step", "causeway.usage.rollup": true]
        ),
        Documented(
            "openinference",
            "Bedrock's numbers as they are: the total shows it",
            named: "bedrock.converse",
            scope: "openinference.instrumentation.bedrock",
            [
                "openinference.span.kind": "LLM", "llm.provider": "aws", "llm.system": "anthropic",
                "llm.model_name": "anthropic.claude-sonnet-4", "llm.token_count.prompt": 1000, "llm.token_count.completion": 50,
                "llm.token_count.total": 1650, "llm.token_count.prompt_details.cache_read": 600,
            ],
            means: [
                "gen_ai.provider.name": "aws.bedrock", "gen_ai.usage.input_tokens": 1600, "gen_ai.usage.output_tokens": 50,
                "causeway.usage.rule": "exclusive.total",
            ],
            goes: ["llm.token_count.total", "llm.token_count.prompt"]
        ),
        Documented(
            "claude_agent_sdk",
            "a whole run with the answer's own numbers",
            .root,
            named: "ClaudeAgentSDK.query",
            scope: "openinference.instrumentation.claude_agent_sdk",
            [
                "openinference.span.kind": "AGENT", "llm.model_name": "claude-sonnet-4-5", "llm.token_count.prompt": 1000,
                "llm.token_count.completion": 50, "llm.token_count.total": 1050, "llm.token_count.prompt_details.cache_read": 600,
                "llm.cost.total": 0.5, "input.value": "Hi", "output.value": "yo", "session.id": "s1", "agent.name": "main",
            ],
            means: [
                "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 1600, "causeway.usage.rule": "exclusive.dialect",
                "causeway.usage.rollup": true, "gen_ai.conversation.id": "s1", "gen_ai.agent.name": "main",
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"yo"}]}]"#,
            ]
        ),
        Documented(
            "codex_cli",
            "a record that is called by its place in the source",
            .log,
            named: "event codex-rs/otel/src/events/session_telemetry.rs:988",
            resource: ["service.name": "codex_cli_rs"],
            [
                "event.name": "codex.sse_event", "event.kind": "response.completed", "input_token_count": "1000",
                "output_token_count": "50", "cached_token_count": 600, "reasoning_token_count": 20, "tool_token_count": "1050",
                "conversation.id": "c1", "model": "gpt-5-codex",
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 600,
                "gen_ai.usage.reasoning.output_tokens": 20, "gen_ai.conversation.id": "c1", "gen_ai.request.model": "gpt-5-codex",
            ],
            goes: ["tool_token_count", "input_token_count"]
        ),
        Documented(
            "codex_cli",
            "a stream that broke off",
            .log,
            named: "codex.sse_event",
            ["error.message": "idle timeout waiting for SSE", "model": "gpt-5-codex"],
            means: ["gen_ai.operation.name": "chat", "causeway.failure.category": "model", "causeway.failure.code": "timeout"]
        ),
        Documented(
            "codex_cli",
            "a prompt that was not to be told",
            .log,
            named: "codex.user_prompt",
            ["prompt": "[REDACTED]", "prompt_length": "10"],
            means: [:],
            goes: ["gen_ai.input.messages"]
        ),
        Documented(
            "codex_cli",
            "tries that are counted from zero",
            .log,
            named: "codex.api_request",
            ["http.response.status_code": 503, "attempt": 1, "endpoint": "/responses"],
            means: ["causeway.retry.attempt": 2, "causeway.failure.code": "overloaded"],
            goes: ["attempt"]
        ),
        Documented(
            "codex_cli",
            "the last piece of an answer",
            named: "completed",
            [
                "gen_ai.usage.input_tokens": 1000, "gen_ai.usage.cache_read.input_tokens": 600, "gen_ai.usage.output_tokens": 50,
                "codex.usage.reasoning_output_tokens": 20, "codex.usage.total_tokens": 1050,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.usage.reasoning.output_tokens": 20, "gen_ai.usage.input_tokens": 1000,
                "causeway.usage.rule": "inclusive.dialect",
            ],
            goes: ["codex.usage.total_tokens", "codex.usage.reasoning_output_tokens"]
        ),
        Documented(
            "gemini_cli",
            "the id of a call has a key of its own",
            named: "tool_call",
            scope: "gemini-cli",
            [
                "gen_ai.operation.name": "tool_call", "gen_ai.agent.name": "gemini-cli", "gen_ai.tool.name": "read_file",
                "gen_ai.tool.call_id": "c1",
            ],
            means: ["gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "c1"],
            goes: ["gen_ai.tool.call_id"]
        ),
        Documented(
            "gemini_cli",
            "a tool's request and what came of it stand where messages belong",
            named: "tool_call",
            scope: "gemini-cli",
            [
                "gen_ai.operation.name": "tool_call", "gen_ai.agent.name": "gemini-cli", "gen_ai.tool.name": "read_file",
                "gen_ai.input.messages": #"{"callId":"c1","name":"read_file","args":{"path":"a"},"prompt_id":"p"}"#,
                "gen_ai.output.messages":
                    #"{"status":"success","response":{"callId":"c1","responseParts":[{"functionResponse":{"name":"read_file","response":{"output":"x"}}}]}}"#,
            ],
            means: ["gen_ai.tool.call.arguments": #"{"path":"a"}"#, "gen_ai.tool.call.result": #"{"output":"x"}"#],
            goes: ["gen_ai.input.messages", "gen_ai.output.messages"]
        ),
        Documented(
            "gemini_cli",
            "an answer in pieces",
            .log,
            named: "gemini_cli.api_response",
            [
                "model": "gemini-2.5-pro", "input_token_count": 10, "output_token_count": 2,
                "response_text":
                    #"[{"candidates":[{"content":{"role":"model","parts":[{"text":"y"}]}}]},{"candidates":[{"content":{"role":"model","parts":[{"text":"o"}]}}]}]"#,
            ],
            means: ["gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"yo"}]}]"#]
        ),
        Documented(
            "gemini_cli",
            "a new try",
            .log,
            named: "gemini_cli.network_retry_attempt",
            ["attempt": 2, "max_attempts": 3, "error_type": "429", "delay_ms": 500, "model": "gemini-2.5-pro"],
            means: ["causeway.retry.attempt": 2, "gen_ai.request.model": "gemini-2.5-pro"],
            goes: ["attempt"],
            keeps: ["delay_ms"]
        ),
        Documented(
            "vercel_ai",
            "why it ended, said twice",
            named: "ai.generateText.doGenerate",
            scope: "ai",
            [
                "ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gpt-4o", "ai.model.provider": "openai.chat",
                "ai.response.finishReason": "tool-calls", "gen_ai.response.finish_reasons": .array(["tool-calls"]),
            ],
            means: ["gen_ai.response.finish_reasons": .array(["tool_call"])],
            goes: ["ai.response.finishReason"]
        ),
        Documented(
            "spring_ai",
            "what a store of vectors found, as texts",
            named: "pg_vector query",
            [
                "spring.ai.kind": "vector_store", "db.system": "pg_vector", "db.operation.name": "query",
                "db.vector.query.content": "refunds", "db.vector.query.top_k": "4",
                "db.vector.query.response.documents": #"["one", "two"]"#,
            ],
            means: [
                "gen_ai.retrieval.query.text": "refunds", "gen_ai.retrieval.top_k": 4,
                "gen_ai.retrieval.documents": #"[{"content":"one"},{"content":"two"}]"#,
            ],
            goes: ["db.vector.query.response.documents"]
        ),
        Documented(
            "spring_ai",
            "a model that is none",
            named: "chat claude-sonnet-4-5",
            [
                "gen_ai.operation.name": "chat", "gen_ai.system": "anthropic", "spring.ai.kind": "chat_model",
                "gen_ai.request.model": "claude-sonnet-4-5", "gen_ai.response.model": "none",
            ],
            means: ["gen_ai.request.model": "claude-sonnet-4-5"],
            goes: ["gen_ai.response.model"]
        ),
        Documented(
            "agentops",
            "instructions and a stream",
            named: "openai.chat",
            scope: "agentops",
            [
                "agentops.span.kind": "llm", "gen_ai.system": "OpenAI", "gen_ai.request.model": "gpt-4o",
                "gen_ai.request.streaming": true, "gen_ai.request.instructions": "Be brief.",
            ],
            means: [
                "gen_ai.request.stream": true, "gen_ai.system_instructions": #"[{"type":"text","content":"Be brief."}]"#,
            ],
            goes: ["gen_ai.request.streaming", "gen_ai.request.instructions"]
        ),
        Documented(
            "mcp",
            "a tool that the server does not have",
            named: "tools/call search",
            scope: "mcp-python-sdk",
            [
                "mcp.method.name": "tools/call", "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search",
                "error.type": "-32602",
            ],
            status: StatusRecord(.error, message: "Unknown tool: search"),
            means: ["causeway.failure.category": "tool", "causeway.failure.code": "not_found"]
        ),
    ]
}
