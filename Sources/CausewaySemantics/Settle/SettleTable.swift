package import CausewayModel
internal import CausewayOTLP

/// What is known of all traces that may go on, and what is decided about them.
///
/// Frames go in as they stand in the log; out come notes on their items and how far everything is decided. Time is given by the caller, nothing
/// is read or written: the same frames at the same times give the same notes. Memory is bounded; when it is used up, the traces that were
/// quiet longest are decided with what is known.
package struct SettleTable {
    /// The scope of roots that settling makes.
    package static let scope = "causeway.settle"

    package private(set) var options: SettleOptions
    var texts = TextTable()
    var identities = IdentityTable()
    var frames = PendingFrames()
    /// For reading one span after the other.
    var scan = SpanScan(keys: SettleKey.index)
    var sampledKeys: [(key: String, value: String)] = []
    /// What was found out about items that were settled before.
    var lateNotes: [SettleNote] = []
    var traces: [SettleTrace] = []
    private var free: [Int32] = []
    /// Where the trace is that was heard of last.
    private var lastPlace: (key: SettleTraceKey, slot: Int)?
    private var index = TraceIndex()
    /// Traces that wait for something, and those that do not, as they were heard of.
    var waiting = TraceOrder()
    var done = TraceOrder()
    var timers = TimerQueue()
    var traceBytes = 0
    var logBytes = 0
    private var textLimit = 1 << 20
    /// When the table's own clock was zero, on the boot-time clock.
    private var epoch: UInt64?
    var roots: [SyntheticRoot] = []
    private var abandoned: AbandonedTraces
    var analysis = TraceAnalysis()
    package internal(set) var counts = Counts()

    /// Since the table was made.
    package struct Counts: Equatable, Sendable {
        package var spans = 0
        package var notes = 0
        package var lateNotes = 0
        /// Items decided before their time, for want of memory.
        package var early = 0
        package var redelivered = 0
        package var folded = 0
        package var abandoned = 0

        package init() {}
    }

    package init(_ options: SettleOptions = SettleOptions()) {
        self.options = options
        abandoned = AbandonedTraces(most: AbandonedTraces.most(in: options.memoryBytes))
        set(sampled: options.sampled)
    }

    /// What is looked for for sampling from now on.
    package mutating func set(sampled: [SampleAttribute]?) {
        options.sampled = sampled
        // So many as there are bits.
        sampledKeys = (sampled ?? []).prefix(64).map { ($0.key, $0.value) }
    }

    /// Traces that are known.
    package var traceCount: Int { index.count }

    /// What is known takes so many bytes, about.
    package var memoryBytes: Int {
        traceBytes + logBytes + texts.memoryBytes + identities.memoryBytes + frames.memoryBytes
            + frames.noteBytes + timers.count * 24 + abandoned.memoryBytes
    }

    // MARK: In

    /// A frame of the log.
    package struct Frame {
        package var sequence: UInt64
        package var tenant: String
        package var signal: Signal?
        package var items: Int
        package var payload: [UInt8]
        /// Another bridge has settled it.
        package var isSettledElsewhere = false
        /// Some deriver made it.
        package var isDerived = false
        /// It was decided in an earlier life, and is read for what it tells.
        package var isReplay = false
        package var earlierNotes: [EarlierNote] = []

        package init(sequence: UInt64, tenant: String, signal: Signal?, items: Int, payload: [UInt8]) {
            self.sequence = sequence
            self.tenant = tenant
            self.signal = signal
            self.items = items
            self.payload = payload
        }
    }

    /// What is the same for all items of a frame.
    struct FrameFacts {
        var sequence: UInt64
        var tenant: UInt32
        var arrival: UInt32
        var arrivalNanoseconds: UInt64
        var isSettledElsewhere: Bool
        var isDerived: Bool
        var isReplay: Bool
        /// Items that were decided not to count, or to have come before.
        var uncounted: [UInt32: SettleSpan.Flags] = [:]
    }

    /// What was said of an item in an earlier life.
    package struct EarlierNote: Equatable, Sendable {
        package var item: Int
        package var payload: [UInt8]

        package init(item: Int, payload: [UInt8]) { (self.item, self.payload) = (item, payload) }
    }

    /// Takes in the next frame, which came at `arrival` on the boot-time clock.
    package mutating func take(_ frame: Frame, arrival: UInt64) {
        if epoch == nil { epoch = arrival }
        var facts = FrameFacts(
            sequence: frame.sequence,
            tenant: texts.number(frame.tenant),
            arrival: milliseconds(arrival),
            arrivalNanoseconds: arrival,
            isSettledElsewhere: frame.isSettledElsewhere,
            isDerived: frame.isDerived,
            isReplay: frame.isReplay
        )
        if !frame.isReplay { frames.begin(frame.sequence, arrival: arrival) }
        for note in frame.earlierNotes {
            let flags = ItemNote(note.payload).countingFlags
            if !flags.isEmpty { facts.uncounted[UInt32(clamping: note.item), default: []].formUnion(flags) }
        }
        switch frame.signal {
        case .traces: readSpans(frame.payload, facts)
        case .logs: readLogs(frame.payload, facts)
        // Without a trace there is nothing to wait for.
        case .metrics, nil: break
        }
    }

    func milliseconds(_ nanoseconds: UInt64) -> UInt32 {
        let start = epoch ?? nanoseconds
        return nanoseconds > start ? UInt32(truncatingIfNeeded: (nanoseconds - start) / 1_000_000) : 0
    }

    /// The table's own clock begins anew every seven weeks; what waits does not wait for half as long.
    static func isReached(_ time: UInt32, by now: UInt32) -> Bool { Int32(bitPattern: now &- time) >= 0 }

    /// Tells a trace apart in other lives as well.
    private func fingerprint(_ key: SettleTraceKey) -> UInt64 {
        let tenant = Array(texts.text(key.tenant).utf8)
        return KeyedHash.of(key.high, key.low, 0x6162_616E_646F_6E, KeyedHash.of(tenant, tenant.indices, 1, 2))
    }

    /// Traces that were given up, for later lives.
    package var abandonedTraces: [UInt8] {
        get { abandoned.bytes }
        set { abandoned = AbandonedTraces(newValue, most: AbandonedTraces.most(in: options.memoryBytes)) }
    }

    /// From reading: one span of a frame.
    mutating func take(
        _ new: SettleSpan,
        of key: SettleTraceKey,
        isAgent: Bool,
        _ conditions: UInt64,
        _ frame: FrameFacts
    ) {
        counts.spans += 1
        let slot = place(of: key)
        var span = new
        if traces[slot].knows(span) {
            span.flags.insert(.redelivered)
            counts.redelivered += 1
        }
        if frame.isReplay {
            span.flags.formUnion([.decided, .replayed])
            // What counted then counts.
            span.flags.formUnion(frame.uncounted[span.item] ?? (span.kind.isLeaf ? .counts : []))
        }
        if span.flags.contains(.isSynthetic) { abandoned.insert(fingerprint(key)) }
        traceBytes += traces[slot].add(span, isAgent: isAgent && !frame.isSettledElsewhere)
        heard(of: slot, conditions, frame)
        let count = traces[slot].spans.count
        if count > Self.maxSpans, count % 1024 == 0 { carry(slot) }
    }

    mutating func take(
        _ log: SettleLog,
        of key: SettleTraceKey,
        isAgent: Bool,
        _ conditions: UInt64,
        _ frame: FrameFacts
    ) {
        guard !frame.isReplay else { return }
        let slot = place(of: key)
        traces[slot].undecided += 1
        traces[slot].logs.append(log)
        logBytes += log.memoryBytes
        if isAgent { traces[slot].hasAgent = true }
        heard(of: slot, conditions, frame)
    }

    private mutating func heard(of slot: Int, _ conditions: UInt64, _ frame: FrameFacts) {
        if traces[slot].hear(conditions, at: frame.arrivalNanoseconds) {
            done.remove(slot, &traces)
            waiting.add(slot, &traces)
        } else if waiting.newest != Int32(slot) {
            waiting.remove(slot, &traces)
            waiting.add(slot, &traces)
        }
        if !frame.isReplay { frames.wait(for: Int32(slot), traces[slot].generation) }
        setTimer(slot)
    }

    mutating func setTimer(_ slot: Int) {
        guard traces[slot].hasRoot, !traces[slot].isTimed else { return }
        traces[slot].isTimed = true
        timers.add(
            traces[slot].lastArrival &+ options.quietNanoseconds,
            Int32(slot),
            traces[slot].generation
        )
    }

    /// The most spans of one trace that are kept one by one.
    static let maxSpans = 16_384

    private mutating func place(of key: SettleTraceKey) -> Int {
        // Spans of one trace mostly come one after the other.
        if let last = lastPlace, last.key == key { return last.slot }
        if let known = index.find(key) {
            lastPlace = (key, known)
            return known
        }
        let slot: Int
        if let old = free.popLast() {
            slot = Int(old)
            let generation = traces[slot].generation &+ 1
            traces[slot] = SettleTrace(key: key)
            traces[slot].generation = generation
        } else {
            slot = traces.count
            traces.append(SettleTrace(key: key))
        }
        traces[slot].isKnown = true
        if !abandoned.isEmpty, abandoned.holds(fingerprint(key)) {
            (traces[slot].isAbandoned, traces[slot].isForgotten) = (true, true)
        }
        index.insert(key, slot)
        lastPlace = (key, slot)
        traceBytes += SettleTrace.bytes
        waiting.add(slot, &traces)
        return slot
    }

    // MARK: Room

    /// Settles early what was quiet longest, if more is known than may be: down to nine tenths of it, so that it is not done for every
    /// span.
    package mutating func makeRoom() {
        guard memoryBytes > options.memoryBytes else { return }
        // What nothing speaks of any more goes first, before it takes as much room as the rest.
        if texts.memoryBytes + identities.memoryBytes > textLimit { compactTexts() }
        let goal = options.memoryBytes / 10 * 9
        while memoryBytes > goal {
            let slot = done.oldest >= 0 ? done.oldest : waiting.oldest
            guard slot >= 0 else { break }
            counts.early += traces[Int(slot)].undecided
            if traces[Int(slot)].undecided > 0 { decide(Int(slot), before: nil, isQuiet: true) }
            forget(Int(slot))
        }
        if memoryBytes > goal { compactTexts() }
    }

    /// Whether more should not be taken in before `advance`.
    package var isFull: Bool { memoryBytes > options.memoryBytes }

    mutating func forget(_ slot: Int) {
        lastPlace = nil
        if traces[slot].isDone { done.remove(slot, &traces) } else { waiting.remove(slot, &traces) }
        traceBytes -= SettleTrace.bytes + traces[slot].accounted
        if !traces[slot].logs.isEmpty { logBytes -= traces[slot].logs.reduce(0) { $0 + $1.memoryBytes } }
        let (key, generation) = (traces[slot].key, traces[slot].generation &+ 1)
        index.remove(key)
        traces[slot] = SettleTrace(key: key)
        traces[slot].generation = generation
        free.append(Int32(slot))
    }

    /// Forgets texts that nothing speaks of any more.
    private mutating func compactTexts() {
        let (oldTexts, oldIdentities) = (texts, identities)
        texts = TextTable()
        identities = IdentityTable()
        index.removeAll()
        for place in traces.indices where traces[place].isKnown {
            traces[place].key.tenant = texts.number(traces[place].key.tenant, of: oldTexts)
            index.insert(traces[place].key, place)
            for number in traces[place].spans.indices {
                var span = traces[place].spans[number]
                span.name = texts.number(span.name, of: oldTexts)
                span.failureCode = texts.number(span.failureCode, of: oldTexts)
                span.failureCategory = texts.number(span.failureCategory, of: oldTexts)
                if span.identity != 0 {
                    var identity = oldIdentities[span.identity]
                    for field in SettleIdentity.Field.allCases {
                        identity[field] = texts.number(identity[field], of: oldTexts)
                    }
                    span.identity = identities.number(identity)
                }
                traces[place].spans[number] = span
            }
        }
        lastPlace = nil
        textLimit = max(1 << 20, (texts.memoryBytes + identities.memoryBytes) * 2)
    }

    /// The oldest frame with something that is known of a trace; nil where nothing is known.
    package var oldestSequence: UInt64? {
        traces.lazy.filter(\.isKnown).compactMap { trace in trace.spans.lazy.map(\.sequence).min() }.min()
    }

    // MARK: Out

    /// What is settled and was not taken, from the beginning of the log on: up to which frame, and the notes on everything up to there and on
    /// what was settled earlier. Nil where there is nothing.
    package mutating func takeSettled(maxBytes: Int) -> (through: UInt64?, notes: [SettleNote])? {
        let settled = frames.takeSettled(maxBytes: maxBytes)
        let late = lateNotes
        lateNotes = []
        guard settled != nil || !late.isEmpty else { return nil }
        return (settled?.through, late + (settled?.notes ?? []))
    }

    /// When the oldest came that is not settled, on the boot-time clock.
    package var oldestArrival: UInt64? { frames.first?.arrival }

    /// Whether something is settled and not taken.
    package var hasNews: Bool { !lateNotes.isEmpty || !roots.isEmpty || frames.first.map { $0.left <= 0 } ?? false }

    /// Whether everything that came in is settled and taken.
    package var isSettled: Bool { frames.isEmpty }

    /// Roots in the place of ones that never came; each is told once.
    package mutating func takeSyntheticRoots() -> [SyntheticRoot] {
        defer { roots = [] }
        return roots
    }

    mutating func syntheticRoot(_ slot: Int) -> SyntheticRoot? {
        let trace = traces[slot]
        guard let id = trace.key.id else { return nil }
        let known = Set(trace.spans.map(\.id))
        // The parent that is missing to the span that began first.
        let orphan = trace.spans.filter { $0.parent != 0 && !known.contains($0.parent) }.min {
            ($0.start, $0.id) < ($1.start, $1.id)
        }
        guard let orphan, let span = SpanID(orphan.parent) else { return nil }
        return analysis.syntheticRoot(
            trace,
            traceID: id,
            spanID: span,
            texts: texts,
            identities: identities,
            options: options
        )
    }
}
