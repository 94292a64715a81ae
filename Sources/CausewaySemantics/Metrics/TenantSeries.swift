internal import CausewayModel
internal import CausewayOTLP

/// The series of one tenant, and what has been measured in them since it was last written.
///
/// A new one is made as long as there are fewer than allowed; measurements of further ones are counted in one series of each metric that
/// says so. What the spans of one kind change is found with one look: their *shape* is what all of their metrics are told apart by.
struct TenantSeries {
    /// What a span can change, each a series of its shape.
    enum Slot: Int, CaseIterable {
        case inputTokens, outputTokens
        case inputCount, outputCount, cacheReadCount, cacheWriteCount, reasoningCount
        case operationDuration, timeToFirstChunk, agentDuration, agentInferenceCalls, agentToolCalls, toolDuration, workflowDuration
        case requests, requestDuration, requestSteps, stepDuration, toolCalls, failedToolCalls
        case retries, timeouts, failures, cost, unpricedCalls
        case modelShare, toolShare, retrievalShare, guardrailShare, backoffShare, idleShare

        /// The metric, and what its attributes say that no span does.
        var meaning: (metric: DerivedMetric, attributes: [(MetricAttribute, String)]) {
            switch self {
            case .inputTokens: (.callTokens, [(.tokenType, "input")])
            case .outputTokens: (.callTokens, [(.tokenType, "output")])
            case .inputCount: (.tokens, [(.tokenType, "input"), (.modality, "unknown")])
            case .outputCount: (.tokens, [(.tokenType, "output"), (.modality, "unknown")])
            case .cacheReadCount: (.tokens, [(.tokenType, "cache_read"), (.modality, "unknown")])
            case .cacheWriteCount: (.tokens, [(.tokenType, "cache_write"), (.modality, "unknown")])
            case .reasoningCount: (.tokens, [(.tokenType, "reasoning"), (.modality, "unknown")])
            case .operationDuration: (.operationDuration, [])
            case .timeToFirstChunk: (.timeToFirstChunk, [])
            case .agentDuration: (.agentDuration, [])
            case .agentInferenceCalls: (.agentInferenceCalls, [])
            case .agentToolCalls: (.agentToolCalls, [])
            case .toolDuration: (.toolDuration, [])
            case .workflowDuration: (.workflowDuration, [])
            case .requests: (.requests, [])
            case .requestDuration: (.requestDuration, [])
            case .requestSteps: (.requestSteps, [])
            case .stepDuration: (.stepDuration, [])
            case .toolCalls: (.toolCalls, [(.outcome, "success")])
            case .failedToolCalls: (.toolCalls, [(.outcome, "failure")])
            case .retries: (.retries, [])
            case .timeouts: (.timeouts, [])
            case .failures: (.failures, [])
            case .cost: (.cost, [])
            case .unpricedCalls: (.unpricedCalls, [])
            case .modelShare: (.timeShare, [(.timeKind, "model")])
            case .toolShare: (.timeShare, [(.timeKind, "tool")])
            case .retrievalShare: (.timeShare, [(.timeKind, "retrieval")])
            case .guardrailShare: (.timeShare, [(.timeKind, "guardrail")])
            case .backoffShare: (.timeShare, [(.timeKind, "backoff")])
            case .idleShare: (.timeShare, [(.timeKind, "idle")])
            }
        }

        static let meanings = allCases.map(\.meaning)
        static let metrics = allCases.map(\.meaning.metric)
        static let count = allCases.count
    }

    struct Series {
        let metric: DerivedMetric
        private let lattice: Lattice
        let source: Int
        /// Whole fields of a point.
        let attributes: [UInt8]
        var count: UInt64 = 0
        var money = 0.0
        var cells = CellCounts()
        var exemplar: PointExemplar?
        var isChanged = false
        var lastUseNanoseconds: UInt64

        init(metric: DerivedMetric, source: Int, attributes: [UInt8], lastUseNanoseconds: UInt64) {
            (self.metric, self.source, self.attributes, self.lastUseNanoseconds) = (metric, source, attributes, lastUseNanoseconds)
            lattice = metric.lattice
        }

        /// All of these say whether it is the first since it was written. An exemplar gets the value that is measured, or 1.
        @inline(__always)
        mutating func count(_ number: UInt64, _ exemplar: PointExemplar?, _ now: UInt64) -> Bool {
            count &+= number
            if let exemplar { self.exemplar = exemplar }
            return touch(now)
        }

        mutating func spend(_ dollars: Double, _ exemplar: PointExemplar?, _ now: UInt64) -> Bool {
            money += dollars
            if var exemplar {
                exemplar.value = dollars
                self.exemplar = exemplar
            }
            return touch(now)
        }

