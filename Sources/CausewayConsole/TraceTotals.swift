extension TraceTree {
    /// What the steps of a trace amount to.
    ///
    /// Model calls, tokens and cost are those of the innermost spans that have them: what stands around a model call often repeats
    /// its usage. What is marked as counted elsewhere is a step, and nothing more.
    package struct Totals: Hashable, Sendable {
        /// The earliest start and the latest end; 0 when no step says.
        package private(set) var startNanoseconds: UInt64 = 0
        package private(set) var endNanoseconds: UInt64 = 0
        package private(set) var steps = 0
        package private(set) var modelCalls = 0
        package private(set) var toolCalls = 0
        /// Attempts after the first, as spans of their own or as a number on one. They are no further calls.
        package private(set) var retries: Int64 = 0
        package private(set) var failedSteps = 0
        package private(set) var inputTokens: Int64 = 0
        package private(set) var outputTokens: Int64 = 0
        /// By currency; empty when no step says what it cost.
        package private(set) var cost: [String: Double] = [:]
        /// Model calls that have a price.
        package private(set) var pricedCalls = 0

        mutating func add(_ step: Step, isAboveModels: Bool, isAboveCosts: Bool) {
            steps += 1
            if step.startNanoseconds > 0, startNanoseconds == 0 || step.startNanoseconds < startNanoseconds {
                startNanoseconds = step.startNanoseconds
            }
            endNanoseconds = max(endNanoseconds, step.endNanoseconds)
            if step.failure != nil { failedSteps += 1 }
            guard !step.isCountedElsewhere else { return }
            let isRetry = (step.attempt ?? 1) > 1
            retries = retries.addingClamped(step.retries ?? 0).addingClamped(isRetry ? 1 : 0)
            if step.kind == .tool, !isRetry { toolCalls += 1 }
            if step.kind == .model, !isAboveModels, !isRetry {
                modelCalls += 1
                if step.cost != nil { pricedCalls += 1 }
            }
            if step.kind == .model || step.kind == .embedding, !isAboveModels {
                inputTokens = inputTokens.addingClamped(step.inputTokens ?? 0)
                outputTokens = outputTokens.addingClamped(step.outputTokens ?? 0)
            }
            if let price = step.cost, !isAboveCosts { cost[step.costCurrency ?? "USD", default: 0] += price }
        }
    }
}

extension Int64 {
    /// The sum, or the largest number: what a sender claims must not stop us.
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(Swift.max(0, other))
        return overflow ? .max : sum
    }
}
