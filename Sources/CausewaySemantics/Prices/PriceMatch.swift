/// By what the calls of one model are priced.
package struct PriceMatch: Sendable {
    enum Kind: Sendable {
        /// A table's number in the book, and the model's in it.
        case table(Int, model: Int)
        case own(PriceOverride)
    }

    var kind: Kind
    /// What is to be paid of the table's price, in millionths.
    var share: Int64 = PriceFactors.one
    var region = ""
    var isFast = false
    /// The value of `causeway.cost.source`.
    package var source: String
    /// How the model was found: the beginning of `causeway.cost.rule`.
    package var rule: String
}

/// A name that was looked for on the way to a price.
package struct PriceAttempt: Equatable, Sendable {
    /// Where it was looked for.
    package var place: String
    package var name: String
    package var isFound: Bool
}

// Finding a model.
extension PriceBook {
    package func find(_ question: ModelQuestion) -> PriceMatch? {
        var attempts: [PriceAttempt]?
        return find(question, &attempts)
    }

    /// Overrides, then tables by the model that answered, by the one that was asked for, and by their names alone; `attempts` is what was
    /// looked for, unless it is nil.
    package func find(_ question: ModelQuestion, _ attempts: inout [PriceAttempt]?) -> PriceMatch? {
        let provider = question.provider.lowercased()
        var roles: [(word: String, names: ModelNames)] = []
        for (word, name) in [("response_model", question.responseModel), ("request_model", question.requestModel)] where !name.isEmpty {
            if word == "request_model", name == question.responseModel { continue }
            let alias = aliases["\(provider)/\(name.lowercased())"] ?? aliases[name.lowercased()]
            roles.append((alias == nil ? word : word + ".alias", ModelNames(alias ?? name)))
        }
        var share: PriceOverride?
        for override in overrides {
            let said = [question.responseModel, question.requestModel].filter { !$0.isEmpty }.map { $0.lowercased() }
            let names = said + roles.flatMap { $0.names.forms.map(\.name) }
            let applies = override.applies(to: names, provider: provider, tenant: question.tenant)
            attempts?.append(PriceAttempt(place: "override", name: override.text, isFound: applies))
            guard applies else { continue }
            if override.share != nil {
                share = share ?? override
                continue
            }
            return PriceMatch(kind: .own(override), source: "override", rule: "override:\(override.text)")
        }
        var region = question.region.isEmpty ? PriceRegion.named(in: question.host) : question.region.lowercased()
        if region.isEmpty { region = roles.lazy.map(\.names.region).first { !$0.isEmpty } ?? "" }
        for number in tables.indices {
            let table = tables[number]
            let found =
                table.rules.isEmpty
                ? byName(table, roles, provider, region, &attempts) : byRules(table, roles, provider, question.host, &attempts)
            guard let found else { continue }
            var match = PriceMatch(
                kind: .table(number, model: found.model),
                region: region,
                isFast: found.isFast,
                source: table.source,
                rule: found.rule
            )
            if let share {
                match.share = share.share ?? PriceFactors.one
                match.source = "override"
                match.rule = "override:\(share.text)+\(table.source)+\(found.rule)"
            }
            return match
        }
        return nil
    }

    private typealias Found = (model: Int, rule: String, isFast: Bool)
    private typealias Role = (word: String, names: ModelNames)

