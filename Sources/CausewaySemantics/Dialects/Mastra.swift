/// Mastra's exporter: the conventions' keys beside a type of its own for every span; the releases before 1.0 had words of their own.
package enum Mastra: Dialect {
    package static let name = "mastra"

    package static let signs: [Sign] = [.key("mastra."), .scope("@mastra/")]

    package static let rules: [Rule] = [
        Rule("mastra.completion_start_time", .timeToFirstChunk, .moment),
        Rule("gen_ai.usage.cached_input_tokens", .cacheReadTokens),
        Rule("gen_ai.usage.audio_input_tokens", .audioInputTokens),
        Rule("gen_ai.usage.audio_output_tokens", .audioOutputTokens),
        Rule("gen_ai.tool.input", .toolArguments, else: 1),
        Rule("gen_ai.tool.output", .toolResult, else: 1),
        Rule("agent.id", .agentID),
        Rule("agent.available_tools", .toolDefinitions),
    ]

    /// As the AI SDK counts below it.
    package static let tokens = TokenConvention.inclusiveByNumbers

    private static let kinds: [String: Operation] = [
        "model_generation": .chat, "llm_generation": .chat, "model_step": .step, "model_chunk": .step, "llm_step": .step,
        "llm_chunk": .step, "agent_run": .invokeAgent, "workflow_run": .invokeWorkflow, "workflow_step": .step,
        "workflow_conditional": .step, "workflow_conditional_eval": .step, "workflow_parallel": .step, "workflow_loop": .step,
        "workflow_sleep": .wait, "workflow_wait_event": .wait, "tool_call": .executeTool, "mcp_tool_call": .executeTool,
        "provider_tool_call": .executeTool, "rag_embedding": .embeddings, "scorer_run": .evaluation, "scorer_step": .evaluation,
        "memory_operation": .memory, "processor_run": .step, "generic": .step,
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span, let type = facts.text("mastra.span.type")?.lowercased() else { return }
        facts.set(kinds[type] ?? .step)
        if kinds[type] != nil { facts.drop("mastra.span.type") }
        switch facts.operation {
        case .chat:
            // Before 1.0 everything stood twice.
            if facts.isSame("gen_ai.prompt", "input") { facts.drop("input") }
            if facts.isSame("gen_ai.completion", "output") { facts.drop("output") }
            facts.take("gen_ai.prompt", as: .inputMessages, .inputMessages, else: 1)
            facts.take("gen_ai.completion", as: .outputMessages, .outputMessages, else: 1)
        case .executeTool:
            if facts.isSame("gen_ai.tool.input", "input") { facts.drop("input") }
            if facts.isSame("gen_ai.tool.output", "output") { facts.drop("output") }
            if type == "mcp_tool_call" { facts.set(.toolKind, "mcp") }
            if facts.flag("gen_ai.tool.success") == false { facts.hasFailed = true }
        case .invokeAgent, .invokeWorkflow:
            facts.take("mastra.\(type).input", as: .inputMessages, .inputMessages, else: 1)
            facts.take("mastra.\(type).output", as: .outputMessages, .outputMessages, else: 1)
            facts.take("input", as: .inputMessages, .inputMessages, else: 2)
            facts.take("output", as: .outputMessages, .outputMessages, else: 2)
            facts.take("workflow.id", as: .workflowName, else: 1)
            facts.takeName(as: .workflowName, after: "invoke_workflow ", else: 2)
        default: break
        }
        if facts.has("error.type"), facts.failureText == nil { facts.failureText = facts.brief("error.message") }
    }
}
