internal import CausewayModel
internal import CausewayOTLP

// Points added to each other and taken from each other, which is what makes one temporality of the other.
extension PointFields {
    /// More buckets than this an exponential histogram does not get: it becomes coarser.
    private static let maxBuckets = 320

    /// No number of it is one that would spoil a sum for good.
    var isSound: Bool {
        switch kind {
        case .sum: double?.isFinite ?? true
        case .histogram: (sum?.isFinite ?? true) && (buckets.isEmpty || buckets.count == bounds.count + 1)
        case .exponentialHistogram:
            (sum?.isFinite ?? true) && (-20...20).contains(scale) && positive.counts.count <= 1 << 16 && negative.counts.count <= 1 << 16
        case .gauge, .summary: true
        }
    }

    /// Less than nothing was counted: no counter does that.
    var isNegative: Bool { (int ?? 0) < 0 || (double ?? 0) < 0 }

    /// Adds what was measured after it. False, and nothing is changed, if the two are not of one form. `lattice`: bounds are those of the
    /// cells that something was in, and may differ.
    mutating func add(_ later: PointFields, _ lattice: Lattice?) -> Bool {
        switch kind {
        case .sum:
            guard (int == nil) == (later.int == nil), (double == nil) == (later.double == nil) else { return false }
            if let a = int, let b = later.int {
                let (sum, isTooMuch) = a.addingReportingOverflow(b)
                if isTooMuch { return false }
                int = sum
            }
            if let a = double, let b = later.double { double = a + b }
        case .histogram:
            if let lattice {
                var cells = CellCounts(self, lattice)
                cells.add(CellCounts(later, lattice))
                set(cells, lattice)
                return true
            }
            guard bounds == later.bounds, buckets.count == later.buckets.count else { return false }
            for place in buckets.indices { buckets[place] &+= later.buckets[place] }
            addTotals(later)
        case .exponentialHistogram:
            var other = later
            let scale = Swift.min(scale, other.scale)
            widen(to: scale)
            other.widen(to: scale)
            while Buckets.span(positive, other.positive) > Self.maxBuckets || Buckets.span(negative, other.negative) > Self.maxBuckets {
                widen(to: self.scale - 1)
                other.widen(to: other.scale - 1)
            }
            positive.add(other.positive)
            negative.add(other.negative)
            zeros &+= other.zeros
            zeroThreshold = Swift.max(zeroThreshold, other.zeroThreshold)
            addTotals(other)
        case .gauge, .summary: return false
        }
        return true
    }

    /// Takes away what had been measured before. False, and it is to be taken for a beginning, where something would be less than nothing.
    mutating func subtract(_ earlier: PointFields) -> Bool {
        var result = self
        switch kind {
        case .sum:
            guard (int == nil) == (earlier.int == nil), (double == nil) == (earlier.double == nil) else { return false }
            if let a = int, let b = earlier.int {
                let (difference, isTooMuch) = a.subtractingReportingOverflow(b)
                if isTooMuch { return false }
                result.int = difference
            }
            if let a = double, let b = earlier.double { result.double = a - b }
        case .histogram:
            guard bounds == earlier.bounds, buckets.count == earlier.buckets.count, count >= earlier.count else { return false }
            for place in buckets.indices {
                guard buckets[place] >= earlier.buckets[place] else { return false }
                result.buckets[place] -= earlier.buckets[place]
            }
            result.subtractTotals(earlier)
        case .exponentialHistogram:
            guard count >= earlier.count, zeros >= earlier.zeros else { return false }
            var other = earlier
            let scale = Swift.min(scale, other.scale)
            result.widen(to: scale)
            other.widen(to: scale)
            guard result.positive.subtract(other.positive), result.negative.subtract(other.negative) else { return false }
            result.zeros -= other.zeros
            result.subtractTotals(other)
        case .gauge, .summary: return false
        }
        self = result
        return true
    }

    private mutating func widen(to newScale: Int32) {
        guard newScale < scale else { return }
        positive = positive.widened(scale - newScale)
        negative = negative.widened(scale - newScale)
        scale = newScale
    }

    private mutating func addTotals(_ later: PointFields) {
        count &+= later.count
        sum = sum.flatMap { sum in later.sum.map { sum + $0 } }
        min = min.flatMap { min in later.min.map { Swift.min(min, $0) } }
        max = max.flatMap { max in later.max.map { Swift.max(max, $0) } }
    }

    /// The extremes of what came in between nobody knows.
    private mutating func subtractTotals(_ earlier: PointFields) {
        count -= earlier.count
        sum = sum.flatMap { sum in earlier.sum.map { sum - $0 } }
        (min, max) = (nil, nil)
    }

    /// The same as a histogram of cells.
    mutating func set(_ cells: CellCounts, _ lattice: Lattice) {
        (bounds, buckets) = cells.stored(lattice)
        (count, sum) = (cells.count, cells.sum)
        (min, max) = cells.count > 0 ? (cells.min, cells.max) : (nil, nil)
    }
}

extension CellCounts {
    init(_ point: PointFields, _ lattice: Lattice) {
        self.init(bounds: point.bounds, counts: point.buckets, sum: point.sum ?? 0, min: point.min, max: point.max, lattice)
    }
}