        @inline(__always)
        mutating func record(_ value: Double, _ exemplar: PointExemplar?, _ now: UInt64) -> Bool {
            cells.add(value, lattice)
            // The slowest and the largest is what somebody will want to look at.
            if var exemplar, value >= self.exemplar?.value ?? 0 {
                exemplar.value = value
                self.exemplar = exemplar
            }
            return touch(now)
        }

        @inline(__always)
        private mutating func touch(_ now: UInt64) -> Bool {
            lastUseNanoseconds = now
            defer { isChanged = true }
            return !isChanged
        }
    }

    /// A shape, and what it is known by.
    private struct RecentShape {
        let source: Int
        /// Which attributes there are, by their bits.
        let attributes: UInt64
        let key: [UInt8]
        let shape: Int
    }

    /// Who sends telemetry, as the attributes of its resource say it.
    struct Source {
        /// When it last sent a metric itself that is derived else, by the metric's number; 0 for never.
        var ownMetrics = [UInt64](repeating: 0, count: DerivedMetric.allCases.count)
        /// Those that are not derived at present.
        var suppressed: UInt32 = 0
    }

    let name: String
    let maxSeries: Int
    private(set) var allowed: MetricAttributeSet
    private(set) var sourceNames = ByteTable()
    var sources: [Source] = []
    private var shapes = ByteTable()
    /// The shapes that were looked for last: the spans of one agent come in few, again and again.
    private var recentShapes: [RecentShape] = []
    /// Another one when the numbers of shapes mean others than before.
    private(set) var shapeGeneration = 0
    /// For each shape a series for each slot; -1 where it has not been needed.
    private var slots: [Int32] = []
    private var keys = ByteTable()
    private(set) var series: [Series] = []
    private(set) var changed: [Int32] = []
    /// By metric; -1 where nothing had to be left out.
    private var overflows = [Int32](repeating: -1, count: DerivedMetric.allCases.count)
    /// How many measurements found no room, by metric.
    private(set) var overflowed: [DerivedMetric: Int] = [:]
    var closed = ClosedTraces()
    var lastUseNanoseconds: UInt64 = 0
    private var lastForgottenNanoseconds: UInt64 = 0

    /// Who has not been measured for so long makes room.
    static let idleNanoseconds: UInt64 = 24 * 3600 * 1_000_000_000
    /// What the source of an overflow is: nobody in particular.
    private static let nobody: [UInt8] = []

    init(name: String, maxSeries: Int, allowed: MetricAttributeSet) {
        self.name = name
        self.maxSeries = maxSeries
        self.allowed = allowed.union(.essential)
    }

    /// From here on series are told apart by these; what was measured stays where it is.
    mutating func allow(_ attributes: MetricAttributeSet) {
        allowed = attributes.union(.essential)
        forgetShapes()
    }

    // MARK: Sources

    /// The number of the source with these attributes of a resource. Where there are too many, all further ones are nobody.
    mutating func source(_ attributes: [UInt8]) -> Int {
        let known = sourceNames.find(attributes)
        let attributes = known == nil && sourceNames.count > maxSeries ? Self.nobody : attributes
        let index = known ?? sourceNames.insert(attributes)
        while sources.count <= index { sources.append(Source()) }
        return index
    }

    // MARK: Shapes

    /// A shape that was met lately, and of which it is said that its key fits; nil if none is.
    @inline(__always)
    func recentShape(_ source: Int, _ attributes: UInt64, where fits: ([UInt8]) -> Bool) -> Int? {
        for recent in recentShapes where recent.attributes == attributes && recent.source == source && fits(recent.key) {
            return recent.shape
        }
        return nil
    }

    mutating func shape(_ key: [UInt8], _ source: Int, _ attributes: UInt64) -> Int {
        let index = shapes.find(key) ?? addShape(key)
        if recentShapes.count == Self.recentCount { recentShapes.removeLast() }
        recentShapes.insert(RecentShape(source: source, attributes: attributes, key: key, shape: index), at: 0)
        return index
    }

    private static let recentCount = 12

    private mutating func addShape(_ key: [UInt8]) -> Int {
        // Only a way to find series quickly: it may begin anew at any time.
        if shapes.count > maxSeries * 2 + 64 { forgetShapes() }
        let index = shapes.insert(key)
        while slots.count < shapes.count * Slot.count { slots.append(-1) }
        return index
    }

    private mutating func forgetShapes() {
        (shapes, slots, recentShapes) = (ByteTable(), [], [])
        shapeGeneration += 1
    }

    /// The series of a shape; -1 for one that is not known yet.
    @inline(__always)
    func series(_ shape: Int, _ slot: Slot) -> Int {
        let place = shape &* Slot.count &+ slot.rawValue
        return place < slots.count ? Int(slots[place]) : -1
    }

