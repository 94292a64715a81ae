internal import CausewayOTLP

/// The attributes that settling looks at.
enum SettleKey: Int, CaseIterable {
    case operation, stepType, requestModel, responseModel, responseID
    case conversation, user, tenant, workspace, environment, experiment, variant, configuration,
        agentName, agentVersion, agentID
    case input, output, cacheRead, cacheWrite, reasoning, rollup, usageRule
    case cost, currency, toolName, toolCallID, toolArguments, toolResult, callHash
    case failureCategory, failureCode, errorType, outcome, retryCount, retryAttempt, exhausted
    case status, formerStatus, method, formerMethod
    case inputMessages, outputMessages, instructions, mcpMethod, synthetic, dialect, handoffFrom,
        handoffTo
    case passedTo, eventName

    var key: String {
        switch self {
        case .operation: "gen_ai.operation.name"
        case .stepType: "causeway.step.type"
        case .requestModel: "gen_ai.request.model"
        case .responseModel: "gen_ai.response.model"
        case .responseID: "gen_ai.response.id"
        case .conversation: "gen_ai.conversation.id"
        case .user: "user.id"
        case .tenant: "causeway.tenant.id"
        case .workspace: "causeway.workspace.id"
        case .environment: "deployment.environment.name"
        case .experiment: "causeway.experiment.name"
        case .variant: "causeway.experiment.variant"
        case .configuration: "causeway.config.id"
        case .agentName: "gen_ai.agent.name"
        case .agentVersion: "gen_ai.agent.version"
        case .agentID: "gen_ai.agent.id"
        case .input: "gen_ai.usage.input_tokens"
        case .output: "gen_ai.usage.output_tokens"
        case .cacheRead: "gen_ai.usage.cache_read.input_tokens"
        case .cacheWrite: "gen_ai.usage.cache_creation.input_tokens"
        case .reasoning: "gen_ai.usage.reasoning.output_tokens"
        case .rollup: "causeway.usage.rollup"
        case .usageRule: "causeway.usage.rule"
        case .cost: "causeway.cost.total"
        case .currency: "causeway.cost.currency"
        case .toolName: "gen_ai.tool.name"
        case .toolCallID: "gen_ai.tool.call.id"
        case .toolArguments: "gen_ai.tool.call.arguments"
        case .toolResult: "gen_ai.tool.call.result"
        case .callHash: "causeway.call.hash"
        case .failureCategory: "causeway.failure.category"
        case .failureCode: "causeway.failure.code"
        case .errorType: "error.type"
        case .outcome: "causeway.outcome"
        case .retryCount: "causeway.retry.count"
        case .retryAttempt: "causeway.retry.attempt"
        case .exhausted: "causeway.retry.exhausted"
        case .status: "http.response.status_code"
        case .formerStatus: "http.status_code"
        case .method: "http.request.method"
        case .formerMethod: "http.method"
        case .inputMessages: "gen_ai.input.messages"
        case .outputMessages: "gen_ai.output.messages"
        case .instructions: "gen_ai.system_instructions"
        case .mcpMethod: "mcp.method.name"
        case .synthetic: "causeway.synthetic"
        case .dialect: "causeway.source.dialect"
        case .handoffFrom: "gen_ai.handoff.from_agent"
        case .handoffTo: "gen_ai.handoff.to_agent"
        case .passedTo: "causeway.handoff.to"
        case .eventName: "event.name"
        }
    }

    /// By the place of the key in the index, which is the case's own.
    static let byPlace = Array(allCases)

    static let index = KeyIndex(allCases.map(\.key))
}
