/// What an agent's step does: the operations of the GenAI conventions, and the kinds of steps these have no word for.
package enum Operation: UInt8, CaseIterable, Sendable {
    case chat, textCompletion, generateContent, embeddings, retrieval, fetchResponse
    case createAgent, invokeAgent, invokeWorkflow, plan, executeTool
    case createMemoryStore, deleteMemoryStore, createMemory, updateMemory, upsertMemory, searchMemory, deleteMemory
    case step, memory, rerank, guardrail, evaluation, validation, prompt, parse, handoff, hook, wait

    /// The value of `gen_ai.operation.name`; nil for what the conventions have no word for.
    package var name: String? {
        switch self {
        case .chat: "chat"
        case .textCompletion: "text_completion"
        case .generateContent: "generate_content"
        case .embeddings: "embeddings"
        case .retrieval: "retrieval"
        case .fetchResponse: "fetch_response"
        case .createAgent: "create_agent"
        case .invokeAgent: "invoke_agent"
        case .invokeWorkflow: "invoke_workflow"
        case .plan: "plan"
        case .executeTool: "execute_tool"
        case .createMemoryStore: "create_memory_store"
        case .deleteMemoryStore: "delete_memory_store"
        case .createMemory: "create_memory"
        case .updateMemory: "update_memory"
        case .upsertMemory: "upsert_memory"
        case .searchMemory: "search_memory"
        case .deleteMemory: "delete_memory"
        case .step, .memory, .rerank, .guardrail, .evaluation, .validation, .prompt, .parse, .handoff, .hook, .wait: nil
        }
    }

    /// The value of `causeway.step.type`; nil for agents and workflows, which are what has steps.
    package var stepType: String? {
        switch self {
        case .chat, .textCompletion, .generateContent, .fetchResponse: "model_call"
        case .embeddings: "embedding"
        case .retrieval: "retrieval"
        case .createAgent, .invokeAgent, .invokeWorkflow: nil
        case .plan: "planning"
        case .executeTool: "tool_call"
        case .createMemoryStore, .deleteMemoryStore, .createMemory, .updateMemory, .upsertMemory, .searchMemory, .deleteMemory, .memory:
            "memory"
        case .rerank: "rerank"
        case .guardrail: "guardrail"
        case .evaluation: "evaluation"
        case .validation: "validation"
        case .prompt: "prompt"
        case .parse: "parse"
        case .handoff: "handoff"
        case .wait: "wait"
        case .step, .hook: "step"
        }
    }

    /// Whether a model was asked, so that messages and finish reasons belong to it.
    package var isModelCall: Bool {
        switch self {
        case .chat, .textCompletion, .generateContent: true
        default: false
        }
    }

    /// Whether tokens on such a span are those of one call; on all others they are sums of what lies below.
    package var countsUsage: Bool { isModelCall || self == .embeddings || self == .rerank }

    /// Whether money on such a span is the price of one call; on all others it is a sum of what lies below.
    var hasPrice: Bool {
        switch self {
        case .executeTool, .retrieval, .guardrail: true
        default: countsUsage
        }
    }

    /// The operation that a value of `gen_ai.operation.name` means, the ones that only some instrumentations use included.
    package init?(named name: String) {
        let bytes = Array(name.utf8)
        self.init(named: bytes, bytes.indices)
    }

    init?(named bytes: [UInt8], _ range: Range<Int>) {
        guard let operation = Self.byName[bytes, range] else { return nil }
        self = operation
    }

    private static let byName: WordTable<Operation> = {
        var names: [String: Operation] = [:]
        for operation in allCases {
            if let name = operation.name { names[name] = operation }
        }
        let others: [(Operation, [String])] = [
            (.chat, ["llm", "completion", "generate", "generate_text", "invoke_llm", "llm_request", "response", "responses", "messages"]),
            (.chat, ["realtime_inference", "generate_live_content", "llm_call", "chat_completion", "image", "audio"]),
            (.textCompletion, ["text_completions"]),
            (.embeddings, ["embedding"]),
            (.retrieval, ["vector_db_retrieve", "retriever", "vectordb"]),
            (.rerank, ["rerank"]),
            (.executeTool, ["tool", "tool_call"]),
            (.invokeAgent, ["agent", "agent_call", "handle_conversation_turn"]),
            (.invokeWorkflow, ["invoke_swarm", "invoke_graph", "workflow"]),
            (.step, ["task", "chain", "agent_step", "execute_task", "execute_event_loop_cycle", "run_node", "schedule_tool_calls"]),
            (.step, ["user_prompt", "system_prompt", "framework"]),
            (.handoff, ["handoff", "goto"]),
            (.evaluation, ["evaluate"]),
            (.guardrail, ["guardrail"]),
            (.parse, ["parser"]),
            (.prompt, ["prompt"]),
        ]
        for (operation, words) in others {
            for word in words { names[word] = operation }
        }
        return WordTable(names.map { ($0.key, $0.value) })
    }()

    static let stepTypeBytes: [[UInt8]?] = allCases.map { $0.stepType.map { Array($0.utf8) } }
    static let nameBytes: [[UInt8]?] = allCases.map { $0.name.map { Array($0.utf8) } }
}
