internal import CausewayModel

/// Entries of LiteLLM's `model_prices_and_context_window.json`: prices in dollars for one token each, by keys that say what for.
struct LiteLLMPrices {
    /// Reads one member of the file's object.
    static func read(_ name: String, _ entry: JSONValue, into table: inout PriceTable) {
        // Prose, and rules that tell no prices.
        if name == "sample_spec" || name == "fallback_generalizations" { return }
        guard case .object(let members) = entry else { return table.warn("\(shown(name)): not an object") }
        if let currency = entry["currency"]?.string, currency.uppercased() != "USD" {
            return table.warn("\(shown(name)): prices in \(shown(currency)), not in dollars")
        }
        guard let provider = entry["litellm_provider"]?.string else { return table.warn("\(shown(name)): no litellm_provider") }
        var reading = LiteLLMPrices(name: name)
        for member in members { reading.read(member, into: &table) }
        var sheets: [PriceTable.NewSheet] = []
        let isCharged = ["chat", "completion", "responses", "embedding", "rerank"].contains(entry["mode"]?.string ?? "chat")
        let hasTokens = reading.cells.contains { $0.unit.isToken && $0.price != .zero }
        if isCharged, !hasTokens, let price = reading.perSecond ?? reading.perSecondOut {
            // Per second of work: not of audio, which nobody tells.
            reading.cells.removeAll { $0.unit.isToken }
            reading.cells.append(PriceTable.NewCell(unit: .second, price: price))
        }
        if !reading.cells.isEmpty { sheets.append(PriceTable.NewSheet(cells: reading.cells)) }
        sheets += reading.tiers(entry["tiered_pricing"], into: &table)
        if let sheet = reading.offPeak(entry["off_peak_pricing"], into: &table) { sheets.append(sheet) }
        guard !sheets.isEmpty else { return }
        _ = table.add(
            Array(name.lowercased().utf8),
            provider: provider.lowercased(),
            sheets,
            reading.factors,
            isThresholdInclusive: provider == "xai"
        )
    }

    private let name: String
    private var cells: [PriceTable.NewCell] = []
    private var factors = PriceFactors()
    private var perSecond: Dollars?
    private var perSecondOut: Dollars?

    private init(name: String) { self.name = name }

    private mutating func read(_ member: JSONMember, into table: inout PriceTable) {
        switch member.name {
        case "input_cost_per_second": perSecond = price(member, &table)
        case "output_cost_per_second": perSecondOut = price(member, &table)
        case "regional_processing_uplift_multiplier_eu": factors.europe = factor(member, &table)
        case "regional_processing_uplift_multiplier_us": factors.unitedStates = factor(member, &table)
        case "regional_endpoint_uplift_multiplier": factors.regional = factor(member, &table)
        case "provider_specific_entry":
            guard case .object(let entries) = member.value else { return }
            for entry in entries {
                if entry.name == "us" { factors.unitedStates = factor(entry, &table) }
                if entry.name == "eu" { factors.europe = factor(entry, &table) }
                if entry.name == "fast" { factors.fast = factor(entry, &table) }
            }
        case "search_context_cost_per_query":
            // How much was searched is not told; the medium is what is meant when nothing is said.
            guard let medium = member.value["search_context_size_medium"] else { return }
            if let price = price(JSONMember(member.name, medium), &table) {
                cells.append(PriceTable.NewCell(unit: .webSearch, price: price))
            }
        default:
            guard let key = Key(member.name), let price = price(member, &table) else { return }
            guard !cells.contains(where: { $0.unit == key.unit && $0.tier == key.tier && $0.threshold == key.threshold }) else { return }
            guard cells.count < PriceTable.maxCellsOfSheet else { return }
            cells.append(PriceTable.NewCell(unit: key.unit, tier: key.tier, threshold: key.threshold, price: price))
        }
    }

    /// What a key is the price of.
    private struct Key {
        var unit: PriceUnit
        var tier = ServiceTier.standard
        var threshold: UInt32 = 0

        private static let units: [(String, PriceUnit)] = [
            ("cache_creation_input_token_cost_above_1hr", .cacheWriteHour), ("cache_creation_input_token_cost", .cacheWrite),
            ("cache_read_input_audio_token_cost", .audioCacheRead), ("cache_read_input_image_token_cost", .imageCacheRead),
            ("cache_read_input_token_cost", .cacheRead), ("input_cost_per_token_cache_hit", .cacheRead),
            ("input_cost_per_token", .input), ("output_cost_per_token", .output), ("output_cost_per_reasoning_token", .reasoning),
            ("input_cost_per_audio_token", .audioInput), ("output_cost_per_audio_token", .audioOutput),
            ("input_cost_per_image_token", .imageInput), ("output_cost_per_image_token", .imageOutput),
            ("input_cost_per_request", .request), ("cost_per_request", .request), ("input_cost_per_query", .request),
        ]

