/// The sequences that a reader has done with: everything up to a prefix, and ranges above it.
package struct PassedSet: Equatable, Sendable {
    /// Everything up to and including this is passed.
    package private(set) var prefix: UInt64
    /// Ascending, apart from each other and from the prefix.
    package private(set) var ranges: [ClosedRange<UInt64>] = []

    package init(prefix: UInt64 = 0) { self.prefix = prefix }

    package func contains(_ sequence: UInt64) -> Bool {
        if sequence <= prefix { return true }
        return ranges[firstIndex(endingAtOrAfter: sequence)...].first?.contains(sequence) ?? false
    }

    /// Whether every sequence of `range` is passed.
    package func contains(_ range: ClosedRange<UInt64>) -> Bool {
        if range.upperBound <= prefix { return true }
        // What touches is joined, so that one range has to hold all of it that lies above the prefix.
        let low = max(range.lowerBound, prefix + 1)
        guard let found = ranges[firstIndex(endingAtOrAfter: low)...].first else { return false }
        return found.lowerBound <= low && range.upperBound <= found.upperBound
    }

    /// Whether any sequence of `range` is passed.
    package func intersects(_ range: ClosedRange<UInt64>) -> Bool {
        range.lowerBound <= prefix || ranges[firstIndex(endingAtOrAfter: range.lowerBound)...].first?.overlaps(range) == true
    }

    package mutating func insert(_ added: ClosedRange<UInt64>) {
        guard added.upperBound > prefix else { return }
        var low = max(added.lowerBound, prefix + 1)
        var high = added.upperBound
        // A range that only touches is joined as well, hence one less and one more.
        let from = firstIndex(endingAtOrAfter: low - 1)
        var to = from
        while to < ranges.count, ranges[to].lowerBound <= high + 1 {
            low = min(low, ranges[to].lowerBound)
            high = max(high, ranges[to].upperBound)
            to += 1
        }
        if low == prefix + 1 {
            prefix = high
            ranges.removeSubrange(..<to)
        } else {
            ranges.replaceSubrange(from..<to, with: [low...high])
        }
    }

    package mutating func insert(_ sequence: UInt64) { insert(sequence...sequence) }

    private func firstIndex(endingAtOrAfter sequence: UInt64) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
