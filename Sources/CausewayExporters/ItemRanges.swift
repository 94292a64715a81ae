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
        others.reduce(self) { rest, other in
            rest.flatMap { range -> [ItemRange] in
                let taken = (other.first..<other.first + other.count).clamped(to: range.first..<range.first + range.count)
                guard range.sequence == other.sequence, !taken.isEmpty else { return [range] }
                return [
                    ItemRange(sequence: range.sequence, first: range.first, count: taken.lowerBound - range.first),
                    ItemRange(sequence: range.sequence, first: taken.upperBound, count: range.first + range.count - taken.upperBound),
                ].filter { $0.count > 0 }
            }
        }
    }
}
