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
        case retryCount, retryAttempt, formerEnvironment, formerProvider, requestCounted, costCurrency

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
            case .requestCounted: "causeway.request.counted"
            case .costCurrency: "causeway.cost.currency"
            }
        }
    }

    static let index = KeyIndex(MetricAttribute.allCases.map(\.key) + Number.allCases.map(\.key))

    private var values = [ValueView](repeating: .empty, count: 64)
    /// Which of the values are there.
    private var present: UInt64 = 0

    mutating func removeAll() { present = 0 }

    /// Of equal keys the first counts.
    mutating func read(_ list: AttributeList, _ payload: [UInt8]) {
        var list = list
        while let attribute = list.next(payload) {
            let id = Self.index.find(attribute.key, payload)
            guard id >= 0, present & 1 << UInt64(id) == 0 else { continue }
            values[id] = attribute.value
            present |= 1 << UInt64(id)
        }
    }

    subscript(attribute: MetricAttribute) -> ValueView? {
        get { value(Int(attribute.rawValue)) }
        set {
            guard let newValue else { return }
            values[Int(attribute.rawValue)] = newValue
            present |= 1 << UInt64(attribute.rawValue)
        }
    }

    func has(_ attribute: MetricAttribute) -> Bool { present & 1 << UInt64(attribute.rawValue) != 0 }

    func has(_ number: Number) -> Bool { present & 1 << UInt64(number.rawValue) != 0 }

    func value(_ number: Number) -> ValueView? { value(number.rawValue) }

    private func value(_ place: Int) -> ValueView? { present & 1 << UInt64(place) == 0 ? nil : values[place] }

    /// A number that is not negative.
    func number(_ key: Number) -> Double? {
        switch value(key.rawValue) {
        case .int(let value)?: value >= 0 ? Double(value) : nil
        case .double(let value)?: value.isFinite && value >= 0 ? value : nil
        default: nil
        }
    }

    func isTrue(_ key: Number) -> Bool { value(key.rawValue) == .bool(true) }

    /// What an attribute adds to the key of a shape: its number, what kind of value it has, and the value.
    @inline(__always)
    func append(_ attribute: MetricAttribute, to key: inout [UInt8], _ payload: [UInt8]) {
        guard present & 1 << UInt64(attribute.rawValue) != 0 else { return }
        switch values[Int(attribute.rawValue)] {
        case .string(let range):
            let text = Self.shortened(range, payload)
            key.append(attribute.rawValue)
            key.append(UInt8(truncatingIfNeeded: text.count))
            key.append(contentsOf: payload[text])
        case .int(let value):
            key.append(attribute.rawValue | 0x40)
            for byte in 0..<8 { key.append(UInt8(truncatingIfNeeded: value >> Int64(byte * 8))) }
        case .bool(let value): key.append(attribute.rawValue | (value ? 0xC0 : 0x80))
        default: break
        }
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
