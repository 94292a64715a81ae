internal import CausewayModel

/// One trace of the table: its spans, what log records say about them, and where it stands.
struct SettleTrace {
    var key: SettleTraceKey
    /// More of them come by `add` alone.
    var spans: [SettleSpan] = []
    var logs: [SettleLog] = []
    /// When something of it last came, on the boot-time clock.
    var lastArrival: UInt64 = 0
    /// Of a long trace, what tells its spans apart.
    private var prints: Set<UInt64>?
    /// Bytes that its lists were said to take.
    private(set) var accounted = 0
    /// Items that are not decided.
    var undecided = 0
    /// Nobody else may have its place.
    var isKnown = false
    var hasRoot = false
    /// An agent had to do with it; of others nothing is said.
    var hasAgent = false
    /// Some span of it came twice.
    private(set) var hasRedelivered = false
    var isTimed = false
    /// What its root said has been noted when all was quiet; until something comes.
    var isComplete = false
    /// A root was made in the place of the one that never came.
    var isAbandoned = false
    /// It was, and then everything known of it was forgotten: what comes now is not all that there is.
    var isForgotten = false
    /// Nothing is waited for.
    var isDone = false
    /// Bits of the conditions of sampling that some item fulfils.
    var conditions: UInt64 = 0
    /// What was known of spans that are not kept, because there were too many; nearly no trace has any, and so room for it.
    private var summedUp: [CarriedTotals] = []
    /// Told apart from others that were in its place before.
    var generation: UInt32 = 0
    // Neighbours in the order in which traces were last heard of.
    var newer: Int32 = -1
    var older: Int32 = -1

    /// Its own, its place in the index, and what its lists have in front.
    static let bytes = MemoryLayout<SettleTrace>.stride + 64 + 32

    init(key: SettleTraceKey) { self.key = key }

    var carried: CarriedTotals? { summedUp.last }

    /// Whether the very same span is there already.
    mutating func knows(_ span: SettleSpan) -> Bool {
        if prints != nil { return prints?.insert(Self.print(span)).inserted != true }
        for other in spans where other.id == span.id && other.end == span.end { return true }
        if spans.count == Self.comparedSpans {
            var prints = Set(spans.map { Self.print($0) })
            prints.insert(Self.print(span))
            self.prints = prints
        }
        return false
    }

    /// So many spans are compared one by one.
    private static let comparedSpans = 48

    private static func print(_ span: SettleSpan) -> UInt64 { span.id ^ (span.end &* 0x9E37_79B9_7F4A_7C15) }

    /// Adds a span and says how many bytes more there are now.
    mutating func add(_ span: SettleSpan, isAgent: Bool) -> Int {
        if !span.flags.contains(.decided) { undecided += 1 }
        if span.flags.contains(.redelivered) { hasRedelivered = true }
        if span.isRoot { hasRoot = true }
        if isAgent { hasAgent = true }
        guard spans.count == spans.capacity || prints != nil else {
            spans.append(span)
            return 0
        }
        // One alone, a few, or many: asked for in few steps.
        if spans.count == spans.capacity { spans.reserveCapacity(spans.isEmpty ? 1 : max(4, spans.count * (spans.count < 16 ? 4 : 2))) }
        spans.append(span)
        return recount()
    }

    /// Keeps these and a sum of the others, and says how many bytes more there are now.
    mutating func keep(_ some: [SettleSpan], _ carried: CarriedTotals) -> Int {
        (spans, summedUp) = (some, [carried])
        hasRedelivered = some.contains { $0.flags.contains(.redelivered) }
        return recount()
    }

    /// Something of it came; true if nothing was waited for.
    mutating func hear(_ conditions: UInt64, at arrival: UInt64) -> Bool {
        self.conditions |= conditions
        lastArrival = max(lastArrival, arrival)
        isComplete = false
        defer { isDone = false }
        return isDone
    }

    /// Says anew what its lists take in memory.
    private mutating func recount() -> Int {
        let bytes = spans.capacity * MemoryLayout<SettleSpan>.stride + (prints?.count ?? 0) * 20
        defer { accounted = bytes }
        return bytes - accounted
    }
}

struct SettleTraceKey: Hashable {
    /// The tenant's number among the table's texts: what one says is never seen in another's.
    var tenant: UInt32
    var high: UInt64
    var low: UInt64

    var id: TraceID? { TraceID(high: high, low: low) }

    func hash(into hasher: inout Hasher) {
        hasher.combine(low)
        hasher.combine(high ^ UInt64(tenant) << 32)
    }
}

/// What a log record has to say about a span: content, cost, tokens.
struct SettleLog {
    var sequence: UInt64
    var item: UInt32
    var arrival: UInt32
    /// The span that it belongs to; 0 where it says the id of the response.
    var span: UInt64
    var reference: UInt64
    var time: UInt64
    /// The elements of JSON lists, without brackets.
    var input: [UInt8] = []
    var output: [UInt8] = []
    var instructions: [UInt8] = []
    /// Further attributes, as fields of a span: those that say tokens, those that say money, others.
    var usage: [UInt8] = []
    var money: [UInt8] = []
    var others: [UInt8] = []
    var cost: Double?
    /// The cost is in something else than dollars.
    var isForeignMoney = false
    var inputTokens: UInt32 = 0
    var outputTokens: UInt32 = 0
    var isDecided = false

    var memoryBytes: Int {
        MemoryLayout<SettleLog>.stride + input.count + output.count + instructions.count + usage.count
            + money.count + others.count
    }
}

/// Sums over spans that a very long trace has had and that are not kept one by one.
struct CarriedTotals: Equatable {
    var spans = 0
    var steps = 0
    var modelCalls = 0
    var toolCalls = 0
    var failures = 0
    var input = 0
    var output = 0
    var cost = 0.0
    var hasCost = false
    var computeNanoseconds: UInt64 = 0
    var isUnrecovered = false
}
