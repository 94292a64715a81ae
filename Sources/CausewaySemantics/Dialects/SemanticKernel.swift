/// Semantic Kernel, in .NET and Python.
package enum SemanticKernel: Dialect {
    package static let name = "semantic_kernel"

    package static let signs: [Sign] = [
        .scope("Microsoft.SemanticKernel"), .scope("semantic_kernel"), .scope("agent_runtime "), .key("sk.available_functions"),
        .metric("semantic_kernel."),
    ]

    package static let rules: [Rule] = [
        Rule("gen_ai.response.finish_reason", .finishReasons, .finishReasons),
        Rule("semantic_kernel.function.name", .toolName),
    ]

    package static let tokens = TokenConvention.byProvider

    package static let metrics: [MetricRule] = [
        MetricRule("semantic_kernel.function.invocation.duration", "gen_ai.execute_tool.duration", unit: "s"),
        MetricRule("semantic_kernel.function.streaming.duration", "gen_ai.execute_tool.duration", unit: "s"),
    ]

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        if facts.nameBegins("AutoFunctionInvocationLoop") { facts.set(.step) }
        // Python shows a class as `<class 'openai.BadRequestError'>`.
        if let type = facts.text(.errorType), type.hasPrefix("<class '"), type.hasSuffix("'>") {
            facts.overrule(.errorType, String(type.dropFirst(8).dropLast(2)))
        }
    }
}
