internal import CausewayModel
internal import CausewaySemantics

/// Derived metrics as Prometheus reads them: names and labels as its own translation from OpenTelemetry makes them, in the conventions'
/// second generation, so that one dashboard fits what is pushed and what is scraped.
enum DerivedMetricFamilies {
    static func families(_ series: [DerivedSeries]) -> [MetricFamily] {
        var families: [MetricFamily] = []
        for one in series {
            let name = one.metric.prometheusName
            if families.last?.name != name {
                families.append(MetricFamily(name, one.metric.kind == .histogram ? .histogram : .counter, one.metric.help))
            }
            families[families.count - 1].samples += samples(one)
        }
        return families
    }

    private static func samples(_ series: DerivedSeries) -> [MetricSample] {
        let labels = labels(series)
        switch series.value {
        case .count(let value): return [MetricSample(.integer(Int(value)), sorted: labels)]
        case .number(let value): return [MetricSample(.number(value), sorted: labels)]
        case .cells(let cells):
            let lattice = series.metric.lattice
            return MetricSample.histogram(
                bounds: lattice.bounds,
                counts: cells.explicit(lattice).map { Int(clamping: $0) },
                sum: cells.sum,
                labels: MetricSample(0, sorted: labels).labels
            )
        }
    }

    /// A series' own attributes go before those of its resource.
    private static func labels(_ series: DerivedSeries) -> [String: String] {
        var labels: [String: String] = [:]
        for attribute in series.resource where attribute.key != "service.instance.id" {
            labels[label(attribute.key)] = text(attribute.value)
        }
        if !series.tenant.isEmpty { labels[label(MetricAttribute.tenant.key)] = series.tenant }
        for attribute in series.attributes { labels[label(attribute.key)] = text(attribute.value) }
        return labels
    }

    private static func label(_ key: String) -> String {
        let name = String(
            key.unicodeScalars.map { $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "_" }
        )
        return name.first?.isNumber == true ? "_" + name : name
    }

    private static func text(_ value: AttributeValue) -> String {
        switch value {
        case .string(let text): text
        case .bool(let flag): flag ? "true" : "false"
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .empty, .bytes, .array, .map: ""
        }
    }
}
