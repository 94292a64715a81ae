package import CausewayModel

/// A span for a root that never came, as it is to be appended.
package struct SyntheticRoot: Sendable {
    package var tenant: String
    package var span: SpanRecord
}

// What a whole request came to.
extension TraceAnalysis {
    struct Totals {
        var steps = 0
        var modelCalls = 0
        var toolCalls = 0
        var retries = 0
        var failures = 0
        var input = 0
        var output = 0
        var cost = 0.0
        var hasCost = false
        /// Of tries that failed.
        var retriesCost = 0.0
        var computeNanoseconds: UInt64 = 0
        /// Something failed, and nothing made it good.
        var isUnrecovered = false
    }

    func totals() -> Totals {
        var totals = Totals()
        for place in order where isActive(place) {
            switch spans[place].kind {
            case .other, .http, .agent: break
            case .model, .tool, .retrieval, .guardrail, .handoff, .wait, .step:
                if counted(place) == place, !rollups.contains(place) { totals.steps += 1 }
            }
        }
        for place in calls {
            let span = spans[place]
            if span.kind == .model { totals.modelCalls += 1 }
            if span.kind == .tool { totals.toolCalls += 1 }
            totals.input += tokensIn(place)
            totals.output += tokensOut(place)
            let (start, end) = extent(place)
            totals.computeNanoseconds += end - start
            if let cost = cost(place) {
                totals.cost += cost
                totals.hasCost = true
                if attempts[place]?.next != nil { totals.retriesCost += cost }
            }
            if hasFailed(place) {
                totals.failures += 1
                if !isRecovered.contains(place) { totals.isUnrecovered = true }
            }
            if let attempt = attempts[place], attempt.previous != nil, !attempt.isFallback {
                totals.retries += 1
            }
            let seen =
                httpRetries[place].map { tries in tries.dropLast().filter { isFailedRequest($0) }.count }
                ?? 0
            let told =
                sights[representative(place)]?.map { Int(spans[$0].retries) }.max() ?? Int(span.retries)
            totals.retries += max(seen, told)
        }
        let below = order.contains { spans[$0].hasFailed } ? hasFailedBelow : []
        // An agent or a step that failed by itself.
        for place in order where isActive(place) && !spans[place].kind.isLeaf && spans[place].hasFailed {
            guard spans[place].kind != .http, spans[place].kind != .other, !below.contains(place),
                !spans[place].flags.contains(.isSynthetic)
            else { continue }
            if hiddenFailures.entries.contains(where: { $0.value == place }) { continue }
            totals.failures += 1
            if !spans[place].isRoot { totals.isUnrecovered = true }
        }
        if !loops.isEmpty { totals.isUnrecovered = true }
        if let carried {
            totals.steps += carried.steps
            totals.modelCalls += carried.modelCalls
            totals.toolCalls += carried.toolCalls
            totals.failures += carried.failures
            totals.input += carried.input
            totals.output += carried.output
            totals.cost += carried.cost
            totals.hasCost = totals.hasCost || carried.hasCost
            totals.computeNanoseconds += carried.computeNanoseconds
            totals.isUnrecovered = totals.isUnrecovered || carried.isUnrecovered
        }
        return totals
    }

    /// Spans with a failure somewhere below them.
    private var hasFailedBelow: Set<Int> {
        var found: Set<Int> = []
        for place in order where spans[place].hasFailed {
            var above = parent[place]
            while above >= 0, found.insert(above).inserted { above = parent[above] }
        }
        return found
    }

    private func tokensIn(_ place: Int) -> Int {
        spans[place].hasUsage
            ? Int(spans[place].input) : logsOf[place]?.map { Int(logs[$0].inputTokens) }.max() ?? 0
    }

    private func tokensOut(_ place: Int) -> Int {
        spans[place].hasUsage
            ? Int(spans[place].output) : logsOf[place]?.map { Int(logs[$0].outputTokens) }.max() ?? 0
    }

    /// `success`, `partial`, `failure` or `abandoned`.
    func outcome(_ totals: Totals) -> String {
        guard let root else { return totals.isUnrecovered ? "partial" : "success" }
        let span = spans[root]
        if span.flags.contains(.isSynthetic) || span.flags.contains(.isAbandoned) { return "abandoned" }
        if span.flags.contains(.hasFailed) { return "failure" }
        let code = texts.text(span.failureCode)
        if code == "cancelled" || code == "abandoned" { return "abandoned" }
        // A lone call that failed on the way is made good by its retry; one that failed in the end is the request's failure.
        if span.hasFailed || span.kind.isLeaf && hasFailed(counted(root)) { return "failure" }
        return totals.isUnrecovered ? "partial" : "success"
    }

