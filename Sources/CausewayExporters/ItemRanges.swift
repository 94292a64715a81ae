internal import CausewaySpool

extension [ItemRange] {
    var itemCount: Int { reduce(0) { $0 + $1.count } }

    /// All but the last `count` items, and those.
    func splitOff(last count: Int) -> (first: [ItemRange], last: [ItemRange]) {
        var first: [ItemRange] = []
        var last: [ItemRange] = []
        var left = itemCount - count
        for range in self {
            let taken = Swift.min(range.count, Swift.max(left, 0))
            if taken > 0 { first.append(ItemRange(sequence: range.sequence, first: range.first, count: taken)) }
            if taken < range.count {
                last.append(ItemRange(sequence: range.sequence, first: range.first + taken, count: range.count - taken))
            }
            left -= taken
        }
        return (first, last)
    }

    /// The items that are not among `others`.
    func subtracting(_ others: some Sequence<ItemRange>) -> [ItemRange] {
        let bySequence = Dictionary(grouping: others, by: \.sequence)
        return flatMap { range -> [ItemRange] in
            var kept: [ItemRange] = []
            var next = range.first
            let end = range.first + range.count
            for other in bySequence[range.sequence, default: []].sorted(by: { $0.first < $1.first }) {
                let taken = (other.first..<other.first + other.count).clamped(to: next..<end)
                if taken.isEmpty { continue }
                if taken.lowerBound > next { kept.append(ItemRange(sequence: range.sequence, first: next, count: taken.lowerBound - next)) }
                next = taken.upperBound
            }
            if next < end { kept.append(ItemRange(sequence: range.sequence, first: next, count: end - next)) }
            return kept
        }
    }
}