    mutating func set(_ series: Int, _ shape: Int, _ slot: Slot) {
        let place = shape * Slot.count + slot.rawValue
        // Making room may have thrown the shapes away.
        if place < slots.count { slots[place] = Int32(series) }
    }

    // MARK: Series

    /// The series with these attributes, or the metric's overflow when there is no room for a new one.
    mutating func series(_ metric: DerivedMetric, _ source: Int, _ attributes: [UInt8], _ now: UInt64) -> Int {
        let key = Self.key(metric, source, attributes)
        if let known = keys.find(key) { return known }
        if keys.count >= maxSeries { forgetIdle(now) }
        if keys.count < maxSeries + overflowCount { return add(key, metric, source, attributes, now) }
        overflowed[metric, default: 0] += 1
        if overflows[Int(metric.rawValue)] < 0 {
            var writer = WireWriter()
            writer.attribute(metric.attributesField, Self.overflowKey, bool: true)
            let nobody = self.source(Self.nobody)
            overflows[Int(metric.rawValue)] = Int32(
                keys.find(Self.key(metric, nobody, writer.bytes))
                    ?? add(Self.key(metric, nobody, writer.bytes), metric, nobody, writer.bytes, now)
            )
        }
        return Int(overflows[Int(metric.rawValue)])
    }

    private var overflowCount: Int { overflows.reduce(0) { $0 + ($1 < 0 ? 0 : 1) } }
    private static let overflowKey = Array("otel.metric.overflow".utf8)

    private mutating func add(_ key: [UInt8], _ metric: DerivedMetric, _ source: Int, _ attributes: [UInt8], _ now: UInt64) -> Int {
        series.append(Series(metric: metric, source: source, attributes: attributes, lastUseNanoseconds: now))
        return keys.insert(key)
    }

    private static func key(_ metric: DerivedMetric, _ source: Int, _ attributes: [UInt8]) -> [UInt8] {
        var key = [metric.rawValue]
        for place in 0..<4 { key.append(UInt8(truncatingIfNeeded: source >> (place * 8))) }
        return key + attributes
    }

    /// Lets go what was not measured for a day; looked for at most once an hour.
    private mutating func forgetIdle(_ now: UInt64) {
        guard now > lastForgottenNanoseconds + Self.idleNanoseconds / 24 else { return }
        lastForgottenNanoseconds = now
        let kept = series.filter { $0.isChanged || $0.lastUseNanoseconds + Self.idleNanoseconds > now }
        guard kept.count < series.count else { return }
        series = kept
        (keys, changed) = (ByteTable(), [])
        forgetShapes()
        overflows = [Int32](repeating: -1, count: overflows.count)
        for (index, one) in kept.enumerated() {
            _ = keys.insert(Self.key(one.metric, one.source, one.attributes))
            if one.isChanged { changed.append(Int32(index)) }
        }
    }

    // MARK: Measuring

    @inline(__always)
    mutating func count(_ number: UInt64, _ index: Int, _ exemplar: PointExemplar?, _ now: UInt64) {
        if series[index].count(number, exemplar, now) { changed.append(Int32(index)) }
    }

    mutating func spend(_ dollars: Double, _ index: Int, _ exemplar: PointExemplar?, _ now: UInt64) {
        if series[index].spend(dollars, exemplar, now) { changed.append(Int32(index)) }
    }

    @inline(__always)
    mutating func record(_ value: Double, _ index: Int, _ exemplar: PointExemplar?, _ now: UInt64) {
        if series[index].record(value, exemplar, now) { changed.append(Int32(index)) }
    }

    /// What was measured is written.
    mutating func clear() {
        for index in changed {
            series[Int(index)].isChanged = false
            series[Int(index)].count = 0
            series[Int(index)].money = 0
            series[Int(index)].cells.removeAll()
            series[Int(index)].exemplar = nil
        }
        changed.removeAll(keepingCapacity: true)
    }

    mutating func clearOverflowed() { overflowed = [:] }

    /// The attribute that has the most values, which is what takes the room, and how many.
    func widestAttribute() -> (key: String, values: Int)? {
        var values: [[UInt8]: Set<[UInt8]>] = [:]
        for one in series {
            var list = AttributeList(of: 0..<one.attributes.count, field: one.metric.attributesField)
            while let attribute = list.next(one.attributes) {
                values[Array(one.attributes[attribute.key]), default: []].insert(Array(one.attributes[attribute.contents]))
            }
        }
        return values.max { ($0.value.count, $1.key.count) < ($1.value.count, $0.key.count) }
            .map { (String(decoding: $0.key, as: UTF8.self), $0.value.count) }
    }
}

extension DerivedMetric {
    /// The number of the field in which points of this metric keep their attributes.
    var attributesField: Int { kind == .histogram ? 9 : 7 }
}
