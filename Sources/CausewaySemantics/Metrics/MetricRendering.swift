internal import CausewayModel
internal import CausewayOTLP

/// How derived metrics become what one destination reads: the names of its generation of the conventions, and its form of histograms.
///
/// Pure: one stored point becomes one or several points, whatever else is in the request. What sources send themselves stays as it is.
package struct MetricRendering: Sendable, Equatable {
    /// Which generation of the conventions' names.
    package enum Generation: Sendable {
        /// Up to v1.36: `gen_ai.system`.
        case first
        /// v1.37 to v1.41.
        case second
        /// Since they have a home of their own: `gen_ai.client.inference.*`.
        case third
    }

    package enum Histograms: Sendable {
        /// With the conventions' bounds.
        case explicit
        /// Of scale 4, or coarser where 320 buckets are not enough.
        case exponential
    }

    package var generation: Generation
    package var histograms: Histograms

    package init(generation: Generation = .second, histograms: Histograms = .explicit) {
        self.generation = generation
        self.histograms = histograms
    }

    package func rendered(_ payload: [UInt8]) -> [UInt8] {
        MetricRewriting.rewritten(payload) { place in
            if let derived = place.derived { return metrics(place, derived, payload) }
            return Self.withoutEmptyPoints(place, payload)
        }
    }

    /// Items that were taken out leave an empty message, which nobody else needs to see. Nil where there is none.
    private static func withoutEmptyPoints(_ place: MetricPlace, _ payload: [UInt8]) -> [[UInt8]]? {
        guard place.data.kind != .gauge, place.data.kind != .summary else { return nil }
        var points: [[UInt8]] = []
        var hasEmpty = false
        var fields = FieldReader(place.data.contents)
        while let field = fields.next(payload) {
            guard field.number == 1 else { continue }
            if field.contents.isEmpty { hasEmpty = true } else { points.append(Array(payload[field.contents])) }
        }
        guard hasEmpty else { return nil }
        guard !points.isEmpty else { return [] }
        let temporality = Temporality(rawValue: place.data.temporality) ?? .unspecified
        return [MetricRewriting.metric(place, payload, points: points, temporality)]
    }

    private func metrics(_ place: MetricPlace, _ derived: DerivedMetric, _ payload: [UInt8]) -> [[UInt8]] {
        // In the order in which they are first needed.
        var found: [(shape: Shape, points: [[UInt8]])] = []
        for view in place.data.points(payload) {
            let point = PointFields(payload, view.contents, place.data.kind)
            for (shape, point) in shapes(derived, point) {
                let points = encoded(point, derived, shape)
                if let index = found.firstIndex(where: { $0.shape == shape }) {
                    found[index].points += points
                } else {
                    found.append((shape, points))
                }
            }
        }
        return found.map { shape, points in
            var data = WireWriter()
            for point in points { data.field(1, point) }
            data.varint(2, Int64(place.data.temporality))
            if shape.kind == .sum { data.varint(3, 1) }
            var writer = WireWriter()
            writer.field(1, Array(shape.name.utf8))
            writer.field(2, place.metric.description, of: payload)
            writer.field(3, place.metric.unit, of: payload)
            writer.field(shape.kind.rawValue, data.bytes)
            return writer.bytes
        }
    }

    private struct Shape: Equatable {
        var name: String
        var kind: MetricKind
    }

    /// What a point becomes: under which name, as what, and with which attributes.
    private func shapes(_ derived: DerivedMetric, _ point: PointFields) -> [(Shape, PointFields)] {
        let histogram: MetricKind = histograms == .explicit ? .histogram : .exponentialHistogram
        var point = point
        if generation == .first { point.rename(.provider, to: "gen_ai.system") }
        let own = Shape(name: derived.name, kind: derived.kind == .histogram ? histogram : .sum)
        switch (derived, generation) {
        case (.callTokens, .first), (.callTokens, .second): return [(Shape(name: "gen_ai.client.token.usage", kind: histogram), point)]
        case (.callTokens, .third):
            let type = point.text(.tokenType) ?? "input"
            point.remove(.tokenType)
            return [(Shape(name: "gen_ai.client.inference.operation.\(type)_tokens", kind: histogram), point)]
        case (.tokens, .third):
            // Beside our own name, under which all kinds are one metric.
            guard let type = point.text(.tokenType), let name = Self.thirdTokens[type] else { return [(own, point)] }
            var standard = point
            standard.remove(.tokenType)
            return [(own, point), (Shape(name: name, kind: .sum), standard)]
        case (.operationDuration, .third):
            let isInference = point.text(.operation).flatMap { Operation(named: $0) }?.isModelCall ?? false
            return [(Shape(name: isInference ? "gen_ai.client.inference.duration" : derived.name, kind: histogram), point)]
        case (.timeToFirstChunk, .first): return []
        case (.timeToFirstChunk, .third): return [(Shape(name: "gen_ai.client.inference.time_to_first_chunk", kind: histogram), point)]
        default: return [(own, point)]
        }
    }

    private static let thirdTokens = [
        "input": "gen_ai.client.inference.usage.input_tokens", "output": "gen_ai.client.inference.usage.output_tokens",
        "cache_read": "gen_ai.client.inference.usage.cache_read.input_tokens",
        "cache_write": "gen_ai.client.inference.usage.cache_write.input_tokens",
        "reasoning": "gen_ai.client.inference.usage.reasoning.output_tokens",
    ]

    /// A point, and before the first of a series that counts from a beginning one that says where: else what it rose by to its first value
    /// would be nobody's.
    private func encoded(_ point: PointFields, _ derived: DerivedMetric, _ shape: Shape) -> [[UInt8]] {
        var point = point
        let begins = point.flags & MetricConversion.beginsHere != 0 && point.startNanoseconds > 0
        point.flags &= ~MetricConversion.beginsHere
        var points = [point]
        if begins {
            var zero = PointFields(point.kind)
            zero.attributes = point.attributes
            (zero.startNanoseconds, zero.timeNanoseconds) = (point.startNanoseconds, point.startNanoseconds)
            (zero.int, zero.double, zero.sum) = (point.int.map { _ in 0 }, point.double.map { _ in 0 }, point.sum.map { _ in 0 })
            points.insert(zero, at: 0)
        }
        let lattice = derived.lattice
        return points.map { point in
            switch shape.kind {
            case .histogram: return point.explicit(lattice).encoded
            case .exponentialHistogram: return point.exponential(lattice).encoded
            case .sum, .gauge, .summary: return point.encoded
            }
        }
    }
}

