import CausewayModel

extension Documented {
    static let microsoft: [Documented] = [
        Documented(
            "agent_framework",
            "an agent's tokens are the sum of its calls'",
            named: "invoke_agent writer",
            scope: "agent_framework",
            [
                "gen_ai.operation.name": "invoke_agent", "gen_ai.provider.name": "microsoft.agent_framework",
                "gen_ai.agent.name": "writer", "gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 5,
                "gen_ai.response.finish_reasons": #"["stop"]"#,
            ],
            means: [
                "causeway.usage.rollup": true, "gen_ai.response.finish_reasons": .array(["stop"]),
                "causeway.source.framework": "microsoft.agent_framework",
            ],
            goes: ["gen_ai.provider.name"]
        ),
        Documented(
            "agent_framework",
            "words for nothing",
            named: "execute_tool search",
            scope: "agent_framework",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search", "gen_ai.tool.call.id": "unknown",
                "gen_ai.tool.call.arguments": "None", "gen_ai.tool.type": "function",
            ],
            means: ["gen_ai.tool.type": "function"],
            goes: ["gen_ai.tool.call.id", "gen_ai.tool.call.arguments"]
        ),
        Documented(
            "agent_framework",
            "a loop over tools is a step with a sum",
            named: "orchestrate_tools",
            scope: "Experimental.Microsoft.Extensions.AI",
            ["gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 5],
            means: ["causeway.step.type": "step", "causeway.usage.rollup": true]
        ),
        Documented(
            "agent_framework",
            "an executor is a step of its workflow",
            named: "executor.process writer",
            scope: "agent_framework",
            ["executor.id": "writer", "workflow.name": "w"],
            means: ["causeway.step.type": "step", "gen_ai.workflow.name": "w"],
            keeps: ["executor.id"]
        ),
        Documented(
            "agent_framework",
            "how long functions took, without what they were given",
            .metric(0.5, "s"),
            named: "agent_framework.function.invocation.duration",
            ["agent_framework.function.name": "search", "gen_ai.tool.description": "Searches."],
            means: ["gen_ai.tool.name": "search"],
            goes: ["gen_ai.tool.description"],
            becomes: "metric gen_ai.execute_tool.duration [s] 0.5"
        ),
        Documented(
            "semantic_kernel",
            "reasons as text, a class as Python shows it",
            named: "chat gpt-4o",
            scope: "semantic_kernel.utils.telemetry.model_diagnostics.decorators",
            [
                "gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o",
                "gen_ai.response.finish_reason": "FinishReason.STOP,FinishReason.LENGTH", "error.type": "<class 'openai.RateLimitError'>",
            ],
            status: StatusRecord(.error, message: "429"),
            means: [
                "gen_ai.response.finish_reasons": .array(["stop", "length"]), "error.type": "openai.RateLimitError",
                "causeway.failure.code": "rate_limited",
            ],
            goes: ["gen_ai.response.finish_reason"]
        ),
        Documented(
            "semantic_kernel",
            "no reason at all",
            named: "chat gpt-4o",
            scope: "Microsoft.SemanticKernel.Diagnostics",
            ["gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.response.finish_reason": "N/A"],
            means: ["gen_ai.provider.name": "openai"],
            goes: ["gen_ai.response.finish_reasons"]
        ),
        Documented(
            "semantic_kernel",
            "a plural completion",
            named: "text_completions gpt-3.5",
            scope: "semantic_kernel.utils.telemetry.model_diagnostics.decorators",
            ["gen_ai.operation.name": "text_completions", "gen_ai.request.model": "gpt-3.5-turbo-instruct"],
            means: ["gen_ai.operation.name": "text_completion", "causeway.step.type": "model_call"]
        ),
        Documented(
            "semantic_kernel",
            "the loop is a step",
            named: "AutoFunctionInvocationLoop",
            scope: "semantic_kernel.connectors.ai.chat_completion_client_base",
            ["sk.available_functions": "a,b"],
            means: ["causeway.step.type": "step"],
            keeps: ["sk.available_functions"]
        ),
        Documented(
            "semantic_kernel",
            "how long functions took",
            .metric(0.5, "s"),
            named: "semantic_kernel.function.invocation.duration",
            ["semantic_kernel.function.name": "search"],
            means: ["gen_ai.tool.name": "search"],
            becomes: "metric gen_ai.execute_tool.duration [s] 0.5"
        ),
    ]

