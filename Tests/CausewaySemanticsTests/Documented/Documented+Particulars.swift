import CausewayModel

extension Documented {
    static let particulars = conventions + openInferenceParticulars + libraries + agents + platforms

    static let conventions: [Documented] = [
        Documented(
            "otel_genai",
            "before there were messages: prompt and completion",
            named: "chat gpt-4",
            [
                "gen_ai.system": "openai",
                "gen_ai.request.model": "gpt-4",
                "gen_ai.operation.name": "chat",
                "gen_ai.usage.prompt_tokens": 10,
                "gen_ai.usage.completion_tokens": 5,
                "gen_ai.prompt": #"[{"role": "user", "content": "Hi"}]"#,
                "gen_ai.completion": #"[{"role": "assistant", "content": "Hello"}]"#,
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
                "causeway.source.generation": "g1",
                "gen_ai.usage.input_tokens": 10,
            ],
            goes: ["gen_ai.prompt", "gen_ai.completion"]
        ),
        Documented(
            "otel_genai",
            "an event may hold all messages",
            named: "chat gpt-4",
            [
                "gen_ai.system": "vertex_ai",
                "gen_ai.request.model": "gemini-pro",
            ],
            events: [
                EventRecord(
                    name: "gen_ai.content.prompt",
                    timeNanoseconds: 1000000001,
                    attributes: [Attribute("gen_ai.prompt", #"[{"role": "user", "content": "Hi"}]"#)]
                ),
                EventRecord(
                    name: "gen_ai.content.completion",
                    timeNanoseconds: 2000000000,
                    attributes: [Attribute("gen_ai.completion", #"[{"role": "assistant", "content": "Hello"}]"#)]
                ),
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
                "gen_ai.provider.name": "gcp.vertex_ai",
            ]
        ),
        Documented(
            "otel_genai",
            "keys for what was cached came with the rule that it is part of the input",
            named: "chat claude",
            [
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "anthropic",
                "gen_ai.request.model": "claude-3-7-sonnet",
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.output_tokens": 20,
                "gen_ai.usage.cache_write.input_tokens": 30,
                "gen_ai.usage.cache_read.input_tokens": 20,
                "gen_ai.usage.reasoning.output_tokens": 5,
                "gen_ai.request.reasoning.level": "high",
                "gen_ai.prompt.name": "p",
                "gen_ai.prompt.version": "3",
                "gen_ai.prompt.variable.city": "Oslo",
                "gen_ai.request.top_k": 40,
                "gen_ai.conversation.compacted": true,
            ],
            means: [
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.cache_creation.input_tokens": 30,
                "causeway.usage.rule": "inclusive.dialect",
                "causeway.source.generation": "g3",
                "gen_ai.prompt.variable.city": "Oslo",
            ],
            goes: ["gen_ai.usage.cache_write.input_tokens"]
        ),
        Documented(
            "otel_genai",
            "how many were asked for had a name of the model's call",
            named: "retrieval ds",
            [
                "gen_ai.operation.name": "retrieval",
                "gen_ai.data_source.id": "ds",
                "gen_ai.retrieval.query.text": "q",
                "gen_ai.retrieval.documents": .array([.map([Attribute("id", "d1"), Attribute("score", 0.5)])]),
                "gen_ai.request.top_k": 3,
            ],
            means: [
                "gen_ai.retrieval.top_k": 3,
                "gen_ai.retrieval.documents": #"[{"id":"d1","score":0.5}]"#,
            ],
            goes: ["gen_ai.request.top_k"]
        ),
        Documented(
            "otel_genai",
            "a tool of the Model Context Protocol",
            named: "tools/call f",
            [
                "mcp.method.name": "tools/call",
                "gen_ai.tool.name": "f",
                "error.type": "-32602",
                "rpc.response.status_code": "-32602",
            ],
            status: StatusRecord(.error, message: "bad"),
            means: [
                "causeway.tool.kind": "mcp",
                "causeway.failure.code": "invalid_request",
                "causeway.step.type": "tool_call",
            ]
        ),
        Documented(
            "otel_genai",
            "an exception that is an event",
            .log,
            named: "gen_ai.client.operation.exception",
            [
                "exception.type": "RateLimitError",
                "exception.message": "429 slow down",
            ],
            means: [
                "causeway.failure.code": "rate_limited",
                "causeway.failure.category": "model",
                "causeway.source.generation": "g2",
            ]
        ),
        Documented(
            "otel_genai",
            "a judgement",
            .log,
            named: "gen_ai.evaluation.result",
            [
                "gen_ai.evaluation.name": "Relevance",
                "gen_ai.evaluation.score.value": 0.8,
                "gen_ai.evaluation.score.label": "pass",
                "gen_ai.response.id": "r1",
            ],
            means: [
                "gen_ai.evaluation.name": "Relevance",
                "causeway.source.generation": "g2",
            ]
        ),
        Documented(
            "otel_genai",
            "a call that ran out of time",
            named: "chat gpt-4o",
            [
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.request.model": "gpt-4o",
                "server.address": "api.openai.com",
            ],
            events: [
                EventRecord(
                    name: "exception",
                    timeNanoseconds: 5,
                    attributes: [
                        Attribute("exception.type", "openai.APITimeoutError"), Attribute("exception.message", "Request timed out."),
                    ]
                )
            ],
            status: StatusRecord(.error, message: "Request timed out."),
            means: [
                "causeway.failure.code": "timeout",
                "causeway.timeout.elapsed_ms": 2000.0,
                "causeway.timeout.by": "client",
            ],
            eventsAfter: ["exception"]
        ),
        Documented(
            "otel_genai",
            "Axiom: what the application does",
            named: "x",
            [
                "gen_ai.capability.name": "cap",
                "gen_ai.step.name": "st",
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "gpt",
            ],
            means: [
                "gen_ai.workflow.name": "cap"
            ]
        ),
    ]

    static let openInferenceParticulars: [Documented] = [
        Documented(
            "openinference",
            "completions before there were messages",
            named: "OpenAI.completion",
            [
                "openinference.span.kind": "LLM",
                "llm.model_name": "gpt-3.5-turbo-instruct",
                "llm.prompts.0.prompt.text": "Say",
                "llm.choices.0.completion.text": "ok",
                "llm.system": "openai",
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Say"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"ok"}]}]"#,
            ],
            goes: ["llm.prompts.0.prompt.text", "llm.choices.0.completion.text"]
        ),
        Documented(
            "openinference",
            "what was ranked best",
            named: "rerank",
            [
                "openinference.span.kind": "RERANKER",
                "reranker.model_name": "rerank-v3",
                "reranker.query": "q",
                "reranker.top_k": 3,
                "reranker.input_documents.0.document.content": "a",
                "reranker.output_documents.0.document.content": "b",
                "reranker.output_documents.0.document.score": 0.9,
            ],
            means: [
                "gen_ai.retrieval.documents": #"[{"score":0.9,"content":"b"}]"#,
                "gen_ai.retrieval.query.text": "q",
                "gen_ai.retrieval.top_k": 3,
                "causeway.step.type": "rerank",
            ],
            goes: ["reranker.output_documents.0.document.content"],
            keeps: ["reranker.input_documents.0.document.content"]
        ),
        Documented(
            "openinference",
            "a prompt of a library, and whose call it is",
            named: "llm",
            [
                "openinference.span.kind": "LLM",
                "llm.prompt_template.template": "Hi {x}",
                "llm.prompt_template.variables": #"{"x": "Bob"}"#,
                "llm.prompt_template.version": "v2",
                "prompt.id": "greet",
                "metadata": #"{"user_id": "u", "session_id": "s", "tenant_id": "t"}"#,
                "tag.tags": .array(["a"]),
                "llm.invocation_parameters": #"{"model": "gpt-4o", "temperature": 0.1, "tool_choice": "auto", "stream": true}"#,
            ],
            means: [
                "gen_ai.prompt.name": "greet",
                "gen_ai.prompt.version": "v2",
                "gen_ai.prompt.variable.x": "Bob",
                "gen_ai.conversation.id": "s",
                "user.id": "u",
                "causeway.tenant.id": "t",
            ],
            keeps: ["metadata", "llm.prompt_template.variables"]
        ),
        Documented(
            "openinference",
            "judgements stand on the span",
            named: "llm",
            [
                "openinference.span.kind": "LLM",
                "annotations.0.annotation.name": "helpful",
                "annotations.0.annotation.score": 1.0,
                "annotations.0.annotation.label": "good",
                "annotations.0.annotation.annotator_kind": "HUMAN",
                "evaluations.0.evaluation.name": "faith",
                "evaluations.0.evaluation.score": 0.3,
                "evaluations.0.evaluation.explanation": "no",
            ],
            means: [
                "causeway.step.type": "model_call"
            ],
            keeps: ["annotations.0.annotation.annotator_kind"],
            eventsAfter: ["gen_ai.evaluation.result", "gen_ai.evaluation.result"]
        ),
        Documented(
            "openinference",
            "every kind of content",
            named: "llm",
            [
                "openinference.span.kind": "LLM",
                "llm.input_messages.0.message.role": "user",
                "llm.input_messages.0.message.contents.0.message_content.type": "image",
                "llm.input_messages.0.message.contents.0.message_content.image.image.url": "data:image/png;base64,AAAA",
                "llm.input_messages.0.message.contents.1.message_content.type": "text",
                "llm.input_messages.0.message.contents.1.message_content.text": "see",
                "llm.input_messages.1.message.role": "assistant",
                "llm.input_messages.1.message.function_call_name": "f",
                "llm.input_messages.1.message.function_call_arguments_json": #"{"a":1}"#,
                "llm.input_messages.2.message.role": "tool",
                "llm.input_messages.2.message.tool_call_id": "c1",
                "llm.input_messages.2.message.content": "42",
                "llm.output_messages.0.message.role": "assistant",
                "llm.output_messages.0.message.contents.0.message_content.type": "reasoning",
                "llm.output_messages.0.message.contents.0.message_content.text": "think",
                "llm.output_messages.0.message.contents.1.message_content.type": "tool_use",
                "llm.output_messages.0.message.contents.1.message_content.id": "t",
                "llm.output_messages.0.message.contents.2.message_content.type": "audio",
                "llm.output_messages.0.message.contents.2.message_content.audio.url": "https://x/a.wav",
                "llm.output_messages.0.message.contents.2.message_content.audio.mime_type": "audio/wav",
                "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c2",
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "g",
                "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": #"{"b":2}"#,
            ],
            means: [
                "gen_ai.input.messages":
                    #"""
                [{"role":"user","parts":[{"type":"blob","modality":"image","mime_type":"image/png","content":"AAAA"}\#
                ,{"type":"text","content":"see"}]},{"role":"assistant","parts":[{"type":"tool_call","name":"f","argu\#
                ments":{"a":1}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"42"}]}]
                """#,
                "gen_ai.output.messages":
                    #"""
                [{"role":"assistant","parts":[{"type":"reasoning","content":"think"},{"type":"uri","modality":"audio\#
                ","mime_type":"audio/wav","uri":"https://x/a.wav"},{"type":"tool_call","id":"c2","name":"g","argumen\#
                ts":{"b":2}}]}]
                """#,
            ]
        ),
        Documented(
            "openinference",
            "documents in any order",
            named: "retr",
            [
                "openinference.span.kind": "RETRIEVER",
                "input.value": "q",
                "retrieval.documents.0.document.id": "d",
                "retrieval.documents.0.document.score": 0.4,
                "retrieval.documents.0.document.content": "c",
                "retrieval.documents.0.document.metadata": #"{"a": 1}"#,
                "retrieval.documents.10.document.content": "k",
                "retrieval.documents.2.document.content": "j",
            ],
            means: [
                "gen_ai.retrieval.documents": #"[{"id":"d","score":0.4,"content":"c","metadata":{"a": 1}},{"content":"j"},{"content":"k"}]"#
            ]
        ),
        Documented(
            "openinference",
            "a class of error that only the status names",
            named: "t",
            [
                "openinference.span.kind": "TOOL",
                "tool.name": "f",
                "tool.parameters": #"{"type": "object"}"#,
                "input.value": #"{"a": 1}"#,
                "output.value": "boom",
                "tool.json_schema": #"{"type": "function"}"#,
            ],
            status: StatusRecord(.error, message: "ValueError: boom"),
            means: [
                "causeway.failure.code": "exception",
                "causeway.failure.inferred": true,
            ],
            keeps: ["tool.parameters"]
        ),
        Documented(
            "openinference",
            "smolagents: what was asked stands in the task",
            .root,
            named: "CodeAgent.run",
            scope: "openinference.instrumentation.smolagents",
            [
                "openinference.span.kind": "AGENT",
                "smolagents.task": "Do it",
                "smolagents.max_steps": 6,
                "smolagents.tools_names": .array(["a"]),
                "llm.token_count.prompt": 50,
                "llm.token_count.completion": 5,
                "llm.token_count.total": 55,
                "input.value": #"{"task": "Do it"}"#,
                "output.value": "done",
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Do it"}]}]"#,
                "causeway.input.summary": "Do it",
                "causeway.usage.rollup": true,
            ],
            goes: ["smolagents.task"],
            keeps: ["input.value"]
        ),
        Documented(
            "openinference",
            "smolagents: a tool's name is not its class",
            named: "SimpleTool",
            scope: "openinference.instrumentation.smolagents",
            [
                "openinference.span.kind": "TOOL",
                "tool.name": "weather",
                "tool.description": "d",
                "tool.parameters": #"{"city": {"type": "string"}}"#,
                "input.value": #"{"args": [], "kwargs": {"city": "Oslo"}}"#,
                "output.value": "rain",
            ],
            means: [
                "gen_ai.tool.name": "weather",
                "gen_ai.tool.call.arguments": #"{"city": "Oslo"}"#,
                "gen_ai.tool.call.result": "rain",
            ],
            goes: ["input.value"]
        ),
        Documented(
            "openinference",
            "DSPy: a call",
            named: "LM.__call__",
            scope: "openinference.instrumentation.dspy",
            [
                "openinference.span.kind": "LLM",
                "llm.model_name": "openai/gpt-4o-mini",
                "llm.provider": "openai",
                "llm.invocation_parameters": #"{"temperature": 0.0, "max_tokens": 1000}"#,
                "input.value": #"{"prompt": null, "messages": [{"role": "user", "content": "Hi"}]}"#,
                "output.value": #"["Hello"]"#,
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
                "gen_ai.provider.name": "openai",
                "gen_ai.request.max_tokens": 1000,
            ]
        ),
        Documented(
            "openinference",
            "DSPy: passages, and the query among what it was given",
            named: "Retrieve.forward",
            scope: "openinference.instrumentation.dspy",
            [
                "openinference.span.kind": "RETRIEVER",
                "input.value": #"{"query": "x", "k": 3}"#,
                "output.value": #"{"passages": ["p1", "p2"]}"#,
            ],
            means: [
                "gen_ai.retrieval.query.text": "x",
                "gen_ai.retrieval.top_k": 3,
                "gen_ai.retrieval.documents": #"[{"content":"p1"},{"content":"p2"}]"#,
            ],
            goes: ["output.value"],
            keeps: ["input.value"]
        ),
        Documented(
            "openinference",
            "a kind that nobody knows is a step",
            named: "Requirement",
            scope: "openinference.instrumentation.beeai",
            [
                "openinference.span.kind": "UNKNOWN"
            ],
            means: [
                "causeway.step.type": "step"
            ]
        ),
        Documented(
            "agno",
            "Agno: an Anthropic model's input excludes what was cached",
            named: "Claude.invoke",
            scope: "openinference.instrumentation.agno",
            [
                "openinference.span.kind": "LLM",
                "llm.model_name": "claude-3-5-sonnet",
                "llm.provider": "Anthropic",
                "llm.token_count.prompt": 10,
                "llm.token_count.completion": 3,
                "llm.token_count.prompt_details.cache_read": 5,
                "llm.token_count.prompt_details.cache_write": 2,
            ],
            means: [
                "gen_ai.usage.input_tokens": 17,
                "gen_ai.usage.cache_read.input_tokens": 5,
                "causeway.usage.rule": "exclusive.provider",
                "gen_ai.provider.name": "anthropic",
            ]
        ),
        Documented(
            "agno",
            "Agno: a workflow",
            .root,
            named: "Wf.run",
            scope: "openinference.instrumentation.agno",
            [
                "openinference.span.kind": "CHAIN",
                "agno.workflow.id": "w",
                "agno.workflow.description": "d",
                "agno.workflow.steps_count": 2,
                "agno.team.id": "t",
            ],
            means: [
                "gen_ai.workflow.name": "Wf",
                "gen_ai.operation.name": "invoke_workflow",
            ],
            keeps: ["agno.workflow.id"]
        ),
    ]

    static let libraries: [Documented] = [
        Documented(
            "openllmetry",
            "flattened messages, with a place above nine",
            named: "openai.chat",
            [
                "llm.request.type": "chat",
                "gen_ai.system": "OpenAI",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.prompt.0.role": "system",
                "gen_ai.prompt.0.content": "Be nice",
                "gen_ai.prompt.1.role": "user",
                "gen_ai.prompt.1.content": "Hi",
                "gen_ai.prompt.10.role": "user",
                "gen_ai.prompt.10.content": "late",
                "gen_ai.prompt.2.role": "assistant",
                "gen_ai.prompt.2.tool_calls.0.id": "c1",
                "gen_ai.prompt.2.tool_calls.0.name": "f",
                "gen_ai.prompt.2.tool_calls.0.arguments": #"{"a":1}"#,
                "gen_ai.prompt.3.role": "tool",
                "gen_ai.prompt.3.tool_call_id": "c1",
                "gen_ai.prompt.3.content": "42",
                "gen_ai.completion.0.role": "assistant",
                "gen_ai.completion.0.content": "Hello",
                "gen_ai.completion.0.finish_reason": "stop",
                "gen_ai.usage.prompt_tokens": 10,
                "gen_ai.usage.completion_tokens": 2,
                "llm.usage.total_tokens": 12,
                "gen_ai.usage.cache_read_input_tokens": 4,
                "llm.request.functions.0.name": "f",
                "llm.request.functions.0.description": "d",
                "llm.request.functions.0.parameters": #"{"type":"object"}"#,
                "llm.is_streaming": false,
                "traceloop.association.properties.session_id": "s",
                "traceloop.association.properties.user_id": "u",
                "traceloop.association.properties.customer_id": "t",
                "llm.headers": "None",
                "traceloop.prompt.key": "k",
                "traceloop.prompt.version": 3,
                "traceloop.prompt.template": "Hi {{x}}",
                "traceloop.prompt.template_variables": #"{"x":"y"}"#,
            ],
            means: [
                "gen_ai.input.messages":
                    #"""
                [{"role":"system","parts":[{"type":"text","content":"Be nice"}]},{"role":"user","parts":[{"type":"te\#
                xt","content":"Hi"}]},{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"f","argumen\#
                ts":{"a":1}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"42"}]},{"r\#
                ole":"user","parts":[{"type":"text","content":"late"}]}]
                """#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
                "gen_ai.tool.definitions": #"[{"type":"function","name":"f","description":"d","parameters":{"type":"object"}}]"#,
                "gen_ai.usage.input_tokens": 10,
                "gen_ai.usage.cache_read.input_tokens": 4,
                "gen_ai.conversation.id": "s",
                "user.id": "u",
                "causeway.tenant.id": "t",
                "gen_ai.prompt.name": "k",
                "gen_ai.prompt.version": "3",
                "gen_ai.prompt.variable.x": "y",
                "causeway.usage.rule": "inclusive.dialect",
            ],
            goes: ["gen_ai.prompt.10.content", "llm.request.functions.0.name", "llm.usage.total_tokens"]
        ),
        Documented(
            "openllmetry",
            "an agent's version and answer",
            .root,
            named: "A.agent",
            [
                "traceloop.span.kind": "agent",
                "traceloop.entity.name": "A",
                "traceloop.entity.version": 2,
                "traceloop.entity.input": #"{"args":[],"kwargs":{"q":"Hi"}}"#,
                "traceloop.entity.output": #""Hello""#,
                "traceloop.workflow.name": "w",
            ],
            means: [
                "gen_ai.agent.version": "2",
                "gen_ai.agent.name": "A",
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]"#,
            ],
            goes: ["traceloop.entity.version"]
        ),
        Documented(
            "openllmetry",
            "LangChain's short form of messages",
            .root,
            named: "w.workflow",
            [
                "traceloop.span.kind": "workflow",
                "traceloop.entity.name": "w",
                "traceloop.entity.input": #"{"inputs": {"messages":[["user","Hi"]]}}"#,
                "traceloop.entity.output": #"{"outputs": {}}"#,
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#
            ],
            keeps: ["traceloop.entity.output"]
        ),
        Documented(
            "openllmetry",
            "a store of vectors",
            named: "pinecone.query",
            [
                "db.system": "pinecone",
                "db.operation": "query",
                "db.vector.query.top_k": 3,
                "db.pinecone.query.top_k": 3,
            ],
            events: [
                EventRecord(
                    name: "db.query.result",
                    timeNanoseconds: 5,
                    attributes: [
                        Attribute("db.query.result.id", "d1"), Attribute("db.query.result.score", 0.5),
                        Attribute("db.query.result.document", "text"), Attribute("db.query.result.metadata", #"{"a":1}"#),
                    ]
                )
            ],
            means: [
                "gen_ai.retrieval.documents": #"[{"id":"d1","score":0.5,"content":"text","metadata":{"a":1}}]"#,
                "gen_ai.retrieval.top_k": 3,
                "gen_ai.operation.name": "retrieval",
            ]
        ),
        Documented(
            "langfuse",
            "buckets that do not overlap",
            named: "gen",
            scope: "langfuse-sdk",
            [
                "langfuse.observation.type": "generation",
                "langfuse.observation.model.name": "claude-3",
                "langfuse.observation.usage_details":
                    #"""
                {"input": 10, "output": 4, "cache_read_input_tokens": 6, "cache_creation_input_tokens": 2, "total"\#
                : 22, "custom": 3}
                """#,
                "langfuse.observation.cost_details": #"{"input": 0.1, "output": 0.2, "total": 0.3}"#,
                "langfuse.observation.input": #"[{"role": "user", "content": "Hi"}]"#,
                "langfuse.observation.output": #""Hello""#,
                "langfuse.observation.completion_start_time": #""1970-01-01T00:00:01.500Z""#,
                "langfuse.observation.prompt.name": "p",
                "langfuse.observation.prompt.version": 2,
                "langfuse.trace.name": "wf",
                "langfuse.user.id": "u",
                "langfuse.session.id": "s",
                "langfuse.environment": "prod",
                "langfuse.version": "1.2",
                "langfuse.observation.metadata.k": "v",
                "langfuse.trace.tags": .array(["a"]),
                "langfuse.observation.model.parameters": #"{"temperature": 0.2, "max_tokens": "Infinity"}"#,
            ],
            means: [
                "gen_ai.usage.input_tokens": 18,
                "gen_ai.usage.cache_read.input_tokens": 6,
                "gen_ai.usage.cache_creation.input_tokens": 2,
                "causeway.usage.rule": "exclusive.dialect",
                "gen_ai.response.time_to_first_chunk": 0.5,
                "gen_ai.prompt.name": "p",
                "gen_ai.prompt.version": "2",
                "causeway.cost.total": 0.3,
            ],
            keeps: ["langfuse.observation.usage_details"]
        ),
        Documented(
            "langfuse",
            "a query among other things",
            named: "retr",
            [
                "langfuse.observation.type": "retriever",
                "langfuse.observation.input": #"{"query": "q"}"#,
                "langfuse.observation.output": #"[{"page_content": "x", "metadata": {}}]"#,
            ],
            means: [
                "gen_ai.retrieval.query.text": "q",
                "gen_ai.retrieval.documents": #"[{"content":"x","metadata":{}}]"#,
            ],
            keeps: ["langfuse.observation.input"]
        ),
        Documented(
            "vercel_ai",
            "a stream, its prompt and its provider's interface",
            named: "ai.streamText.doStream",
            scope: "ai",
            [
                "ai.operationId": "ai.streamText.doStream",
                "operation.name": "ai.streamText.doStream fn",
                "ai.model.id": "gemini-1.5",
                "ai.model.provider": "google.vertex.chat",
                "ai.prompt.messages":
                    #"""
                [{"role": "system", "content": "S"}, {"role": "user", "content": [{"type": "text", "text": "Hi"}]}\#
                , {"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "c", "toolName": "f", "args"\#
                : {"a": 1}}]}, {"role": "tool", "content": [{"type": "tool-result", "toolCallId": "c", "toolName": "\#
                f", "output": {"type": "json", "value": 1}}]}]
                """#,
                "ai.prompt.tools": .array([#"{"type": "function", "name": "f", "description": "d", "inputSchema": {"type": "object"}}"#]),
                "ai.prompt.toolChoice": #"{"type": "auto"}"#,
                "ai.response.text": "Hello",
                "ai.response.toolCalls": #"[{"toolCallType": "function", "toolCallId": "c2", "toolName": "g", "input": "{\"b\":2}"}]"#,
                "ai.response.finishReason": "tool-calls",
                "ai.response.reasoning": "think",
                "ai.usage.inputTokens": 10,
                "ai.usage.outputTokens": 3,
                "ai.usage.totalTokens": 13,
                "ai.usage.cachedInputTokens": 4,
                "ai.usage.reasoningTokens": 1,
                "ai.response.id": "r",
                "ai.response.timestamp": "t",
                "ai.telemetry.functionId": "fn",
                "resource.name": "fn",
                "ai.telemetry.metadata.userId": "u",
                "ai.telemetry.metadata.sessionId": "s",
                "ai.telemetry.metadata.langfusePrompt": #"{"name": "p", "version": 3}"#,
                "ai.settings.maxRetries": 2,
                "ai.settings.maxOutputTokens": 100,
                "gen_ai.request.temperature": 0.3,
                "gen_ai.system": "google.vertex.chat",
            ],
            events: [
                EventRecord(
                    name: "ai.stream.firstChunk",
                    timeNanoseconds: 1500000000,
                    attributes: [Attribute("ai.stream.msToFirstChunk", 500.0)]
                )
            ],
            means: [
                "gen_ai.provider.name": "gcp.vertex_ai",
                "gen_ai.prompt.name": "p",
                "gen_ai.prompt.version": "3",
                "gen_ai.response.time_to_first_chunk": 0.5,
                "gen_ai.input.messages":
                    #"""
                [{"role":"system","parts":[{"type":"text","content":"S"}]},{"role":"user","parts":[{"type":"text","c\#
                ontent":"Hi"}]},{"role":"assistant","parts":[{"type":"tool_call","id":"c","name":"f","arguments":{"a\#
                ": 1}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c","response":1,"name":"f"}]}]
                """#,
                "gen_ai.output.messages":
                    #"""
                [{"role":"assistant","parts":[{"type":"reasoning","content":"think"},{"type":"text","content":"Hello\#
                "},{"type":"tool_call","id":"c2","name":"g","arguments":{"b":2}}]}]
                """#,
                "gen_ai.response.finish_reasons": .array(["tool_call"]),
                "gen_ai.request.stream": true,
                "gen_ai.tool.definitions": #"[{"type":"function","name":"f","description":"d","parameters":{"type": "object"}}]"#,
            ],
            goes: ["ai.prompt.messages"],
            keeps: ["ai.telemetry.metadata.langfusePrompt"]
        ),
        Documented(
            "vercel_ai",
            "a model of one house run by another",
            .root,
            named: "ai.generateText",
            scope: "ai",
            [
                "ai.operationId": "ai.generateText",
                "ai.model.id": "claude-3-5-sonnet",
                "ai.model.provider": "vertex.anthropic.messages",
                "ai.prompt": #"{"system": "S", "prompt": "Hi"}"#,
                "ai.usage.promptTokens": 10,
                "ai.usage.completionTokens": 3,
                "ai.settings.maxSteps": 5,
                "ai.response.text": "x",
            ],
            means: [
                "gen_ai.provider.name": "gcp.vertex_ai",
                "causeway.usage.rollup": true,
                "gen_ai.operation.name": "invoke_agent",
            ]
        ),
        Documented(
            "vercel_ai",
            "what was ranked best",
            named: "ai.rerank.doRerank",
            scope: "ai",
            [
                "ai.operationId": "ai.rerank.doRerank",
                "ai.model.id": "rr",
                "ai.model.provider": "cohere",
                "ai.documents": .array([#"{"a": 1}"#]),
                "ai.ranking": .array([#"{"originalIndex": 0, "score": 0.9}"#]),
            ],
            means: [
                "gen_ai.retrieval.documents": #"[{"score":0.9,"originalIndex":0}]"#,
                "causeway.step.type": "rerank",
            ],
            goes: ["ai.ranking"]
        ),
        Documented(
            "mlflow",
            "a provider's own request and answer",
            named: "ChatModel",
            [
                "mlflow.spanType": #""CHAT_MODEL""#,
                "mlflow.spanInputs": #"{"model": "gpt-4o", "temperature": 0.2, "messages": [{"role": "user", "content": "Hi"}]}"#,
                "mlflow.spanOutputs":
                    #"""
                {"id": "r", "model": "gpt-4o-2024", "choices": [{"index": 0, "finish_reason": "stop", "message": {"r\#
                ole": "assistant", "content": "Hello"}}], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
                """#,
                "mlflow.chat.tokenUsage": #"{"input_tokens": 5, "output_tokens": 2, "total_tokens": 7, "cache_read_input_tokens": 3}"#,
                "mlflow.llm.cost": #"{"input_cost": 0.1, "output_cost": 0.2, "total_cost": 0.3}"#,
                "mlflow.llm.model": #""gpt-4o""#,
                "mlflow.llm.provider": #""openai""#,
                "mlflow.message.format": #""openai""#,
                "mlflow.chat.tools": #"[{"type": "function", "function": {"name": "f"}}]"#,
                "mlflow.linkedPrompts": #"[{"name": "p", "version": "2"}]"#,
                "mlflow.traceRequestId": #""tr""#,
                "mlflow.experimentId": #""1""#,
                "mlflow.spanFunctionName": #""x""#,
            ],
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
                "gen_ai.prompt.name": "p",
                "gen_ai.prompt.version": "2",
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.cache_read.input_tokens": 3,
                "causeway.usage.rule": "inclusive.dialect",
                "gen_ai.request.temperature": 0.2,
                "gen_ai.response.model": "gpt-4o-2024",
                "gen_ai.response.finish_reasons": .array(["stop"]),
                "gen_ai.tool.definitions": #"[{"type":"function","name":"f"}]"#,
            ],
            goes: ["mlflow.spanInputs"],
            keeps: ["mlflow.linkedPrompts"]
        ),
        Documented(
            "mlflow",
            "a query in quotes",
            named: "retr",
            [
                "mlflow.spanType": #""RETRIEVER""#,
                "mlflow.spanInputs": #""find""#,
                "mlflow.spanOutputs": #"[{"page_content": "x", "metadata": {"doc_uri": "u"}, "id": "1"}]"#,
            ],
            means: [
                "gen_ai.retrieval.query.text": "find",
                "gen_ai.retrieval.documents": #"[{"id":"1","content":"x","metadata":{"doc_uri": "u"}}]"#,
            ],
            goes: ["mlflow.spanInputs"]
        ),
        Documented(
            "langsmith",
            "parameters among the metadata, the first token an event",
            named: "ChatOpenAI",
            scope: "langsmith",
            [
                "langsmith.span.kind": "llm",
                "gen_ai.operation.name": "chat",
                "gen_ai.system": "langchain",
                "langsmith.metadata.ls_provider": "openai",
                "langsmith.metadata.ls_model_name": "gpt-4o",
                "langsmith.metadata.ls_temperature": "0.3",
                "langsmith.metadata.ls_max_tokens": "100",
                "langsmith.metadata.ls_model_type": "chat",
                "gen_ai.usage.input_tokens": 10,
                "gen_ai.usage.output_tokens": 2,
                "gen_ai.usage.total_tokens": 12,
                "gen_ai.usage.input_token_details": #"{"cache_read": 4, "audio": 0}"#,
                "gen_ai.usage.output_token_details": #"{"reasoning": 1}"#,
                "gen_ai.response.finish_reasons": "stop, length",
                "gen_ai.prompt":
                    #"""
                {"messages": [[{"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "HumanMess\#
                age"], "kwargs": {"content": "Hi", "type": "human"}}]]}
                """#,
                "gen_ai.completion":
                    #"""
                {"generations": [[{"text": "Hello", "message": {"lc": 1, "type": "constructor", "id": ["langchain"\#
                , "schema", "messages", "AIMessage"], "kwargs": {"content": "Hello", "type": "ai", "response_metadat\#
                a": {"finish_reason": "stop"}}}}]]}
                """#,
                "langsmith.trace.session_id": "proj",
                "langsmith.trace.session_name": "projn",
                "langsmith.metadata.thread_id": "th",
                "langsmith.span.tags": "a, b",
                "langsmith.span.id": "x",
            ],
            events: [EventRecord(name: "new_token", timeNanoseconds: 1200000000)],
            means: [
                "gen_ai.request.temperature": 0.3,
                "gen_ai.request.max_tokens": 100,
                "gen_ai.response.time_to_first_chunk": 0.2,
                "gen_ai.provider.name": "openai",
                "gen_ai.response.finish_reasons": .array(["stop", "length"]),
                "gen_ai.conversation.id": "th",
                "gen_ai.usage.cache_read.input_tokens": 4,
            ],
            goes: ["gen_ai.system"],
            keeps: ["langsmith.trace.session_id"],
            eventsAfter: ["new_token"]
        ),
        Documented(
            "langsmith",
            "a query",
            named: "retr",
            scope: "langsmith",
            [
                "langsmith.span.kind": "retriever",
                "gen_ai.prompt": #"{"query": "q"}"#,
                "gen_ai.completion": #"{"documents": [{"page_content": "x", "metadata": {}, "type": "Document"}]}"#,
            ],
            means: [
                "gen_ai.retrieval.query.text": "q",
                "gen_ai.retrieval.documents": #"[{"content":"x","metadata":{},"type":"Document"}]"#,
            ]
        ),
        Documented(
            "pydantic_ai",
            "what an agent made is no message",
            .root,
            named: "invoke_agent A",
            scope: "pydantic-ai",
            [
                "gen_ai.agent.name": "A",
                "gen_ai.aggregated_usage.input_tokens": 5,
                "gen_ai.aggregated_usage.output_tokens": 3,
                "pydantic_ai.all_messages":
                    #"""
                [{"role": "user", "parts": [{"type": "text", "content": "Hi"}]}, {"role": "assistant", "parts": [{"t\#
                ype": "thinking", "content": "t"}, {"type": "tool_call", "id": "c", "name": "f", "arguments": "{\"a\#
                \":1}"}]}, {"role": "user", "parts": [{"type": "tool_call_response", "id": "c", "name": "f", "result\#
                ": "x"}, {"type": "image-url", "url": "https://x/y.png"}]}]
                """#,
                "final_result": #"{"a":1}"#,
            ],
            means: [
                "causeway.output.payload": #"{"a":1}"#,
                "gen_ai.input.messages":
                    #"""
                [{"role":"user","parts":[{"type":"text","content":"Hi"}]},{"role":"assistant","parts":[{"type":"reas\#
                oning","content":"t"},{"type":"tool_call","id":"c","name":"f","arguments":{"a":1}}]},{"role":"user",\#
                "parts":[{"type":"tool_call_response","id":"c","response":"x","name":"f"},{"type":"uri","modality":"\#
                image","uri":"https://x/y.png"}]}]
                """#,
                "causeway.usage.rollup": true,
            ],
            goes: ["final_result", "gen_ai.aggregated_usage.input_tokens"]
        ),
    ]

    static let agents: [Documented] = [
        Documented(
            "strands",
            "numbers said twice, and a framework for a provider",
            named: "chat",
            scope: "strands.telemetry.tracer",
            [
                "gen_ai.system": "strands-agents",
                "gen_ai.operation.name": "chat",
                "gen_ai.request.model": "us.anthropic.claude-3",
                "gen_ai.usage.prompt_tokens": 10,
                "gen_ai.usage.input_tokens": 10,
                "gen_ai.usage.completion_tokens": 3,
                "gen_ai.usage.output_tokens": 3,
                "gen_ai.usage.total_tokens": 20,
                "gen_ai.usage.cache_read_input_tokens": 5,
                "gen_ai.usage.cache_write_input_tokens": 2,
                "gen_ai.server.time_to_first_token": 350,
                "gen_ai.server.request.duration": 1200,
            ],
            events: [
                EventRecord(name: "gen_ai.user.message", timeNanoseconds: 1, attributes: [Attribute("content", #"[{"text": "Hi"}]"#)]),
                EventRecord(
                    name: "gen_ai.choice",
                    timeNanoseconds: 2,
                    attributes: [
                        Attribute("finish_reason", "tool_use"),
                        Attribute("message", #"[{"toolUse": {"toolUseId": "t", "name": "f", "input": {"a": 1}}}]"#),
                    ]
                ),
            ],
            means: [
                "gen_ai.usage.input_tokens": 17,
                "gen_ai.provider.name": "aws.bedrock",
                "gen_ai.response.time_to_first_chunk": 0.35,
                "causeway.usage.rule": "exclusive.total",
                "gen_ai.response.finish_reasons": .array(["tool_call"]),
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ],
            goes: ["gen_ai.usage.prompt_tokens", "gen_ai.system", "gen_ai.provider.framework"]
        ),
        Documented(
            "strands",
            "an agent's tools by name",
            .root,
            named: "invoke_agent A",
            scope: "strands.telemetry.tracer",
            [
                "gen_ai.system": "strands-agents",
                "gen_ai.operation.name": "invoke_agent",
                "gen_ai.agent.name": "A",
                "gen_ai.agent.tools": #"["f", "g"]"#,
                "gen_ai.usage.input_tokens": 10,
                "session.id": "s",
                "user.id": "u",
                "gen_ai.event.start_time": "2024",
            ],
            means: [
                "gen_ai.tool.definitions": #"[{"type":"function","name":"f"},{"type":"function","name":"g"}]"#,
                "gen_ai.conversation.id": "s",
                "causeway.usage.rollup": true,
            ]
        ),
        Documented(
            "claude_code",
            "a tool that is an agent",
            named: "claude_code.tool",
            scope: "com.anthropic.claude_code.tracing",
            [
                "span.type": "tool",
                "tool_name": "Agent",
                "subagent_type": "Explore",
                "duration_ms": 5,
                "gen_ai.tool.call.id": "t",
            ],
            means: [
                "gen_ai.tool.name": "Agent",
                "gen_ai.agent.name": "Explore",
                "causeway.tool.kind": "agent",
            ]
        ),
        Documented(
            "claude_code",
            "a user who said no",
            named: "claude_code.tool.blocked_on_user",
            scope: "com.anthropic.claude_code.tracing",
            [
                "span.type": "tool.blocked_on_user",
                "decision": "reject",
                "source": "user_reject",
                "duration_ms": 5,
            ],
            means: [
                "causeway.failure.category": "guardrail",
                "causeway.failure.code": "access_denied",
                "causeway.step.type": "wait",
            ]
        ),
        Documented(
            "claude_code",
            "a hook that held",
            named: "claude_code.hook",
            scope: "com.anthropic.claude_code.tracing",
            [
                "span.type": "hook",
                "hook_event": "PreToolUse",
                "hook_name": "x",
                "num_hooks": 1,
                "num_blocking": 1,
            ],
            means: [
                "causeway.failure.category": "guardrail",
                "causeway.failure.code": "compliance",
            ]
        ),
        Documented(
            "claude_code",
            "what a user thought",
            .log,
            named: "claude_code.feedback_survey",
            [
                "event.name": "feedback_survey",
                "response": "good",
                "survey_type": "session",
            ],
            means: [
                "causeway.feedback.kind": "rating",
                "causeway.feedback.label": "good",
            ]
        ),
        Documented(
            "claude_code",
            "a decision against a tool",
            .log,
            named: "claude_code.tool_decision",
            [
                "event.name": "tool_decision",
                "tool_name": "Bash",
                "decision": "reject",
                "source": "user_reject",
            ],
            means: [
                "causeway.failure.code": "access_denied"
            ]
        ),
        Documented(
            "claude_code",
            "which try it was",
            .log,
            named: "claude_code.api_error",
            [
                "event.name": "api_error",
                "model": "claude",
                "error": "overloaded",
                "status_code": "529",
                "attempt": 3,
                "duration_ms": 5,
            ],
            means: [
                "causeway.retry.attempt": 3,
                "causeway.failure.code": "overloaded",
            ]
        ),
        Documented(
            "codex_cli",
            "which try it was",
            .log,
            named: "codex.api_request",
            [
                "event.name": "codex.api_request",
                "attempt": 2,
                "http.response.status_code": 429,
                "error.message": "rate",
                "model": "gpt-5",
                "conversation.id": "c",
            ],
            means: [
                "causeway.retry.attempt": 2,
                "causeway.failure.code": "rate_limited",
            ]
        ),
        Documented(
            "codex_cli",
            "a decision against a tool",
            .log,
            named: "codex.tool_decision",
            [
                "event.name": "codex.tool_decision",
                "tool_name": "shell",
                "call_id": "c",
                "decision": "denied",
                "source": "user",
            ],
            means: [
                "causeway.failure.code": "access_denied"
            ]
        ),
        Documented(
            "codex_cli",
            "who runs the model",
            .log,
            named: "codex.conversation_starts",
            [
                "event.name": "codex.conversation_starts",
                "provider_name": "OpenAI",
                "reasoning_effort": "high",
                "model": "gpt-5",
            ],
            means: [
                "gen_ai.provider.name": "openai",
                "gen_ai.request.reasoning.level": "high",
            ]
        ),
        Documented(
            "gemini_cli",
            "pieces of one text are one text",
            named: "llm_call",
            [
                "gen_ai.agent.name": "gemini-cli",
                "gen_ai.operation.name": "llm_call",
                "gen_ai.request.model": "gemini-2.5-pro",
                "gen_ai.input.messages": #"[{"role": "user", "parts": [{"text": "Hi"}]}]"#,
                "gen_ai.output.messages":
                    #"""
                [{"role": "model", "parts": [{"text": "He"}]}, {"role": "model", "parts": [{"text": "llo"}, {"functi\#
                onCall": {"name": "f", "args": {"a": 1}}}]}]
                """#,
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.output_tokens": 3,
            ],
            means: [
                "gen_ai.output.messages":
                    #"""
                [{"role":"assistant","parts":[{"type":"text","content":"Hello"},{"type":"tool_call","name":"f","argu\#
                ments":{"a": 1}}]}]
                """#,
                "gen_ai.operation.name": "chat",
            ]
        ),
        Documented(
            "gemini_cli",
            "a user who said no",
            .log,
            named: "gemini_cli.tool_call",
            [
                "event.name": "gemini_cli.tool_call",
                "function_name": "f",
                "function_args": #"{"a":1}"#,
                "success": false,
                "decision": "reject",
                "error": "denied",
            ],
            means: [
                "causeway.failure.code": "access_denied"
            ]
        ),
        Documented(
            "livekit",
            "a conversation with calls of tools in it",
            named: "llm_node",
            scope: "livekit-agents",
            [
                "lk.chat_ctx":
                    #"""
                {"items": [{"id": "i", "type": "message", "role": "user", "content": ["Hi"], "interrupted": false}\#
                , {"id": "j", "type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}, {"id": "k"\#
                , "type": "function_call_output", "call_id": "c", "name": "f", "output": "42", "is_error": false}]}
                """#,
                "lk.response.function_calls": #"[{"call_id": "c", "name": "f", "arguments": "{}"}]"#,
                "lk.response.ttft": 0.3,
            ],
            means: [
                "gen_ai.input.messages":
                    #"""
                [{"role":"user","parts":[{"type":"text","content":"Hi"}],"id":"i"},{"role":"assistant","parts":[{"ty\#
                pe":"tool_call","id":"c","name":"f","arguments":{}}],"id":"j"},{"role":"tool","parts":[{"type":"tool\#
                _call_response","id":"c","response":"42","name":"f"}],"id":"k"}]
                """#,
                "gen_ai.response.time_to_first_chunk": 0.3,
            ]
        ),
        Documented(
            "voltagent",
            "tools by name, with commas",
            named: "llm:generateText",
            scope: "@voltagent/core",
            [
                "span.type": "llm",
                "llm.model": "openai/gpt-4o",
                "llm.provider": "openai",
                "llm.tools": "f,g",
                "llm.messages": #"[{"role": "user", "content": "Hi"}]"#,
                "llm.usage.prompt_tokens": 5,
                "output": "Hello",
            ],
            means: [
                "gen_ai.tool.definitions": #"[{"type":"function","name":"f"},{"type":"function","name":"g"}]"#,
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ]
        ),
        Documented(
            "laminar",
            "an executor is an agent",
            .root,
            named: "agent",
            [
                "lmnr.span.type": "EXECUTOR",
                "lmnr.span.input": #"{"q": "Hi"}"#,
                "lmnr.span.output": #""Hello""#,
            ],
            means: [
                "gen_ai.agent.name": "agent",
                "gen_ai.operation.name": "invoke_agent",
            ]
        ),
        Documented(
            "agentops",
            "a tool that says how it went",
            named: "f.tool",
            scope: "agentops",
            [
                "agentops.span.kind": "tool",
                "tool.name": "f",
                "tool.parameters": #"{"a": 1}"#,
                "tool.result": "x",
                "tool.status": "error",
                "gen_ai.usage.total_cost": 0.01,
            ],
            means: [
                "causeway.failure.code": "reported_error",
                "causeway.cost.tool": 0.01,
            ]
        ),
        Documented(
            "agentops",
            "Anthropic's numbers, a provider's display name",
            named: "openai.chat",
            scope: "agentops",
            [
                "agentops.span.kind": "llm",
                "gen_ai.system": "Anthropic",
                "gen_ai.request.model": "claude-3",
                "gen_ai.prompt.0.role": "user",
                "gen_ai.prompt.0.content": "Hi",
                "gen_ai.completion.0.role": "assistant",
                "gen_ai.completion.0.content": "Hello",
                "gen_ai.completion.0.finish_reason": "end_turn",
                "gen_ai.usage.prompt_tokens": 10,
                "gen_ai.usage.completion_tokens": 2,
                "gen_ai.usage.cache_read_input_tokens": 4,
                "gen_ai.usage.reasoning_tokens": 1,
                "gen_ai.usage.total_tokens": 12,
                "gen_ai.streaming.time_to_first_token": 0.3,
            ],
            means: [
                "gen_ai.usage.input_tokens": 14,
                "causeway.usage.rule": "exclusive.provider",
                "gen_ai.provider.name": "anthropic",
                "gen_ai.response.time_to_first_chunk": 0.3,
                "gen_ai.response.finish_reasons": .array(["stop"]),
            ]
        ),
    ]

    static let platforms: [Documented] = [
        Documented(
            "semantic_kernel",
            "words as .NET writes them",
            named: "chat gpt",
            scope: "Microsoft.SemanticKernel.Diagnostics",
            [
                "gen_ai.operation.name": "chat",
                "gen_ai.system": "openai",
                "gen_ai.request.model": "gpt",
                "gen_ai.response.finish_reason": #"["Stop"]"#,
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.output_tokens": 2,
            ],
            events: [
                EventRecord(
                    name: "gen_ai.user.message",
                    timeNanoseconds: 1,
                    attributes: [Attribute("gen_ai.event.content", #"{"role": "user", "content": "Hi", "name": null}"#)]
                ),
                EventRecord(
                    name: "gen_ai.choice",
                    timeNanoseconds: 2,
                    attributes: [
                        Attribute(
                            "gen_ai.event.content",
                            #"{"index": 0, "finish_reason": "Stop", "message": {"role": "assistant", "content": "Hello"}}"#
                        )
                    ]
                ),
            ],
            means: [
                "gen_ai.response.finish_reasons": .array(["stop"]),
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
            ]
        ),
        Documented(
            "autogen",
            "a call that only a log record tells of",
            .log,
            named: "",
            scope: "autogen_core.events",
            [:],
            body:
                #"""
                {"type": "LLMCall", "messages": [{"role": "user", "content": "Hi"}], "response": {"id": "r", "model"\#
                : "gpt-4o-2024", "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "\#
                Hello"}}]}, "prompt_tokens": 5, "completion_tokens": 2, "agent_id": "a/1"}
                """#,
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.response.model": "gpt-4o-2024",
                "gen_ai.agent.id": "a/1",
            ]
        ),
        Documented(
            "autogen",
            "a tool's call that only a log record tells of",
            .log,
            named: "",
            scope: "autogen_core.events",
            [:],
            body: #"{"type": "ToolCall", "tool_name": "f", "arguments": {"a": 1}, "result": "x", "agent_id": "a"}"#,
            means: [
                "gen_ai.tool.name": "f",
                "gen_ai.tool.call.arguments": #"{"a": 1}"#,
                "gen_ai.tool.call.result": "x",
            ]
        ),
        Documented(
            "genkit",
            "a query is a document",
            named: "retr",
            scope: "genkit-tracer",
            [
                "genkit:type": "action",
                "genkit:metadata:subtype": "retriever",
                "genkit:name": "r",
                "genkit:input": #"{"query": {"content": [{"text": "q"}]}, "options": {"k": 3}}"#,
                "genkit:output": #"{"documents": [{"content": [{"text": "x"}], "metadata": {}}]}"#,
            ],
            means: [
                "gen_ai.retrieval.query.text": "q",
                "gen_ai.retrieval.top_k": 3,
                "gen_ai.retrieval.documents": #"[{"content":"x","metadata":{}}]"#,
            ]
        ),
        Documented(
            "genkit",
            "a status in words at the beginning of a message",
            named: "m",
            scope: "genkit-tracer",
            [
                "genkit:type": "action",
                "genkit:metadata:subtype": "model",
                "genkit:name": "openai/gpt-4o",
                "genkit:state": "error",
            ],
            status: StatusRecord(.error, message: "INVALID_ARGUMENT: x"),
            means: [
                "causeway.failure.code": "invalid_request"
            ]
        ),
        Documented(
            "genkit",
            "a prompt",
            named: "p",
            scope: "genkit-tracer",
            [
                "genkit:type": "action",
                "genkit:metadata:subtype": "prompt",
                "genkit:name": "greet",
            ],
            means: [
                "gen_ai.prompt.name": "greet",
                "causeway.step.type": "prompt",
            ]
        ),
        Documented(
            "spring_ai",
            "tools by name, numbers as text",
            named: "chat gpt",
            scope: "org.springframework.boot",
            [
                "gen_ai.operation.name": "chat",
                "gen_ai.system": "bedrock_converse",
                "gen_ai.request.model": "gpt",
                "gen_ai.usage.input_tokens": "10",
                "gen_ai.usage.output_tokens": "3",
                "gen_ai.usage.total_tokens": "13",
                "gen_ai.response.finish_reasons": #"["STOP"]"#,
                "gen_ai.request.temperature": "0.5",
                "gen_ai.usage.cache_read.input_tokens": "0",
                "spring.ai.model.request.tool.names": #"["f"]"#,
                "error": "none",
            ],
            means: [
                "gen_ai.tool.definitions": #"[{"type":"function","name":"f"}]"#,
                "gen_ai.usage.input_tokens": 10,
                "gen_ai.provider.name": "aws.bedrock",
                "gen_ai.response.finish_reasons": .array(["stop"]),
            ]
        ),
        Documented(
            "spring_ai",
            "a store of vectors",
            named: "pgvector query",
            [
                "spring.ai.kind": "vector_store",
                "db.system": "pg_vector",
                "db.operation.name": "query",
                "db.vector.query.content": "find",
                "db.vector.query.top_k": "4",
                "db.collection.name": "c",
            ],
            means: [
                "gen_ai.retrieval.query.text": "find",
                "gen_ai.retrieval.top_k": 4,
                "gen_ai.operation.name": "retrieval",
            ]
        ),
        Documented(
            "spring_ai",
            "what is written is no search",
            named: "pgvector add",
            [
                "spring.ai.kind": "vector_store",
                "db.system": "pg_vector",
                "db.operation.name": "add",
            ],
            means: [
                "causeway.step.type": "step"
            ]
        ),
        Documented(
            "spring_ai",
            "content that only a log record has",
            .log,
            named: "",
            scope: "org.springframework.ai.chat.observation.ChatModelPromptContentObservationHandler",
            [:],
            body: "Chat Model Prompt Content:\n[\"Hi\"]",
            means: [
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#
            ]
        ),
        Documented(
            "adot",
            "a memory beside the agent",
            named: "RetrieveMemoryRecords",
            [
                "memory.id": "m",
                "session.id": "s",
                "actor.id": "u",
                "namespace": "n",
                "throttled": false,
                "aws.bedrock.agentcore.memory.arn": "arn",
            ],
            means: [
                "causeway.step.type": "memory",
                "gen_ai.conversation.id": "s",
                "user.id": "u",
            ]
        ),
        Documented(
            "dify",
            "a tool of a workflow",
            named: "node",
            [
                "gen_ai.framework": "dify",
                "gen_ai.span.kind": "TOOL",
                "gen_ai.tool.name": "f",
                "gen_ai.entity.input": #"{"a": 1}"#,
                "gen_ai.entity.output": "x",
                "node.type": "tool",
                "node.id": "n",
            ],
            means: [
                "gen_ai.tool.name": "f",
                "gen_ai.tool.call.arguments": #"{"a": 1}"#,
                "gen_ai.tool.call.result": "x",
            ],
            goes: ["gen_ai.entity.input"]
        ),
        Documented(
            "dify",
            "a search of a workflow",
            named: "retr",
            [
                "gen_ai.framework": "dify",
                "gen_ai.span.kind": "RETRIEVER",
                "gen_ai.entity.input": "q",
                "gen_ai.entity.output": #"[{"content": "x"}]"#,
            ],
            means: [
                "gen_ai.retrieval.query.text": "q",
                "gen_ai.retrieval.documents": #"[{"content": "x"}]"#,
            ]
        ),
        Documented(
            "n8n",
            "an agent among the nodes",
            named: "node.execute",
            scope: "n8n-workflow",
            [
                "n8n.node.type": "@n8n/n8n-nodes-langchain.agent",
                "n8n.node.name": "AI Agent",
                "n8n.node.id": "1",
            ],
            means: [
                "gen_ai.operation.name": "invoke_agent",
                "gen_ai.agent.name": "AI Agent",
            ],
            keeps: ["n8n.node.type"]
        ),
        Documented(
            "n8n",
            "a new try",
            .root,
            named: "workflow.execute",
            scope: "n8n-workflow",
            [
                "n8n.workflow.name": "w",
                "n8n.execution.is_retry": true,
                "n8n.execution.retry_of": "7",
            ],
            means: [
                "causeway.retry.attempt": 2
            ]
        ),
        Documented(
            "cloudflare_ai_gateway",
            "who asked has no prefix",
            named: "x",
            [
                "gen_ai.model.provider": "openai",
                "gen_ai.request.model": "gpt",
                "gen_ai.prompt_json": #"{"messages": [{"role": "user", "content": "Hi"}]}"#,
                "gen_ai.completion_json":
                    #"""
                {"choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}], "usag\#
                e": {"prompt_tokens": 3}}
                """#,
                "gen_ai.usage.cost": 0.1,
                "user_id": "u",
                "team": "t",
                "gen_ai.usage.input_tokens": 3,
            ],
            means: [
                "user.id": "u",
                "gen_ai.provider.name": "openai",
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
                "causeway.cost.total": 0.1,
            ]
        ),
        Documented(
            "truefoundry",
            "a call that failed",
            named: "Model",
            [
                "tfy.span_type": "Model",
                "tfy.input": #"{"model": "gpt", "messages": [{"role": "user", "content": "Hi"}]}"#,
                "tfy.output": #"{"choices": [{"message": {"role": "assistant", "content": "Hello"}}]}"#,
                "tfy.model.metric.input_tokens": 5,
                "tfy.model.metric.cost_in_usd": 0.1,
                "tfy.error_message": "429 x",
                "tfy.request.conversation_id": "c",
            ],
            means: [
                "causeway.failure.code": "rate_limited",
                "causeway.cost.total": 0.1,
                "gen_ai.input.messages": #"[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]"#,
            ]
        ),
        Documented(
            "mcp",
            "Envoy: a tool and no method",
            named: "CallTool",
            [
                "mcp.tool.name": "f",
                "mcp.request.id": "1",
            ],
            means: [
                "gen_ai.tool.name": "f",
                "gen_ai.operation.name": "execute_tool",
                "causeway.tool.kind": "mcp",
            ]
        ),
        Documented(
            "weave",
            "the OpenAI Agents SDK under it",
            named: "x",
            [
                "weave.span.kind": "llm",
                "agent.span.type": "function",
                "wandb.thread_id": "t",
                "gen_ai.tool.name": "f",
            ],
            means: [
                "gen_ai.operation.name": "chat"
            ]
        ),
        Documented(
            "sentry",
            "a tool",
            named: "x",
            [
                "gen_ai.operation.type": "tool",
                "gen_ai.tool.name": "f",
                "gen_ai.tool.input": #"{"a": 1}"#,
                "gen_ai.tool.output": "x",
            ],
            means: [
                "gen_ai.tool.name": "f",
                "gen_ai.tool.call.arguments": #"{"a": 1}"#,
                "gen_ai.tool.call.result": "x",
            ],
            goes: ["gen_ai.tool.input"]
        ),
        Documented(
            "sentry",
            "an answer in two attributes, details of numbers behind them",
            named: "x",
            [
                "gen_ai.operation.type": "ai_client",
                "gen_ai.operation.name": "chat",
                "gen_ai.response.text": #"["Hello"]"#,
                "gen_ai.response.tool_calls": #"[{"name": "f", "arguments": "{}"}]"#,
                "gen_ai.usage.input_tokens.cached": 3,
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.output_tokens.reasoning": 1,
                "gen_ai.usage.output_tokens": 2,
            ],
            means: [
                "gen_ai.output.messages":
                    #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"},{"type":"tool_call","name":"f","arguments":{}}]}]"#,
                "gen_ai.usage.cache_read.input_tokens": 3,
                "gen_ai.usage.reasoning.output_tokens": 1,
            ]
        ),
        Documented(
            "braintrust",
            "all of the numbers",
            named: "x",
            [
                "braintrust.span_attributes": #"{"type": "llm", "name": "x"}"#,
                "braintrust.output_json": #"[{"finish_reason": "stop", "index": 0, "message": {"role": "assistant", "content": "Hello"}}]"#,
                "braintrust.metrics":
                    #"""
                {"prompt_tokens": 5, "completion_tokens": 2, "tokens": 7, "prompt_cached_tokens": 1, "completion_rea\#
                soning_tokens": 1, "prompt_cache_creation_tokens": 1}
                """#,
                "braintrust.tags": "[]",
            ],
            means: [
                "gen_ai.usage.input_tokens": 5,
                "gen_ai.usage.cache_read.input_tokens": 1,
                "gen_ai.usage.reasoning.output_tokens": 1,
                "gen_ai.output.messages": #"[{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]"#,
                "gen_ai.response.finish_reasons": .array(["stop"]),
            ]
        ),
    ]
}
