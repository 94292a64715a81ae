internal import CausewayModel

/// Providers of genai-prices' `data.json`: prices in dollars for a million tokens, with rules that tell which model a name means.
struct GenAIPrices {
    /// Reads one element of the file's list.
    static func read(_ provider: JSONValue, into table: inout PriceTable) {
        guard let id = provider["id"]?.string, let models = provider["models"]?.array else {
            return table.warn("a provider without id and models")
        }
        var rules = PriceTable.ProviderRules(id: id.lowercased())
        rules.host = pattern(provider["api_pattern"]?.string, of: id, &table)
        rules.providerMatch = clause(provider["provider_match"], of: id, &table)
        rules.modelMatch = clause(provider["model_match"], of: id, &table)
        rules.fallbacks = provider["fallback_model_providers"]?.array?.compactMap { $0.string?.lowercased() } ?? []
        for model in models {
            guard let name = model["id"]?.string else {
                table.warn("\(PriceText.shown(id)): a model without an id")
                continue
            }
            let place = "\(PriceText.shown(id))/\(PriceText.shown(name))"
            if let currency = model["currency"]?.string, currency.uppercased() != "USD" {
                table.warn("\(place): prices in \(PriceText.shown(currency)), not in dollars")
                continue
            }
            guard let matching = clause(model["match"], of: place, &table) else {
                table.warn("\(place): nothing says which names it has")
                continue
            }
            var sheets = sheets(model["prices"], place, &table)
            guard !sheets.isEmpty else { continue }
            sheets += variants(model["price_variants"], place, &table)
            if let number = table.add(Array("\(id)/\(name)".lowercased().utf8), provider: id.lowercased(), sheets) {
                rules.models.append((matching, number))
            }
        }
        table.rules.append(rules)
    }

    /// One price, or several of which the last one holds whose condition does.
    private static func sheets(_ prices: JSONValue?, _ place: String, _ table: inout PriceTable) -> [PriceTable.NewSheet] {
        guard let prices else { return [] }
        guard let list = prices.array else {
            let cells = cells(prices, place, &table)
            return cells.isEmpty ? [] : [PriceTable.NewSheet(cells: cells)]
        }
        return list.compactMap { entry in
            guard let cells = entry["prices"].map({ Self.cells($0, place, &table) }), !cells.isEmpty,
                let condition = condition(entry["constraint"], place, &table)
            else { return nil }
            return PriceTable.NewSheet(cells: cells, condition: condition)
        }
    }

    /// Prices for those who asked to be served otherwise.
    private static func variants(_ variants: JSONValue?, _ place: String, _ table: inout PriceTable) -> [PriceTable.NewSheet] {
        (variants?.array ?? []).compactMap { variant in
            guard case .object(let when)? = variant["when"], when.count == 1, let only = when.first, let value = only.value.string,
                ["processing", "service_tier", "speed"].contains(only.name), let prices = variant["prices"],
                var condition = condition(variant["constraint"], place, &table)
            else { return nil }
            let tier = ServiceTier(value)
            let cells = cells(prices, place, &table)
            guard tier != .standard, !cells.isEmpty else { return nil }
            condition.tier = tier
            return PriceTable.NewSheet(cells: cells, condition: condition, kind: .overlay)
        }
    }

    /// Nil, and a warning, if it is of a form that is not known.
    private static func condition(_ value: JSONValue?, _ place: String, _ table: inout PriceTable) -> PriceCondition? {
        var condition = PriceCondition()
        guard let value, value != .null else { return condition }
        if let day = value["start_date"]?.string, let since = ClockTime.day(day) {
            condition.since = since
            return condition
        }
        if let start = value["start_time"]?.string.flatMap({ ClockTime.seconds($0) }),
            let end = value["end_time"]?.string.flatMap({ ClockTime.seconds($0) })
        {
            condition.windows = [PriceCondition.Window(start: start, end: end)]
            return condition
        }
        table.warn("\(place): a condition that is not understood")
        return nil
    }

