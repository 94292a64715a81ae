internal import CausewayOTLP

/// Token counts brought to one meaning: the input includes what was cached, the output includes reasoning.
extension Facts {
    mutating func settleUsage() {
        guard kind != .point else { return }
        let total = int(.totalTokens)
        if let source = source(of: .totalTokens) { uses[source] = .kept }
        // A count that is none is not nothing: nobody knows what it should have been.
        for field in Self.counts where unreadableCounts & Self.bit(field) != 0 && !isKnown(field) { return refuseUsage("unreadable") }
        guard isKnown(.inputTokens) || isKnown(.outputTokens) else { return }
        guard let (usage, rule) = CallUsage.settled({ int($0) }, convention, total: total, provider: { text(.provider) }) else {
            return refuseUsage("implausible")
        }
        if rule.addsCache { replace(.inputTokens, usage.input) }
        if rule.addsReasoning { replace(.outputTokens, usage.output) }
        self.usage = usage
        if attributesField == 9 { added.append(rule.mark) } else { added.attribute(attributesField, Self.ruleKey, text: rule.name) }
        if let contradiction = usage.contradiction {
            refuseUsage(contradiction)
        } else if let total, total == usage.input + usage.output, let source = source(of: .totalTokens) {
            // The conventions have no total: it is the sum.
            uses[source] = .dropped
        }
        if kind == .span, let operation, !operation.countsUsage { markRollup() }
    }

    /// The counts stay as they came; nothing is made of them.
    private mutating func refuseUsage(_ reason: String) {
        isUsageInvalid = true
        invalidUsage += 1
        added.attribute(attributesField, Self.invalidKey, text: Array(reason.utf8))
    }

    /// What the item says is a sum of what lies below it.
    mutating func markRollup() { added.attribute(attributesField, Self.rollupKey, bool: true) }

    /// An attribute of this field has a value that cannot be read.
    mutating func noteUnreadable(_ field: Field) {
        if field.form == .count, Self.countBits & Self.bit(field) != 0 { unreadableCounts |= Self.bit(field) }
    }

    private static let counts: [Field] = [
        .inputTokens, .outputTokens, .cacheReadTokens, .cacheWriteTokens, .cacheWriteHourTokens, .reasoningTokens,
    ]

    private static let countBits: UInt64 = counts.reduce(0) { $0 | bit($1) }

    private static func bit(_ field: Field) -> UInt64 { 1 << UInt64(field.rawValue) }

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

    static let ruleKey = Array("causeway.usage.rule".utf8)
    private static let invalidKey = Array("causeway.usage.invalid".utf8)
    private static let rollupKey = Array("causeway.usage.rollup".utf8)
}

extension CallUsage {
    /// Counts as they came, brought to the conventions' meaning by the rule that fits; nil if they are too large to be true.
    static func settled(
        _ count: (Field) -> Int64?,
        _ convention: TokenConvention,
        total: Int64?,
        provider: () -> String?
    ) -> (usage: CallUsage, rule: UsageRule)? {
        let input = count(.inputTokens) ?? 0
        let output = count(.outputTokens) ?? 0
        let read = count(.cacheReadTokens) ?? 0
        let hour = count(.cacheWriteHourTokens) ?? 0
        let written = count(.cacheWriteTokens) ?? hour
        let reasoning = count(.reasoningTokens) ?? 0
        // Sums of what a sender may say cannot overflow.
        guard max(input, output, read, written, hour, reasoning) < 1 << 50 else { return nil }
        let rule = UsageRule(
            convention: convention,
            provider: read + written > 0 ? provider() : nil,
            input: input,
            output: output,
            cached: read + written,
            reasoning: reasoning,
            total: total
        )
        var usage = CallUsage(
            input: rule.addsCache ? input + read + written : input,
            output: rule.addsReasoning ? output + reasoning : output
        )
        (usage.cacheRead, usage.cacheWrite, usage.cacheWriteHour, usage.reasoning) = (read, written, hour, reasoning)
        (usage.audioInput, usage.audioOutput) = (count(.audioInputTokens) ?? 0, count(.audioOutputTokens) ?? 0)
        (usage.imageInput, usage.imageOutput) = (count(.imageInputTokens) ?? 0, count(.imageOutputTokens) ?? 0)
        (usage.audioCacheRead, usage.imageCacheRead) = (count(.audioCacheReadTokens) ?? 0, count(.imageCacheReadTokens) ?? 0)
        usage.webSearches = count(.webSearches) ?? 0
        return (usage, rule)
    }
}

/// What a call's token counts include, and how that was found out.
struct UsageRule: Equatable {
    /// Cached tokens came beside the input.
    var addsCache: Bool
    /// Reasoning came beside the output.
    var addsReasoning: Bool
    /// The value of `causeway.usage.rule`: what was found, and by what.
    var name: [UInt8] { Self.names[place] }
    /// The attribute of a span that says so, encoded.
    var mark: [UInt8] { Self.marks[place] }
    private var place: Int

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

    private static let marks: [[UInt8]] = names.map { name in
        var writer = WireWriter()
        writer.attribute(9, Facts.ruleKey, text: name)
        return writer.bytes
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
            // Unless the total shows that this sender left out the sum.
            (adds, by) = total == input + cached + out ? (true, .total) : (false, .dialect)
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
        place = by.rawValue * 4 + (adds ? 2 : 0) + (addsReasoning ? 1 : 0)
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
