internal import CausewayOTLP

/// Points of one metric that have become points of one series, because what told them apart was without bound, put together:
/// counts are added, the first beginning and the last moment count.
struct PointMerging {
    private let kind: MetricKind
    private var edited: [[UInt8]] = []
    private var hasCut = false
    /// How many points became part of another.
    private(set) var merged = 0

    init(_ kind: MetricKind) { self.kind = kind }

    mutating func add(_ point: [UInt8], isCut: Bool) {
        edited.append(point)
        hasCut = hasCut || isCut
    }

    mutating func points() -> [[UInt8]] {
        guard hasCut, edited.count > 1, kind == .sum || kind == .histogram else { return edited }
        var points: [Point] = []
        var places: [[[UInt8]]: Int] = [:]
        for bytes in edited {
            let point = Point(bytes, kind)
            if let place = places[point.attributes], points[place].merge(point) {
                merged += 1
                continue
            }
            if places[point.attributes] == nil { places[point.attributes] = points.count }
            points.append(point)
        }
        return points.map { $0.encoded() }
    }

    /// A point of a sum or of a histogram with explicit bounds.
    private struct Point {
        let isHistogram: Bool
        var attributes: [[UInt8]] = []
        private var start: UInt64?
        private var time: UInt64?
        private var int: Int64?
        private var double: Double?
        private var count: UInt64?
        private var least: Double?
        private var most: Double?
        private var buckets: [UInt64] = []
        private var bounds: [UInt8] = []
        /// Exemplars, flags and whatever else: fields as they came.
        private var rest: [UInt8] = []

        init(_ bytes: [UInt8], _ kind: MetricKind) {
            isHistogram = kind == .histogram
            var fields = FieldReader(0..<bytes.count)
            while let field = fields.next(bytes) {
                switch (field.number, field.type, isHistogram) {
                case (2, .fixed64, _): start = field.value
                case (3, .fixed64, _): time = field.value
                case (4, .fixed64, false), (5, .fixed64, true): double = Double(bitPattern: field.value)
                case (6, .fixed64, false): int = Int64(bitPattern: field.value)
                case (4, .fixed64, true): count = field.value
                case (6, .lengthDelimited, true): buckets += Self.words(bytes[field.contents])
                case (7, .lengthDelimited, true): bounds += bytes[field.contents]
                case (11, .fixed64, true): least = Double(bitPattern: field.value)
                case (12, .fixed64, true): most = Double(bitPattern: field.value)
                case (7, .lengthDelimited, false), (9, .lengthDelimited, true): attributes.append(Array(bytes[field.range]))
                default: rest += bytes[field.range]
                }
            }
            // The order in which attributes were written says nothing.
            attributes.sort { $0.lexicographicallyPrecedes($1) }
        }

        /// False if the two cannot be added.
        mutating func merge(_ other: Point) -> Bool {
            guard bounds == other.bounds, buckets.count == other.buckets.count, (int == nil) == (other.int == nil),
                (double == nil) == (other.double == nil)
            else { return false }
            if let a = int, let b = other.int { int = a.addingReportingOverflow(b).partialValue }
            if let a = double, let b = other.double { double = a + b }
            if let a = count, let b = other.count { count = a &+ b }
            for place in buckets.indices { buckets[place] &+= other.buckets[place] }
            start = [start, other.start].compactMap(\.self).min()
            time = [time, other.time].compactMap(\.self).max()
            least = [least, other.least].compactMap(\.self).min()
            most = [most, other.most].compactMap(\.self).max()
            rest += other.rest
            return true
        }

        func encoded() -> [UInt8] {
            var writer = WireWriter()
            if let start { writer.fixed(2, start) }
            if let time { writer.fixed(3, time) }
            if let count { writer.fixed(4, count) }
            if let double { writer.fixed(isHistogram ? 5 : 4, double.bitPattern) }
            if let int { writer.fixed(6, UInt64(bitPattern: int)) }
            if !buckets.isEmpty { writer.field(6, Self.bytes(buckets)) }
            if !bounds.isEmpty { writer.field(7, bounds) }
            if let least { writer.fixed(11, least.bitPattern) }
            if let most { writer.fixed(12, most.bitPattern) }
            for attribute in attributes { writer.append(attribute) }
            writer.append(rest)
            return writer.bytes
        }

        private static func words(_ bytes: ArraySlice<UInt8>) -> [UInt64] {
            var words: [UInt64] = []
            for start in stride(from: bytes.startIndex, through: bytes.endIndex - 8, by: 8) {
                words.append((0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[start + $1]) })
            }
            return words
        }

        private static func bytes(_ words: [UInt64]) -> [UInt8] {
            words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) } }
        }
    }
}
