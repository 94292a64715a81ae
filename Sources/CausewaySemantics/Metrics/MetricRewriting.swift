internal import CausewayModel
internal import CausewayOTLP

/// A metric with those things around it that tell its series from others'.
struct MetricPlace {
    let resource: ResourceEntryView
    let scope: ScopeEntryView
    let metric: MetricView
    let data: MetricDataView
    /// The derived metric that it is, which is known by its scope.
    let derived: DerivedMetric?
}

/// Writes a request of metrics anew, with other contents for some metrics; what is not touched stays byte for byte.
enum MetricRewriting {
    /// `body` answers with the contents of the metrics that stand in place of one: nil leaves it as it is.
    static func rewritten(_ payload: [UInt8], _ body: (MetricPlace) -> [[UInt8]]?) -> [UInt8] {
        var output = WireWriter()
        var position = 0
        for resource in RequestView(payload, signal: .metrics).resourceEntries {
            var entry = WireWriter()
            var inside = resource.contents.lowerBound
            var isChanged = false
            for scope in resource.scopeEntries(payload) {
                guard let changed = scopeEntry(scope, resource, payload, body) else { continue }
                entry.append(inside..<scope.range.lowerBound, of: payload)
                if !changed.isEmpty { entry.field(2, changed) }
                inside = scope.range.upperBound
                isChanged = true
            }
            guard isChanged else { continue }
            entry.append(inside..<resource.contents.upperBound, of: payload)
            output.append(position..<resource.range.lowerBound, of: payload)
            output.field(1, entry.bytes)
            position = resource.range.upperBound
        }
        guard position > 0 else { return payload }
        output.append(position..<payload.count, of: payload)
        return output.bytes
    }

    /// Nil if nothing in it is touched; empty if nothing is left of it.
    private static func scopeEntry(
        _ scope: ScopeEntryView,
        _ resource: ResourceEntryView,
        _ payload: [UInt8],
        _ body: (MetricPlace) -> [[UInt8]]?
    ) -> [UInt8]? {
        let isDerived = payload.holds(DerivedMetric.scope, at: scope.name)
        var entry = WireWriter()
        var inside = scope.contents.lowerBound
        var isChanged = false
        var left = 0
        for metric in scope.metrics(payload) {
            left += 1
            guard let data = metric.data else { continue }
            let derived = isDerived ? DerivedMetric.named(payload.text(metric.name)) : nil
            let place = MetricPlace(resource: resource, scope: scope, metric: metric, data: data, derived: derived)
            guard let contents = body(place) else { continue }
            entry.append(inside..<metric.range.lowerBound, of: payload)
            for metric in contents { entry.field(2, metric) }
            inside = metric.range.upperBound
            isChanged = true
            left += contents.count - 1
        }
        guard isChanged else { return nil }
        guard left > 0 else { return [] }
        entry.append(inside..<scope.contents.upperBound, of: payload)
        return entry.bytes
    }

    /// The contents of a metric with other points, and with that temporality.
    static func metric(_ place: MetricPlace, _ payload: [UInt8], points: [[UInt8]], _ temporality: Temporality) -> [UInt8] {
        var data = WireWriter()
        for point in points { data.field(1, point) }
        data.varint(2, Int64(temporality.rawValue))
        var fields = FieldReader(place.data.contents)
        while let field = fields.next(payload) {
            if field.number > 2 { data.append(field.range, of: payload) }
        }
        var writer = WireWriter()
        fields = FieldReader(place.metric.contents)
        while let field = fields.next(payload) {
            if field.number == place.data.kind.rawValue, field.type == .lengthDelimited {
                // Of several, which nobody writes, the last counts.
                if field.contents == place.data.contents { writer.field(field.number, data.bytes) }
            } else {
                writer.append(field.range, of: payload)
            }
        }
        return writer.bytes
    }
}
