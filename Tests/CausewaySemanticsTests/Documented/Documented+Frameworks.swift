import CausewayModel

extension Documented {
    static let googleADK: [Documented] = [
        Documented(
            "google_adk",
            "request and answer are Gemini's; the numbers stand in the answer; thoughts come beside it",
            named: "call_llm",
            [
                "gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "gemini-2.0-flash", "gcp.vertex.agent.session_id": "s1",
                "gcp.vertex.agent.llm_request":
                    #"""
                {"model":"gemini-2.0-flash","config":{"system_instruction":"Be brief.","temperature":0.5},\#
                "contents":[{"role":"user","parts":[{"text":"Hi"}]}]}
                """#,
                "gcp.vertex.agent.llm_response":
                    #"""
                {"content":{"role":"model","parts":[{"text":"Hello"}]},"finish_reason":"STOP",\#
                "usage_metadata":{"prompt_token_count":50,"candidates_token_count":5,"thoughts_token_count":7,\#
                "cached_content_token_count":20,"total_token_count":62}}
                """#,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "gcp.gen_ai", "gen_ai.conversation.id": "s1",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.system_instructions": #"[{"type":"text","content":"Be brief."}]"#,
                "gen_ai.output.messages":
                    #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
                "gen_ai.usage.input_tokens": 50, "gen_ai.usage.output_tokens": 12, "gen_ai.usage.reasoning.output_tokens": 7,
                "gen_ai.usage.cache_read.input_tokens": 20, "gen_ai.request.temperature": 0.5,
                "causeway.source.framework": "gcp.vertex.agent",
            ]
        ),
        Documented(
            "google_adk",
            "what was not captured is not there",
            named: "execute_tool get_weather",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "get_weather", "gen_ai.tool.call.id": "<not specified>",
                "gen_ai.tool.type": "FunctionTool", "gcp.vertex.agent.tool_call_args": "{}", "gcp.vertex.agent.tool_response": "{}",
                "gcp.vertex.agent.llm_request": "{}",
            ],
            means: ["gen_ai.tool.type": "function"],
            goes: ["gen_ai.tool.call.id", "gen_ai.tool.call.arguments", "gcp.vertex.agent.llm_request", "gcp.vertex.agent.tool_call_args"]
        ),
        Documented(
            "google_adk",
            "arguments and result of a tool that is an agent",
            named: "execute_tool helper",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "helper", "gen_ai.tool.type": "AgentTool",
                "gcp.vertex.agent.tool_call_args": #"{"q":"x"}"#, "gcp.vertex.agent.tool_response": #"{"error":"no"}"#,
            ],
            means: [
                "gen_ai.tool.call.arguments": #"{"q":"x"}"#, "gen_ai.tool.call.result": #"{"error":"no"}"#, "causeway.tool.kind": "agent",
                "gen_ai.tool.type": "function", "causeway.failure.code": "reported_error",
            ]
        ),
        Documented(
            "google_adk",
            "results merged are no call",
            named: "execute_tool (merged)",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "(merged tools)", "gen_ai.tool.call.id": "e1",
                "gcp.vertex.agent.event_id": "e1",
            ],
            means: ["causeway.step.type": "step"],
            goes: ["gen_ai.operation.name"]
        ),
        Documented(
            "google_adk",
            "an agent's name stands in the span's",
            named: "agent_run [weather_agent]",
            ["gcp.vertex.agent.invocation_id": "i1"],
            means: ["gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "weather_agent"],
            keeps: ["gcp.vertex.agent.invocation_id"]
        ),
        Documented(
            "google_adk",
            "an invocation is a workflow",
            named: "invocation",
            ["gcp.vertex.agent.invocation_id": "i1"],
            means: ["gen_ai.operation.name": "invoke_workflow"]
        ),
    ]

    static let liveKit: [Documented] = [
        Documented(
            "livekit",
            "the request has the tokens",
            named: "llm_request",
            scope: "livekit-agents",
            [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4.1",
                "gen_ai.usage.input_tokens": 100, "gen_ai.usage.cache_read.input_tokens": 60, "gen_ai.usage.output_tokens": 9,
            ],
            means: [
                "causeway.step.type": "model_call", "gen_ai.usage.input_tokens": 100, "causeway.usage.rule": "inclusive.dialect",
            ]
        ),
        Documented(
            "livekit",
            "what wraps the request is none",
            named: "llm_node",
            [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4.1",
                "lk.response.ttft": 0.4, "lk.pii.response.text": "Hello", "lk.chat_ctx": #"{"items":[]}"#,
            ],
            means: [
                "causeway.step.type": "step", "gen_ai.response.time_to_first_chunk": 0.4,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
            ],
            goes: ["gen_ai.operation.name", "lk.response.ttft"],
            keeps: ["lk.chat_ctx"]
        ),
        Documented(
            "livekit",
            "the adapter's model is none",
            named: "llm_fallback_adapter",
            [
                "lk.interrupted": false, "gen_ai.operation.name": "chat", "gen_ai.provider.name": "livekit",
                "gen_ai.request.model": "FallbackAdapter",
            ],
            means: ["causeway.step.type": "step"],
            goes: ["gen_ai.request.model", "gen_ai.operation.name", "gen_ai.provider.name"]
        ),
        Documented(
            "livekit",
            "a try that failed, counted from zero",
            named: "llm_request_run",
            ["lk.retry_count": 1],
            status: StatusRecord(.error, message: "timed out"),
            means: ["causeway.retry.attempt": 2, "causeway.step.type": "step"],
            goes: ["lk.retry_count"],
            eventsAfter: ["causeway.retry"]
        ),
        Documented(
            "livekit",
            "a tool's error is no status",
            named: "function_tool",
            [
                "lk.function_tool.name": "book", "lk.function_tool.id": "c1", "lk.function_tool.arguments": #"{"day":1}"#,
                "lk.function_tool.output": "full", "lk.function_tool.is_error": true,
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "book", "gen_ai.tool.call.id": "c1",
                "gen_ai.tool.call.arguments": #"{"day":1}"#, "gen_ai.tool.call.result": "full",
                "causeway.failure.code": "reported_error", "causeway.failure.message": "full",
            ],
            goes: ["lk.function_tool.name", "lk.function_tool.output"]
        ),
        Documented(
            "livekit",
            "who and where, in the newer keys",
            .root,
            named: "agent_session",
            ["lk.job_id": "j1", "lk.pii.participant_identity": "p1", "lk.agent_label": "Booker", "lk.pii.instructions": "Be kind."],
            means: [
                "gen_ai.conversation.id": "j1", "user.id": "p1", "gen_ai.agent.name": "Booker",
                "gen_ai.system_instructions": #"[{"type":"text","content":"Be kind."}]"#, "gen_ai.operation.name": "invoke_workflow",
            ],
            goes: ["lk.job_id", "lk.agent_label"]
        ),
        Documented(
            "livekit",
            "the wait for the first word",
            .metric(0.5, "s"),
            named: "lk.agents.turn.llm_ttft",
            [:],
            means: [:],
            becomes: "metric gen_ai.client.operation.time_to_first_chunk [s] 0.5"
        ),
    ]

    static let haystack: [Documented] = [
        Documented(
            "haystack",
            "model, tokens and reason stand in the answer",
            named: "haystack.agent.step.llm",
            [
                "haystack.agent.step.llm.input":
                    #"{"messages":[{"role":"user","meta":{},"name":null,"content":[{"text":"Hi"}]}]}"#,
                "haystack.agent.step.llm.output":
                    #"""
                {"replies":[{"role":"assistant","meta":{"model":"gpt-4o-mini","finish_reason":"tool_calls",\#
                "usage":{"prompt_tokens":20,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":8}}},\#
                "content":[{"tool_call":{"id":"c1","tool_name":"search","arguments":{"q":"x"}}}]}]}
                """#,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.response.model": "gpt-4o-mini", "gen_ai.usage.input_tokens": 20,
                "gen_ai.usage.output_tokens": 5, "gen_ai.usage.cache_read.input_tokens": 8, "gen_ai.provider.name": "openai",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            goes: ["haystack.agent.step.llm.input", "haystack.agent.step.llm.output"]
        ),
        Documented(
            "haystack",
            "a component is what its class is called",
            named: "haystack.component.run",
            [
                "haystack.component.type": "InMemoryBM25Retriever", "haystack.component.input": #"{"query":"refunds"}"#,
                "haystack.component.output": #"{"documents":[{"id":"d1","content":"Refunds…","score":0.5}]}"#,
            ],
            means: [
                "gen_ai.operation.name": "retrieval", "gen_ai.retrieval.query.text": "refunds",
                "gen_ai.retrieval.documents": #"[{"id":"d1","score":0.5,"content":"Refunds…"}]"#,
            ],
            goes: ["haystack.component.output"],
            keeps: ["haystack.component.type"]
        ),
        Documented(
            "haystack",
            "a tool that failed says so in its content alone",
            named: "haystack.agent.step.tool",
            [
                "haystack.tool.name": "rate", "haystack.tool.description": "Rates.",
                "haystack.agent.step.tool.input": #"{"base":"EUR"}"#, "haystack.agent.step.tool.output": #"{"error":"HTTP 503"}"#,
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "rate", "gen_ai.tool.description": "Rates.",
                "gen_ai.tool.call.arguments": #"{"base":"EUR"}"#, "gen_ai.tool.call.result": #"{"error":"HTTP 503"}"#,
                "causeway.failure.category": "tool", "causeway.failure.code": "reported_error",
            ],
            goes: ["haystack.tool.name"]
        ),
        Documented(
            "haystack",
            "a pipeline is a workflow",
            .root,
            named: "haystack.pipeline.run",
            ["haystack.pipeline.execution_mode": "sync"],
            means: ["gen_ai.operation.name": "invoke_workflow"],
            keeps: ["haystack.pipeline.execution_mode"]
        ),
        Documented(
            "haystack",
            "a step has its number for an attribute",
            named: "haystack.agent.step",
            ["haystack.agent.step": 2],
            means: ["causeway.step.type": "step"],
            keeps: ["haystack.agent.step"]
        ),
        Documented(
            "haystack",
            "an invoker of tools is a step",
            named: "haystack.component.run",
            ["haystack.component.type": "ToolInvoker"],
            means: ["causeway.step.type": "step"],
            goes: ["gen_ai.operation.name"]
        ),
    ]

    static let genkit: [Documented] = [
        Documented(
            "genkit",
            "a model's action, all of it text",
            named: "googleai/gemini-2.0-flash",
            scope: "genkit-tracer",
            [
                "genkit:type": "action", "genkit:metadata:subtype": "model", "genkit:name": "googleai/gemini-2.0-flash",
                "genkit:sessionId": "s1",
                "genkit:input":
                    #"""
                {"messages":[{"role":"user","content":[{"text":"Hi"}]}],"config":{"temperature":0.3},"tools":[{"name":"t",\#
                "description":"d","inputSchema":{"type":"object"}}]}
                """#,
                "genkit:output":
                    #"""
                {"message":{"role":"model","content":[{"text":"Hello"},{"toolRequest":{"ref":"c1","name":"t","input":{}}}]},\#
                "finishReason":"stop","usage":{"inputTokens":10,"outputTokens":3,"thoughtsTokens":4,"totalTokens":17}}
                """#,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "gcp.gen_ai", "gen_ai.request.model": "gemini-2.0-flash",
                "gen_ai.conversation.id": "s1", "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 7,
                "gen_ai.usage.reasoning.output_tokens": 4, "gen_ai.request.temperature": 0.3,
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages":
                    #"""
                [{"role":"assistant","parts":[{"type":"text","content":"Hello"},{"type":"tool_call","id":"c1","name":"t",\#
                "arguments":{}}],"finish_reason":"stop"}]
                """#,
            ],
            goes: ["genkit:name", "genkit:output"]
        ),
        Documented(
            "genkit",
            "a tool",
            named: "getWeather",
            [
                "genkit:type": "action", "genkit:metadata:subtype": "tool", "genkit:name": "getWeather",
                "genkit:input": #"{"city":"Oslo"}"#, "genkit:output": #""rain""#,
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "getWeather",
                "gen_ai.tool.call.arguments": #"{"city":"Oslo"}"#,
            ],
            goes: ["genkit:name", "genkit:input", "genkit:output"]
        ),
        Documented(
            "genkit",
            "a flow",
            .root,
            named: "menuFlow",
            ["genkit:type": "action", "genkit:metadata:subtype": "flow", "genkit:name": "menuFlow", "genkit:state": "success"],
            means: ["gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "menuFlow"],
            keeps: ["genkit:state"]
        ),
        Documented(
            "genkit",
            "what holds a model's request is a step",
            named: "generate",
            ["genkit:type": "util", "genkit:name": "generate"],
            means: ["causeway.step.type": "step"]
        ),
        Documented(
            "genkit",
            "feedback",
            named: "user-feedback",
            ["genkit:metadata:feedbackValue": "negative", "genkit:metadata:textFeedback": "wrong city"],
            means: [
                "causeway.feedback.kind": "thumbs", "causeway.feedback.label": "negative", "causeway.feedback.comment": "wrong city",
            ],
            goes: ["genkit:metadata:feedbackValue"]
        ),
    ]

    static let voltAgent: [Documented] = [
        Documented(
            "voltagent",
            "a model's call, the second try",
            named: "llm:generateText",
            scope: "@voltagent/core",
            [
                "span.type": "llm", "entity.type": "agent", "llm.model": "gpt-4o", "llm.provider": "openai",
                "llm.messages": #"[{"role":"user","content":"Hi"}]"#, "llm.usage.prompt_tokens": 10, "llm.usage.completion_tokens": 2,
                "llm.usage.total_tokens": 12, "llm.usage.cached_tokens": 4, "llm.finish_reason": "tool-calls", "llm.attempt": 2,
                "llm.temperature": 0.5, "llm.stream": true, "voltagent.conversation_id": "c1", "user.id": "u1",
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.provider.name": "openai",
                "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 2, "gen_ai.usage.cache_read.input_tokens": 4,
                "gen_ai.response.finish_reasons": .array(["tool_call"]), "causeway.retry.attempt": 2, "gen_ai.request.temperature": 0.5,
                "gen_ai.request.stream": true, "gen_ai.conversation.id": "c1",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            goes: ["llm.usage.total_tokens", "llm.model", "span.type"]
        ),
        Documented(
            "voltagent",
            "the root repeats the sum",
            .root,
            named: "generateText",
            scope: "@voltagent/core",
            [
                "entity.type": "agent", "entity.name": "writer", "entity.id": "a1", "usage.prompt_tokens": 30, "usage.completion_tokens": 4,
                "usage.total_tokens": 34, "usage.prompt_context.total_estimated": 28, "input": "Hi", "output": "Hello",
            ],
            means: [
                "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "writer", "gen_ai.agent.id": "a1",
                "gen_ai.usage.input_tokens": 30, "causeway.usage.rollup": true,
            ],
            goes: ["usage.total_tokens", "input"],
            keeps: ["usage.prompt_context.total_estimated"]
        ),
        Documented(
            "voltagent",
            "below another agent the entity is the other's",
            named: "subagent:helper",
            [
                "voltagent.is_subagent": true, "entity.type": "agent", "entity.name": "boss", "entity.id": "a1", "subagent.name": "helper",
                "subagent.id": "a2",
            ],
            means: ["gen_ai.agent.name": "helper", "gen_ai.agent.id": "a2", "gen_ai.operation.name": "invoke_agent"],
            keeps: ["entity.name"]
        ),
        Documented(
            "voltagent",
            "what a tool takes is not what it was given",
            named: "tool.execution:search",
            scope: "@voltagent/core",
            [
                "span.type": "tool", "tool.name": "search", "tool.call.id": "c1", "tool.parameters": #"{"type":"object"}"#,
                "input": #"{"q":"x"}"#, "output": #"["y"]"#,
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search", "gen_ai.tool.call.id": "c1",
                "gen_ai.tool.call.arguments": #"{"q":"x"}"#, "gen_ai.tool.call.result": #"["y"]"#,
            ],
            keeps: ["tool.parameters"]
        ),
        Documented(
            "voltagent",
            "a guardrail that held",
            named: "guardrail.input.pii",
            scope: "@voltagent/core",
            ["span.type": "guardrail", "guardrail.pass": false, "guardrail.message": "no"],
            means: ["causeway.step.type": "guardrail", "causeway.failure.category": "guardrail", "causeway.failure.code": "compliance"]
        ),
    ]

    static let laminar: [Documented] = [
        Documented(
            "laminar",
            "a model's call with old keys, a price and the provider's own messages",
            named: "openai.chat",
            [
                "lmnr.span.type": "LLM", "gen_ai.system": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 9,
                "gen_ai.usage.output_tokens": 1, "llm.usage.total_tokens": 10, "gen_ai.usage.cache_read_input_tokens": 4,
                "gen_ai.usage.cost": 0.5, "lmnr.association.properties.session_id": "s1", "lmnr.association.properties.user_id": "u1",
                "gen_ai.input.messages": #"[{"role":"user","content":[{"type":"text","text":"Hi"}]}]"#,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 9,
                "gen_ai.usage.cache_read.input_tokens": 4, "causeway.cost.total": 0.5, "causeway.cost.source": "reported",
                "gen_ai.conversation.id": "s1", "user.id": "u1", "causeway.usage.rule": "inclusive.dialect",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            goes: ["lmnr.span.type", "llm.usage.total_tokens", "gen_ai.usage.cost"]
        ),
        Documented(
            "laminar",
            "an answer from the cache keeps its sign",
            named: "openai.chat",
            ["lmnr.span.type": "CACHED", "lmnr.span.output": "Hello"],
            means: [
                "gen_ai.operation.name": "chat",
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
            ],
            keeps: ["lmnr.span.type"]
        ),
        Documented(
            "laminar",
            "a tool is called what its span is called",
            named: "search",
            ["lmnr.span.type": "TOOL", "lmnr.span.input": #"{"q":"x"}"#, "lmnr.span.output": "y"],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search", "gen_ai.tool.call.arguments": #"{"q":"x"}"#,
                "gen_ai.tool.call.result": "y",
            ]
        ),
        Documented(
            "laminar",
            "an evaluator",
            named: "judge",
            ["lmnr.span.type": "EVALUATOR"],
            means: ["causeway.step.type": "evaluation"]
        ),
    ]

    static let agentOps: [Documented] = [
        Documented(
            "agentops",
            "a model's call with the flattened keys of old; the provider's own numbers",
            named: "anthropic.messages.create",
            scope: "agentops",
            [
                "agentops.span.kind": "llm", "gen_ai.system": "Anthropic", "gen_ai.request.model": "claude-sonnet-4-5",
                "gen_ai.usage.prompt_tokens": 10, "gen_ai.usage.completion_tokens": 3, "gen_ai.usage.cache_read_input_tokens": 5,
                "gen_ai.streaming.time_to_first_token": 0.25, "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Hi",
                "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Hello",
                "gen_ai.completion.0.finish_reason": "end_turn",
            ],
            means: [
                "gen_ai.provider.name": "anthropic", "gen_ai.usage.input_tokens": 15, "gen_ai.usage.output_tokens": 3,
                "causeway.usage.rule": "exclusive.provider", "gen_ai.response.time_to_first_chunk": 0.25,
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
            ],
            goes: ["gen_ai.prompt.0.role", "gen_ai.usage.prompt_tokens", "agentops.span.kind"]
        ),
        Documented(
            "agentops",
            "a tool and what it cost",
            named: "search.tool",
            [
                "agentops.span.kind": "tool", "agentops.tool.input": #"{"args":[],"kwargs":{"q":"x"}}"#, "agentops.tool.output": "\"y\"",
                "gen_ai.usage.total_cost": 0.125,
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search", "gen_ai.tool.call.arguments": #"{"q":"x"}"#,
                "gen_ai.tool.call.result": "y", "causeway.cost.tool": 0.125,
            ],
            goes: ["agentops.tool.input", "gen_ai.usage.total_cost"]
        ),
        Documented(
            "agentops",
            "how a session ended",
            .root,
            named: "run.session",
            ["agentops.span.kind": "session", "agentops.session.end_state": "Fail", "agentops.tags": "a"],
            means: ["gen_ai.operation.name": "invoke_workflow", "causeway.outcome": "failure"],
            goes: ["agentops.session.end_state"],
            keeps: ["agentops.tags"]
        ),
        Documented(
            "agno",
            "an agent's id; numbers as the provider counts",
            named: "Claude.invoke",
            scope: "openinference.instrumentation.agno",
            [
                "openinference.span.kind": "LLM", "llm.model_name": "claude-sonnet-4-5", "llm.provider": "anthropic",
                "llm.token_count.prompt": 10, "llm.token_count.completion": 2, "llm.token_count.prompt_details.cache_read": 5,
                "agno.agent.id": "a1", "agno.run.id": "r1",
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.agent.id": "a1", "gen_ai.usage.input_tokens": 15,
                "causeway.usage.rule": "exclusive.provider",
            ],
            goes: ["agno.agent.id"],
            keeps: ["agno.run.id"]
        ),
    ]
}