    /// What is said on the span that stands for the request, when all of it is there.
    mutating func noteRoot() {
        guard let root, isActive(root), !spans[root].flags.contains(.isSynthetic),
            isQuiet || isDue[root]
        else { return }
        // Messages between parts of a framework are no request.
        guard !calls.isEmpty || order.contains(where: { spans[$0].kind == .agent }) else { return }
        if wasAbandoned { note(root) { $0.set("causeway.request.counted", true) } }
        // What is left of a trace tells nothing of the whole.
        if isForgotten { return }
        let totals = totals()
        let span = spans[root]
        let isCall = span.kind.isLeaf
        if !span.flags.contains(.hasOutcome) {
            let outcome = outcome(totals)
            note(root) { $0.set("causeway.outcome", .string(outcome)) }
        }
        note(root) { note in
            for attribute in Self.attributes(totals, handoffs: 0) {
                note.set(attribute.key, attribute.value)
            }
        }
        if handoffCount > 0 {
            let count = Int64(handoffCount)
            note(root) { $0.set("causeway.request.handoffs", .int(count)) }
        }
        if totals.hasCost, !isCall {
            let (cost, isReported) = (totals.cost, span.flags.contains(.hasCost))
            note(root) {
                // What it says itself stays: it may know of more than its spans do.
                if !isReported {
                    $0.set("causeway.cost.total", .double(cost))
                    $0.set("causeway.cost.currency", "USD")
                }
                $0.set("causeway.usage.rollup", true)
            }
        }
        if totals.retriesCost > 0 {
            let cost = totals.retriesCost
            note(root) { $0.set("causeway.cost.retries", .double(cost)) }
        }
        if span.end > span.start {
            let times = times(root)
            note(root) { note in for attribute in times { note.set(attribute.key, attribute.value) } }
        }
    }

    /// A root was made up for the request before its own came.
    private var wasAbandoned: Bool { isForgotten || order.contains { spans[$0].flags.contains(.isSynthetic) } }

    /// What is said on each agent's span: calls of its own, not of agents below it.
    mutating func noteAgents() {
        // Of calls that are summed up nobody knows any more whose they were.
        guard carried == nil, !isForgotten else { return }
        for (place, calls) in callsOfAgents().entries.map({ ($0.place - 1, $0.value) })
        where place >= 0 && (isQuiet || isDue[place]) && isActive(place) {
            guard !spans[place].flags.contains(.isSynthetic) else { continue }
            note(place) { note in for attribute in calls.attributes { note.set(attribute.key, attribute.value) } }
        }
    }

    private struct AgentCalls {
        var models = 0
        var tools = 0

        var attributes: [Attribute] {
            [
                Attribute("causeway.agent.model_calls", .int(Int64(models))),
                Attribute("causeway.agent.tool_calls", .int(Int64(tools))),
            ]
        }
    }

    /// By the place of the agent, counted from 1; 0 for those above which there is none.
    private func callsOfAgents() -> PlaceMap<AgentCalls> {
        var found = PlaceMap<AgentCalls>()
        found.reset(spans.count + 1)
        for place in calls {
            switch spans[place].kind {
            case .model: found[agentAbove(place) + 1, default: AgentCalls()].models += 1
            case .tool: found[agentAbove(place) + 1, default: AgentCalls()].tools += 1
            default: break
            }
        }
        return found
    }

    private static func attributes(_ totals: Totals, handoffs: Int) -> [Attribute] {
        [
            Attribute("causeway.request.steps", .int(Int64(totals.steps))),
            Attribute("causeway.request.model_calls", .int(Int64(totals.modelCalls))),
            Attribute("causeway.request.tool_calls", .int(Int64(totals.toolCalls))),
            Attribute("causeway.request.retries", .int(Int64(totals.retries))),
            Attribute("causeway.request.failures", .int(Int64(totals.failures))),
            Attribute("causeway.request.tokens.input", .int(Int64(totals.input))),
            Attribute("causeway.request.tokens.output", .int(Int64(totals.output))),
            Attribute(
                "causeway.request.compute_ms",
                .int(Int64(clamping: totals.computeNanoseconds / 1_000_000))
            ),
        ]
    }

    // MARK: Time