        private static let tiers: [(String, ServiceTier)] = [
            ("_batches", .batch), ("_flex", .flex), ("_priority", .priority), ("_ultrafast", .ultrafast), ("_balanced", .balanced),
            ("_fast", .fast),
        ]

        init?(_ name: String) {
            guard let (start, unit) = Self.units.first(where: { name.hasPrefix($0.0) }) else { return nil }
            self.unit = unit
            var rest = name.dropFirst(start.count)
            // In either order: …_above_200k_tokens_priority, …_priority_above_200k_tokens.
            func takeTier() -> ServiceTier? {
                guard let (end, tier) = Self.tiers.first(where: { rest.hasPrefix($0.0) }) else { return nil }
                rest = rest.dropFirst(end.count)
                return tier
            }
            if let before = takeTier() { tier = before }
            if rest.hasPrefix("_above_"), let end = rest.firstRange(of: "_tokens") {
                var number = rest[rest.index(rest.startIndex, offsetBy: 7)..<end.lowerBound]
                var scale: UInt32 = 1
                if number.hasSuffix("k") {
                    number.removeLast()
                    scale = 1000
                }
                guard let value = UInt32(number), value <= 1_000_000_000 / scale else { return nil }
                threshold = value * scale
                rest = rest[end.upperBound...]
            }
            if let after = takeTier() { tier = after }
            guard rest.isEmpty else { return nil }
        }
    }

    /// `tiered_pricing`: by how many tokens went in; whatever a tier does not say holds as if it were its input, the model's output apart.
    private func tiers(_ value: JSONValue?, into table: inout PriceTable) -> [PriceTable.NewSheet] {
        guard let tiers = value?.array else { return [] }
        var sheets: [PriceTable.NewSheet] = []
        var highest: Int64 = -1
        var isTold = false
        for tier in tiers {
            // By how many results a search was asked for: no model's.
            if tier["max_results_range"] != nil { continue }
            guard let low = tier["range"]?[0]?.double, let high = tier["range"]?[1]?.double, low >= 0, high > low, high < 1e15 else {
                if !isTold { table.warn("\(shown(name)): a tier without a range") }
                isTold = true
                continue
            }
            var cells = prices(in: tier, &table)
            guard cells.contains(where: { $0.unit == .input }) else { continue }
            if !cells.contains(where: { $0.unit == .output }), let output = self.cells.first(where: { $0.unit == .output }) {
                cells.append(output)
            }
            cells += self.cells.filter { !$0.unit.isToken }
            let range = PriceCondition.TokenRange(above: Int64(low), upTo: Int64(high))
            sheets.append(PriceTable.NewSheet(cells: cells, condition: PriceCondition(tokens: range)))
            highest = max(highest, range.upTo)
        }
        // What is above all of them is the last one's.
        if let last = sheets.indices.last(where: { sheets[$0].condition.tokens?.upTo == highest }) {
            sheets[last].condition.tokens?.upTo = .max
        }
        return sheets
    }

    private func offPeak(_ value: JSONValue?, into table: inout PriceTable) -> PriceTable.NewSheet? {
        guard let value, case .object = value else { return nil }
        var condition = PriceCondition()
        func read(_ hours: JSONValue?, _ weekdays: UInt8) {
            let texts = hours?.array?.compactMap(\.string) ?? hours?.string.map { [$0] } ?? []
            for text in texts {
                guard let window = ClockTime.window(text) else {
                    table.warn("\(shown(name)): \(shown(text)) is no time of day")
                    continue
                }
                condition.windows.append(PriceCondition.Window(start: window.start, end: window.end, weekdays: weekdays))
            }
        }
        read(value["hours_utc"], 0x7F)
        for rule in value["windows"]?.array ?? [] {
            var days: UInt8 = rule["weekdays"] == nil ? 0x7F : 0
            for day in rule["weekdays"]?.array ?? [] { days |= ClockTime.weekday(day) }
            read(rule["hours_utc"], days)
        }
        if let zone = value["weekday_timezone"]?.string {
            if let offset = ClockTime.fixedOffsets[zone] {
                condition.weekdayOffset = offset
            } else {
                table.warn("\(shown(name)): the days of \(shown(zone)) are taken as those of UTC")
            }
        }
        let cells = prices(in: value, &table)
        guard !condition.windows.isEmpty, !cells.isEmpty else { return nil }
        return PriceTable.NewSheet(cells: cells, condition: condition, kind: .overlay)
    }

