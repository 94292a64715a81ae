internal import CausewayOTLP

/// Beginnings of names that give dialects away, found by their first byte.
struct NameSigns: Sendable {
    private struct Sign: Sendable {
        var start: [UInt8]
        var dialects: DialectIndex.Set
    }

    private var signs: [[Sign]] = Array(repeating: [], count: 256)
    private var isKnown = [Bool](repeating: false, count: 256)

    mutating func add(_ start: String, _ dialects: DialectIndex.Set) {
        guard let first = start.utf8.first else { return }
        signs[Int(first)].append(Sign(start: Array(start.utf8), dialects: dialects))
        isKnown[Int(first)] = true
    }

    /// The dialects that the text at `range` gives away.
    func matches(_ range: Range<Int>, _ payload: [UInt8]) -> DialectIndex.Set {
        guard !range.isEmpty, isKnown[Int(payload[range.lowerBound])] else { return 0 }
        var found: DialectIndex.Set = 0
        for sign in signs[Int(payload[range.lowerBound])]
        where payload.begins(with: sign.start, at: range) { found |= sign.dialects }
        return found
    }
}
