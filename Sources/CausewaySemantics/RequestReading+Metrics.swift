internal import CausewayOTLP

/// Metrics: their names, units and the keys of their attributes in canonical words.
extension RequestReading {
    /// The new contents of a metric; nil if it was not recognised.
    mutating func understood(_ metric: MetricView) -> [UInt8]? {
        let renames = index.metrics[Array(payload[metric.name])] ?? []
        var found = index.metricNames.matches(metric.name, payload) | facts.ambient
        for rename in renames { found |= 1 << UInt64(rename.dialect) }
        guard found != 0, let data = metric.data else { return nil }
        let primary = found.trailingZeroBitCount
        let rule = (renames.first { $0.dialect == primary } ?? renames.first)?.rule
        let scale = rule.map { Self.scale($0, payload.text(metric.unit)) } ?? 1

        var points = WireWriter()
        var merging = PointMerging(data.kind)
        var position = data.contents.lowerBound
        for point in data.points(payload) {
            counts[primary] += 1
            facts.begin(point, found, scale)
            facts.understandPoint()
            for attribute in rule?.adding ?? [] { facts.added.attribute(facts.attributesField, attribute.key, text: attribute.value) }
            unboundedAttributes += facts.unbounded
            points.append(position..<point.range.lowerBound, of: payload)
            merging.add(facts.edited(point.contents), isCut: facts.unbounded > 0)
            position = point.range.upperBound
        }
        for point in merging.points() { points.field(1, point) }
        mergedItems += merging.merged
        points.append(position..<data.contents.upperBound, of: payload)

        var item = WireWriter()
        var fields = FieldReader(metric.contents)
        while let field = fields.next(payload) {
            switch field.number {
            case 1 where rule != nil: item.field(1, Array((rule?.canonical ?? "").utf8))
            case 3 where rule?.unit != nil: item.field(3, Array((rule?.unit ?? "").utf8))
            case data.kind.rawValue where field.type == .lengthDelimited: item.field(field.number, points.bytes)
            default: item.append(field.range, of: payload)
            }
        }
        return item.bytes
    }

    /// What becomes seconds is scaled by the unit it came in, where that is given; the rule knows the usual one.
    private static func scale(_ rule: MetricRule, _ unit: String) -> Double {
        guard rule.unit == "s" else { return rule.scale }
        switch unit {
        case "s", "seconds", "second": return 1
        case "ms", "milliseconds", "millisecond": return 1e-3
        case "us", "microseconds": return 1e-6
        case "ns", "nanoseconds": return 1e-9
        default: return rule.scale
        }
    }
}

extension Facts {
    mutating func begin(_ point: DataPointView, _ dialects: DialectIndex.Set, _ scale: Double) {
        kind = .point
        (span, log, name) = (nil, nil, 0..<0)
        (startNanoseconds, endNanoseconds) = (point.startNanoseconds, point.timeNanoseconds)
        begin(point.attributes)
        found = dialects
        self.scale = scale
        self.point = point
    }

    /// A point's attributes in canonical words, without those that would make a series of every call.
    mutating func understandPoint() {
        unbounded = 0
        decode()
        // Series that were told apart by such a key have to be put together, which only counts can be.
        if let point, point.kind == .sum || point.kind == .histogram {
            for key in Self.unboundedKeys where has(key) {
                drop(key)
                unbounded += 1
            }
        }
        readContent()
        write()
        scalePoint()
    }

    /// Ids and content have no place in a series.
    private static let unboundedKeys = [
        "tool_use_id", "gen_ai.tool.call.id", "gen_ai.response.id", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result",
        "gen_ai.input.messages", "gen_ai.output.messages", "event_loop_cycle_id", "request_id", "prompt.id", "gen_ai.agent.call.id",
    ]

    /// Values in the canonical unit: sums, extremes and bounds of a histogram, the value of a number.
    private mutating func scalePoint() {
        guard scale != 1, let point else { return }
        let doubles: Set<Int> =
            switch point.kind {
            case .gauge, .sum: [4]
            case .histogram: [5, 7, 11, 12]
            case .exponentialHistogram, .summary: []
            }
        var fields = FieldReader(point.contents)
        while let field = fields.next(payload) {
            guard doubles.contains(field.number) else { continue }
            switch field.type {
            case .fixed64:
                drops.append(field.range)
                added.fixed(field.number, (Double(bitPattern: field.value) * scale).bitPattern)
            case .lengthDelimited where field.contents.count % 8 == 0:
                var bounds: [UInt8] = []
                for start in stride(from: field.contents.lowerBound, to: field.contents.upperBound, by: 8) {
                    var bits: UInt64 = 0
                    for place in (0..<8).reversed() { bits = bits << 8 | UInt64(payload[start + place]) }
                    bits = (Double(bitPattern: bits) * scale).bitPattern
                    for place in 0..<8 { bounds.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * place))) }
                }
                drops.append(field.range)
                added.field(field.number, bounds)
            default: break
            }
        }
    }

    /// The item without what goes and with what is new.
    mutating func edited(_ contents: Range<Int>) -> [UInt8] {
        var writer = WireWriter()
        write(contents, to: &writer)
        return writer.bytes
    }

    mutating func write(_ contents: Range<Int>, to writer: inout WireWriter) {
        var position = contents.lowerBound
        sortDrops()
        for drop in drops where drop.lowerBound >= position {
            writer.append(position..<drop.lowerBound, of: payload)
            position = drop.upperBound
        }
        writer.append(position..<contents.upperBound, of: payload)
        writer.append(addedStart..<added.bytes.count, of: added.bytes)
    }
}
