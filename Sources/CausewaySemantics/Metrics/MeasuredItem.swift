internal import CausewayModel
internal import CausewayOTLP

/// What a span, an event or a log record says that a metric may want to know, read in one go into memory that is used again.
struct MeasuredItem {
    /// Keys whose values are numbers or flags, behind those of `MetricAttribute`.
    enum Number: Int, CaseIterable {
        case inputTokens = 29
        case outputTokens, cacheReadTokens, cacheCreationTokens, cacheWriteTokens, reasoningTokens
        case textInput, imageInput, audioInput, textOutput, imageOutput, audioOutput
        case costTotal, costTool, timeToFirstChunk, rollup, duplicateOf, redelivered
        case requestSteps, agentModelCalls, agentToolCalls
        case modelTime, toolTime, retrievalTime, guardrailTime, backoffTime, idleTime
        case retryCount, retryAttempt, formerEnvironment, formerProvider, synthetic, requestCounted, costCurrency

        var key: String {
            switch self {
            case .inputTokens: "gen_ai.usage.input_tokens"
            case .outputTokens: "gen_ai.usage.output_tokens"
            case .cacheReadTokens: "gen_ai.usage.cache_read.input_tokens"
            case .cacheCreationTokens: "gen_ai.usage.cache_creation.input_tokens"
            case .cacheWriteTokens: "gen_ai.usage.cache_write.input_tokens"
            case .reasoningTokens: "gen_ai.usage.reasoning.output_tokens"
            case .textInput: "gen_ai.usage.text.input_tokens"
            case .imageInput: "gen_ai.usage.image.input_tokens"
            case .audioInput: "gen_ai.usage.audio.input_tokens"
            case .textOutput: "gen_ai.usage.text.output_tokens"
            case .imageOutput: "gen_ai.usage.image.output_tokens"
            case .audioOutput: "gen_ai.usage.audio.output_tokens"
            case .costTotal: "causeway.cost.total"
            case .costTool: "causeway.cost.tool"
            case .timeToFirstChunk: "gen_ai.response.time_to_first_chunk"
            case .rollup: "causeway.usage.rollup"
            case .duplicateOf: "causeway.duplicate_of"
            case .redelivered: "causeway.redelivered"
            case .requestSteps: "causeway.request.steps"
            case .agentModelCalls: "causeway.agent.model_calls"
            case .agentToolCalls: "causeway.agent.tool_calls"
            case .modelTime: "causeway.time.model_ms"
            case .toolTime: "causeway.time.tool_ms"
            case .retrievalTime: "causeway.time.retrieval_ms"
            case .guardrailTime: "causeway.time.guardrail_ms"
            case .backoffTime: "causeway.time.backoff_ms"
            case .idleTime: "causeway.time.idle_ms"
            case .retryCount: "causeway.retry.count"
            case .retryAttempt: "causeway.retry.attempt"
            case .formerEnvironment: "deployment.environment"
            case .formerProvider: "gen_ai.system"
            case .synthetic: "causeway.synthetic"
            case .requestCounted: "causeway.request.counted"
            case .costCurrency: "causeway.cost.currency"
            }
        }
    }

    private var attributes = WantedAttributes(MetricAttribute.allCases.map(\.key) + Number.allCases.map(\.key))

    /// What is read next comes from another payload, or from something else than what was read before.
    mutating func begin() { attributes.begin() }

    mutating func read(_ list: AttributeList, _ payload: [UInt8]) { attributes.read(list, payload) }

    /// A span with its attributes; what was read before is forgotten.
    mutating func read(span contents: Range<Int>, _ payload: [UInt8]) -> SpanHead { attributes.read(contents, payload) }

    /// A bit for each attribute whose value may have become another one since `clearChanged` was called.
    var changed: UInt64 { attributes.changed }

    mutating func clearChanged() { attributes.clearChanged() }

    subscript(attribute: MetricAttribute) -> ValueView? {
        get { attributes[Int(attribute.rawValue)] }
        set { attributes[Int(attribute.rawValue)] = newValue }
    }

