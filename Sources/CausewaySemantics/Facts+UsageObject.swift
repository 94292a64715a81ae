internal import CausewayOTLP

/// Token counts that came as one JSON object, under whoever's names.
extension Facts {
    /// Reads the counts in the attribute with this key. What they include is seen from their names; what is not known and not zero keeps
    /// the attribute.
    package mutating func takeUsage(_ key: String, else order: UInt16 = 0) {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value, range.count < 1 << 16 else { return }
        var usage = JSONOutline()
        guard usage.read(payload, range), usage.kind(0) == .object else { return }
        if takeUsage(usage, 0, else: order) { uses[entry] = .dropped }
    }

    /// True if every count in the object is said otherwise now.
    package mutating func takeUsage(_ usage: JSONOutline, _ object: Int, else order: UInt16 = 0) -> Bool {
        var reading = UsageObject()
        reading.read(usage, object, .input)
        for (field, count) in reading.counts {
            if slots[Int(field.rawValue)].fact.isNone { set(field, count, else: order) }
        }
        for field in reading.unreadable { noteUnreadable(field) }
        if let convention = reading.convention { self.convention = convention }
        return reading.isWhole
    }
}

extension CallUsage {
    /// A usage object as whatever provider or tool writes it.
    package struct Reading: Sendable {
        package var usage: CallUsage
        /// What the counts include, and how that was found out: `causeway.usage.rule`.
        package var rule: String
        /// Why they are not to be trusted; nil if they are.
        package var problem: String?
        /// Every member was understood.
        package var isWhole: Bool

        package init(usage: CallUsage, rule: String, problem: String?, isWhole: Bool) {
            (self.usage, self.rule, self.problem, self.isWhole) = (usage, rule, problem, isWhole)
        }
    }

    /// Nil if the text is no JSON object with a count in it.
    package static func read(_ json: [UInt8], provider: String) -> Reading? {
        var outline = JSONOutline()
        guard outline.read(json, json.indices), outline.kind(0) == .object else { return nil }
        var object = UsageObject()
        object.read(outline, 0, .input)
        guard !object.counts.isEmpty || !object.unreadable.isEmpty else { return nil }
        func count(_ field: Field) -> Int64? { object.counts.first { $0.0 == field }?.1 }
        let settled = settled(count, object.convention ?? .byNumbers, total: count(.totalTokens), provider: { provider })
        guard let (usage, rule) = settled else {
            return Reading(usage: CallUsage(), rule: "", problem: "implausible", isWhole: object.isWhole)
        }
        return Reading(
            usage: usage,
            rule: String(decoding: rule.name, as: UTF8.self),
            problem: object.unreadable.isEmpty ? usage.contradiction : "unreadable",
            isWhole: object.isWhole
        )
    }
}

/// The counts of a usage object.
private struct UsageObject {
    enum Side { case input, output }

    var counts: [(Field, Int64)] = []
    var convention: TokenConvention?
    var isWhole = true
    /// What it says in a way that is no count.
    var unreadable: [Field] = []

    mutating func read(_ usage: JSONOutline, _ object: Int, _ side: Side) {
        var next = usage.firstChild(object)
        while let name = next {
            let value = name + 1
            next = usage.next(value, in: object)
            if usage.kind(value) == .object {
                let isOutput = Self.outputDetails.contains { usage.isKey(name, $0) }
                if Self.inclusiveDetails.contains(where: { usage.isKey(name, $0) }) { convention = .inclusive }
                read(usage, value, isOutput ? .output : .input)
                continue
            }
            guard let count = usage.integer(value), count >= 0 else {
                if usage.kind(value) != .null {
                    isWhole = false
                    if let (_, field) = Self.names.first(where: { usage.isKey(name, $0.0) }) { unreadable.append(field) }
                }
                continue
            }
            if let (_, field) = Self.names.first(where: { usage.isKey(name, $0.0) }) {
                counts.append((field, count))
            } else if usage.isKey(name, "audio_tokens") || usage.isKey(name, "audio") {
                counts.append((side == .input ? .audioInputTokens : .audioOutputTokens, count))
            } else if count != 0, !usage.isKey(name, "ephemeral_5m_input_tokens") {
                isWhole = false
            }
            if convention == nil, let (_, meaning) = Self.conventions.first(where: { usage.isKey(name, $0.0) }) { convention = meaning }
        }
    }

