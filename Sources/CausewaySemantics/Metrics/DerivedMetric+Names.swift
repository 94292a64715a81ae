// The names under which derived metrics are known elsewhere.
extension DerivedMetric {
    /// In the second generation of the conventions.
    package var standardName: String { self == .callTokens ? "gen_ai.client.token.usage" : name }

    /// As Prometheus' own translation makes it: dots become underscores, a unit in words and `_total` are added.
    package var prometheusName: String {
        let name = String(standardName.map { $0 == "." ? "_" : $0 })
        switch kind {
        case .histogram: return unit == "s" ? name + "_seconds" : name
        case .counter, .moneyCounter: return name + "_total"
        }
    }
}
