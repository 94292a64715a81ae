/// What the units of a call cost by one model's prices, for every call that is like it: with units of the same kinds, in the same tier, no
/// threshold further or nearer, and before prices change.
///
/// Made once for many calls: a price that holds is a few products and a sum.
package struct Tariff: Sendable {
    /// One unit's price.
    struct Rate: Sendable {
        var unit: PriceUnit
        /// The unit whose price it is, which is another one where it has none of its own.
        var pricedAs: PriceUnit
        var price: Dollars
        /// By what the product is multiplied, in millionths.
        var factor: Int64
    }

    private(set) var units: PriceUnitSet
    private(set) var tier: ServiceTier
    /// Calls with more input than the first, at most the second.
    var inputs: (above: Int64, upTo: Int64) = (.min, .max)
    /// Calls that began then, in seconds since 1970.
    var seconds: ClosedRange<Int64> = Int64.min ... .max
    var rates: [Rate] = []
    /// What decided about the prices, as it stands behind the name in `causeway.cost.rule`.
    var conditions: [String] = []
    /// Why there are none.
    var reason: Unpriced?

    init(_ units: PriceUnitSet, _ tier: ServiceTier) { (self.units, self.tier) = (units, tier) }

    func holds(_ units: PriceUnitSet, _ tier: ServiceTier, input: Int64, seconds: Int64) -> Bool {
        units == self.units && tier == self.tier && input > inputs.above && input <= inputs.upTo && self.seconds.contains(seconds)
    }

    /// Whether a call costs something in this part; what costs nothing is not said.
    func isSaid(_ part: BillPart) -> Bool {
        switch part {
        case .input where units.hasInput, .output where units.hasOutput: true
        default: rates.contains { $0.unit.part == part && $0.price > .zero && $0.factor > 0 }
        }
    }

    package func bill(_ counts: UnitCounts, isExplained: Bool = false) throws(PriceBook.UnpricedError) -> Bill {
        if let reason { throw PriceBook.UnpricedError(reason: reason) }
        var bill = Bill(isExplained: isExplained)
        for rate in rates {
            guard bill.add(rate.unit, as: rate.pricedAs, counts[rate.unit], rate.price, factor: rate.factor) else {
                throw PriceBook.UnpricedError(reason: .usage)
            }
        }
        bill.conditions = conditions
        return bill
    }
}

extension PriceBook {
    /// What calls like this one cost by what was found.
    package func tariff(_ match: PriceMatch, _ counts: UnitCounts, tier: ServiceTier, input: Int64, seconds: Int64) -> Tariff {
        var tariff = Tariff(counts.present, tier)
        do throws(UnpricedError) {
            switch match.kind {
            case .own(let override): try Self.add(override.prices, to: &tariff)
            case .table(let number, let model):
                try add(kept[number], model, match, input: input, seconds: seconds, to: &tariff)
            }
        } catch {
            (tariff.rates, tariff.reason) = ([], error.reason)
        }
        return tariff
    }

    private static func add(_ prices: [PriceUnit: Dollars], to tariff: inout Tariff) throws(UnpricedError) {
        let hasTokens = prices.keys.contains { $0.isToken }
        for unit in PriceUnit.all where tariff.units.contains(unit) {
            var pricedAs = unit
            while prices[pricedAs] == nil, let next = pricedAs.standsIn { pricedAs = next }
            guard let price = prices[pricedAs] else {
                if unit.isToken, hasTokens { throw UnpricedError(reason: .rate) }
                continue
            }
            tariff.rates.append(Tariff.Rate(unit: unit, pricedAs: pricedAs, price: price, factor: PriceFactors.one))
        }
    }

