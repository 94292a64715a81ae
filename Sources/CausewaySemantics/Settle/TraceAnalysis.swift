internal import CausewayModel
internal import CausewayOTLP

/// What one trace means, from all that is known of it: who called whom, which span of each call counts, what was tried again and why, what it
/// came to.
///
/// A function of the set of spans: the order in which they came makes no difference. One of these serves all traces, one after the other, so
/// that looking at a trace takes little memory of its own.
struct TraceAnalysis {
    var spans: [SettleSpan] = []
    var logs: [SettleLog] = []
    var key = SettleTraceKey(tenant: 0, high: 0, low: 0)
    var texts = TextTable((0, 0))
    var identities = IdentityTable()
    var options = SettleOptions()
    var carried: CarriedTotals?
    var conditions: UInt64 = 0
    var hasAgent = false
    var isQuiet = false
    /// Something of the trace is not known any more.
    var isForgotten = false

    /// Places of spans that take part, by their beginnings.
    var order: [Int] = []
    /// Where each span's parent is; -1 if it is not there.
    var parent: [Int] = []
    /// The call that a span is a sight of, by one of its spans; each is its own at first.
    private var call: [Int] = []
    /// The span that counts, of the call that `call` leads to.
    private var counting: [Int] = []
    var isDue: [Bool] = []
    /// Calls in the order of their beginnings, by the spans that count.
    var calls: [Int] = []
    /// Spans whose tokens are the sum of others' though they look like a call.
    var rollups = PlaceSet()
    /// Where the log records lie that belong to a span.
    var logsOf = PlaceMap<[Int]>()
    var attempts = PlaceMap<Attempt>()
    var isRecovered = PlaceSet()
    /// Calls that failed by what is below them, and the span that tells it.
    var hiddenFailures = PlaceMap<Int>()
    var loops: [(agent: Int, call: Int, count: Int)] = []
    var handoffs: [(from: Int, to: Int)] = []
    var handoffCount = 0
    var httpRetries = PlaceMap<[Int]>()

    var notes = PlaceMap<ItemNote>()
    private var roles: [(Int, SettleSpan.Flags)] = []
    private var logNotes: [(Int, ItemNote)] = []
    // Memory that is used again.
    private var byNumber = NumberTable()
    private var best = PlaceMap<Int>()
    private var state: [UInt8] = []

    /// One of several tries of a call.
    struct Attempt {
        var number: Int
        /// The try before, and the one after.
        var previous: Int?
        var next: Int?
        /// Another model, because the one before failed.
        var isFallback = false
    }

    mutating func run(
        _ trace: SettleTrace,
        isDue: (SettleSpan) -> Bool,
        isLogDue: (SettleLog) -> Bool,
        isQuiet: Bool,
        texts: TextTable,
        identities: IdentityTable,
        options: SettleOptions
    ) {
        begin(trace, isQuiet: isQuiet, texts: texts, identities: identities, options: options)
        self.isDue.removeAll(keepingCapacity: true)
        for place in spans.indices { self.isDue.append(isDue(spans[place])) }
        if hasAgent {
            joinLogs(isLogDue)
            findCalls()
            findAttempts()
            findHiddenFailures()
            findLoops()
            findHandoffs()
            noteCalls()
            noteAttempts()
            noteIdentities()
            noteContent(isLogDue)
            noteAgents()
            noteRoot()
        }
        noteMarks(isLogDue)
        dropUnchanged()
    }

