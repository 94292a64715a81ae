internal import CausewayOTLP

/// A model's calls that have no price.
package struct UnpricedCall: Hashable, Sendable {
    package var provider: String
    /// The one that answered, else the one that was asked for.
    package var model: String
    package var reason: Unpriced

    package init(provider: String, model: String, reason: Unpriced) {
        self.provider = provider
        self.model = model
        self.reason = reason
    }
}

/// What a call cost: as its source reports it, else by tables of prices. What has no price has no attribute.
extension Facts {
    mutating func settleCost() {
        guard kind != .point else { return }
        ignoreEmptyReports()
        if isKnown(.costTotal) || isKnown(.costInput) || isKnown(.costOutput) { return noteReported() }
        guard kind == .span, let prices = options.prices, let operation else { return }
        if operation == .executeTool {
            if !prices.fees.isEmpty { priceTool(prices) }
        } else if operation.countsUsage, !isReplayed {
            priceCall(prices)
        }
    }

    /// A reported zero is what programs say that know no price; what is below it is a mistake. Neither is a cost.
    private mutating func ignoreEmptyReports() {
        for field in Self.reportable {
            guard let amount = double(field), !(amount > 0) else { continue }
            let slot = slots[Int(field.rawValue)]
            slots[Int(field.rawValue)].fact = .none
            if slot.source >= 0 { uses[Int(slot.source)] = canonicalEntries[Int(field.rawValue)] == slot.source ? .dropped : .kept }
        }
    }

    private static let reportable: [Field] = [.costTotal, .costInput, .costOutput]

    private mutating func noteReported() {
        if !isKnown(.costTotal), let total = [Field.costInput, .costOutput].compactMap({ double($0) }).reduce(nil, { ($0 ?? 0) + $1 }) {
            state(.costTotal, .double(total))
        }
        if !isKnown(.costSource) { say(.costSource, Self.reported) }
        if !isKnown(.costRule) {
            let source = slots[Int(Field.costTotal.rawValue)].source
            if source >= 0, attributes.entries[Int(source)].id != Int(Field.costTotal.rawValue) {
                state(.costRule, .text(attributes.entries[Int(source)].view.key))
            }
        }
        if !isKnown(.costCurrency) { say(.costCurrency, StatedTariff.dollars) }
        // What an agent or a step says it cost is what the calls below it cost.
        guard kind == .span, usage == nil, let operation else { return }
        if operation.stepType == nil || operation == .step || operation == .plan { markRollup() }
    }

    private mutating func priceTool(_ prices: PriceBook) {
        let endpoint = text("server.address") ?? text("url.full") ?? ""
        guard
            let (price, rule) = prices.fee(
                tool: text(.toolName) ?? "",
                endpoint: endpoint,
                tenant: String(decoding: tenant, as: UTF8.self)
            )
        else { return }
        state(.costTool, .double(price.rounded))
        state(.costTotal, .double(price.rounded))
        say(.costSource, Self.override)
        say(.costRule, Array(rule.utf8))
        say(.costCurrency, StatedTariff.dollars)
    }

    private mutating func priceCall(_ prices: PriceBook) {
        guard var usage, !usage.isEmpty else {
            // Whoever failed was not asked to pay.
            if usage == nil, isUsageInvalid || span?.statusCode != 2 { noteUnpriced(isUsageInvalid ? .usage : .counts) }
            return
        }
        guard !isUsageInvalid else { return noteUnpriced(.usage) }
        usage.nanoseconds = endNanoseconds > startNanoseconds ? endNanoseconds - startNanoseconds : 0
        let counts = UnitCounts(usage)
        let (tier, seconds) = (serviceTier, Int64(startNanoseconds / 1_000_000_000))
        guard let stated = tariff(prices, counts, tier, usage.input, seconds) else { return noteUnpriced(.model) }
        let bill: Bill
        do throws(PriceBook.UnpricedError) {
            bill = try stated.tariff.bill(counts)
        } catch {
            return noteUnpriced(error.reason)
        }
        priced += 1
        guard saysNothingOfCosts else { return state(bill, stated) }
        stated.write(bill, to: &added)
    }

