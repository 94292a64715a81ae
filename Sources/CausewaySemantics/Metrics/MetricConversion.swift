package import CausewayModel
internal import CausewayOTLP

/// Metrics as one destination wants them in time: counts since a beginning (cumulative) of those that tell what was new (delta), or the
/// other way round. Used from one thread, with frames in the order of the log.
///
/// Its state is a function of the frames that went through it: after a restart it is read from where it was kept, and frames behind that
/// are put through once more. A series that was not heard of for longest is forgotten when there are too many; it begins anew, with a new
/// start time, when it comes again. No count becomes smaller without one.
package struct MetricConversion: Sendable {
    package let target: Temporality
    /// Also what sources send themselves, and not only what is derived.
    package let isForEverything: Bool
    let maxSeries: Int

    /// A series, and where it has got.
    struct Entry {
        var point: PointFields
        /// The start time that the destination is told.
        var startNanoseconds: UInt64
        var lastNanoseconds: UInt64
        var lastUse: UInt64
        var derived: DerivedMetric?
        var isMonotonic: Bool
    }

    private(set) var keys = ByteTable()
    private(set) var entries: [Entry] = []
    private var uses: UInt64 = 0
    /// Nothing begins before it: what was known before is lost.
    private var resetNanoseconds: UInt64 = 0

    /// Set in a point of which no earlier one exists. Never on the wire: `MetricRendering` reads and removes it.
    static let beginsHere: UInt32 = 1 << 31
    private static let noRecordedValue: UInt32 = 1

    package init(to target: Temporality, everything: Bool = false, maxSeries: Int = 50_000) {
        self.target = target
        isForEverything = everything
        self.maxSeries = maxSeries
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var seriesCount: Int { entries.count }

    /// The same items in the same order; those that say nothing in the other temporality become empty messages.
    package mutating func converted(_ payload: [UInt8], tenant: String) -> [UInt8] {
        let converted = MetricRewriting.rewritten(payload) { place in
            guard place.derived != nil || isForEverything, let points = points(place, payload, tenant) else { return nil }
            return [MetricRewriting.metric(place, payload, points: points, target)]
        }
        if entries.count > maxSeries { forget() }
        return converted
    }

    /// Nil for a metric that is as it is wanted.
    private mutating func points(_ place: MetricPlace, _ payload: [UInt8], _ tenant: String) -> [[UInt8]]? {
        switch place.data.kind {
        case .sum, .histogram, .exponentialHistogram: break
        case .gauge, .summary: return nil
        }
        let given = Temporality(rawValue: place.data.temporality) ?? .unspecified
        guard given != .unspecified, given != target else { return nil }
        let lattice = place.derived?.kind == .histogram ? place.derived?.lattice : nil
        let head = Self.head(place, payload, tenant)
        var points: [[UInt8]] = []
        // With the empty ones, so that every item keeps its place.
        var fields = FieldReader(place.data.contents)
        while let field = fields.next(payload) {
            guard field.number == 1, field.type == .lengthDelimited else { continue }
            let point = PointFields(payload, field.contents, place.data.kind)
            if field.contents.isEmpty || point.flags & Self.noRecordedValue != 0 {
                points.append(Array(payload[field.contents]))
            } else {
                points.append(converted(point, head, lattice, place)?.encoded ?? [])
            }
        }
        return points
    }

    /// What tells the metric's series from others, without their attributes.
    private static func head(_ place: MetricPlace, _ payload: [UInt8], _ tenant: String) -> [UInt8] {
        var head = WireWriter()
        head.field(1, Array(tenant.utf8))
        head.field(2, place.resource.resource ?? 0..<0, of: payload)
        // What version measured it says nothing about a derived series, which goes on over updates.
        head.field(3, place.derived == nil ? place.scope.scope ?? 0..<0 : place.scope.name, of: payload)
        head.field(4, place.metric.name, of: payload)
        head.field(5, place.metric.unit, of: payload)
        head.varint(6, Int64(place.data.kind.rawValue * 2 + (place.data.isMonotonic ? 1 : 0)))
        return head.bytes
    }

    private mutating func converted(_ point: PointFields, _ head: [UInt8], _ lattice: Lattice?, _ place: MetricPlace) -> PointFields? {
        let isMonotonic = place.data.kind != .sum || place.data.isMonotonic
        guard point.isSound, !(isMonotonic && point.isNegative) else { return nil }
        var key = WireWriter()
        key.append(head)
        key.field(7, point.attributes)
        uses += 1
        guard let index = keys.find(key.bytes) else {
            _ = keys.insert(key.bytes)
            return begin(point, isMonotonic, place.derived)
        }
        entries[index].lastUse = uses
        return target == .cumulative ? accumulated(point, index, lattice) : difference(point, index)
    }

    /// The first point of a series.
    private mutating func begin(_ point: PointFields, _ isMonotonic: Bool, _ derived: DerivedMetric?) -> PointFields? {
        let isPartlyTold = point.startNanoseconds < resetNanoseconds
        var point = point
        let time = max(point.timeNanoseconds, resetNanoseconds &+ 1)
        let start = min(max(point.startNanoseconds, resetNanoseconds), time)
        var kept = point
        kept.rest = []
        entries.append(
            Entry(
                point: kept,
                startNanoseconds: start,
                lastNanoseconds: time,
                lastUse: uses,
                derived: derived,
                isMonotonic: isMonotonic
            )
        )
        (point.startNanoseconds, point.timeNanoseconds) = (start, time)
        if target == .cumulative {
            if derived != nil { point.flags |= Self.beginsHere }
            return point
        }
        // Since when it has been counting nobody knows: what comes next can be told from it.
        return point.startNanoseconds == 0 || isPartlyTold ? nil : point
    }

    private mutating func accumulated(_ point: PointFields, _ index: Int, _ lattice: Lattice?) -> PointFields {
        let time = max(point.timeNanoseconds, entries[index].lastNanoseconds + 1)
        var begins = false
        if !entries[index].point.add(point, lattice) {
            // Another form: a new beginning.
            entries[index].startNanoseconds = entries[index].lastNanoseconds
            entries[index].point = point
            begins = entries[index].derived != nil
        }
        entries[index].lastNanoseconds = time
        entries[index].point.rest = []
        var told = entries[index].point
        (told.startNanoseconds, told.timeNanoseconds, told.rest) = (entries[index].startNanoseconds, time, point.rest)
        told.flags = begins ? Self.beginsHere : 0
        return told
    }

    private mutating func difference(_ point: PointFields, _ index: Int) -> PointFields? {
        let last = entries[index]
        // Heard of already, or told late.
        guard point.timeNanoseconds > last.lastNanoseconds else { return nil }
        var told = point
        told.startNanoseconds = last.lastNanoseconds
        let isAnew = point.startNanoseconds > last.lastNanoseconds
        if isAnew || !told.subtract(last.point) || (last.isMonotonic && told.isNegative) {
            told = point
            told.startNanoseconds = max(point.startNanoseconds, last.lastNanoseconds)
        }
        entries[index].point = point
        entries[index].point.rest = []
        entries[index].lastNanoseconds = point.timeNanoseconds
        return told
    }

    /// What is known is not what the destination was told: everything begins anew, not before this moment.
    package mutating func reset(at nanoseconds: UInt64) {
        let last = entries.map(\.lastNanoseconds).max() ?? 0
        resetNanoseconds = max(resetNanoseconds, max(nanoseconds, last))
        (keys, entries) = (ByteTable(), [])
    }

    /// Lets a quarter go: who was heard of least lately.
    private mutating func forget() {
        let limit = entries.map(\.lastUse).sorted()[entries.count - maxSeries * 3 / 4]
        var (keys, kept) = (ByteTable(), [Entry]())
        for (index, entry) in entries.enumerated() {
            if entry.lastUse >= limit {
                _ = keys.insert(Array(self.keys[index]))
                kept.append(entry)
            } else {
                // One that comes back begins behind what was told of it.
                resetNanoseconds = max(resetNanoseconds, entry.lastNanoseconds)
            }
        }
        (self.keys, entries) = (keys, kept)
    }
}

// MARK: What a restart has to know

extension MetricConversion {
    // A field each: 1 a series: 1 its key, 2 start, 3 last time, 4 last use, 5 derived metric + 1, 6 kind, 7 the point, 8 monotonic;
    // 2 how often it was used, 3 when it was reset
    package var state: [UInt8] {
        var writer = WireWriter()
        for (index, entry) in entries.enumerated() {
            var contents = WireWriter()
            contents.field(1, Array(keys[index]))
            contents.fixed(2, entry.startNanoseconds)
            contents.fixed(3, entry.lastNanoseconds)
            contents.fixed(4, entry.lastUse)
            contents.varint(5, entry.derived.map { Int64($0.rawValue) + 1 } ?? 0)
            contents.varint(6, Int64(entry.point.kind.rawValue))
            contents.field(7, entry.point.encoded)
            contents.varint(8, entry.isMonotonic ? 1 : 0)
            writer.field(1, contents.bytes)
        }
        writer.fixed(2, uses)
        writer.fixed(3, resetNanoseconds)
        return writer.bytes
    }

    package mutating func restore(_ state: [UInt8]) {
        (keys, entries) = (ByteTable(), [])
        var fields = FieldReader(0..<state.count)
        while let field = fields.next(state) {
            switch field.number {
            case 1: restore(state, field.contents)
            case 2: uses = field.value
            case 3: resetNanoseconds = field.value
            default: break
            }
        }
    }

    private mutating func restore(_ state: [UInt8], _ range: Range<Int>) {
        var (key, point): ([UInt8]?, Range<Int>?) = (nil, nil)
        var (start, last, use): (UInt64, UInt64, UInt64) = (0, 0, 0)
        var (derived, kind, isMonotonic): (DerivedMetric?, MetricKind?, Bool) = (nil, nil, false)
        var fields = FieldReader(range)
        while let field = fields.next(state) {
            switch field.number {
            case 1: key = Array(state[field.contents])
            case 2: start = field.value
            case 3: last = field.value
            case 4: use = field.value
            case 5: derived = field.value > 0 ? UInt8(exactly: field.value - 1).flatMap { DerivedMetric(rawValue: $0) } : nil
            case 6: kind = MetricKind(rawValue: Int(truncatingIfNeeded: field.value))
            case 7: point = field.contents
            case 8: isMonotonic = field.value != 0
            default: break
            }
        }
        guard let key, let point, let kind, keys.find(key) == nil else { return }
        _ = keys.insert(key)
        entries.append(
            Entry(
                point: PointFields(state, point, kind),
                startNanoseconds: start,
                lastNanoseconds: last,
                lastUse: use,
                derived: derived,
                isMonotonic: isMonotonic
            )
        )
    }
}