    mutating func begin(
        _ trace: SettleTrace,
        isQuiet: Bool,
        texts: TextTable,
        identities: IdentityTable,
        options: SettleOptions
    ) {
        (spans, logs, key) = (trace.spans, trace.logs, trace.key)
        (self.texts, self.identities, self.options, self.isQuiet) = (
            texts, identities, options, isQuiet
        )
        (carried, conditions, hasAgent) = (trace.carried, trace.conditions, trace.hasAgent)
        isForgotten = trace.isForgotten
        notes.reset(spans.count)
        roles.removeAll(keepingCapacity: true)
        logNotes.removeAll(keepingCapacity: true)
        rollups.reset(spans.count)
        logsOf.reset(spans.count)
        attempts.reset(spans.count)
        isRecovered.reset(spans.count)
        hiddenFailures.reset(spans.count)
        httpRetries.reset(spans.count)
        loops.removeAll(keepingCapacity: true)
        handoffs.removeAll(keepingCapacity: true)
        calls.removeAll(keepingCapacity: true)
        handoffCount = 0
        order.removeAll(keepingCapacity: true)
        for place in spans.indices where !spans[place].flags.contains(.redelivered) {
            order.append(place)
        }
        // Mostly they came as they began.
        if !zip(order, order.dropFirst()).allSatisfy({ begins($0, before: $1) }) {
            order = order.sorted { begins($0, before: $1) }
        }
        byNumber.reset(order.count)
        var hasCopies = false
        for place in order {
            if let other = byNumber[spans[place].id] {
                hasCopies = true
                if !isBetterCopy(place, other) { continue }
            }
            byNumber[spans[place].id] = place
        }
        parent.removeAll(keepingCapacity: true)
        call.removeAll(keepingCapacity: true)
        counting.removeAll(keepingCapacity: true)
        for place in spans.indices {
            parent.append(-1)
            call.append(place)
            counting.append(place)
        }
        for place in order {
            let above = spans[place].parent
            if above != 0, let above = byNumber[above], above != place { parent[place] = above }
            // What was made up for a span is no second sight of it.
            if hasCopies, let main = byNumber[spans[place].id], main != place, !spans[place].flags.contains(.isSynthetic) {
                call[place] = main
            }
        }
        breakCircles()
    }

    /// The order of spans. Of two copies of one span the one that tells more comes first; where they lie in the log is the last thing asked.
    private func begins(_ left: Int, before right: Int) -> Bool {
        if spans[left].start != spans[right].start { return spans[left].start < spans[right].start }
        if spans[left].end != spans[right].end { return spans[left].end > spans[right].end }
        if spans[left].id != spans[right].id { return spans[left].id < spans[right].id }
        return (spans[left].sequence, spans[left].item) < (spans[right].sequence, spans[right].item)
    }

    private func isBetterCopy(_ place: Int, _ other: Int) -> Bool {
        let (a, b) = (spans[place], spans[other])
        if a.flags.contains(.isSynthetic) != b.flags.contains(.isSynthetic) { return b.flags.contains(.isSynthetic) }
        if a.flags.contains(.counts) != b.flags.contains(.counts) { return a.flags.contains(.counts) }
        if a.detail != b.detail { return a.detail > b.detail }
        return a.end > b.end
    }

    /// Ids may be such that spans are above themselves: one of them is a root then.
    private mutating func breakCircles() {
        state.removeAll(keepingCapacity: true)
        for _ in spans.indices { state.append(0) }
        // Where each begins no earlier than the one above it there is none.
        var isSorted = true
        for place in order {
            if parent[place] >= 0, state[parent[place]] == 0 { isSorted = false }
            state[place] = 1
        }
        if isSorted { return }
        for place in spans.indices { state[place] = 0 }
        var path: [Int] = []
        for start in order where state[start] == 0 {
            var place = start
            while place >= 0, state[place] == 0 {
                state[place] = 1
                path.append(place)
                place = parent[place]
            }
            if place >= 0, state[place] == 1 {
                // The whole circle looks the same from all sides; the one that begins first is cut free.
                var members: [Int] = [place]
                var next = parent[place]
                while next != place {
                    members.append(next)
                    next = parent[next]
                }
                if let first = members.min(by: {
                    (spans[$0].start, spans[$0].id) < (spans[$1].start, spans[$1].id)
                }) {
                    parent[first] = -1
                }
            }
            for seen in path { state[seen] = 2 }
            path.removeAll(keepingCapacity: true)
        }
    }

    // MARK: Calls

    /// The span that stands for the call that a span is a sight of.
    func representative(_ place: Int) -> Int {
        var found = place
        while call[found] != found { found = call[found] }
        return found
    }

    /// The span that counts of the call that a span is a sight of.
    func counted(_ place: Int) -> Int { counting[representative(place)] }

    private mutating func join(_ left: Int, _ right: Int) {
        let (a, b) = (representative(left), representative(right))
        if a != b { call[max(a, b)] = min(a, b) }
    }

    func isActive(_ place: Int) -> Bool { !spans[place].flags.contains(.settledElsewhere) }

    /// The nearest span above of a kind that matters to calls; -1 if there is none.
    private func leafAbove(_ place: Int) -> Int {
        var above = parent[place]
        while above >= 0 {
            let kind = spans[above].kind
            if kind.isLeaf || kind == .agent { return above }
            above = parent[above]
        }
        return -1
    }