    func has(_ attribute: MetricAttribute) -> Bool { attributes.has(Int(attribute.rawValue)) }

    func has(_ number: Number) -> Bool { attributes.has(number.rawValue) }

    func value(_ number: Number) -> ValueView? { attributes[number.rawValue] }

    /// A bit for each of the attributes that are there, by their numbers.
    var present: UInt64 { attributes.present }

    /// A number that is not negative.
    func number(_ key: Number) -> Double? {
        switch attributes[key.rawValue] {
        case .int(let value)?: value >= 0 ? Double(value) : nil
        case .double(let value)?: value.isFinite && value >= 0 ? value : nil
        default: nil
        }
    }

    func isTrue(_ key: Number) -> Bool { value(key) == .bool(true) }

    /// What an attribute, by its number, adds to the key of a shape: the number, what kind of value it has, and the value.
    func append(_ id: Int, to key: inout [UInt8], _ payload: [UInt8]) {
        guard let value = attributes[id] else { return }
        let number = UInt8(truncatingIfNeeded: id)
        switch value {
        case .string(let range):
            let text = Self.shortened(range, payload)
            key.append(number)
            key.append(UInt8(truncatingIfNeeded: text.count))
            key.append(contentsOf: payload[text])
        case .int(let value):
            key.append(number | 0x40)
            for byte in 0..<8 { key.append(UInt8(truncatingIfNeeded: value >> Int64(byte * 8))) }
        case .bool(let value): key.append(number | (value ? 0xC0 : 0x80))
        case .double, .array, .map, .bytes, .empty: break
        }
    }

    /// Whether these of the attributes, by their bits, would add to a key exactly what stands in this one from `offset` to its end.
    func holds(_ attributes: UInt64, in key: [UInt8], from offset: Int, _ payload: [UInt8]) -> Bool {
        var (rest, offset) = (attributes, offset)
        while rest != 0 {
            let id = rest.trailingZeroBitCount
            rest &= rest &- 1
            guard let value = self.attributes[id] else { continue }
            switch value {
            case .string(let range):
                let text = Self.shortened(range, payload)
                guard offset &+ 2 <= key.count, key[offset] == UInt8(truncatingIfNeeded: id),
                    key[offset &+ 1] == UInt8(truncatingIfNeeded: text.count),
                    ByteScan.isEqual(key, offset &+ 2, payload, text.lowerBound, text.count)
                else { return false }
                offset &+= 2 &+ text.count
            case .int(let value):
                guard offset &+ 9 <= key.count, key[offset] == UInt8(truncatingIfNeeded: id) | 0x40 else { return false }
                for byte in 0..<8 where key[offset &+ 1 &+ byte] != UInt8(truncatingIfNeeded: value >> Int64(byte * 8)) { return false }
                offset &+= 9
            case .bool(let value):
                guard offset < key.count, key[offset] == UInt8(truncatingIfNeeded: id) | (value ? 0xC0 : 0x80) else { return false }
                offset &+= 1
            case .double, .array, .map, .bytes, .empty: continue
            }
        }
        return offset == key.count
    }

    /// The attribute as a field of a point; nothing for what is neither text nor a whole number nor a flag.
    func write(_ attribute: MetricAttribute, field: Int, to writer: inout WireWriter, _ payload: [UInt8]) {
        let key = MetricAttribute.keyBytes[Int(attribute.rawValue)]
        switch self[attribute] {
        case .string(let range)? where !range.isEmpty: writer.attribute(field, key, text: Self.shortened(range, payload), of: payload)
        case .int(let value)?: writer.attribute(field, key, int: value)
        case .bool(let value)?: writer.attribute(field, key, bool: value)
        default: break
        }
    }

    /// Names are short: what is longer is cut, at the end of a character.
    static let maxTextBytes = 200

    static func shortened(_ range: Range<Int>, _ payload: [UInt8]) -> Range<Int> {
        guard range.count > maxTextBytes else { return range }
        var end = range.lowerBound + maxTextBytes
        while end > range.lowerBound, payload[end] & 0xC0 == 0x80 { end -= 1 }
        return range.lowerBound..<end
    }
}
