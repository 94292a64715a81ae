/// The tokens that a stored call states; what it says nothing of is nil.
struct StatedUsage {
    /// All of the input, what was cached included.
    var input: Int64
    /// All of the output, reasoning included.
    var output: Int64
    var cacheRead: Int64?
    var cacheWrite: Int64?
    var reasoning: Int64?

    var total: Int64 { input + output }
    /// What is left of the totals without the parts that have a name; never negative, whatever was said.
    var plainInput: Int64 { max(0, input - (cacheRead ?? 0) - (cacheWrite ?? 0)) }
    var plainOutput: Int64 { max(0, output - (reasoning ?? 0)) }
}

extension ItemRendering {
    /// The tokens of the item; nil if it says nothing, or nothing that can be right.
    var usage: StatedUsage? {
        guard has(.inputTokens) || has(.outputTokens) else { return nil }
        let (input, output) = (int(.inputTokens) ?? 0, int(.outputTokens) ?? 0)
        let parts = [int(.cacheReadTokens), int(.cacheWriteTokens), int(.reasoningTokens)]
        guard ([input, output] + parts.compactMap(\.self)).allSatisfy({ 0..<1 << 50 ~= $0 }) else { return nil }
        return StatedUsage(input: input, output: output, cacheRead: parts[0], cacheWrite: parts[1], reasoning: parts[2])
    }

    /// A JSON object of those numbers that are there; nil if none is.
    static func object(_ members: [(String, Double?)]) -> [UInt8]? {
        var output: [UInt8] = []
        for (name, number) in members {
            guard let number, number.isFinite else { continue }
            output += Array("\(output.isEmpty ? "{" : ",")\"\(name)\":\(number)".utf8)
        }
        return output.isEmpty ? nil : output + [UInt8(ascii: "}")]
    }

    static func object(_ members: [(String, Int64?)]) -> [UInt8]? {
        var output: [UInt8] = []
        for (name, number) in members {
            guard let number else { continue }
            output += Array("\(output.isEmpty ? "{" : ",")\"\(name)\":\(number)".utf8)
        }
        return output.isEmpty ? nil : output + [UInt8(ascii: "}")]
    }
}