    /// The nearest agent above; -1 if there is none.
    func agentAbove(_ place: Int) -> Int {
        var above = parent[place]
        while above >= 0, spans[above].kind != .agent { above = parent[above] }
        return above
    }

    mutating func findCalls() {
        joinNestedModels()
        joinByReference()
        joinShadows()
        joinPreparations()
        joinTools()
        best.reset(spans.count)
        for place in order where spans[place].kind.isLeaf && isActive(place) {
            let main = representative(place)
            if rollups.contains(place) { continue }
            if let other = best[main], !counts(place, before: other) { continue }
            best.set(main, place)
        }
        for (main, place) in best.entries { counting[main] = place }
        for place in order
        where spans[place].kind.isLeaf && isActive(place) && counted(place) == place
            && !rollups.contains(place)
        {
            calls.append(place)
        }
        // Copies of other spans: of each the better one is shown as the one that counts.
        for place in order where !spans[place].kind.isLeaf {
            counting[representative(place)] = representative(place)
        }
    }

    /// Which of two sights of one call counts.
    private func counts(_ place: Int, before other: Int) -> Bool {
        let (a, b) = (spans[place], spans[other])
        if a.flags.contains(.counts) != b.flags.contains(.counts) { return a.flags.contains(.counts) }
        if a.flags.contains(.doesNotCount) != b.flags.contains(.doesNotCount) {
            return b.flags.contains(.doesNotCount)
        }
        let (usesA, usesB) = (tokens(place) > 0, tokens(other) > 0)
        if usesA != usesB { return usesA }
        if a.detail != b.detail { return a.detail > b.detail }
        if a.flags.contains(.hasCost) != b.flags.contains(.hasCost) {
            return a.flags.contains(.hasCost)
        }
        let (depthA, depthB) = (depth(place), depth(other))
        if depthA != depthB { return depthA < depthB }
        if a.start != b.start { return a.start < b.start }
        return a.id < b.id
    }

    private func depth(_ place: Int) -> Int {
        var depth = 0
        var above = parent[place]
        while above >= 0 {
            depth += 1
            above = parent[above]
        }
        return depth
    }

    /// Tokens that a span tells, or the log records that belong to it.
    func tokens(_ place: Int) -> Int {
        let own = Int(spans[place].input) + Int(spans[place].output)
        if own > 0 { return own }
        return logsOf[place]?.reduce(0) { $0 + Int(logs[$1].inputTokens) + Int(logs[$1].outputTokens) }
            ?? 0
    }

    /// A framework's span around a client's, an SDK's own inside an instrumentation's.
    private mutating func joinNestedModels() {
        var inner: [Int: [Int]] = [:]
        var outers: [Int] = []
        for place in order
        where spans[place].kind == .model && isActive(place) && representative(place) == place {
            let above = leafAbove(place)
            guard above >= 0, spans[above].kind == .model, isActive(above) else { continue }
            if inner[above] == nil { outers.append(above) }
            inner[above, default: []].append(place)
        }
        // The innermost first: what counts there is known when it is asked for further out.
        for outer in outers.sorted(by: { depth($0) > depth($1) }) {
            let below = inner[outer] ?? []
            let succeeded = below.filter { !spans[$0].hasFailed }
            if below.count == 1 {
                join(outer, below[0])
            } else if succeeded.count <= 1 {
                // Tries of one call: the last one is what the call came to.
                if let last = succeeded.last ?? below.last { join(outer, last) }
            } else if isSum(outer, of: below) {
                rollups.insert(outer)
            } else {
                for place in below { join(outer, place) }
            }
        }
    }

    /// Whether a span around several calls only sums them up; not if it was counted as a call itself before they came.
    private func isSum(_ outer: Int, of below: [Int]) -> Bool {
        if spans[outer].flags.contains(.counts), !below.contains(where: { spans[$0].flags.contains(.counts) }) { return false }
        return below.contains { tokens($0) > 0 } || tokens(outer) == 0
    }

    /// The same response, or the same call of a tool.
    private mutating func joinByReference() {
        byNumber.reset(order.count)
        for place in order where spans[place].kind == .model && isActive(place) {
            let reference = spans[place].reference
            guard reference != 0, !rollups.contains(place) else { continue }
            if let other = byNumber[reference] { join(other, place) } else { byNumber[reference] = place }
        }
        byNumber.reset(order.count)
        for place in order where spans[place].kind == .tool && isActive(place) {
            let reference = spans[place].reference
            guard reference != 0 else { continue }
            guard let other = byNumber[reference] else {
                byNumber[reference] = place
                continue
            }
            // Tried again under the same id: a call of its own.
            if spans[other].hasFailed, spans[place].start >= spans[other].end, spans[other].duration > 0 {
                byNumber[reference] = place
            } else {
                join(other, place)
            }
        }
    }

