internal import CausewayModel
internal import CausewayOTLP

// Series as bytes: as delta points for the log, and as what a restart has to know of them.
extension TenantSeries {
    /// A request with a point of each series that has changed.
    func payload(startNanoseconds: UInt64, timeNanoseconds: UInt64, instance: String, version: String) -> [UInt8] {
        let order = changed.map { Int($0) }.sorted {
            let (a, b) = (series[$0], series[$1])
            return (a.source, a.metric.rawValue, $0) < (b.source, b.metric.rawValue, $1)
        }
        var output = WireWriter()
        var first = 0
        while first < order.count {
            let source = series[order[first]].source
            let end = order[first...].firstIndex { series[$0].source != source } ?? order.count
            output.field(1, entry(order[first..<end], source, startNanoseconds, timeNanoseconds, instance, version))
            first = end
        }
        return output.bytes
    }

    private func entry(
        _ order: ArraySlice<Int>,
        _ source: Int,
        _ start: UInt64,
        _ time: UInt64,
        _ instance: String,
        _ version: String
    ) -> [UInt8] {
        var resource = WireWriter()
        resource.append(Array(sourceNames[source]))
        resource.attribute(1, Self.instanceKey, text: Array(instance.utf8))
        var scope = WireWriter()
        scope.field(1, DerivedMetric.scopeBytes)
        if !version.isEmpty { scope.field(2, Array(version.utf8)) }
        var scopeEntry = WireWriter()
        scopeEntry.field(1, scope.bytes)
        var first = order.startIndex
        while first < order.endIndex {
            let metric = series[order[first]].metric
            let end = order[first...].firstIndex { series[$0].metric != metric } ?? order.endIndex
            scopeEntry.field(2, metric.encoded(order[first..<end].map { series[$0].point(start, time) }, .delta))
            first = end
        }
        var entry = WireWriter()
        entry.field(1, resource.bytes)
        entry.field(2, scopeEntry.bytes)
        return entry.bytes
    }

    /// A source's attributes, of a resource that `payload` made of them.
    static func sourceName(_ resource: ResourceEntryView, _ payload: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        var list = resource.attributes
        while let attribute = list.next(payload) {
            if !payload[attribute.key].elementsEqual(instanceKey) { writer.append(attribute.range, of: payload) }
        }
        return writer.bytes
    }

    private static let instanceKey = Array("service.instance.id".utf8)

    // A field each: 1 the name, 2 a source's attributes, 3 what a source sends itself, behind it: metric and time as pairs,
    // 4 a series: 1 metric, 2 source, 3 attributes, 4 last use, 5 a trace whose request a made-up root has ended

    var state: [UInt8] {
        var writer = WireWriter()
        writer.field(1, Array(name.utf8))
        for index in 0..<sourceNames.count {
            writer.field(2, Array(sourceNames[index]))
            var own = WireWriter()
            for (metric, time) in sources[index].ownMetrics.enumerated() where time > 0 {
                own.varint(1, Int64(metric))
                own.fixed(2, time)
            }
            writer.field(3, own.bytes)
        }
        for one in series {
            var contents = WireWriter()
            contents.varint(1, Int64(one.metric.rawValue))
            contents.varint(2, Int64(one.source))
            contents.field(3, one.attributes)
            contents.fixed(4, one.lastUseNanoseconds)
            writer.field(4, contents.bytes)
        }
        for trace in closed.order { writer.field(5, trace.bytes) }
        return writer.bytes
    }

    init(_ state: [UInt8], _ range: Range<Int>, maxSeries: Int, allowed: MetricAttributeSet) {
        var name = ""
        var fields = FieldReader(range)
        while let field = fields.next(state) { if field.number == 1 { name = state.text(field.contents) } }
        self.init(name: name, maxSeries: maxSeries, allowed: allowed)
        var last: Int?
        fields = FieldReader(range)
        while let field = fields.next(state) {
            switch field.number {
            case 2: last = source(Array(state[field.contents]))
            case 3:
                guard let last else { continue }
                var metric: Int?
                var inner = FieldReader(field.contents)
                while let field = inner.next(state) {
                    if field.number == 1 { metric = Int(field.value) }
                    if field.number == 2, let metric, metric < sources[last].ownMetrics.count {
                        sources[last].ownMetrics[metric] = field.value
                    }
                }
            case 4:
                var (metric, source, attributes, use): (DerivedMetric?, Int, [UInt8], UInt64) = (nil, 0, [], 0)
                var inner = FieldReader(field.contents)
                while let field = inner.next(state) {
                    switch field.number {
                    case 1: metric = UInt8(exactly: field.value).flatMap { DerivedMetric(rawValue: $0) }
                    case 2: source = Int(truncatingIfNeeded: field.value)
                    case 3: attributes = Array(state[field.contents])
                    case 4: use = field.value
                    default: break
                    }
                }
                guard let metric, sources.indices.contains(source) else { continue }
                _ = series(metric, source, attributes, use)
            case 5: if let trace = state.traceID(field.contents) { closed.insert(trace) }
            default: break
            }
        }
        for one in series { lastUseNanoseconds = max(lastUseNanoseconds, one.lastUseNanoseconds) }
        clearOverflowed()
    }
}

extension TenantSeries.Series {
    func point(_ start: UInt64, _ time: UInt64) -> [UInt8] {
        var writer = WireWriter()
        writer.append(attributes)
        writer.fixed(2, start)
        writer.fixed(3, time)
        switch metric.kind {
        case .counter: writer.fixed(6, count)
        case .moneyCounter: writer.fixed(4, money.bitPattern)
        case .histogram:
            let (bounds, counts) = cells.stored(metric.lattice)
            writer.fixed(4, cells.count)
            writer.fixed(5, cells.sum.bitPattern)
            writer.packed(6, counts)
            writer.packed(7, bounds)
            writer.fixed(11, cells.min.bitPattern)
            writer.fixed(12, cells.max.bitPattern)
        }
        if let exemplar { writer.field(metric.kind == .histogram ? 8 : 5, exemplar.contents) }
        return writer.bytes
    }
}

extension DerivedMetric {
    /// The contents of the metric with these points.
    func encoded(_ points: [[UInt8]], _ temporality: Temporality) -> [UInt8] {
        var data = WireWriter()
        for point in points { data.field(1, point) }
        data.varint(2, Int64(temporality.rawValue))
        if kind != .histogram { data.varint(3, 1) }
        var writer = WireWriter()
        writer.field(1, Array(name.utf8))
        writer.field(2, Array(help.utf8))
        writer.field(3, Array(unit.utf8))
        writer.field(kind == .histogram ? 9 : 7, data.bytes)
        return writer.bytes
    }
}
