/// MLflow tracing: every value is JSON text, requests and answers are as the provider has them.
package enum MLflow: Dialect {
    package static let name = "mlflow"

    package static let signs: [Sign] = [.key("mlflow.")]

    package static let rules: [Rule] = [
        Rule("mlflow.llm.model", .requestModel, .quotedText),
        Rule("mlflow.chat.tools", .toolDefinitions),
        Rule("mlflow.trace.session", .conversationID, .quotedText),
        Rule("mlflow.trace.user", .userID, .quotedText),
    ]

    private static let kinds: [String: Operation] = [
        "LLM": .chat, "CHAT_MODEL": .chat, "EMBEDDING": .embeddings, "RETRIEVER": .retrieval, "RERANKER": .rerank, "TOOL": .executeTool,
        "AGENT": .invokeAgent, "WORKFLOW": .invokeWorkflow, "CHAIN": .step, "TASK": .step, "GUARDRAIL": .guardrail,
        "EVALUATOR": .evaluation, "PARSER": .parse, "MEMORY": .memory,
    ]

    package static func complete(_ facts: inout Facts) {
        if let kind = facts.unquoted("mlflow.spanType")?.uppercased(), let operation = kinds[kind] {
            facts.set(operation)
            facts.drop("mlflow.spanType")
        } else if facts.has("mlflow.spanType") {
            facts.set(.step, order: 2)
        }
        if let provider = facts.unquoted("mlflow.llm.provider") { facts.set(provider: provider, from: ["mlflow.llm.provider"]) }
        for key in ["mlflow.chat.tokenUsage", "mlflow.trace.tokenUsage"] where facts.has(key) {
            facts.takeUsage(key)
            // Whatever the provider does, MLflow has put everything into the input.
            facts.convention = .inclusive
        }
        facts.takePrompt("mlflow.linkedPrompts")
        facts.takeCosts("mlflow.llm.cost")
        facts.takeCosts("mlflow.trace.cost")
        let (input, output) = ("mlflow.spanInputs", "mlflow.spanOutputs")
        switch facts.operation {
        case .chat, .invokeAgent, .invokeWorkflow:
            facts.take(input, as: .inputMessages, .inputMessages)
            facts.take(output, as: .outputMessages, .outputMessages)
        case .executeTool:
            facts.takeName(as: .toolName)
            facts.take(input, as: .toolArguments)
            facts.take(output, as: .toolResult, .quotedContent)
        case .retrieval, .rerank:
            facts.takeQuery(input)
            facts.take(output, as: .retrievalDocuments)
        default: break
        }
        if facts.operation == .invokeAgent { facts.takeName(as: .agentName, else: 1) }
    }
}