    /// A stream's tokens come when it is over, on a span of no length beside the one that took the time.
    private mutating func joinShadows() {
        // By parent, those that took time and tell no tokens.
        var waiting: [UInt64: [Int]] = [:]
        for place in order where spans[place].kind == .model && isActive(place) && representative(place) == place && !spans[place].hasFailed
        {
            let span = spans[place]
            if tokens(place) == 0, span.duration >= 1_000_000 {
                waiting[span.parent, default: []].append(place)
            } else if span.duration < 1_000_000, tokens(place) > 0,
                let found = waiting[span.parent]?.lastIndex(where: {
                    spans[$0].name == span.name || spans[$0].name == 0 || span.name == 0
                }), let other = waiting[span.parent]?.remove(at: found)
            {
                join(other, place)
            }
        }
    }

    /// What a framework does right before it asks a model is not another call, though it looks like one that told nothing.
    private mutating func joinPreparations() {
        byNumber.reset(order.count)
        for place in order where spans[place].kind.isLeaf && isActive(place) {
            let span = spans[place]
            if let before = byNumber[span.parent], span.kind == .model, spans[before].kind == .model,
                spans[before].detail == 0, span.detail > 0, tokens(before) == 0, !spans[before].hasFailed, spans[before].name == span.name,
                spans[before].end <= span.start,
                span.start < spans[before].end &+ 1_000_000_000, representative(before) == before
            {
                join(before, place)
            }
            byNumber[span.parent] = place
        }
    }

    private mutating func joinTools() {
        var free: [UInt32: [Int]] = [:]
        for place in order where spans[place].kind == .tool && isActive(place) {
            let above = leafAbove(place)
            if above >= 0, spans[above].kind == .tool, isActive(above) {
                let (inner, outer) = (spans[place], spans[above])
                let isSame =
                    inner.name == outer.name || inner.name == 0 || outer.name == 0
                    || inner.reference != 0 && inner.reference == outer.reference
                if isSame { join(above, place) }
            } else if above < 0 || spans[above].kind != .model {
                free[spans[place].name, default: []].append(place)
            }
        }
        // A model's wish to have a tool called, as a span below the model's, is no call beside the one that was made.
        for place in order where spans[place].kind == .tool && isActive(place) {
            let above = leafAbove(place)
            guard above >= 0, spans[above].kind == .model, representative(place) == place else {
                continue
            }
            let wish = spans[place]
            guard
                let made = free[wish.name]?.firstIndex(where: {
                    spans[$0].start >= wish.start
                        && (wish.call == 0 || spans[$0].call == 0
                            || spans[$0].call == wish.call)
                })
            else { continue }
            if let tool = free[wish.name]?.remove(at: made) { join(tool, place) }
        }
    }

    /// A call's spans together: when it began and ended, whether any of them failed.
    func extent(_ place: Int) -> (start: UInt64, end: UInt64) {
        guard let members = sights[representative(place)] else {
            return (spans[place].start, max(spans[place].end, spans[place].start))
        }
        var (start, end) = (UInt64.max, UInt64(0))
        for member in members {
            (start, end) = (min(start, spans[member].start), max(end, spans[member].end))
        }
        return (start, max(start, end))
    }

    /// The spans of calls that are seen more than once.
    private(set) var sights = PlaceMap<[Int]>()

    func hasFailed(_ place: Int) -> Bool {
        if spans[place].hasFailed || hiddenFailures.has(place) { return true }
        return sights[representative(place)]?.contains { spans[$0].hasFailed } ?? false
    }

    /// The span that says what went wrong with a call.
    func failure(_ place: Int) -> Int? {
        if spans[place].failureCode != 0 { return place }
        if let found = sights[representative(place)]?.first(where: { spans[$0].failureCode != 0 }) {
            return found
        }
        if let hidden = hiddenFailures[place] { return hidden }
        return spans[place].hasFailed ? place : nil
    }