    private static let outputDetails = ["completion_tokens_details", "output_tokens_details", "output_token_details", "outputTokenDetails"]
    private static let inclusiveDetails = [
        "prompt_tokens_details", "input_tokens_details", "input_token_details", "completion_tokens_details", "inputTokenDetails",
    ]

    private static let names: [(String, Field)] = [
        ("prompt_tokens", .inputTokens), ("input_tokens", .inputTokens), ("inputTokens", .inputTokens), ("input", .inputTokens),
        ("promptTokenCount", .inputTokens), ("prompt_token_count", .inputTokens), ("promptTokens", .inputTokens),
        ("completion_tokens", .outputTokens), ("output_tokens", .outputTokens), ("outputTokens", .outputTokens), ("output", .outputTokens),
        ("candidatesTokenCount", .outputTokens), ("candidates_token_count", .outputTokens), ("completionTokens", .outputTokens),
        ("total_tokens", .totalTokens), ("totalTokens", .totalTokens), ("total", .totalTokens), ("totalTokenCount", .totalTokens),
        ("total_token_count", .totalTokens), ("tokens", .totalTokens),
        ("prompt_cache_creation_tokens", .cacheWriteTokens), ("completion_reasoning_tokens", .reasoningTokens),
        ("cached_tokens", .cacheReadTokens), ("cache_read_input_tokens", .cacheReadTokens), ("cacheReadInputTokens", .cacheReadTokens),
        ("cachedContentTokenCount", .cacheReadTokens), ("cached_content_token_count", .cacheReadTokens), ("cache_read", .cacheReadTokens),
        ("input_cache_read", .cacheReadTokens), ("input_cached_tokens", .cacheReadTokens), ("cachedContentTokens", .cacheReadTokens),
        ("cacheReadTokens", .cacheReadTokens), ("cachedInputTokens", .cacheReadTokens), ("prompt_cached_tokens", .cacheReadTokens),
        ("cache_creation_input_tokens", .cacheWriteTokens), ("cacheWriteInputTokens", .cacheWriteTokens),
        ("cache_creation", .cacheWriteTokens), ("input_cache_creation", .cacheWriteTokens), ("cache_write", .cacheWriteTokens),
        ("cacheWriteTokens", .cacheWriteTokens), ("cacheCreationInputTokens", .cacheWriteTokens),
        ("ephemeral_1h_input_tokens", .cacheWriteHourTokens), ("cache_write_1h", .cacheWriteHourTokens),
        ("web_search_requests", .webSearches),
        ("reasoning_tokens", .reasoningTokens), ("reasoning", .reasoningTokens), ("output_reasoning", .reasoningTokens),
        ("output_reasoning_tokens", .reasoningTokens), ("thoughtsTokenCount", .reasoningTokens), ("thoughtsTokens", .reasoningTokens),
        ("thoughts_token_count", .reasoningTokens), ("reasoningTokens", .reasoningTokens),
        ("input_audio", .audioInputTokens), ("output_audio", .audioOutputTokens), ("input_audio_tokens", .audioInputTokens),
        ("output_audio_tokens", .audioOutputTokens),
    ]

    /// Names that give away whose way of counting it is.
    private static let conventions: [(String, TokenConvention)] = [
        ("prompt_tokens", .inclusive), ("cache_read_input_tokens", .exclusive), ("cache_creation_input_tokens", .exclusive),
        ("cacheReadInputTokens", .exclusive), ("promptTokenCount", .reasoningBeside), ("prompt_token_count", .reasoningBeside),
        ("thoughtsTokens", .reasoningBeside), ("input", .disjoint), ("promptTokens", .inclusive),
    ]
}