    private static let units: [String: (PriceUnit, per: Int)] = [
        "input_mtok": (.input, 6), "output_mtok": (.output, 6), "cache_read_mtok": (.cacheRead, 6), "cache_write_mtok": (.cacheWrite, 6),
        "cache_write_5m_mtok": (.cacheWrite, 6), "cache_write_1h_mtok": (.cacheWriteHour, 6), "input_audio_mtok": (.audioInput, 6),
        "output_audio_mtok": (.audioOutput, 6), "cache_audio_read_mtok": (.audioCacheRead, 6), "input_image_mtok": (.imageInput, 6),
        "output_image_mtok": (.imageOutput, 6), "cache_image_read_mtok": (.imageCacheRead, 6), "output_reasoning_mtok": (.reasoning, 6),
        "requests_kcount": (.request, 3), "web_searches_kcount": (.webSearch, 3),
    ]

    private static func cells(_ prices: JSONValue, _ place: String, _ table: inout PriceTable) -> [PriceTable.NewCell] {
        guard case .object(let members) = prices else { return [] }
        var cells: [PriceTable.NewCell] = []
        for member in members {
            guard let (unit, per) = units[member.name] else { continue }
            // What is said of five minutes is more than what is said of writing as such.
            if member.name == "cache_write_5m_mtok" { cells.removeAll { $0.unit == .cacheWrite } }
            if member.name == "cache_write_mtok", prices["cache_write_5m_mtok"] != nil, prices["cache_write_5m_mtok"] != .null { continue }
            let whole = "\(place): \(member.name)"
            guard case .object = member.value else {
                if let price = price(member.value, per, whole, &table) { cells.append(PriceTable.NewCell(unit: unit, price: price)) }
                continue
            }
            guard let base = member.value["base"], let price = price(base, per, whole, &table) else { continue }
            cells.append(PriceTable.NewCell(unit: unit, price: price))
            for tier in member.value["tiers"]?.array ?? [] {
                guard let start = tier["start"]?.integer, 0...Int64(UInt32.max) ~= start, let value = tier["price"],
                    let price = Self.price(value, per, whole, &table)
                else {
                    table.warn("\(whole): a tier that is not understood")
                    continue
                }
                cells.append(PriceTable.NewCell(unit: unit, threshold: UInt32(start), price: price))
            }
        }
        return cells
    }

    private static func price(_ value: JSONValue, _ per: Int, _ place: String, _ table: inout PriceTable) -> Dollars? {
        let text: String
        switch value {
        case .number(let number): text = number.text
        case .string(let string): text = string
        case .null: return nil
        case .bool, .array, .object:
            table.warn("\(place) is not a number")
            return nil
        }
        do throws(Dollars.Mistake) {
            return try Dollars(text, perPowerOfTen: per)
        } catch {
            table.warn("\(place) is \(error.rawValue)")
            return nil
        }
    }

    private static func pattern(_ text: String?, of place: String, _ table: inout PriceTable) -> NamePattern? {
        guard let text else { return nil }
        do throws(NamePattern.Mistake) {
            return try NamePattern(text)
        } catch {
            table.warn("\(PriceText.shown(place)): the pattern \(PriceText.shown(text)) is not understood")
            return nil
        }
    }

    private static func clause(_ value: JSONValue?, of place: String, _ table: inout PriceTable, depth: Int = 0) -> NameClause? {
        guard let value, case .object(let members) = value, let only = members.first, depth < 20 else { return nil }
        let text = only.value.string.map { Array($0.lowercased().utf8) }
        switch (only.name, text) {
        case ("starts_with", let text?): return .startsWith(text)
        case ("ends_with", let text?): return .endsWith(text)
        case ("contains", let text?): return .contains(text)
        case ("equals", let text?): return .equals(text)
        case ("regex", _?): return pattern(only.value.string, of: place, &table).map { .pattern($0) } ?? .never
        case ("or", _), ("and", _):
            let inner = (only.value.array ?? []).map { clause($0, of: place, &table, depth: depth + 1) ?? .never }
            return only.name == "or" ? .any(inner) : .all(inner)
        default:
            table.warn("\(PriceText.shown(place)): the rule \(PriceText.shown(only.name)) is not understood")
            return .never
        }
    }
}
