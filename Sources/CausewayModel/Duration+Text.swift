// Durations as people write them in configuration: `2s`, `200ms`, `1h30m`.
extension Duration {
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]

    /// Reads `2s`, `0.5s`, `1h30m`, `7d`, `0`; nil for a number without a unit, anything negative, and beyond a hundred years.
    package init?(text: String) {
        var rest = text[...]
        var total: Int64 = 0
        if text == "0" { rest = "" }
        guard !text.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            let size = unit == "d" ? 86_400_000_000_000 : Self.units.first { $0.name == unit }?.nanoseconds
            guard let size, let number = Double(digits) else { return nil }
            let nanoseconds = number * Double(size)
            guard nanoseconds + Double(total) <= 3.2e18 else { return nil }
            total += Int64(nanoseconds.rounded())
        }
        self = .nanoseconds(total)
    }

    /// The shortest exact form in one unit: `15m`, `1500ms`, `0s`.
    package var text: String {
        let (seconds, attoseconds) = components
        let total = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        guard total != 0 else { return "0s" }
        for unit in Self.units where total % unit.nanoseconds == 0 {
            return "\(total / unit.nanoseconds)\(unit.name)"
        }
        return "\(total)ns"
    }
}
