package import CausewayModel
internal import CausewayOTLP

/// One derived series as it stands: what it is told apart by, and what it has come to.
package struct DerivedSeries: Sendable {
    package enum Value: Sendable {
        case count(Int64)
        case number(Double)
        case cells(CellCounts)
    }

    package var tenant: String
    package var resource: [Attribute]
    package var metric: DerivedMetric
    package var attributes: [Attribute]
    package var startNanoseconds: UInt64
    package var timeNanoseconds: UInt64
    package var value: Value
}

extension MetricConversion {
    /// The derived ones among its series, ordered by metric.
    package var derivedSeries: [DerivedSeries] {
        entries.indices.compactMap { index -> DerivedSeries? in
            let entry = entries[index]
            guard let metric = entry.derived else { return nil }
            var (tenant, resource, attributes): (String, [Attribute], [Attribute]) = ("", [], [])
            let key = Array(keys[index])
            var fields = FieldReader(0..<key.count)
            while let field = fields.next(key) {
                switch field.number {
                case 1: tenant = key.text(field.contents)
                case 2: resource = AttributeList(of: field.contents, field: 1).copied(key)
                case 7: attributes = AttributeList(of: field.contents, field: metric.attributesField).copied(key)
                default: break
                }
            }
            let value: DerivedSeries.Value =
                switch metric.kind {
                case .counter: .count(entry.point.int ?? 0)
                case .moneyCounter: .number(entry.point.double ?? 0)
                case .histogram: .cells(CellCounts(entry.point, metric.lattice))
                }
            return DerivedSeries(
                tenant: tenant,
                resource: resource,
                metric: metric,
                attributes: attributes,
                startNanoseconds: entry.startNanoseconds,
                timeNanoseconds: entry.lastNanoseconds,
                value: value
            )
        }.sorted { $0.metric.rawValue < $1.metric.rawValue }
    }
}