    /// In a table whose names are exact.
    private func byName(
        _ table: PriceTable,
        _ roles: [Role],
        _ provider: String,
        _ region: String,
        _ attempts: inout [PriceAttempt]?
    ) -> Found? {
        let slugs = ProviderNames.litellm(provider)
        func look(_ name: String, _ attempts: inout [PriceAttempt]?) -> Int? {
            let model = table.model(named: name)
            attempts?.append(PriceAttempt(place: table.name, name: name, isFound: model != nil))
            return model
        }
        func found(_ model: Int, _ role: Role, _ form: ModelNames.Form, _ word: String) -> Found {
            (model, "\(role.word).\(form.how)\(word):\(table.name(of: model))", form.isFast)
        }
        for role in roles {
            for form in role.names.forms {
                let bare = table.model(named: form.name)
                for slug in slugs {
                    if !region.isEmpty, let model = look("\(slug)/\(region)/\(form.name)", &attempts) {
                        return found(model, role, form, "")
                    }
                    if let model = look("\(slug)/\(form.name)", &attempts) { return found(model, role, form, "") }
                    // Many stand there without their provider before them.
                    if let bare, ProviderNames.isOne(table.provider(of: bare), of: slug) {
                        attempts?.append(PriceAttempt(place: table.name, name: form.name, isFound: true))
                        return found(bare, role, form, "")
                    }
                }
                if slugs.isEmpty, let bare {
                    attempts?.append(PriceAttempt(place: table.name, name: form.name, isFound: true))
                    return found(bare, role, form, "")
                }
                attempts?.append(PriceAttempt(place: table.name, name: form.name, isFound: false))
            }
        }
        guard !slugs.isEmpty, !ProviderNames.selfHosted.contains(provider) else { return nil }
        for role in roles {
            for form in role.names.forms {
                guard let model = table.model(named: form.name) else { continue }
                attempts?.append(PriceAttempt(place: table.name, name: "\(form.name), of any provider", isFound: true))
                return found(model, role, form, "+any_provider")
            }
        }
        return nil
    }

    /// In a table that has rules for each provider.
    private func byRules(
        _ table: PriceTable,
        _ roles: [Role],
        _ provider: String,
        _ host: String,
        _ attempts: inout [PriceAttempt]?
    ) -> Found? {
        func owner(_ name: String) -> PriceTable.ProviderRules? {
            guard !name.isEmpty else { return nil }
            let known = ProviderNames.genai(name)
            if let rules = table.rules.first(where: { $0.id == known }) { return rules }
            return table.rules.first { $0.providerMatch?.matches(Array(known.utf8)) == true }
        }
        var own = owner(provider)
        if own == nil, provider.isEmpty, !host.isEmpty {
            let address = Array("https://\(host.lowercased())/".utf8)
            own = table.rules.first { $0.host?.matches(address, atStart: true) == true }
        }
        func look(_ rules: PriceTable.ProviderRules, _ role: Role, _ word: String, _ attempts: inout [PriceAttempt]?) -> Found? {
            for form in role.names.forms {
                let name = Array(form.name.utf8)
                var model = rules.models.first { $0.clause.matches(name) }?.model
                for fallback in rules.fallbacks where model == nil {
                    model = table.rules.first { $0.id == fallback }?.models.first { $0.clause.matches(name) }?.model
                }
                attempts?.append(PriceAttempt(place: "\(table.name) \(rules.id)", name: form.name, isFound: model != nil))
                if let model { return (model, "\(role.word).\(form.how)\(word):\(table.name(of: model))", form.isFast) }
            }
            return nil
        }
        for role in roles {
            if let own, let found = look(own, role, "", &attempts) { return found }
            // A path that names a provider whom this table knows.
            if let first = role.names.forms.first?.name, let slash = first.firstIndex(of: "/"), let named = owner(String(first[..<slash])),
                named.id != own?.id, let found = look(named, role, "", &attempts)
            {
                return found
            }
        }
        guard !ProviderNames.selfHosted.contains(provider) else { return nil }
        for role in roles {
            for form in role.names.forms {
                guard let rules = table.rules.first(where: { $0.modelMatch?.matches(Array(form.name.utf8)) == true }) else { continue }
                if let found = look(rules, role, own == nil && provider.isEmpty ? "" : "+any_provider", &attempts) { return found }
            }
        }
        return nil
    }
}

// Pricing a call.
extension PriceBook {
    /// What a call costs by what was found; an error says why it has no price.
    package func bill(
        _ match: PriceMatch,
        _ usage: CallUsage,
        tier: ServiceTier,
        seconds: Int64,
        isExplained: Bool = false
    ) throws(UnpricedError) -> Bill {
        let counts = UnitCounts(usage)
        return try tariff(match, counts, tier: tier, input: usage.input, seconds: seconds).bill(counts, isExplained: isExplained)
    }

    /// `bill` cannot be made, for this reason.
    package struct UnpricedError: Error {
        package var reason: Unpriced
    }
}
