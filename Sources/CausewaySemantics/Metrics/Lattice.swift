/// The cells in which the values of a histogram are counted: fine enough that every form a destination may want follows exactly.
///
/// A cell is what two grids have in common: the buckets of an exponential histogram of scale 4, whose bounds are powers of 2^(1/16), and
/// the bounds that the conventions name for the metric. Its upper bound belongs to it, as in both forms. Counts in the conventions'
/// buckets, exponential histograms of scale 4 and below, and percentiles with a relative error of at most 2.2 % are made from it.
package final class Lattice: Sendable {
    /// The conventions' bounds, ascending.
    package let bounds: [Double]
    /// Those of them that lie inside a bucket of the exponential grid, with the bucket that they cut in two; at most one a bucket.
    private let cuts: [(bucket: Int32, bound: Double)]
    /// The same, to be found without looking: by the bucket, counted from the first that is cut; infinity where none is.
    private let cutBounds: [Double]
    private let firstCut: Int32

    package static let scale = 4
    /// The half of a bucket's width, as a share of its middle.
    package static let relativeError = 0.0217
    /// Zero, and whatever should not be below it.
    package static let zero = Int32.min

    package init(_ bounds: [Double]) {
        self.bounds = bounds
        let cuts: [(bucket: Int32, bound: Double)] = bounds.compactMap { bound in
            let bucket = Self.bucket(of: bound)
            return Self.upperBound(of: bucket) == bound ? nil : (bucket, bound)
        }
        let (first, last) = (cuts.first?.bucket ?? 0, cuts.last?.bucket ?? -1)
        var cutBounds = [Double](repeating: .infinity, count: Int(last - first) + 1)
        for cut in cuts { cutBounds[Int(cut.bucket - first)] = cut.bound }
        (self.cuts, self.cutBounds, firstCut) = (cuts, cutBounds, first)
        precondition(Set(cuts.map(\.bucket)).count == cuts.count, "bounds are further apart than a bucket is wide")
    }

    /// The cell that a value lies in; nil for what is no number.
    package func cell(of value: Double) -> Int32? {
        guard value.isFinite else { return nil }
        guard value > 0 else { return Self.zero }
        let bucket = Self.bucket(of: value)
        let place = Int(bucket) &- Int(firstCut)
        guard place >= 0, place < cutBounds.count else { return bucket * 2 }
        return bucket * 2 + (value > cutBounds[place] ? 1 : 0)
    }

    package func upperBound(of cell: Int32) -> Double {
        if cell == Self.zero { return 0 }
        if cell & 1 == 0, let cut = cuts.first(where: { $0.bucket == cell >> 1 }) { return cut.bound }
        return Self.upperBound(of: cell >> 1)
    }

    package func lowerBound(of cell: Int32) -> Double {
        if cell == Self.zero { return 0 }
        if cell & 1 == 1, let cut = cuts.first(where: { $0.bucket == cell >> 1 }) { return cut.bound }
        return Self.upperBound(of: (cell >> 1) - 1)
    }

    /// Which of the conventions' buckets holds the cell; `bounds.count` for the one beyond the last bound.
    package func place(of cell: Int32) -> Int {
        let upper = upperBound(of: cell)
        return bounds.firstIndex { upper <= $0 } ?? bounds.count
    }

    /// The bucket of the exponential grid that ends at 2^(bucket/16): one more than its index in OTLP.
    static func bucket(of value: Double) -> Int32 {
        var (exponent, significand) = (Int32(0), 0.0)
        if value.isNormal {
            let bits = value.bitPattern
            exponent = Int32(truncatingIfNeeded: bits >> 52 & 0x7FF) &- 1023
            significand = Double(bitPattern: bits & 0xF_FFFF_FFFF_FFFF | 0x3FF0_0000_0000_0000)
        } else {
            (exponent, significand) = (Int32(value.exponent), value.significand)
        }
        // The number of steps that are smaller: those before a 64th, and one in it at most.
        let smaller = Int(smallerSteps[Int(truncatingIfNeeded: significand.bitPattern >> 46 & 63)])
        return exponent &* 16 &+ Int32(truncatingIfNeeded: smaller) &+ (smaller < 16 && steps[smaller] < significand ? 1 : 0)
    }

    static func upperBound(of bucket: Int32) -> Double {
        let step = steps[Int(bucket & 15)]
        return Double(sign: .plus, exponent: Int(bucket >> 4), significand: step)
    }

    /// How many steps are smaller than one and so many 64ths.
    private static let smallerSteps: [UInt8] = (0..<64).map { place in UInt8(steps.count { $0 < 1 + Double(place) / 64 }) }

    /// 2^(i/16), correctly rounded.
    private static let steps: [Double] = [
        1.0, 1.0442737824274138, 1.0905077326652577, 1.1387886347566916, 1.189207115002721, 1.2418578120734840, 1.2968395546510096,
        1.3542555469368927, 1.4142135623730951, 1.4768261459394993, 1.5422108254079407, 1.6104903319492543, 1.6817928305074290,
        1.7562521603732995, 1.8340080864093424, 1.9152065613971474,
    ]
}