    private func add(
        _ kept: KeptTable,
        _ model: Int,
        _ match: PriceMatch,
        input: Int64,
        seconds: Int64,
        to tariff: inout Tariff
    ) throws(UnpricedError) {
        let tier = match.isFast ? .fast : tariff.tier
        (tariff.inputs, tariff.seconds) = kept.table.alike(model, input: input, seconds: seconds)
        guard let standing = kept.table.standing(model, seconds: seconds, input: input, tier: tier) else {
            throw UnpricedError(reason: .rate)
        }
        let entry = kept.table.models[model]
        var factor = PriceFactors.one
        var words = standing.words
        if entry.factors != 0, let (millionths, name) = kept.table.factors[Int(entry.factors)].factor(region: match.region, tier: tier) {
            factor = millionths
            words.append(name)
        }
        let tokenFactor = match.share == PriceFactors.one ? factor : factor * match.share / PriceFactors.one
        var threshold: UInt32 = 0
        var usedTier = ServiceTier.standard
        let hasTokens = kept.table.hasTokenPrices(standing)
        for unit in PriceUnit.all where tariff.units.contains(unit) {
            var pricedAs = unit
            func own(_ unit: PriceUnit, _ steps: inout Int) -> Dollars? {
                kept.table.price(
                    unit,
                    standing,
                    input: input,
                    tier: tier,
                    isInclusive: entry.isThresholdInclusive,
                    threshold: &threshold,
                    usedTier: &usedTier,
                    steps: &steps
                )
            }
            var steps = 0
            var price = own(unit, &steps)
            while price == nil, let next = pricedAs.standsIn {
                pricedAs = next
                price = own(next, &steps)
            }
            // Reasoning is output: what it costs in the ordinary tier says nothing where output has a price in this one.
            var outputSteps = 0
            if pricedAs == .reasoning, steps > 0, let output = own(.output, &outputSteps), outputSteps < steps {
                (pricedAs, price) = (.output, output)
            }
            guard let price else {
                if unit.isToken, hasTokens || !kept.table.hasWholePrice(standing) { throw UnpricedError(reason: .rate) }
                continue
            }
            let unitFactor = unit.isToken ? tokenFactor : match.share
            tariff.rates.append(Tariff.Rate(unit: unit, pricedAs: pricedAs, price: price, factor: unitFactor))
        }
        // A name that asks for the fast tier has a price of its own, or none.
        if match.isFast, usedTier == .standard, factor == PriceFactors.one { throw UnpricedError(reason: .rate) }
        if threshold > 0 { words.append("above_\(threshold)") }
        if usedTier != .standard { words.append("tier=\(usedTier.name)") }
        if match.share != PriceFactors.one { words.append("share=\(Dollars(atto: Int128(match.share) * 1_000_000_000_000).text)") }
        tariff.conditions = words
    }
}

extension PriceTable {
    fileprivate func hasTokenPrices(_ standing: borrowing Standing) -> Bool {
        let start = Int(standing.sheet.cellStart)
        return cells[start..<start + Int(standing.sheet.cellCount)].contains { $0.unit.isToken }
    }

    /// Whether a call or its time has a price, so that tokens need none.
    fileprivate func hasWholePrice(_ standing: borrowing Standing) -> Bool {
        let start = Int(standing.sheet.cellStart)
        return cells[start..<start + Int(standing.sheet.cellCount)].contains { $0.unit == .second || $0.unit == .request }
    }

    /// Calls of which a model's prices do not tell this one apart, by their input and by when they began.
    fileprivate func alike(_ model: Int, input: Int64, seconds: Int64) -> (inputs: (above: Int64, upTo: Int64), seconds: ClosedRange<Int64>)
    {
        var inputs = (above: Int64.min, upTo: Int64.max)
        var times = Int64.min...Int64.max
        /// From one more than this on something else holds.
        func bound(_ limit: Int64) {
            if input > limit { inputs.above = max(inputs.above, limit) } else { inputs.upTo = min(inputs.upTo, limit) }
        }
        let entry = models[model]
        for sheet in sheets[Int(entry.sheetStart)..<Int(entry.sheetStart) + Int(entry.sheetCount)] {
            for cell in cells[Int(sheet.cellStart)..<Int(sheet.cellStart) + Int(sheet.cellCount)] where cell.threshold > 0 {
                bound(Int64(cell.threshold) - (entry.isThresholdInclusive ? 1 : 0))
            }
            guard sheet.condition != 0 else { continue }
            let condition = conditions[Int(sheet.condition)]
            if let tokens = condition.tokens {
                bound(tokens.above)
                bound(tokens.upTo)
            }
            times = times.clamped(to: condition.unchanged(around: seconds))
        }
        return (inputs, times)
    }
}