// MARK: Forms of a point

extension PointFields {
    /// A stored histogram with the conventions' bounds.
    func explicit(_ lattice: Lattice) -> PointFields {
        var point = self
        point.buckets = CellCounts(self, lattice).explicit(lattice)
        point.bounds = lattice.bounds
        return point
    }

    /// The same as an exponential one.
    func exponential(_ lattice: Lattice) -> PointFields {
        var point = PointFields(.exponentialHistogram)
        (point.startNanoseconds, point.timeNanoseconds, point.flags) = (startNanoseconds, timeNanoseconds, flags)
        (point.count, point.sum, point.min, point.max) = (count, sum, min, max)
        point.attributes = moved(attributes, from: 9, to: 1)
        point.rest = moved(rest, from: 8, to: 11)
        let (scale, zeros, offset, counts) = CellCounts(self, lattice).exponential()
        (point.scale, point.zeros) = (Int32(scale), zeros)
        point.positive = Buckets(offset: offset, counts: counts)
        return point
    }

    /// Fields with another number; others are left out.
    private func moved(_ fields: [UInt8], from number: Int, to other: Int) -> [UInt8] {
        var writer = WireWriter()
        var reader = FieldReader(0..<fields.count)
        while let field = reader.next(fields) {
            if field.number == number, field.type == .lengthDelimited { writer.field(other, field.contents, of: fields) }
        }
        return writer.bytes
    }

    private var attributesField: Int {
        switch kind {
        case .histogram: 9
        case .exponentialHistogram: 1
        case .sum, .gauge, .summary: 7
        }
    }

    func text(_ attribute: MetricAttribute) -> String? {
        AttributeList(of: 0..<attributes.count, field: attributesField).value(attribute.key, attributes)?.string(attributes)
    }

    mutating func remove(_ attribute: MetricAttribute) { edit(attribute) { _, _ in } }

    mutating func rename(_ attribute: MetricAttribute, to key: String) {
        edit(attribute) { [attributes, attributesField] view, writer in
            guard case .string(let text) = view.value else { return }
            writer.attribute(attributesField, Array(key.utf8), text: text, of: attributes)
        }
    }

    private mutating func edit(_ attribute: MetricAttribute, _ body: (AttributeView, inout WireWriter) -> Void) {
        var list = AttributeList(of: 0..<attributes.count, field: attributesField)
        var writer = WireWriter()
        while let view = list.next(attributes) {
            if attributes.holds(attribute.key, at: view.key) { body(view, &writer) } else { writer.append(view.range, of: attributes) }
        }
        attributes = writer.bytes
    }
}
