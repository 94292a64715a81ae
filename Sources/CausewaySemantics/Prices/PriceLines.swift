/// The form in which the built-in table is written.
enum PriceLines {
    /// Lines that are not understood are a mistake of whoever wrote them.
    static func read(_ text: String, into table: inout PriceTable) {
        var provider = ""
        var names: [String] = []
        var cells: [PriceTable.NewCell] = []
        var factors = PriceFactors()
        func flush() {
            for name in names {
                // As LiteLLM has it: only the models of a few makers go by their own names alone.
                let full = ["openai", "anthropic", "gemini", "cohere"].contains(provider) ? name : "\(provider)/\(name)"
                _ = table.add(
                    Array(full.utf8),
                    provider: provider,
                    [PriceTable.NewSheet(cells: cells)],
                    factors,
                    isThresholdInclusive: provider == "xai"
                )
            }
            (names, cells, factors) = ([], [], PriceFactors())
        }
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard line.hasPrefix(" ") else {
                flush()
                provider = words[0]
                names = Array(words.dropFirst())
                continue
            }
            var tier = ServiceTier.standard
            var threshold: UInt32 = 0
            for word in words {
                let word = word.hasSuffix(":") ? String(word.dropLast()) : word
                if let star = word.firstIndex(of: "*") {
                    factors.set(String(word[..<star]), price(word[word.index(after: star)...], per: 0))
                } else if let sign = word.firstIndex(of: "=") {
                    guard let unit = PriceUnit(named: String(word[..<sign])) else { preconditionFailure(word) }
                    cells.append(
                        PriceTable.NewCell(
                            unit: unit,
                            tier: tier,
                            threshold: threshold,
                            price: price(word[word.index(after: sign)...], per: unit.isToken ? 6 : 0)
                        )
                    )
                } else if word.hasSuffix("k"), let thousands = UInt32(word.dropLast()) {
                    threshold = thousands * 1000
                } else if word != "above" {
                    tier = ServiceTier(word)
                }
            }
        }
        flush()
    }

    private static func price(_ text: Substring, per: Int) -> Dollars {
        guard let price = try? Dollars(String(text), perPowerOfTen: per) else { preconditionFailure(String(text)) }
        return price
    }
}

extension PriceUnit {
    package init?(named name: String) {
        guard let unit = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = unit
    }
}

extension PriceFactors {
    fileprivate mutating func set(_ name: String, _ factor: Dollars) {
        let millionths = Int64(factor.atto / 1_000_000_000_000)
        switch name {
        case "us": unitedStates = millionths
        case "eu": europe = millionths
        case "fast": fast = millionths
        default: preconditionFailure(name)
        }
    }
}
