/// What a derived metric is told apart by.
package enum MetricAttribute: UInt8, CaseIterable, Sendable {
    case operation, provider, requestModel, responseModel, serverAddress, serverPort, errorType, tokenType, modality
    case agent, agentVersion, configuration, environment, outcome, tenant, variant, coldStart
    case stepType, tool, toolType, workflow, failureCategory, failureCode
    case retryReason, fallbackReason, timeoutBy, feedbackKind, feedbackLabel, timeKind

    package var key: String {
        switch self {
        case .operation: "gen_ai.operation.name"
        case .provider: "gen_ai.provider.name"
        case .requestModel: "gen_ai.request.model"
        case .responseModel: "gen_ai.response.model"
        case .serverAddress: "server.address"
        case .serverPort: "server.port"
        case .errorType: "error.type"
        case .tokenType: "gen_ai.token.type"
        case .modality: "gen_ai.token.modality"
        case .agent: "gen_ai.agent.name"
        case .agentVersion: "gen_ai.agent.version"
        case .configuration: "causeway.config.id"
        case .environment: "deployment.environment.name"
        case .outcome: "causeway.outcome"
        case .tenant: "causeway.tenant.id"
        case .variant: "causeway.experiment.variant"
        case .coldStart: "faas.coldstart"
        case .stepType: "causeway.step.type"
        case .tool: "gen_ai.tool.name"
        case .toolType: "gen_ai.tool.type"
        case .workflow: "gen_ai.workflow.name"
        case .failureCategory: "causeway.failure.category"
        case .failureCode: "causeway.failure.code"
        case .retryReason: "causeway.retry.reason"
        case .fallbackReason: "causeway.fallback.reason"
        case .timeoutBy: "causeway.timeout.by"
        case .feedbackKind: "causeway.feedback.kind"
        case .feedbackLabel: "causeway.feedback.label"
        case .timeKind: "causeway.time.kind"
        }
    }

    /// Those without which a metric would say nothing, or something else: they are in no allow-list because they cannot be left out.
    package var isEssential: Bool {
        switch self {
        case .operation, .tokenType, .modality, .outcome, .stepType, .timeKind, .feedbackKind: true
        default: false
        }
    }

    static let keyBytes: [[UInt8]] = allCases.map { Array($0.key.utf8) }
}

/// Some of the attributes.
package struct MetricAttributeSet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package init(_ attributes: some Sequence<MetricAttribute>) {
        self.init(rawValue: attributes.reduce(0) { $0 | 1 << UInt32($1.rawValue) })
    }

    package static let all = MetricAttributeSet(MetricAttribute.allCases)
    package static let essential = MetricAttributeSet(MetricAttribute.allCases.filter(\.isEssential))

    package func contains(_ attribute: MetricAttribute) -> Bool { rawValue & 1 << UInt32(attribute.rawValue) != 0 }
}
