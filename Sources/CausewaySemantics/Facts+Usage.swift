internal import CausewayOTLP

/// Token counts brought to one meaning: the input includes what was cached, the output includes reasoning.
extension Facts {
    mutating func settleUsage() {
        guard kind != .point else { return }
        let total = int(.totalTokens)
        if let source = source(of: .totalTokens) { uses[source] = .kept }
        guard let input = int(.inputTokens) ?? (isKnown(.outputTokens) ? 0 : nil) else { return }
        let output = int(.outputTokens) ?? 0
        let read = int(.cacheReadTokens) ?? 0
        let written = int(.cacheWriteTokens) ?? 0
        let reasoning = int(.reasoningTokens) ?? 0
        // Sums of what a sender may say cannot overflow.
        guard max(max(input, output), max(read, written), reasoning) < 1 << 50 else { return }

        let cached = read + written
        let usage = UsageRule(
            convention: convention,
            provider: cached > 0 ? text(.provider) : nil,
            input: input,
            output: output,
            cached: cached,
            reasoning: reasoning,
            total: total
        )
        if usage.addsCache { replace(.inputTokens, input + cached) }
        if usage.addsReasoning { replace(.outputTokens, output + reasoning) }
        let (wholeInput, wholeOutput) = (usage.addsCache ? input + cached : input, usage.addsReasoning ? output + reasoning : output)
        added.attribute(attributesField, Self.ruleKey, text: usage.name)
        if let contradiction = usage.contradiction(wholeInput, wholeOutput) {
            added.attribute(attributesField, Self.invalidKey, text: Array(contradiction.utf8))
        } else if let total, total == wholeInput + wholeOutput, let source = source(of: .totalTokens) {
            // The conventions have no total: it is the sum.
            uses[source] = .dropped
        }
        if kind == .span, let operation, !operation.countsUsage {
            added.attribute(attributesField, Self.rollupKey, bool: true)
        }
    }

    private func source(of field: Field) -> Int? {
        let source = slots[Int(field.rawValue)].source
        return source >= 0 ? Int(source) : nil
    }

    private mutating func replace(_ field: Field, _ value: Int64) {
        var slot = slots[Int(field.rawValue)]
        // Who said the same number meant the same.
        for place in outvoted.indices where outvoted[place].field == field && isSame(outvoted[place].fact, slot.fact) {
            uses[outvoted[place].entry] = .dropped
            outvoted[place].isSettled = true
        }
        slot.fact = .int(value)
        fill(field, slot)
    }

    private static let ruleKey = Array("causeway.usage.rule".utf8)
    private static let invalidKey = Array("causeway.usage.invalid".utf8)
    private static let rollupKey = Array("causeway.usage.rollup".utf8)
}

/// What a call's token counts include, and how that was found out.
struct UsageRule: Equatable {
    /// Cached tokens came beside the input.
    var addsCache: Bool
    /// Reasoning came beside the output.
    var addsReasoning: Bool
    /// The value of `causeway.usage.rule`: what was found, and by what.
    var name: [UInt8]

    private let cached: Int64
    private let reasoning: Int64

    /// What decided.
    private enum Reason: Int, CaseIterable {
        case plain, overflow, dialect, total, provider, `default`
    }

    /// Four for each reason: cached tokens in it or beside it, reasoning in it or beside it.
    private static let names: [[UInt8]] = Reason.allCases.flatMap { reason in
        [
            "inclusive.\(reason)", "inclusive.\(reason)+reasoning", "exclusive.\(reason)",
            "exclusive.\(reason)+reasoning",
        ].map {
            Array($0.utf8)
        }
    }

    init(
        convention: TokenConvention,
        provider: String?,
        input: Int64,
        output: Int64,
        cached: Int64,
        reasoning: Int64,
        total: Int64?
    ) {
        self.cached = cached
        self.reasoning = reasoning
        // More reasoning than output: it came beside it, whatever was said.
        addsReasoning = reasoning > output
        switch convention {
        case .disjoint, .reasoningBeside:
            // Unless the total shows that the parts are in it.
            if total != input + output { addsReasoning = reasoning > 0 }
        default:
            if let total, reasoning > 0, total == input + output + reasoning || total == input + output + reasoning + cached {
                addsReasoning = true
            }
        }
        let (adds, by): (Bool, Reason)
        let out = addsReasoning ? output + reasoning : output
        if cached == 0 {
            (adds, by) = (false, .plain)
        } else if cached > input {
            (adds, by) = (true, .overflow)
        } else if case .exclusive = convention {
            (adds, by) = (true, .dialect)
        } else if case .disjoint = convention {
            (adds, by) = total == input + out ? (false, .total) : (true, .dialect)
        } else if convention.isInclusive {
            (adds, by) = (false, .dialect)
        } else if convention.looksAtTotal, let total, total == input + out {
            (adds, by) = (false, .total)
        } else if convention.looksAtTotal, let total, total == input + cached + out {
            (adds, by) = (true, .total)
        } else if case .inclusiveByNumbers = convention {
            (adds, by) = (false, .dialect)
        } else if let provider, let beside = Provider.countsCacheBesideInput(provider) {
            (adds, by) = (beside, .provider)
        } else {
            (adds, by) = (false, .default)
        }
        addsCache = adds
        name = Self.names[by.rawValue * 4 + (adds ? 2 : 0) + (addsReasoning ? 1 : 0)]
    }

    /// Which parts are larger than what they are part of.
    func contradiction(_ input: Int64, _ output: Int64) -> String? {
        if cached > input { return "cached>input" }
        if reasoning > output { return "reasoning>output" }
        return nil
    }
}

extension TokenConvention {
    fileprivate var looksAtTotal: Bool {
        switch self {
        case .byNumbers, .inclusiveByNumbers: true
        default: false
        }
    }

    fileprivate var isInclusive: Bool {
        switch self {
        case .inclusive, .reasoningBeside: true
        default: false
        }
    }
}
