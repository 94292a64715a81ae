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
        if !isKnown(.costCurrency) { say(.costCurrency, Self.dollars) }
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
        say(.costCurrency, Self.dollars)
    }

    private mutating func priceCall(_ prices: PriceBook) {
        guard var usage, !usage.isEmpty else {
            // Whoever failed was not asked to pay.
            if usage == nil, isUsageInvalid || span?.statusCode != 2 { noteUnpriced(isUsageInvalid ? .usage : .counts) }
            return
        }
        guard !isUsageInvalid else { return noteUnpriced(.usage) }
        usage.nanoseconds = endNanoseconds > startNanoseconds ? endNanoseconds - startNanoseconds : 0
        makePriceKey()
        let outcome: PriceOutcome
        if let last = lastPrice, last.key == priceKey {
            outcome = last.outcome
        } else {
            outcome = prices.outcome(for: priceKey)
            lastPrice = (priceKey, outcome)
        }
        guard let found = outcome.found else { return noteUnpriced(.model) }
        let bill: Bill
        do throws(PriceBook.UnpricedError) {
            bill = try prices.bill(found, usage, tier: serviceTier, seconds: Int64(startNanoseconds / 1_000_000_000))
        } catch {
            return noteUnpriced(error.reason)
        }
        priced += 1
        for (field, part) in Self.parts {
            let amount = bill.part(part)
            let isSaid = amount > .zero || part == .input && usage.input > 0 || part == .output && usage.output > 0
            if isSaid { state(field, .double(amount.rounded)) }
        }
        state(.costTotal, .double(bill.total.rounded))
        say(.costSource, outcome.source)
        if bill.conditions.isEmpty {
            say(.costRule, outcome.rule)
        } else {
            say(.costRule, outcome.rule + Array(bill.conditions.map { "+" + $0 }.joined().utf8))
        }
        say(.costCurrency, Self.dollars)
    }

    private static let parts: [(Field, BillPart)] = [
        (.costInput, .input), (.costOutput, .output), (.costCacheRead, .cacheRead), (.costCacheWrite, .cacheWrite),
        (.costReasoning, .reasoning), (.costTool, .tool),
    ]

    /// Who answered, for whom, and where, as `ModelQuestion.key` has it.
    private mutating func makePriceKey() {
        priceKey.removeAll(keepingCapacity: true)
        func append(_ bytes: ArraySlice<UInt8>, _ key: inout [UInt8]) {
            // Nothing has a NUL in its name; what does is another name.
            if !bytes.contains(0) { key += bytes }
            key.append(0)
        }
        append(tenant[...], &priceKey)
        for field in [Field.provider, .responseModel, .requestModel] { append(bytes(slots[Int(field.rawValue)].fact), &priceKey) }
        if let entry = entry("server.address"), case .string(let range) = attributes.entries[entry].view.value, range.count <= 256 {
            append(payload[range], &priceKey)
        } else {
            priceKey.append(0)
        }
        priceKey.append(0)
    }

    private var serviceTier: ServiceTier {
        if let name = text(.responseServiceTier) ?? text(.requestServiceTier) { return ServiceTier(name) }
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
    private static let dollars = Array("USD".utf8)
}
