/// What one call costs, part by part.
package struct Bill: Sendable {
    /// One product of the sum.
    package struct Line: Sendable {
        package var unit: PriceUnit
        /// The unit whose price it is, which is another one where it has none of its own.
        package var pricedAs: PriceUnit
        /// How many; of seconds, how many nanoseconds.
        package var count: Int64
        package var price: Dollars
        package var product: Dollars
    }

    /// By part; exact.
    private var parts = InlineArray<7, Dollars>(repeating: .zero)
    package private(set) var total = Dollars.zero
    /// What decided about the prices, as it stands behind the name in `causeway.cost.rule`.
    package var conditions: [String] = []
    /// Nil if nobody asked for them.
    package var lines: [Line]?

    package init(isExplained: Bool = false) { lines = isExplained ? [] : nil }

    package func part(_ part: BillPart) -> Dollars { parts[part.rawValue] }

    /// False beyond anything that can be meant.
    mutating func add(_ unit: PriceUnit, as pricedAs: PriceUnit, _ count: Int64, _ price: Dollars, factor: Int64) -> Bool {
        guard var product = price.times(count) else { return false }
        if unit == .second { product.atto /= 1_000_000_000 }
        if factor != PriceFactors.one {
            guard let scaled = product.times(millionths: factor) else { return false }
            product = scaled
        }
        let (sum, overflow) = total.atto.addingReportingOverflow(product.atto)
        // More dollars than there are.
        guard !overflow, sum < 1_000_000_000_000_000_000_000_000_000_000_000 else { return false }
        total.atto = sum
        parts[unit.part.rawValue].atto += product.atto
        lines?.append(Line(unit: unit, pricedAs: pricedAs, count: count, price: price, product: product))
        return true
    }
}

/// Why a call has no price.
package enum Unpriced: String, CaseIterable, Sendable {
    /// No table knows the model.
    case model
    /// A table knows the model, but not what this kind of unit costs.
    case rate
    /// The counts contradict each other.
    case usage
    /// It is said that there was a call, but not how much of anything it used.
    case counts
}
