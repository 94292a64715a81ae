/// What an agent does in a span, as a person reading its run names it.
package enum StepKind: String, Sendable, CaseIterable {
    case agent, workflow, plan, model, tool, retrieval, embedding, rerank, memory, handoff, guardrail, check, prompt, wait, step

    /// From the canonical `gen_ai.operation.name` and, where that says nothing, `causeway.step.type`.
    init(operation: String?, stepType: String?) {
        self = operation.flatMap(Self.init(operation:)) ?? stepType.flatMap(Self.init(stepType:)) ?? .step
    }

    private init?(operation: String) {
        switch operation {
        case "invoke_agent", "create_agent": self = .agent
        case "invoke_workflow": self = .workflow
        case "plan": self = .plan
        case "chat", "text_completion", "generate_content", "fetch_response": self = .model
        case "execute_tool": self = .tool
        case "retrieval": self = .retrieval
        case "embeddings": self = .embedding
        case "create_memory_store", "delete_memory_store", "create_memory", "update_memory", "upsert_memory", "search_memory",
            "delete_memory":
            self = .memory
        default: return nil
        }
    }

    private init?(stepType: String) {
        switch stepType {
        case "planning", "tool_selection", "reflection": self = .plan
        case "model_call": self = .model
        case "tool_call": self = .tool
        case "validation", "evaluation": self = .check
        case "parse", "step": self = .step
        default: self.init(rawValue: stepType)
        }
    }

    /// One column wide in every terminal.
    package var icon: Character {
        switch self {
        case .agent: "◆"
        case .workflow: "◈"
        case .plan: "≡"
        case .model: "✦"
        case .tool: "⚙"
        case .retrieval: "⌕"
        case .embedding: "∷"
        case .rerank: "↕"
        case .memory: "▤"
        case .handoff: "⇄"
        case .guardrail: "⊘"
        case .check: "≟"
        case .prompt: "¶"
        case .wait: "◷"
        case .step: "·"
        }
    }
}
