/// Every metric that is made from settled telemetry, as it stands in the log.
///
/// Add yours here: a case, its row below, and where it is measured in `Measuring`.
package enum DerivedMetric: UInt8, CaseIterable, Sendable {
    // The conventions' own; which of their names a destination reads, `MetricRendering` knows.
    case tokens, callTokens, operationDuration, timeToFirstChunk
    case agentDuration, agentInferenceCalls, agentToolCalls, toolDuration, workflowDuration
    // What the conventions have no word for.
    case requests, requestDuration, requestSteps, stepDuration, toolCalls, retries, fallbacks, timeouts, failures
    case cost, unpricedCalls, feedback, timeShare

    package enum Kind: Sendable {
        case counter, moneyCounter, histogram
    }

    package var name: String { row.name }
    /// A unit code of UCUM.
    package var unit: String { row.unit }
    package var kind: Kind { row.kind }
    package var help: String { row.help }
    /// What its series are told apart by.
    package var attributes: [MetricAttribute] { row.attributes }

    /// Of a histogram.
    package var lattice: Lattice { Self.lattices[Int(rawValue)] }

    /// The name of the scope of everything derived, by which it is known again.
    package static let scope = "causeway.metrics"
    static let scopeBytes = Array(scope.utf8)

    package static func named(_ name: String) -> DerivedMetric? { byName[name] }

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })
    private static let lattices = allCases.map { Lattice($0.row.bounds) }

    private typealias Row = (
        name: String, kind: Kind, unit: String, bounds: [Double], attributes: [MetricAttribute], help: String
    )

    private static let model: [MetricAttribute] = [
        .operation, .provider, .requestModel, .responseModel, .serverAddress, .serverPort,
    ]
    private static let request: [MetricAttribute] = [
        .agent, .agentVersion, .configuration, .environment, .outcome, .tenant, .variant, .coldStart,
    ]

    private var row: Row {
        switch self {
        case .tokens:
            (
                "causeway.tokens", .counter, "{token}", [], Self.model + [.tokenType, .modality],
                "Tokens by kind: cache_read and cache_write are part of input, reasoning of output."
            )
        case .callTokens:
            (
                "causeway.call.tokens", .histogram, "{token}", Bounds.tokens, Self.model + [.tokenType],
                "Tokens of one model call."
            )
        case .operationDuration:
            (
                "gen_ai.client.operation.duration", .histogram, "s", Bounds.duration, Self.model + [.errorType],
                "Time of one call of a model or of another GenAI operation."
            )
        case .timeToFirstChunk:
            (
                "gen_ai.client.operation.time_to_first_chunk", .histogram, "s", Bounds.duration, Self.model,
                "Time until a streaming model began to answer."
            )
        case .agentDuration:
            (
                "gen_ai.invoke_agent.duration", .histogram, "s", Bounds.agent, [.agent, .requestModel, .errorType],
                "Time of one run of an agent."
            )
        case .agentInferenceCalls:
            (
                "gen_ai.invoke_agent.inference_calls", .histogram, "{inference_call}", Bounds.count, [.agent],
                "Calls of models in one run of an agent."
            )
        case .agentToolCalls:
            ("gen_ai.invoke_agent.tool_calls", .histogram, "{tool_call}", Bounds.count, [.agent], "Calls of tools in one run of an agent.")
        case .toolDuration:
            (
                "gen_ai.execute_tool.duration", .histogram, "s", Bounds.duration, [.tool, .toolType, .agent, .errorType],
                "Time of one call of a tool."
            )
        case .workflowDuration:
            (
                "gen_ai.invoke_workflow.duration", .histogram, "s", Bounds.workflow, [.workflow, .errorType],
                "Time of one run of a workflow."
            )
        case .requests: ("causeway.agent.requests", .counter, "{request}", [], Self.request, "Requests that agents have ended.")
        case .requestDuration:
            ("causeway.agent.request.duration", .histogram, "s", Bounds.agent, Self.request, "Time of one request, from its root span.")
        case .requestSteps: ("causeway.agent.steps", .histogram, "{step}", Bounds.count, [.agent], "Steps of one request.")
        case .stepDuration: ("causeway.step.duration", .histogram, "s", Bounds.duration, [.stepType, .agent], "Time of one step.")
        case .toolCalls:
            (
                "causeway.tool.calls", .counter, "{call}", [], [.tool, .serverAddress, .outcome, .failureCode],
                "Calls of tools, by how they ended."
            )
        case .retries: ("causeway.retries", .counter, "{retry}", [], [.tool, .requestModel, .retryReason], "Calls that were tried again.")
        case .fallbacks:
            (
                "causeway.fallbacks", .counter, "{fallback}", [], [.tool, .requestModel, .fallbackReason],
                "Calls that something else stood in for."
            )
        case .timeouts: ("causeway.timeouts", .counter, "{timeout}", [], [.tool, .requestModel, .timeoutBy], "Calls that took too long.")
        case .failures:
            (
                "causeway.failures", .counter, "{failure}", [],
                [.failureCategory, .failureCode, .agent, .tool, .requestModel], "Failures, by what failed and why."
            )
        case .cost:
            (
                "causeway.cost", .moneyCounter, "{USD}", [],
                [.agent, .requestModel, .tool, .tenant, .environment, .variant], "What calls of models and tools cost, in dollars."
            )
        case .unpricedCalls:
            ("causeway.unpriced.calls", .counter, "{call}", [], [.provider, .requestModel], "Model calls with tokens and no known price.")
        case .feedback:
            (
                "causeway.feedback", .counter, "{feedback}", [], [.feedbackKind, .feedbackLabel, .agent, .variant],
                "What users said of answers."
            )
        case .timeShare:
            ("causeway.time.share", .histogram, "1", Bounds.share, [.timeKind], "What share of a request's time went into what.")
        }
    }

    /// As the conventions name them, for each kind of measurement.
    private enum Bounds {
        static let duration = powers(of: 2, from: 0.01, count: 14)
        static let tokens = powers(of: 4, from: 1, count: 14)
        static let agent = powers(of: 2, from: 0.1, count: 13)
        static let count = powers(of: 2, from: 1, count: 8)
        static let workflow: [Double] = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200]
        static let share: [Double] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

        /// Doubling is exact: these are the very numbers that the conventions write.
        private static func powers(of base: Double, from first: Double, count: Int) -> [Double] {
            (0..<count).reduce(into: []) { bounds, _ in bounds.append((bounds.last ?? first / base) * base) }
        }
    }
}