    /// Where the request's time went, in milliseconds. What ran beside each other counts once in its kind.
    private func times(_ root: Int) -> [Attribute] {
        let whole = Interval(spans[root].start, spans[root].end)
        var (models, tools, retrievals, guardrails): ([Interval], [Interval], [Interval], [Interval]) = ([], [], [], [])
        for place in calls {
            let (start, end) = extent(place)
            guard let interval = Interval(start, end).clamped(to: whole) else { continue }
            switch spans[place].kind {
            case .model: models.append(interval)
            case .tool: tools.append(interval)
            case .retrieval: retrievals.append(interval)
            case .guardrail: guardrails.append(interval)
            case .other, .http, .agent, .handoff, .wait, .step: break
            }
        }
        var waits: [Interval] = []
        for place in order where spans[place].kind == .wait {
            if let interval = Interval(spans[place].start, spans[place].end).clamped(to: whole) {
                waits.append(interval)
            }
        }
        waits = Interval.union(waits)
        var backoff: [Interval] = []
        for place in calls {
            if let previous = attempts[place]?.previous {
                if let gap = Interval(extent(previous).end, extent(place).start).clamped(to: whole) {
                    backoff.append(gap)
                }
            }
            guard let tries = httpRetries[place] else { continue }
            for (first, second) in zip(tries, tries.dropFirst()) where isFailedRequest(first) {
                if let gap = Interval(spans[first].end, spans[second].start).clamped(to: whole) {
                    backoff.append(gap)
                }
            }
        }
        let model = Interval.union(models)
        // Waiting for a person is nobody's work.
        let tool = Interval.subtracting(waits, from: Interval.union(tools))
        let retrieval = Interval.union(retrievals)
        let guardrail = Interval.union(guardrails)
        backoff = Interval.union(backoff)
        let busy = Interval.length(Interval.union(model + tool + retrieval + guardrail + backoff))
        let all = whole.end - whole.start
        return [
            ("causeway.time.model_ms", Interval.length(model)), ("causeway.time.tool_ms", Interval.length(tool)),
            ("causeway.time.retrieval_ms", Interval.length(retrieval)),
            ("causeway.time.guardrail_ms", Interval.length(guardrail)), ("causeway.time.backoff_ms", Interval.length(backoff)),
            ("causeway.time.idle_ms", all > busy ? all - busy : 0),
            ("causeway.time.critical_path_ms", criticalPath(root)),
        ].map { Attribute($0.0, .int(Int64(clamping: $0.1 / 1_000_000))) }
    }