    mutating func findAttempts() {
        sights.reset(spans.count)
        for place in order where spans[place].kind.isLeaf && isActive(place) && !rollups.contains(place) {
            let main = representative(place)
            if main != place || sights.has(main) { sights[main, default: [main]].append(place) }
        }
        for (main, members) in sights.entries {
            let sorted = members.sorted { begins($0, before: $1) }
            // The one that stands for all may have come twice.
            sights.set(main, zip(sorted, [-1] + sorted).filter { $0.0 != $0.1 }.map(\.0))
        }
        findHTTPRetries()
        // Nothing is tried again, or in another way, that did not fail.
        guard calls.contains(where: { hasFailed($0) }) else { return }
        findRepeated()
        findFallbacks()
        findRecovered()
    }

    private struct AttemptKey: Hashable {
        var scope: Int
        var kind: UInt8
        var call: UInt64
    }

    /// Calls with the same arguments one after the other, the earlier ones failed.
    private mutating func findRepeated() {
        var last: [AttemptKey: Int] = [:]
        // Without arguments to compare, the same model right after its failure.
        var lastModel: [Int: Int] = [:]
        for place in calls {
            let span = spans[place]
            let scope = agentAbove(place)
            if span.call != 0 {
                let key = AttemptKey(scope: scope, kind: span.kind.rawValue, call: span.call)
                if let before = last[key], hasFailed(before),
                    extent(place).start &+ 1_000_000 >= extent(before).end
                {
                    chain(before, place)
                }
                last[key] = place
            } else if span.kind == .model, let before = lastModel[scope], spans[before].call == 0,
                span.name == spans[before].name,
                isNext(before, place)
            {
                chain(before, place)
            }
            lastModel[scope] = span.kind == .model ? place : nil
        }
    }

    private mutating func chain(_ before: Int, _ place: Int, isFallback: Bool = false) {
        var first = attempts[before] ?? Attempt(number: 1)
        first.next = place
        attempts.set(before, first)
        attempts.set(place, Attempt(number: first.number + 1, previous: before, isFallback: isFallback))
    }

    /// Whether a call followed on the failure of another one, soon.
    private func isNext(_ before: Int, _ place: Int) -> Bool {
        guard hasFailed(before), attempts[before]?.next == nil else { return false }
        let (end, start) = (extent(before).end, extent(place).start)
        return start &+ 1_000_000 >= end && start < end &+ 60_000_000_000
    }

    /// Another model right after one that failed.
    private mutating func findFallbacks() {
        var last: [Int: Int] = [:]
        for place in calls {
            let scope = agentAbove(place)
            defer { last[scope] = place }
            guard spans[place].kind == .model, let before = last[scope], spans[before].kind == .model,
                attempts[place]?.previous == nil,
                spans[place].name != spans[before].name, spans[place].name != 0, spans[before].name != 0,
                isNext(before, place)
            else { continue }
            chain(before, place, isFallback: true)
        }
    }

    /// Requests over HTTP below a model's span, of which the earlier ones failed.
    private mutating func findHTTPRetries() {
        var requests: [Int: [Int]] = [:]
        for place in order where spans[place].kind == .http {
            let above = leafAbove(place)
            guard above >= 0, spans[above].kind == .model || spans[above].kind == .tool, isActive(above)
            else { continue }
            // A request inside a request is the same one seen twice.
            var between = parent[place]
            while between >= 0, between != above, spans[between].kind != .http {
                between = parent[between]
            }
            if between >= 0, between != above { continue }
            requests[counted(above), default: []].append(place)
        }
        for (place, tries) in requests where tries.count > 1 {
            guard tries.dropLast().contains(where: { isFailedRequest($0) }) else { continue }
            httpRetries.set(place, tries)
        }
    }

    func isFailedRequest(_ place: Int) -> Bool {
        spans[place].flags.contains(.isError) || spans[place].httpStatus >= 400
    }

    /// A failure was made good: by another try, or because the same thing was done with success later.
    private mutating func findRecovered() {
        var succeededLater: Set<AttemptKey> = []
        for place in calls.reversed() {
            let span = spans[place]
            let key = AttemptKey(
                scope: agentAbove(place),
                kind: span.kind.rawValue,
                call: span.kind == .model ? 0 : UInt64(span.name)
            )
            if !hasFailed(place) {
                succeededLater.insert(key)
            } else if succeededLater.contains(key) {
                isRecovered.insert(place)
            } else if let next = attempts[place]?.next, !hasFailed(next) || isRecovered.contains(next) {
                isRecovered.insert(place)
            }
        }
    }

    // MARK: What else is found

