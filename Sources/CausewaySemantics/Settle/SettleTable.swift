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
    var scan = SpanScan()
    var sampledKeys: [(key: String, value: String)] = []
    /// What was found out about items that were settled before.
    private var lateNotes: [SettleNote] = []
    var traces: [SettleTrace] = []
    private var free: [Int32] = []
    /// Where the trace is that was heard of last.
    private var lastPlace: (key: SettleTraceKey, slot: Int)?
    var index: [SettleTraceKey: Int32] = [:]
    /// Traces that wait for something, and those that do not, as they were heard of.
    private var waiting = TraceOrder()
    private var done = TraceOrder()
    private var timers = TimerQueue()
    private var traceBytes = 0
    private var logBytes = 0
    private var textLimit = 1 << 20
    /// When the table's own clock was zero, on the boot-time clock.
    private var epoch: UInt64?
    private var roots: [SyntheticRoot] = []
    private var abandoned: AbandonedTraces
    private var analysis = TraceAnalysis()
    package private(set) var counts = Counts()

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

    private func milliseconds(_ nanoseconds: UInt64) -> UInt32 {
        let start = epoch ?? nanoseconds
        return nanoseconds > start ? UInt32(truncatingIfNeeded: (nanoseconds - start) / 1_000_000) : 0
    }

    /// The table's own clock begins anew every seven weeks; what waits does not wait for half as long.
    private static func isReached(_ time: UInt32, by now: UInt32) -> Bool { Int32(bitPattern: now &- time) >= 0 }

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
        if isRedelivered(span, slot) {
            span.flags.insert(.redelivered)
            counts.redelivered += 1
        }
        if frame.isReplay {
            span.flags.formUnion([.decided, .replayed])
            // What counted then counts.
            span.flags.formUnion(frame.uncounted[span.item] ?? (span.kind.isLeaf ? .counts : []))
        } else {
            traces[slot].undecided += 1
        }
        if span.flags.contains(.isSynthetic) { abandoned.insert(fingerprint(key)) }
        traces[slot].spans.append(span)
        recount(slot)
        if span.isRoot { traces[slot].hasRoot = true }
        if isAgent && !frame.isSettledElsewhere { traces[slot].hasAgent = true }
        heard(of: slot, conditions, frame)
        if traces[slot].spans.count > Self.maxSpans, traces[slot].spans.count % 1024 == 0 { carry(slot) }
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
        traces[slot].conditions |= conditions
        traces[slot].lastArrival = max(traces[slot].lastArrival, frame.arrivalNanoseconds)
        traces[slot].isComplete = false
        if traces[slot].isDone {
            done.remove(slot, &traces)
            traces[slot].isDone = false
            waiting.add(slot, &traces)
        } else if waiting.newest != Int32(slot) {
            waiting.remove(slot, &traces)
            waiting.add(slot, &traces)
        }
        if !frame.isReplay { frames.wait(for: Int32(slot), traces[slot].generation) }
        setTimer(slot)
    }

    private mutating func setTimer(_ slot: Int) {
        guard traces[slot].hasRoot, !traces[slot].isTimed else { return }
        traces[slot].isTimed = true
        timers.add(
            traces[slot].lastArrival &+ options.quietNanoseconds,
            Int32(slot),
            traces[slot].generation
        )
    }

    /// Whether the very same span is there already.
    private mutating func isRedelivered(_ span: SettleSpan, _ slot: Int) -> Bool {
        let print = span.id ^ (span.end &* 0x9E37_79B9_7F4A_7C15)
        if traces[slot].prints != nil {
            return traces[slot].prints?.insert(print).inserted != true
        }
        for other in traces[slot].spans where other.id == span.id && other.end == span.end {
            return true
        }
        if traces[slot].spans.count == 48 {
            var prints = Set(traces[slot].spans.map { $0.id ^ ($0.end &* 0x9E37_79B9_7F4A_7C15) })
            prints.insert(print)
            traces[slot].prints = prints
        }
        return false
    }

    /// Says anew what the trace takes in memory.
    private mutating func recount(_ slot: Int) {
        let bytes = traces[slot].spans.capacity * MemoryLayout<SettleSpan>.stride + (traces[slot].prints?.count ?? 0) * 20
        traceBytes += bytes - traces[slot].accounted
        traces[slot].accounted = bytes
    }

    /// The most spans of one trace that are kept one by one.
    static let maxSpans = 16_384

    private mutating func place(of key: SettleTraceKey) -> Int {
        // Spans of one trace mostly come one after the other.
        if let last = lastPlace, last.key == key { return last.slot }
        if let known = index[key] {
            lastPlace = (key, Int(known))
            return Int(known)
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
        if !abandoned.isEmpty, abandoned.holds(fingerprint(key)) {
            (traces[slot].isAbandoned, traces[slot].isForgotten) = (true, true)
        }
        index[key] = Int32(slot)
        lastPlace = (key, slot)
        traceBytes += SettleTrace.bytes
        waiting.add(slot, &traces)
        return slot
    }

    // MARK: Time

    /// When there is something to do if nothing comes, on the boot-time clock.
    package var deadline: UInt64? {
        var times: [UInt64] = []
        if let timer = timers.first { times.append(timer.due) }
        if let frame = frames.first { times.append(frame.arrival &+ options.maxNanoseconds) }
        if waiting.oldest >= 0 {
            times.append(traces[Int(waiting.oldest)].lastArrival &+ options.abandonNanoseconds)
        }
        if done.oldest >= 0 {
            times.append(traces[Int(done.oldest)].lastArrival &+ options.keepNanoseconds)
        }
        return times.min()
    }

    /// Decides what is due at that time on the boot-time clock.
    package mutating func advance(to now: UInt64) {
        settleQuiet(now)
        settleExpired(now)
        abandonSilent(now)
        forgetOld(now)
        makeRoom()
    }

    /// Decides everything: nothing more comes.
    package mutating func finish() {
        for slot in index.values.map(Int.init).sorted()
        where traces[slot].undecided > 0 || !traces[slot].isComplete {
            decide(slot, before: nil, isQuiet: true)
        }
    }

    private mutating func settleQuiet(_ now: UInt64) {
        while let timer = timers.first, timer.due <= now {
            timers.removeFirst()
            let slot = Int(timer.slot)
            guard traces[slot].generation == timer.generation, traces[slot].isTimed else { continue }
            traces[slot].isTimed = false
            if traces[slot].lastArrival &+ options.quietNanoseconds > now {
                setTimer(slot)
            } else {
                decide(slot, before: nil, isQuiet: true)
                waiting.remove(slot, &traces)
                done.add(slot, &traces)
                traces[slot].isDone = true
            }
        }
    }

    private mutating func settleExpired(_ now: UInt64) {
        guard now >= options.maxNanoseconds else { return }
        let limit = now - options.maxNanoseconds
        for place in frames.expired(limit) where frames[place].left > 0 {
            for (slot, generation) in frames[place].traces
            where traces[Int(slot)].generation == generation && traces[Int(slot)].undecided > 0 {
                // Everything that has waited long enough at once, and of a long trace what soon will have: each look is at all of it.
                let ahead = traces[Int(slot)].spans.count > 256 ? options.maxNanoseconds / 8 : 0
                decide(Int(slot), before: milliseconds(limit &+ ahead), isQuiet: false)
            }
        }
    }

    private mutating func abandonSilent(_ now: UInt64) {
        while waiting.oldest >= 0 {
            let slot = Int(waiting.oldest)
            guard traces[slot].lastArrival &+ options.abandonNanoseconds <= now else { return }
            if traces[slot].undecided > 0 { decide(slot, before: nil, isQuiet: true) }
            if traces[slot].hasAgent, !traces[slot].hasRoot, !traces[slot].isAbandoned,
                let root = syntheticRoot(slot)
            {
                roots.append(root)
                counts.abandoned += 1
                // It comes back as a frame of the log; until then the trace is kept.
                traces[slot].isAbandoned = true
                traces[slot].lastArrival = now
                waiting.remove(slot, &traces)
                waiting.add(slot, &traces)
            } else {
                forget(slot)
            }
        }
    }

    private mutating func forgetOld(_ now: UInt64) {
        while done.oldest >= 0, traces[Int(done.oldest)].lastArrival &+ options.keepNanoseconds <= now {
            forget(Int(done.oldest))
        }
    }

    /// Settles early what was quiet longest, if more is known than may be: down to nine tenths of it, so that it is not done for every
    /// span.
    package mutating func makeRoom() {
        guard memoryBytes > options.memoryBytes else { return }
        if texts.memoryBytes > textLimit { compactTexts() }
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

    private mutating func forget(_ slot: Int) {
        let trace = traces[slot]
        lastPlace = nil
        if trace.isDone { done.remove(slot, &traces) } else { waiting.remove(slot, &traces) }
        traceBytes -= SettleTrace.bytes + trace.accounted
        logBytes -= trace.logs.reduce(0) { $0 + $1.memoryBytes }
        index[trace.key] = nil
        let generation = trace.generation &+ 1
        traces[slot] = SettleTrace(key: trace.key)
        traces[slot].generation = generation
        free.append(Int32(slot))
    }

    /// Forgets texts that nothing speaks of any more.
    private mutating func compactTexts() {
        let (oldTexts, oldIdentities) = (texts, identities)
        texts = TextTable()
        identities = IdentityTable()
        var moved: [SettleTraceKey: Int32] = [:]
        moved.reserveCapacity(index.count)
        for (key, slot) in index {
            let place = Int(slot)
            var key = key
            key.tenant = texts.number(key.tenant, of: oldTexts)
            traces[place].key = key
            moved[key] = slot
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
        index = moved
        lastPlace = nil
        textLimit = max(1 << 20, (texts.memoryBytes + identities.memoryBytes) * 2)
    }

    /// The oldest frame with something that is known of a trace; nil where nothing is known.
    package var oldestSequence: UInt64? {
        index.values.lazy.compactMap { slot in traces[Int(slot)].spans.lazy.map(\.sequence).min() }
            .min()
    }

    // MARK: Deciding

    /// Decides what came up to some time of the table's own clock, or everything. `isQuiet`: nothing more is expected.
    private mutating func decide(_ slot: Int, before arrival: UInt32?, isQuiet: Bool) {
        let isDue = { (span: SettleSpan) in
            !span.flags.contains(.decided) && arrival.map { Self.isReached(span.arrival, by: $0) } ?? true
        }
        let isLogDue = { (log: SettleLog) in
            !log.isDecided && arrival.map { Self.isReached(log.arrival, by: $0) } ?? true
        }
        let isAnalysed =
            traces[slot].hasAgent || options.sampled != nil
            || traces[slot].spans.contains { $0.flags.contains(.redelivered) }
        var isSaid: Set<Int> = []
        if isAnalysed {
            analysis.run(
                traces[slot],
                isDue: isDue,
                isLogDue: isLogDue,
                isQuiet: isQuiet,
                texts: texts,
                identities: identities,
                options: options
            )
            let notes = analysis.takeNotes()
            // What it holds on to would be copied when it changes.
            analysis.release()
            for (place, note) in notes {
                let span = traces[slot].spans[place]
                say(SettleNote(sequence: span.sequence, item: Int(span.item), payload: note.encoded))
                traces[slot].spans[place].noted = analysis.fingerprint(place)
            }
            for (place, flags) in analysis.takeRoles() {
                traces[slot].spans[place].flags.formUnion(flags)
            }
            for (place, note) in analysis.takeLogNotes() {
                let log = traces[slot].logs[place]
                isSaid.insert(place)
                if note.marks.contains(.folded) { counts.folded += 1 }
                say(SettleNote(sequence: log.sequence, item: Int(log.item), payload: note.encoded))
            }
        }
        var left = 0
        for place in traces[slot].spans.indices
        where !traces[slot].spans[place].flags.contains(.decided) {
            guard isDue(traces[slot].spans[place]) || isAnalysed && analysis.isDue[place] else {
                left += 1
                continue
            }
            traces[slot].spans[place].flags.insert(.decided)
            frames.settleItem(traces[slot].spans[place].sequence)
        }
        if !traces[slot].logs.isEmpty {
            for place in traces[slot].logs.indices
            where isLogDue(traces[slot].logs[place]) || isSaid.contains(place) {
                traces[slot].logs[place].isDecided = true
                frames.settleItem(traces[slot].logs[place].sequence)
            }
            logBytes -= traces[slot].logs.reduce(0) { $0 + ($1.isDecided ? $1.memoryBytes : 0) }
            traces[slot].logs.removeAll { $0.isDecided }
            left += traces[slot].logs.count
        }
        traces[slot].undecided = left
        recount(slot)
        if isQuiet { traces[slot].isComplete = true }
    }

    private mutating func say(_ note: SettleNote) {
        guard !note.payload.isEmpty else { return }
        if frames.add(note) {
            counts.notes += 1
        } else {
            counts.lateNotes += 1
            lateNotes.append(note)
        }
    }

    /// Sums up the older half of a trace's decided spans.
    private mutating func carry(_ slot: Int) {
        let goal = Self.maxSpans / 2
        guard traces[slot].spans.lazy.filter({ $0.flags.contains(.decided) }).count >= goal else {
            return
        }
        var carried = traces[slot].carried ?? CarriedTotals()
        var kept: [SettleSpan] = []
        var taken = 0
        for span in traces[slot].spans {
            // The root is needed for its end.
            if taken < goal, span.flags.contains(.decided), !span.isRoot {
                taken += 1
                carried.add(span)
            } else {
                kept.append(span)
            }
        }
        traces[slot].spans = kept
        traces[slot].carried = carried
        recount(slot)
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

    private mutating func syntheticRoot(_ slot: Int) -> SyntheticRoot? {
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

/// Identities by number; zero is nobody.
struct IdentityTable {
    private var all = [SettleIdentity()]
    private var numbers: [SettleIdentity: UInt32] = [:]

    var memoryBytes: Int { all.count * 160 }

    mutating func number(_ identity: SettleIdentity) -> UInt32 {
        if let known = numbers[identity] { return known }
        all.append(identity)
        numbers[identity] = UInt32(all.count - 1)
        return UInt32(all.count - 1)
    }

    subscript(number: UInt32) -> SettleIdentity { all[Int(number)] }
}

/// Traces in the order in which they were last heard of, linked through themselves.
struct TraceOrder {
    private(set) var newest: Int32 = -1
    private(set) var oldest: Int32 = -1

    mutating func add(_ slot: Int, _ traces: inout [SettleTrace]) {
        traces[slot].older = newest
        traces[slot].newer = -1
        if newest >= 0 { traces[Int(newest)].newer = Int32(slot) } else { oldest = Int32(slot) }
        newest = Int32(slot)
    }

    mutating func remove(_ slot: Int, _ traces: inout [SettleTrace]) {
        let (newer, older) = (traces[slot].newer, traces[slot].older)
        if newer >= 0 {
            traces[Int(newer)].older = older
        } else if newest == Int32(slot) {
            newest = older
        }
        if older >= 0 {
            traces[Int(older)].newer = newer
        } else if oldest == Int32(slot) {
            oldest = newer
        }
        (traces[slot].newer, traces[slot].older) = (-1, -1)
    }
}

/// Traces by the time at which somebody wants to look at them; all wait equally long, so the first in is the first out.
struct TimerQueue {
    struct Timer {
        var due: UInt64
        var slot: Int32
        var generation: UInt32
    }

    private var timers: [Timer] = []
    private var head = 0

    var count: Int { timers.count - head }
    var first: Timer? { head < timers.count ? timers[head] : nil }

    mutating func add(_ due: UInt64, _ slot: Int32, _ generation: UInt32) {
        timers.append(Timer(due: due, slot: slot, generation: generation))
    }

    mutating func removeFirst() {
        head += 1
        if head > 4096, head * 2 > timers.count {
            timers.removeFirst(head)
            head = 0
        }
    }
}