    static let openTelemetryKin: [Documented] = [
        Documented(
            "openlit",
            "cost, and seconds to the first token",
            named: "chat gpt-4o",
            resource: ["telemetry.sdk.name": "openlit"],
            [
                "gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o",
                "gen_ai.endpoint": "openai.chat.completions", "gen_ai.usage.cost": 0.5, "gen_ai.server.ttft": 0.25,
                "gen_ai.request.is_stream": true, "gen_ai.request.user": "u1", "gen_ai.usage.input_tokens": 8,
                "gen_ai.usage.output_tokens": 2, "gen_ai.usage.total_tokens": 10,
            ],
            means: [
                "causeway.cost.total": 0.5, "gen_ai.response.time_to_first_chunk": 0.25, "gen_ai.request.stream": true, "user.id": "u1",
                "gen_ai.usage.input_tokens": 8,
            ],
            goes: ["gen_ai.usage.cost", "gen_ai.server.ttft", "gen_ai.usage.total_tokens"],
            keeps: ["gen_ai.endpoint"]
        ),
        Documented(
            "openlit",
            "a framework's work is a step",
            named: "langchain.chain",
            scope: "openlit.otel.tracing",
            ["gen_ai.operation.name": "framework", "gen_ai.endpoint": "langchain.chain"],
            means: ["causeway.step.type": "step"]
        ),
        Documented(
            "ag2",
            "a tool that failed has a type of error and no status",
            named: "execute_tool f",
            ["ag2.span.type": "tool", "gen_ai.tool.name": "f", "error.type": "ExecutionError"],
            means: ["causeway.failure.category": "tool", "causeway.failure.code": "exception", "gen_ai.operation.name": "execute_tool"]
        ),
        Documented(
            "ag2",
            "what a call cost",
            named: "chat gpt-4o",
            [
                "ag2.span.type": "llm", "gen_ai.usage.cost": 0.5, "gen_ai.request.model": "gpt-4o",
                "gen_ai.response.finish_reasons": #"["stop"]"#,
            ],
            means: ["causeway.cost.total": 0.5, "gen_ai.response.finish_reasons": .array(["stop"])]
        ),
        Documented(
            "autogen",
            "messages of the runtime are steps",
            named: "autogen send writer.(x)-A",
            scope: "autogen SingleThreadedAgentRuntime",
            ["messaging.operation": "send"],
            means: ["causeway.step.type": "step"],
            keeps: ["messaging.operation"]
        ),
        Documented(
            "strands",
            "a tool's status alone",
            named: "execute_tool f",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.system": "strands-agents", "gen_ai.tool.name": "f",
                "gen_ai.tool.status": "error",
            ],
            means: ["causeway.failure.code": "reported_error"],
            goes: ["gen_ai.tool.status"]
        ),
        Documented(
            "strands",
            "Bedrock's numbers come beside each other, and the total shows it",
            named: "chat",
            [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "strands-agents",
                "gen_ai.request.model": "us.anthropic.claude-sonnet-4-20250514-v1:0", "gen_ai.usage.input_tokens": 200,
                "gen_ai.usage.output_tokens": 5, "gen_ai.usage.total_tokens": 305, "gen_ai.usage.cache_read_input_tokens": 100,
            ],
            means: [
                "gen_ai.usage.input_tokens": 300, "causeway.usage.rule": "exclusive.total", "gen_ai.provider.name": "aws.bedrock",
            ],
            goes: ["gen_ai.usage.total_tokens"]
        ),
        Documented(
            "mcp",
            "an answer that JSON-RPC calls wrong",
            named: "tools/call search",
            scope: "mcp-python-sdk",
            [
                "mcp.method.name": "tools/call", "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search",
                "error.type": "-32602",
            ],
            status: StatusRecord(.error, message: "Missing argument: q"),
            means: ["causeway.failure.category": "tool", "causeway.failure.code": "invalid_request", "causeway.tool.kind": "mcp"]
        ),
        Documented(
            "mcp",
            "a tool's name and version from its component",
            named: "tools/call search",
            scope: "fastmcp",
            ["rpc.system": "mcp", "rpc.method": "tools/call", "fastmcp.component.key": "tool:search@2"],
            means: ["gen_ai.tool.name": "search", "causeway.tool.version": "2", "gen_ai.operation.name": "execute_tool"]
        ),
        Documented(
            "openai_agents",
            "a handoff",
            named: "agent_handoff OpenAI Agent",
            [
                "gen_ai.operation.name": "agent_handoff", "gen_ai.agent.description": "OpenAI Agents instrumentation",
                "gen_ai.agent.name": "OpenAI Agent", "gen_ai.agent.id": "agent", "gen_ai.handoff.to_agent": "Billing",
            ],
            means: ["causeway.step.type": "handoff"],
            goes: ["gen_ai.agent.name", "gen_ai.agent.id", "gen_ai.agent.description"],
            keeps: ["gen_ai.handoff.to_agent"]
        ),
    ]

    static let clouds: [Documented] = [
        Documented(
            "botocore_bedrock",
            "embeddings under the name of a completion",
            named: "text_completion amazon.titan-embed-text-v2:0",
            [
                "gen_ai.system": "aws.bedrock", "rpc.service": "Bedrock Runtime", "gen_ai.operation.name": "text_completion",
                "gen_ai.request.model": "amazon.titan-embed-text-v2:0", "gen_ai.usage.input_tokens": 7,
            ],
            means: ["gen_ai.operation.name": "embeddings", "causeway.step.type": "embedding", "gen_ai.usage.input_tokens": 7]
        ),
        Documented(
            "azure_ai_inference",
            "words that stand for nothing",
            named: "chat",
            [
                "gen_ai.system": "az.ai.inference", "gen_ai.operation.name": "chat", "gen_ai.request.model": "chat",
                "gen_ai.response.finish_reasons": .array(["none"]),
            ],
            means: ["gen_ai.provider.name": "azure.ai.inference"],
            goes: ["gen_ai.request.model", "gen_ai.response.finish_reasons"]
        ),
        Documented(
            "anthropic_sdk",
            "what was written to live for an hour",
            named: "anthropic.messages.create",
            scope: "com.anthropic.sdk.python",
            [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic", "gen_ai.usage.input_tokens": 50,
                "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cache_write.input_tokens": 30,
                "anthropic.usage.cache_creation.ephemeral_5m_input_tokens": 10,
                "anthropic.usage.cache_creation.ephemeral_1h_input_tokens": 20, "http.request.resend_count": 1,
            ],
            means: [
                "gen_ai.usage.input_tokens": 50, "gen_ai.usage.cache_creation.input_tokens": 30,
                "causeway.usage.cache_write_1h.input_tokens": 20, "causeway.retry.count": 1, "causeway.usage.rule": "inclusive.dialect",
            ],
            goes: ["anthropic.usage.cache_creation.ephemeral_5m_input_tokens"],
            eventsAfter: ["causeway.retry"]
        ),
    ]

    static let gateways: [Documented] = [
        Documented(
            "litellm",
            "who pays is whom the key names",
            .root,
            named: "litellm_request",
            scope: "litellm",
            [
                "gen_ai.request.model": "gpt-4o", "llm.request.type": "acompletion", "metadata.user_api_key_team_id": "team-1",
                "metadata.team_id": "team-2", "metadata.user_api_key_end_user_id": "", "llm.user": "u1",
                "metadata.usage_object":
                    "{'prompt_tokens': 20, 'completion_tokens': 4, 'total_tokens': 24, 'prompt_tokens_details': {'cached_tokens': 8}}",
                "gen_ai.cost.total_cost": 0.5,
            ],
            means: [
                "causeway.tenant.id": "team-1", "user.id": "u1", "gen_ai.usage.input_tokens": 20,
                "gen_ai.usage.cache_read.input_tokens": 8, "causeway.cost.total": 0.5, "gen_ai.operation.name": "chat",
            ],
            goes: ["metadata.user_api_key_team_id"],
            keeps: ["metadata.team_id"]
        ),
        Documented(
            "litellm",
            "what the provider was sent is no second call",
            named: "raw_gen_ai_request",
            ["llm.openai.model": "gpt-4o", "llm.openai.usage": "{'prompt_tokens': 20}"],
            means: ["causeway.step.type": "step"],
            goes: ["gen_ai.usage.input_tokens"],
            keeps: ["llm.openai.usage"]
        ),
        Documented(
            "truefoundry",
            "milliseconds, money and tokens of the call itself",
            named: "Model",
            [
                "tfy.span_type": "Model", "gen_ai.request.model": "gpt-4o", "tfy.model.metric.input_tokens": 12,
                "tfy.model.metric.output_tokens": 3, "tfy.model.metric.cost_in_usd": 0.5,
                "tfy.model.metric.time_to_first_token_in_ms": 250, "tfy.request.conversation_id": "c1",
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 12, "causeway.cost.total": 0.5,
                "gen_ai.response.time_to_first_chunk": 0.25, "gen_ai.conversation.id": "c1",
            ],
            goes: ["tfy.span_type"]
        ),
        Documented(
            "cloudflare_ai_gateway",
            "a provider under its own key",
            named: "gateway",
            [
                "gen_ai.model.provider": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.cost": 0.5,
                "gen_ai.prompt_json": #"{"messages":[{"role":"user","content":"Hi"}]}"#,
                "gen_ai.completion_json":
                    #"{"choices":[{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}"#,
            ],
            means: [
                "gen_ai.provider.name": "openai", "gen_ai.operation.name": "chat", "causeway.cost.total": 0.5,
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
            ],
            goes: ["gen_ai.prompt_json"]
        ),
        Documented(
            "kong_ai_gateway",
            "nor is it what the span is about",
            named: "kong.gen_ai",
            ["gen_ai.request.model": "gpt-4o", "gen_ai.tool.name": "search", "gen_ai.tool.call.id": "c1"],
            means: ["gen_ai.operation.name": "chat", "causeway.step.type": "model_call"]
        ),
        Documented(
            "kong_ai_gateway",
            "a tool that was asked for is not a tool that was called",
            named: "kong.gen_ai",
            [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.tool.name": "search",
                "gen_ai.tool.call.id": "c1",
            ],
            means: ["gen_ai.operation.name": "chat", "causeway.step.type": "model_call"]
        ),
    ]
}
