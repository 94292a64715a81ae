/// How many measurements lie in which cells of a lattice, with their sum and extremes.
package struct CellCounts: Equatable, Sendable {
    package struct Cell: Equatable, Sendable {
        package var key: Int32
        package var count: UInt64
    }

    package private(set) var count: UInt64 = 0
    package private(set) var sum = 0.0
    package private(set) var min = Double.infinity
    package private(set) var max = -Double.infinity
    /// Ascending, without empty ones.
    package private(set) var cells: [Cell] = []

    package init() {}

    /// Counts a value; a negative one as 0, and none that is no number.
    package mutating func add(_ value: Double, _ lattice: Lattice) {
        guard let key = lattice.cell(of: value) else { return }
        let value = Swift.max(value, 0)
        count &+= 1
        sum += value
        min = Swift.min(min, value)
        max = Swift.max(max, value)
        add(1, to: key)
    }

    package mutating func add(_ other: CellCounts) {
        count &+= other.count
        sum += other.sum
        min = Swift.min(min, other.min)
        max = Swift.max(max, other.max)
        for cell in other.cells { add(cell.count, to: cell.key) }
    }

    private mutating func add(_ number: UInt64, to key: Int32) {
        var (low, high) = (0, cells.count)
        while low < high {
            let middle = (low &+ high) / 2
            if cells[middle].key < key { low = middle &+ 1 } else { high = middle }
        }
        if low < cells.count, cells[low].key == key {
            cells[low].count &+= number
        } else {
            cells.insert(Cell(key: key, count: number), at: low)
        }
    }

    package mutating func removeAll() {
        (count, sum, min, max) = (0, 0, .infinity, -.infinity)
        cells.removeAll(keepingCapacity: true)
    }

    /// The value below which this share of the measurements lies, from 0 to 1: wrong by at most `Lattice.relativeError` of itself. Nil
    /// without a measurement.
    package func percentile(_ share: Double, _ lattice: Lattice) -> Double? {
        guard count > 0 else { return nil }
        let rank = Swift.max(1, UInt64((share * Double(count)).rounded(.up)))
        var passed: UInt64 = 0
        for cell in cells {
            passed += cell.count
            guard passed >= rank else { continue }
            if cell.key == Lattice.zero { return 0 }
            let (lower, upper) = (lattice.lowerBound(of: cell.key), lattice.upperBound(of: cell.key))
            // The value whose relative distance to both ends is the same.
            return Swift.min(Swift.max(2 * lower * upper / (lower + upper), min), max)
        }
        return max
    }

    // MARK: As a histogram with the bounds of its cells

    /// The form in which it is stored: an explicit histogram whose buckets are the cells that something is in, and the gaps between them.
    package func stored(_ lattice: Lattice) -> (bounds: [Double], counts: [UInt64]) {
        var (bounds, counts): ([Double], [UInt64]) = ([], [])
        for cell in cells {
            let (lower, upper) = (lattice.lowerBound(of: cell.key), lattice.upperBound(of: cell.key))
            if cell.key != Lattice.zero, bounds.last != lower {
                bounds.append(lower)
                counts.append(0)
            }
            bounds.append(upper)
            counts.append(cell.count)
        }
        counts.append(0)
        return (bounds, counts)
    }

    /// Reads what `stored` made; of a histogram with other bounds, each bucket is counted at its upper one.
    package init(bounds: [Double], counts: [UInt64], sum: Double, min: Double?, max: Double?, _ lattice: Lattice) {
        for (index, number) in counts.enumerated() where number > 0 {
            let upper = index < bounds.count ? bounds[index] : Swift.max(max ?? 0, bounds.last ?? 0)
            guard let key = lattice.cell(of: upper) else { continue }
            add(number, to: key)
            count &+= number
        }
        self.sum = sum
        self.min = min ?? (count > 0 ? 0 : .infinity)
        self.max = max ?? (count > 0 ? cells.last.map { lattice.upperBound(of: $0.key) } ?? 0 : -.infinity)
    }

    /// Counts in the conventions' buckets, one more than there are bounds.
    package func explicit(_ lattice: Lattice) -> [UInt64] {
        var counts = [UInt64](repeating: 0, count: lattice.bounds.count + 1)
        for cell in cells { counts[lattice.place(of: cell.key)] += cell.count }
        return counts
    }

    /// As an exponential histogram, of scale 4 or, where that would have more than `maxBuckets`, less.
    package func exponential(maxBuckets: Int = 320) -> (scale: Int, zeros: UInt64, offset: Int32, counts: [UInt64]) {
        var zeros: UInt64 = 0
        var buckets: [(index: Int32, count: UInt64)] = []
        for cell in cells {
            if cell.key == Lattice.zero { zeros = cell.count } else { buckets.append(((cell.key >> 1) - 1, cell.count)) }
        }
        guard let first = buckets.first?.index, let last = buckets.last?.index else { return (Lattice.scale, zeros, 0, []) }
        var shift: Int32 = 0
        while Int(last >> shift) - Int(first >> shift) >= maxBuckets { shift += 1 }
        let offset = first >> shift
        var counts = [UInt64](repeating: 0, count: Int((last >> shift) - offset) + 1)
        for bucket in buckets { counts[Int((bucket.index >> shift) - offset)] += bucket.count }
        return (Lattice.scale - Int(shift), zeros, offset, counts)
    }
}
