import CausewayModel

extension Documented {
    static let others: [Documented] = [
        Documented(
            "openinference",
            "smolagents: a step that got over a tool's failure",
            named: "Step 1",
            scope: "openinference.instrumentation.smolagents",
            ["openinference.span.kind": "CHAIN"],
            events: [EventRecord(name: "agent.step_recovery", timeNanoseconds: 2_000_000_000)],
            status: StatusRecord(.ok),
            means: ["causeway.failure.code": "reported_error", "causeway.failure.retry_state": "will_retry"],
            eventsAfter: ["agent.step_recovery"]
        ),
        Documented(
            "openinference",
            "LlamaIndex: the first token is an event",
            named: "OpenAI.chat",
            scope: "openinference.instrumentation.llama_index",
            ["openinference.span.kind": "LLM", "llm.model_name": "gpt-4o"],
            events: [EventRecord(name: "First Token Stream Event", timeNanoseconds: 1_250_000_000)],
            means: ["gen_ai.response.time_to_first_chunk": 0.25],
            eventsAfter: ["First Token Stream Event"]
        ),
        Documented(
            "openinference",
            "CrewAI: which try, and whose tool",
            named: "search.run",
            scope: "openinference.instrumentation.crewai",
            ["openinference.span.kind": "TOOL", "tool.name": "search", "tool.run_attempts": 2, "tool.agent_role": "Researcher"],
            means: ["causeway.retry.attempt": 2, "gen_ai.agent.name": "Researcher", "gen_ai.tool.name": "search"],
            goes: ["tool.run_attempts"]
        ),
        Documented(
            "openinference",
            "CrewAI: a crew is a workflow",
            .root,
            named: "Travel.kickoff",
            scope: "openinference.instrumentation.crewai",
            ["openinference.span.kind": "CHAIN", "crew_key": "k"],
            means: ["gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "Travel"],
            keeps: ["crew_key"]
        ),
        Documented(
            "openinference",
            "BeeAI: tries are events",
            named: "SearchTool",
            scope: "openinference.instrumentation.beeai",
            ["openinference.span.kind": "TOOL", "tool.name": "search", "llm.cost.total": 0.5],
            events: [EventRecord(name: "retry (tool.search.retry)", timeNanoseconds: 2_000_000_000)],
            means: ["causeway.retry.count": 1, "causeway.cost.total": 0.5],
            eventsAfter: ["retry (tool.search.retry)", "causeway.retry"]
        ),
        Documented(
            "openinference",
            "DSPy: a tool is called what its span is called",
            named: "search.__call__",
            scope: "openinference.instrumentation.dspy",
            ["openinference.span.kind": "TOOL", "input.value": "x"],
            means: ["gen_ai.tool.name": "search", "gen_ai.tool.call.arguments": "x"]
        ),
        Documented(
            "spring_ai",
            "a tool, all of it text",
            named: "execute_tool weather",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.system": "spring_ai", "spring.ai.kind": "tool_call",
                "spring.ai.tool.definition.name": "weather", "spring.ai.tool.call.id": "c1",
                "spring.ai.tool.call.arguments": #"{"city":"Oslo"}"#, "spring.ai.tool.call.result": "rain",
            ],
            means: [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather", "gen_ai.tool.call.id": "c1",
                "gen_ai.tool.call.arguments": #"{"city":"Oslo"}"#, "gen_ai.tool.call.result": "rain",
                "causeway.source.framework": "spring_ai",
            ],
            goes: ["spring.ai.tool.call.id", "gen_ai.provider.name"]
        ),
        Documented(
            "spring_ai",
            "what stands around a call is a step",
            named: "spring_ai chat_client",
            ["gen_ai.operation.name": "framework", "gen_ai.system": "spring_ai", "spring.ai.kind": "chat_client"],
            means: ["causeway.step.type": "step"],
            goes: ["gen_ai.provider.name"]
        ),
        Documented(
            "langchain4j",
            "counts without a namespace, and words for nothing",
            named: "chat unknown",
            [
                "gen_ai.operation.name": "chat", "gen_ai.provider.name": "OPEN_AI", "gen_ai.request.model": "unknown",
                "gen_ai.response.model": "gpt-4o", "input_tokens": "12", "output_tokens": "3", "outcome": "SUCCESS",
            ],
            means: [
                "gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3,
                "gen_ai.response.model": "gpt-4o",
            ],
            goes: ["gen_ai.request.model", "input_tokens"]
        ),
        Documented(
            "dify",
            "nanoseconds to the first token, a path for a provider",
            named: "llm",
            [
                "gen_ai.framework": "dify", "gen_ai.span.kind": "LLM", "gen_ai.request.model": "gpt-4o",
                "gen_ai.provider.name": "langgenius/openai/openai", "gen_ai.user.time_to_first_token": 250_000_000,
                "dify.tenant_id": "t1", "gen_ai.completion": "Hello", "gen_ai.usage.input_tokens": "5", "gen_ai.usage.output_tokens": "1",
            ],
            means: [
                "gen_ai.provider.name": "openai", "gen_ai.response.time_to_first_chunk": 0.25, "causeway.tenant.id": "t1",
                "gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": 5,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
            ],
            goes: ["gen_ai.user.time_to_first_token", "gen_ai.completion"]
        ),
        Documented(
            "n8n",
            "a workflow and its nodes",
            .root,
            named: "workflow.execute",
            scope: "n8n-workflow",
            ["n8n.workflow.name": "w", "n8n.execution.id": "7"],
            means: ["gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": "w"],
            keeps: ["n8n.execution.id"]
        ),
        Documented(
            "braintrust",
            "a call in JSON",
            named: "Chat Completion",
            [
                "braintrust.span_attributes": #"{"type":"llm"}"#, "braintrust.metadata": #"{"model":"gpt-4o","temperature":0.5}"#,
                "braintrust.metrics":
                    #"{"prompt_tokens":20,"completion_tokens":4,"tokens":24,"prompt_cached_tokens":8,"time_to_first_token":0.25}"#,
                "braintrust.input_json": #"[{"role":"user","content":"Hi"}]"#,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.request.temperature": 0.5,
                "gen_ai.usage.input_tokens": 20, "gen_ai.usage.cache_read.input_tokens": 8, "gen_ai.response.time_to_first_chunk": 0.25,
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            goes: ["braintrust.input_json"]
        ),
        Documented(
            "sentry",
            "dollars that are named like counts",
            named: "chat gpt-4o",
            [
                "gen_ai.operation.type": "ai_client", "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o",
                "gen_ai.cost.total_tokens": 0.5, "gen_ai.request.messages": #"[{"role":"user","content":"Hi"}]"#,
                "gen_ai.response.text": "Hello",
            ],
            means: [
                "causeway.cost.total": 0.5, "gen_ai.operation.name": "chat",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
            ],
            goes: ["gen_ai.cost.total_tokens", "gen_ai.operation.type"]
        ),
        Documented(
            "swiftagent",
            "a generation",
            named: "Generate.Answer",
            [
                "swiftagent.agent.name": "a", "llm.model": "gpt-4o", "llm.provider": "openai", "llm.usage.prompt_tokens": 9,
                "llm.usage.completion_tokens": 2,
            ],
            means: [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 9, "gen_ai.agent.name": "a",
            ],
            goes: ["llm.model"]
        ),
        Documented(
            "rig",
            "a tool that failed has no status",
            named: "execute_tool",
            [
                "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "f", "gen_ai.tool.call.outcome": "error",
                "gen_ai.tool.error.type": "TimeoutError",
            ],
            means: ["causeway.failure.category": "tool", "causeway.failure.code": "timeout", "error.type": "TimeoutError"],
            keeps: ["gen_ai.tool.call.outcome"]
        ),
        Documented(
            "weave",
            "a thread",
            named: "turn",
            ["wandb.thread_id": "t1", "wandb.is_turn": true],
            means: ["gen_ai.conversation.id": "t1"],
            goes: ["wandb.thread_id"]
        ),
        Documented(
            "adot",
            "content in a log record that is called like the scope",
            .log,
            named: "opentelemetry.instrumentation.langchain",
            ["session.id": "s1"],
            body:
                #"{"input":{"messages":[{"role":"user","content":"Hi"}]},"output":{"messages":[{"role":"assistant","content":"Hello"}]}}"#,
            means: [
                "gen_ai.conversation.id": "s1",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
            ]
        ),
        Documented(
            "otel_genai",
            "an event that says what an attribute says otherwise stays",
            named: "chat",
            [
                "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            events: [
                EventRecord(name: "gen_ai.user.message", timeNanoseconds: 2_000_000_000, attributes: [Attribute("content", "Hello")])
            ],
            means: ["gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#],
            eventsAfter: ["gen_ai.user.message"]
        ),
        Documented(
            "otel_genai",
            "an event keeps what no message says",
            named: "chat",
            ["gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"],
            events: [
                EventRecord(
                    name: "gen_ai.user.message",
                    timeNanoseconds: 2_000_000_000,
                    attributes: [Attribute("content", "Hi"), Attribute("app.turn", 7)]
                ), EventRecord(name: "gen_ai.choice", timeNanoseconds: 2_000_000_000, attributes: [Attribute("content", "Hello")]),
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
            ],
            eventsAfter: ["gen_ai.user.message"]
        ),
        Documented(
            "strands",
            "what came of the calls stands beside them",
            named: "execute_event_loop_cycle",
            ["gen_ai.operation.name": "execute_event_loop_cycle", "gen_ai.system": "strands-agents"],
            events: [
                EventRecord(
                    name: "gen_ai.choice",
                    timeNanoseconds: 2_000_000_000,
                    attributes: [
                        Attribute("message", #"[{"toolUse":{"toolUseId":"c1","name":"f","input":{}}}]"#),
                        Attribute("tool.result", #"[{"toolResult":{"toolUseId":"c1","status":"success","content":[{"text":"y"}]}}]"#),
                    ]
                )
            ],
            means: [
                "gen_ai.output.messages":
                    #"""
                [{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"f","arguments":{}}]},{"role":"tool",\#
                "parts":[{"type":"tool_call_response","id":"c1","response":[{"text":"y"}],"status":"success"}]}]
                """#
            ]
        ),
        Documented(
            "opik",
            "a thread",
            named: "turn",
            ["opik.tags": "a", "thread_id": "t1"],
            means: ["gen_ai.conversation.id": "t1"],
            goes: ["thread_id"],
            keeps: ["opik.tags"]
        ),
        Documented(
            "spring_ai",
            "an exception's class, or the word for none",
            named: "chat gpt-4o",
            ["gen_ai.operation.name": "chat", "spring.ai.kind": "advisor", "error": "ResourceAccessException"],
            status: StatusRecord(.error),
            means: ["error.type": "ResourceAccessException", "causeway.step.type": "step"],
            goes: ["error"]
        ),
        Documented(
            "livekit",
            "a context with items",
            named: "llm_node",
            [
                "lk.pii.chat_ctx":
                    #"""
                {"items":[{"type":"message","role":"user","content":["Hi"]},{"type":"function_call","call_id":"c1","name":"f",\#
                "arguments":"{}"}]}
                """#
            ],
            means: [
                "gen_ai.input.messages":
                    #"""
                [{"role":"user","parts":[{"type":"text","content":"Hi"}]},{"role":"assistant","parts":[{"type":"tool_call",\#
                "id":"c1","name":"f","arguments":{}}]}]
                """#
            ],
            goes: ["lk.pii.chat_ctx"]
        ),
    ]
}