    /// What the call is priced by; nil where nobody knows the model.
    private mutating func tariff(
        _ prices: PriceBook,
        _ counts: UnitCounts,
        _ tier: ServiceTier,
        _ input: Int64,
        _ seconds: Int64
    ) -> StatedTariff? {
        let host: Range<Int>
        if let entry = entry("server.address"), case .string(let range) = attributes.entries[entry].view.value, range.count <= 256 {
            host = range
        } else {
            host = 0..<0
        }
        let last: LastPrice
        if let known = lastPrice, asksTheSame(known, host) { last = known } else { last = ask(prices, host) }
        if let known = last.stated, known.tariff.holds(counts.present, tier, input: input, seconds: seconds) { return known }
        last.stated = last.outcome.tariff(prices, counts, tier: tier, input: input, seconds: seconds)
        return last.stated
    }

    /// Whether the call asks for what the one before asked for.
    private func asksTheSame(_ last: LastPrice, _ host: Range<Int>) -> Bool {
        var place = LastPrice.Place()
        return last.asks(tenant, tenant.indices, &place) && asks(last, .provider, &place) && asks(last, .responseModel, &place)
            && asks(last, .requestModel, &place) && last.asks(payload, host, &place)
    }

    @inline(__always)
    private func asks(_ last: LastPrice, _ field: Field, _ place: inout LastPrice.Place) -> Bool {
        switch slots[Int(field.rawValue)].fact {
        case .text(let range): last.asks(payload, range, &place)
        case .made(let range): last.asks(scratch, range, &place)
        default: last.asks(payload, 0..<0, &place)
        }
    }

    /// Looks for what the call is priced by.
    private mutating func ask(_ prices: PriceBook, _ host: Range<Int>) -> LastPrice {
        let names = [Field.provider, .responseModel, .requestModel].map { Array(bytes(slots[Int($0.rawValue)].fact)) }
        let asked = [tenant] + names + [Array(payload[host])]
        let last = LastPrice(asked, prices.outcome(for: ModelQuestion.key(asked + [[]])))
        lastPrice = last
        return last
    }

    /// Neither an attribute nor a dialect has a word about what the call cost.
    private var saysNothingOfCosts: Bool {
        for field in StatedTariff.fields where canonicalEntries[Int(field.rawValue)] >= 0 || isKnown(field) { return false }
        return true
    }

    /// Says it in place of what stands there.
    private mutating func state(_ bill: Bill, _ stated: StatedTariff) {
        for (field, part) in stated.parts { state(field, .double(bill.part(part).rounded)) }
        state(.costTotal, .double(bill.total.rounded))
        say(.costSource, lastPrice?.outcome.source ?? [])
        say(.costRule, stated.rule)
        say(.costCurrency, StatedTariff.dollars)
    }

    private var serviceTier: ServiceTier {
        for field in [Field.responseServiceTier, .requestServiceTier] {
            switch slots[Int(field.rawValue)].fact {
            case .text(let range): return ServiceTier(payload, range)
            case .made(let range): return ServiceTier(scratch, range)
            default: continue
            }
        }
        return tier.map { ServiceTier($0) } ?? .standard
    }

    private mutating func noteUnpriced(_ reason: Unpriced) {
        let model = text(.responseModel) ?? text(.requestModel) ?? ""
        unpriced[UnpricedCall(provider: text(.provider) ?? "", model: model, reason: reason), default: 0] += 1
    }

    /// A field that we say, whoever said it before.
    private mutating func say(_ field: Field, _ bytes: [UInt8]) { state(field, make(bytes)) }

    private mutating func state(_ field: Field, _ fact: Fact) {
        let there = canonicalEntries[Int(field.rawValue)]
        if there >= 0 { uses[Int(there)] = .dropped }
        fill(field, Slot(fact: fact, rank: 0))
    }

    private static let reported = Array("reported".utf8)
    private static let override = Array("override".utf8)
}
