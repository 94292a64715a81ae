import Testing

@testable import CausewaySemantics

struct LatticeTests {
    private static let histograms = DerivedMetric.allCases.filter { $0.kind == .histogram }

    @Test(arguments: histograms)
    func `every value lies in exactly the bucket of the conventions that it would be counted in`(metric: DerivedMetric) {
        let lattice = metric.lattice
        var random = Repeatable(7)
        var values = lattice.bounds + lattice.bounds.map(\.nextUp) + lattice.bounds.map(\.nextDown) + [0, -1, 1e-9, 1e12]
        for _ in 0..<5000 { values.append(Double.random(in: 0...1, using: &random) * (lattice.bounds.last! * 2)) }
        for value in values {
            let cell = lattice.cell(of: value)!
            let expected = lattice.bounds.firstIndex { value <= $0 } ?? lattice.bounds.count
            #expect(lattice.place(of: cell) == expected, "\(value)")
            if value > 0 { #expect(lattice.lowerBound(of: cell) < value && value <= lattice.upperBound(of: cell), "\(value)") }
        }
    }

    @Test func `every value lies in the bucket of an exponential histogram that its formula gives`() {
        var random = Repeatable(3)
        for _ in 0..<5000 {
            let value = Double.random(in: -30...30, using: &random)
            let number = Double(sign: .plus, exponent: Int(value), significand: 1 + Double.random(in: 0..<1, using: &random))
            let bucket = Lattice.bucket(of: number)
            #expect(Lattice.upperBound(of: bucket - 1) < number && number <= Lattice.upperBound(of: bucket))
        }
        // Powers of two are the upper bounds of their buckets, exactly.
        for exponent in -10...10 {
            #expect(Lattice.bucket(of: Double(sign: .plus, exponent: exponent, significand: 1)) == Int32(exponent * 16))
        }
    }

    @Test(arguments: [0.5, 0.9, 0.95, 0.99, 1])
    func `percentiles are wrong by at most what is said`(share: Double) throws {
        let lattice = DerivedMetric.toolDuration.lattice
        var random = Repeatable(11)
        var cells = CellCounts()
        var values: [Double] = []
        for _ in 0..<4000 {
            let value =
                0.001 * Double(sign: .plus, exponent: Int.random(in: 0...16, using: &random), significand: 1)
                * Double.random(in: 1..<2, using: &random)
            values.append(value)
            cells.add(value, lattice)
        }
        values.sort()
        let exact = values[max(0, Int((share * 4000).rounded(.up)) - 1)]
        let found = try #require(cells.percentile(share, lattice))
        #expect(abs(found - exact) <= exact * Lattice.relativeError)
        #expect(Lattice.relativeError <= 0.05)
    }

    @Test func `what was stored is read back, alone and with what came later`() {
        let lattice = DerivedMetric.callTokens.lattice
        var (all, first, second) = (CellCounts(), CellCounts(), CellCounts())
        for value in [0, 1, 1, 3, 4, 5, 1000, 65_536, 65_537, 1e9] {
            all.add(value, lattice)
            if value < 5 { first.add(value, lattice) } else { second.add(value, lattice) }
        }
        let stored = first.stored(lattice)
        #expect(stored.counts.count == stored.bounds.count + 1)
        #expect(zip(stored.bounds, stored.bounds.dropFirst()).allSatisfy { $0 < $1 })
        var read = CellCounts(bounds: stored.bounds, counts: stored.counts, sum: first.sum, min: first.min, max: first.max, lattice)
        #expect(read == first)
        read.add(second)
        #expect(read == all)
        #expect(all.explicit(lattice) == [3, 2, 1, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 1])
        let exponential = all.exponential()
        #expect(exponential.zeros == 1 && exponential.counts.reduce(0, +) == 9)
    }

    @Test func `what is no number is not counted, and what is negative counts as nothing`() {
        let lattice = DerivedMetric.stepDuration.lattice
        var cells = CellCounts()
        for value in [Double.nan, .infinity, -.infinity] { cells.add(value, lattice) }
        #expect(cells == CellCounts() && cells.percentile(0.5, lattice) == nil)
        cells.add(-3, lattice)
        #expect(cells.count == 1 && cells.sum == 0 && cells.percentile(0.5, lattice) == 0)
    }

    @Test func `an exponential histogram has at most as many buckets as it may have`() {
        var cells = CellCounts()
        for exponent in -40...40 {
            cells.add(Double(sign: .plus, exponent: exponent, significand: 1.1), DerivedMetric.stepDuration.lattice)
        }
        let found = cells.exponential(maxBuckets: 100)
        #expect(found.counts.count <= 100 && found.scale < Lattice.scale && found.counts.reduce(0, +) == 81)
    }
}

/// Numbers that look random and are the same in each run.
struct Repeatable: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