    /// How long the steps took that the end of the request waited for: from its end back, always the step that ended last before.
    private func criticalPath(_ root: Int) -> UInt64 {
        if spans[root].kind.isLeaf { return spans[root].duration }
        // Those below each span, one span's behind the other's: from `starts[place]` on, up to where the next one's begin.
        var starts = [Int](repeating: 0, count: spans.count + 1)
        for place in order where parent[place] >= 0 { starts[parent[place] + 1] += 1 }
        for place in spans.indices { starts[place + 1] += starts[place] }
        guard starts[root] < starts[root + 1] else { return spans[root].duration }
        var below = [Int](repeating: 0, count: starts[spans.count])
        var ends = starts
        // What began last mostly ended last.
        for place in order.reversed() where parent[place] >= 0 {
            below[ends[parent[place]]] = place
            ends[parent[place]] += 1
        }
        func endsLater(_ left: Int, _ right: Int) -> Bool {
            (spans[left].end, spans[left].start, spans[left].id) > (spans[right].end, spans[right].start, spans[right].id)
        }
        for place in order where starts[place + 1] - starts[place] > 1 {
            let range = starts[place]..<starts[place + 1]
            if range.dropFirst().contains(where: { endsLater(below[$0], below[$0 - 1]) }) { below[range].sort(by: endsLater) }
        }
        var total: UInt64 = 0
        var stack: [(place: Int, cursor: UInt64, next: Int)] = [(root, spans[root].end, starts[root])]
        while let top = stack.last {
            guard top.next < starts[top.place + 1] else {
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let child = below[top.next]
            // Of several sights of a call one stands for all.
            if spans[child].kind.isLeaf && isActive(child) && counted(child) != child { continue }
            let known = spans[child].kind.isLeaf ? extent(child) : (spans[child].start, spans[child].end)
            let end = min(known.1, top.cursor)
            let start = max(known.0, spans[root].start)
            guard end > start else { continue }
            stack[stack.count - 1].cursor = start
            if spans[child].kind.isLeaf || starts[child] == starts[child + 1] {
                total += end - start
            } else {
                stack.append((child, end, starts[child]))
            }
        }
        return total
    }

    // MARK: A root that never came

    mutating func syntheticRoot(
        _ trace: SettleTrace,
        traceID: TraceID,
        spanID: SpanID,
        texts: TextTable,
        identities: IdentityTable,
        options: SettleOptions
    ) -> SyntheticRoot {
        begin(trace, isQuiet: true, texts: texts, identities: identities, options: options)
        isDue = [Bool](repeating: false, count: spans.count)
        joinLogs { _ in false }
        findCalls()
        findAttempts()
        findHiddenFailures()
        findLoops()
        findHandoffs()
        let start = order.map { spans[$0].start }.min() ?? 0
        let end = order.map { spans[$0].end }.max() ?? start
        let common = commonIdentity()
        let agents = Set(order.map { identities[spans[$0].identity][.agentName] }).subtracting([0])
        let agent = agents.count == 1 ? agents.first.map { texts.text($0) } : nil
        var span = SpanRecord(
            traceID: traceID,
            spanID: spanID,
            name: agent.map { "invoke_agent \($0)" } ?? "invoke_agent",
            startNanoseconds: start,
            endNanoseconds: max(start, end)
        )
        let totals = totals()
        span.attributes = [
            Attribute("gen_ai.operation.name", "invoke_agent"), Attribute("causeway.synthetic", true),
            Attribute("causeway.outcome", "abandoned"),
            Attribute("causeway.failure.category", "orchestration"),
            Attribute("causeway.failure.code", "abandoned"),
        ]
        if let agent { span.attributes.append(Attribute("gen_ai.agent.name", .string(agent))) }
        for field in SettleIdentity.Field.allCases where common[field] != 0 {
            span.attributes.append(Attribute(field.key, .string(texts.text(common[field]))))
        }
        span.attributes += Self.attributes(totals, handoffs: handoffCount)
        if let calls = callsOfAgents()[0] { span.attributes += calls.attributes }
        if totals.hasCost {
            span.attributes += [
                Attribute("causeway.cost.total", .double(totals.cost)),
                Attribute("causeway.cost.currency", "USD"),
                Attribute("causeway.usage.rollup", true),
            ]
        }
        span.status = StatusRecord(.error, message: "its root never came")
        return SyntheticRoot(tenant: texts.text(trace.key.tenant), span: span)
    }
}

/// A stretch of time.
struct Interval: Equatable {
    var start: UInt64
    var end: UInt64

    init(_ start: UInt64, _ end: UInt64) { (self.start, self.end) = (start, max(start, end)) }

    /// The part that lies in another one; nil if there is none.
    func clamped(to whole: Interval) -> Interval? {
        let (from, to) = (max(start, whole.start), min(end, whole.end))
        return from < to ? Interval(from, to) : nil
    }

    /// In order, without overlaps.
    static func union(_ intervals: [Interval]) -> [Interval] {
        var merged: [Interval] = []
        for interval in intervals.sorted(by: { $0.start < $1.start }) {
            if let last = merged.last, interval.start <= last.end {
                merged[merged.count - 1].end = max(last.end, interval.end)
            } else {
                merged.append(interval)
            }
        }
        return merged
    }

    /// What is left of one union without another one.
    static func subtracting(_ others: [Interval], from intervals: [Interval]) -> [Interval] {
        intervals.flatMap { interval -> [Interval] in
            var left: [Interval] = []
            var start = interval.start
            for other in others where other.end > start && other.start < interval.end {
                if other.start > start { left.append(Interval(start, other.start)) }
                start = max(start, other.end)
            }
            if start < interval.end { left.append(Interval(start, interval.end)) }
            return left
        }
    }

    static func length(_ intervals: [Interval]) -> UInt64 {
        intervals.reduce(0) { $0 + $1.end - $1.start }
    }
}

extension CarriedTotals {
    /// Takes in a span that is decided and not kept.
    mutating func add(_ span: SettleSpan) {
        spans += 1
        switch span.kind {
        case .other, .http, .agent: return
        case .handoff, .wait, .step:
            steps += 1
            return
        case .model, .tool, .retrieval, .guardrail: break
        }
        guard span.flags.contains(.counts) else { return }
        steps += 1
        if span.kind == .model { modelCalls += 1 }
        if span.kind == .tool { toolCalls += 1 }
        if span.hasFailed { failures += 1 }
        input += Int(span.input)
        output += Int(span.output)
        if let dollars = span.dollars {
            cost += dollars
            hasCost = true
        }
        computeNanoseconds += span.duration
    }
}
