/// Where message content lies in telemetry of agents: what was said, asked and answered, in every dialect we know.
///
/// Everything else — names, roles, ids, models, tokens, cost, finish reasons, errors — is structure.
enum MessageContent {
    /// Whether the attribute with this key holds content.
    static func isContent(_ key: String) -> Bool {
        if keys.contains(key) { return true }
        guard prefixes.contains(where: key.hasPrefix) else { return false }
        return !structure.contains(key[key.index(after: key.lastIndex(of: ".") ?? key.startIndex)...])
    }

    /// Whether a span event or a log record of this name is a message: then all of it is content but what names it.
    static func isMessage(_ name: String) -> Bool { messages.contains(name) }

    /// What a message's attributes and the members of its body are called that are not content.
    static func isStructure(ofMessage key: String) -> Bool {
        !isContent(key) && (structure.contains(key[...]) || kept.contains(key) || !inMessages.contains(key))
    }

    /// Last parts of keys that say what a part is and not what is in it.
    private static let structure: Set<Substring> = [
        "role", "name", "id", "type", "index", "finish_reason", "tool_call_id", "score", "mime_type", "kind", "parent", "status",
    ]

    private static let kept: Set<String> = ["event.name", "gen_ai.system", "gen_ai.provider.name"]

    /// Names that mean content only inside a message.
    private static let inMessages: Set<String> = [
        "content", "message", "messages", "tool_calls", "tool.result", "text", "prompt", "response", "body", "output", "input", "arguments",
        "document", "metadata", "tool_input", "tool_parameters", "parts", "new_content", "old_content",
    ]

    private static let messages: Set<String> = [
        // OpenTelemetry
        "gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message", "gen_ai.choice",
        "gen_ai.content.prompt", "gen_ai.content.completion", "gen_ai.client.inference.operation.details",
        "gen_ai.client.inference.input", "gen_ai.client.inference.output",
        // Coding agents
        "claude_code.user_prompt", "claude_code.assistant_response", "claude_code.api_request_body", "claude_code.api_response_body",
        "claude_code.tool_result", "claude_code.tool_decision", "user_prompt", "assistant_response", "api_request_body",
        "api_response_body", "tool_result", "codex.user_prompt", "codex.tool_result", "gemini_cli.user_prompt", "gemini_cli.api_request",
        "gemini_cli.api_response", "gemini_cli.tool_call", "tool.output",
        // Retrieval
        "db.query.result", "db.search.result",
    ]

    private static let keys: Set<String> = [
        // OpenTelemetry, old and new
        "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "gen_ai.tool.definitions",
        "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.retrieval.query.text", "gen_ai.retrieval.documents",
        "gen_ai.memory.records", "gen_ai.memory.query.text", "gen_ai.prompt", "gen_ai.completion", "gen_ai.event.content",
        "gen_ai.content.prompt", "gen_ai.content.completion", "gen_ai.request.messages", "gen_ai.response.text", "gen_ai.prompt_json",
        "gen_ai.completion_json", "gen_ai.task.input", "gen_ai.task.output", "gen_ai.entity.input", "gen_ai.entity.output",
        "gen_ai.input", "gen_ai.output", "gen_ai.evaluation.explanation",
        // OpenInference
        "input.value", "output.value", "tool.parameters", "tool.json_schema", "tool.result", "llm.prompt_template.template",
        "llm.prompt_template.variables", "llm.function_call", "llm.messages", "reranker.query",
        // OpenLLMetry
        "traceloop.entity.input", "traceloop.entity.output", "traceloop.prompt.template", "traceloop.prompt.template_variables",
        "mcp.request.argument", "mcp.response.value", "crew_inputs",
        // Langfuse
        "langfuse.observation.input", "langfuse.observation.output", "langfuse.trace.input", "langfuse.trace.output",
        // Vercel AI SDK
        "ai.prompt", "ai.prompt.messages", "ai.prompt.tools", "ai.response.text", "ai.response.object", "ai.response.toolCalls",
        "ai.response.reasoning", "ai.response.files", "ai.result.text", "ai.result.object", "ai.result.toolCalls", "ai.toolCall.args",
        "ai.toolCall.result", "ai.value", "ai.values", "ai.embedding", "ai.embeddings", "ai.documents", "ai.ranking",
        // MLflow
        "mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.traceInputs", "mlflow.traceOutputs", "mlflow.chat.tools", "mlflow.chat.messages",
        // pydantic-ai and Logfire
        "events", "all_messages_events", "pydantic_ai.all_messages", "final_result", "request_data", "response_data", "input_data",
        "tool_arguments", "tool_response", "model_request_parameters",
        // Google ADK, Genkit
        "gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", "gcp.vertex.agent.tool_call_args",
        "gcp.vertex.agent.tool_response", "gcp.vertex.agent.data", "genkit:input", "genkit:output",
        // Coding agents
        "user_prompt", "system_prompt", "system_prompt_preview", "user_system_prompt", "tool_input", "tool_parameters", "new_context",
        "response.model_output", "full_command", "bash_command",
        // Others
        "haystack.pipeline.input_data", "haystack.pipeline.output_data", "haystack.component.input", "haystack.component.output",
        "haystack.agent.step.tool.input", "haystack.agent.step.tool.output", "haystack.agent.step.llm.input",
        "haystack.agent.step.llm.output", "lmnr.span.input", "lmnr.span.output", "lk.user_input", "lk.user_transcript",
        "lk.instructions", "lk.input_text", "lk.chat_ctx", "lk.response.text", "lk.response.function_calls",
        "lk.function_tool.arguments", "lk.function_tool.output", "tfy.input", "tfy.output", "braintrust.input_json",
        "braintrust.output_json", "agentops.entity.input", "agentops.entity.output", "executor.input", "executor.output",
        "spring.ai.tool.call.arguments", "spring.ai.tool.call.result", "spring.ai.tool.definition.schema", "agent.messages",
        "flow_inputs", "promptTemplate", "llm_request.context",
    ]

    /// What is numbered: all below them is content but the last parts in `structure`.
    private static let prefixes = [
        "gen_ai.prompt.", "gen_ai.completion.", "gen_ai.tool.definitions.", "llm.input_messages.", "llm.output_messages.", "llm.prompts.",
        "llm.choices.", "llm.tools.", "llm.request.functions.", "retrieval.documents.", "reranker.input_documents.",
        "reranker.output_documents.", "embedding.embeddings.", "mcp.request.argument.", "mlflow.chunk.item.", "lk.pii.",
        "swiftagent.input.",
        "swiftagent.output.", "crewai.crew.tasks_output", "db.query.result.", "db.search.result.", "dotprompt",
    ]
}