    private func prices(in entry: JSONValue, _ table: inout PriceTable) -> [PriceTable.NewCell] {
        guard case .object(let members) = entry else { return [] }
        return members.compactMap { member in
            guard let key = Key(member.name), let price = price(member, &table) else { return nil }
            return PriceTable.NewCell(unit: key.unit, tier: key.tier, threshold: key.threshold, price: price)
        }
    }

    /// A number, or one written as text; nil, and a warning, if it is none.
    private func price(_ member: JSONMember, _ table: inout PriceTable) -> Dollars? {
        let text: String
        switch member.value {
        case .number(let number): text = number.text
        case .string(let string): text = string
        case .null: return nil
        case .bool, .array, .object:
            table.warn("\(shown(name)): \(shown(member.name)) is not a number")
            return nil
        }
        do throws(Dollars.Mistake) {
            return try Dollars(text)
        } catch {
            table.warn("\(shown(name)): \(shown(member.name)) is \(error.rawValue)")
            return nil
        }
    }

    private func factor(_ member: JSONMember, _ table: inout PriceTable) -> Int64 {
        guard let price = price(member, &table), price.atto > 0, price.atto <= 100_000_000_000_000_000_000 else { return 0 }
        return Int64(price.atto / 1_000_000_000_000)
    }

    private func shown(_ text: String) -> String { PriceText.shown(text) }

    private static func shown(_ text: String) -> String { PriceText.shown(text) }
}

/// Texts from files of prices as messages quote them.
enum PriceText {
    /// Short, and without anything that could disturb a terminal.
    static func shown(_ text: String) -> String {
        let plain = text.unicodeScalars.prefix(80).map { 0x20...0x7E ~= $0.value ? String($0) : "?" }.joined()
        return text.unicodeScalars.count > 80 ? plain + "…" : plain
    }
}

/// Times of the day and days of the week as price tables write them.
enum ClockTime {
    /// `16:30-00:30`, in seconds.
    static func window(_ text: String) -> (start: Int32, end: Int32)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = seconds(String(parts[0])), let end = seconds(String(parts[1])) else { return nil }
        return (start, end)
    }

    /// `16:30` or `16:30:00`, with `Z` or an offset behind, in seconds of UTC's day.
    static func seconds(_ text: String) -> Int32? {
        var text = text.split(separator: " ").joined()
        var offset: Int32 = 0
        if text.hasSuffix("Z") {
            text.removeLast()
        } else if let sign = text.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let zone = seconds(String(text[text.index(after: sign)...])) else { return nil }
            offset = text[sign] == "-" ? -zone : zone
            text = String(text[..<sign])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard 2...3 ~= parts.count, let hours = Int32(parts[0]), let minutes = Int32(parts[1]), 0..<24 ~= hours, 0..<60 ~= minutes else {
            return nil
        }
        var seconds = hours * 3600 + minutes * 60
        if parts.count == 3 {
            guard let rest = Int32(parts[2].prefix { $0 != "." }), 0..<60 ~= rest else { return nil }
            seconds += rest
        }
        return ((seconds - offset) % 86_400 + 86_400) % 86_400
    }

    /// The bit of a day: a number from 1 (Monday), or its English name; 0 if it is none.
    static func weekday(_ value: JSONValue) -> UInt8 {
        if let number = value.integer { return 1...7 ~= number ? 1 << UInt8(number - 1) : 0 }
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        guard let text = value.string?.lowercased(), let day = names.firstIndex(where: { text.hasPrefix($0) }) else { return 0 }
        return 1 << UInt8(day)
    }

    /// Zones that have one time all year, and had it since prices of models are known.
    static let fixedOffsets: [String: Int64] = [
        "UTC": 0, "Etc/UTC": 0, "GMT": 0, "Asia/Shanghai": 28800, "Asia/Hong_Kong": 28800, "Asia/Singapore": 28800, "Asia/Taipei": 28800,
        "Asia/Tokyo": 32400, "Asia/Seoul": 32400, "Asia/Kolkata": 19800, "Asia/Dubai": 14400,
    ]

    /// Seconds since 1970 at which a day begins, by `2026-11-22`.
    static func day(_ text: String) -> Int64? {
        guard text.count == 10 else { return nil }
        return Moment.nanoseconds("\(text)T00:00:00Z").map { Int64($0 / 1_000_000_000) }
    }
}