    /// A tool whose span says nothing of the failure that the last thing below it says.
    mutating func findHiddenFailures() {
        guard order.contains(where: { spans[$0].hasFailed && !spans[$0].kind.isLeaf && spans[$0].kind != .agent }) else { return }
        var last: [Int: Int] = [:]
        for place in order where parent[place] >= 0 {
            if let other = last[parent[place]],
                (spans[other].end, spans[other].id) >= (spans[place].end, spans[place].id)
            {
                continue
            }
            last[parent[place]] = place
        }
        for place in order
        where spans[place].hasFailed && !spans[place].kind.isLeaf && spans[place].kind != .agent
            && isActive(place)
        {
            let above = leafAbove(place)
            guard above >= 0, spans[above].kind == .tool, last[parent[place]] == place else { continue }
            let tool = counted(above)
            if !hasFailed(tool) { hiddenFailures.set(tool, place) }
        }
    }

    mutating func findLoops() {
        var counts: [UInt64: (count: Int, last: Int)] = [:]
        for place in calls where spans[place].call != 0 && attempts[place]?.previous == nil {
            let known = counts[spans[place].call]?.count ?? 0
            counts[spans[place].call] = (known + 1, place)
        }
        for (_, found) in counts where found.count >= options.loopCalls {
            var agent = agentAbove(found.last)
            if agent < 0 { agent = root ?? -1 }
            if agent >= 0 { loops.append((agent, found.last, found.count)) }
        }
        loops.sort {
            (spans[$0.call].start, spans[$0.call].id) < (spans[$1.call].start, spans[$1.call].id)
        }
    }

    mutating func findHandoffs() {
        for place in order
        where spans[place].kind == .handoff && isActive(place) && counted(place) == place {
            if parent[place] >= 0, spans[parent[place]].kind == .handoff { continue }
            handoffCount += 1
            let from = agentAbove(place)
            let giver = from >= 0 ? spans[from].identity : 0
            let taker = order.first { other in
                let span = spans[other]
                return span.kind == .agent && span.start >= spans[place].start && other != from
                    && isActive(other)
                    && identities[span.identity][.agentName] != identities[giver][.agentName]
            }
            if let taker { handoffs.append((from >= 0 ? from : place, taker)) }
        }
    }

    /// The one that stands for the request.
    var root: Int? {
        order.first { spans[$0].isRoot && !spans[$0].flags.contains(.isSynthetic) }
            ?? order.first { spans[$0].isRoot }
    }

    // MARK: Results

    mutating func note(_ place: Int, _ body: (inout ItemNote) -> Void) {
        body(&notes[place, default: ItemNote()])
    }

    mutating func setRole(_ place: Int, _ flags: SettleSpan.Flags) { roles.append((place, flags)) }

    mutating func noteLog(_ place: Int, _ note: ItemNote) { logNotes.append((place, note)) }

    /// The notes on spans, by the places that they had in the trace.
    mutating func takeNotes() -> [(Int, ItemNote)] {
        notes.entries.sorted { $0.place < $1.place }.map { ($0.place, $0.value) }
    }

    mutating func takeRoles() -> [(Int, SettleSpan.Flags)] { roles }

    mutating func takeLogNotes() -> [(Int, ItemNote)] { logNotes }

    /// Lets go of what it was given to look at.
    mutating func release() {
        (spans, logs) = ([], [])
        (texts, identities) = (Self.noTexts, Self.nobody)
    }

    private static let noTexts = TextTable((0, 0))
    private static let nobody = IdentityTable()

    /// Tells one note on a span from another one.
    func fingerprint(_ place: Int) -> UInt32 { notes[place].map { Self.fingerprint($0) } ?? 0 }

    private static func fingerprint(_ note: ItemNote) -> UInt32 {
        let bytes = note.withoutEvents.encoded
        return UInt32(truncatingIfNeeded: KeyedHash.of(bytes, bytes.indices, 0, 0)) | 1
    }

    /// Of spans that were decided before, only what is news about them stays, and only when all is quiet. Events and links were said.
    private mutating func dropUnchanged() {
        guard notes.entries.contains(where: { !isDue[$0.place] }) else { return }
        notes.replaceAll { place, note in
            if isDue[place] { return note }
            let news = note.withoutEvents
            let isKnown =
                !spans[place].flags.isDisjoint(with: [.redelivered, .replayed]) || spans[place].noted == Self.fingerprint(news)
            return !isQuiet || isKnown || news.isEmpty ? nil : news
        }
    }
}
