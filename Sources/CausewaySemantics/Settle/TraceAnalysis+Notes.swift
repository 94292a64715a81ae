internal import CausewayModel

// From what was found out to what is said about each span.
extension TraceAnalysis {
    // MARK: Which counts

    mutating func noteCalls() {
        for place in order where isActive(place) {
            let span = spans[place]
            if rollups.contains(place)
                || !span.kind.isLeaf && (span.hasUsage || span.flags.contains(.hasCost))
            {
                if !span.flags.contains(.saysRollup) {
                    note(place) { $0.set("causeway.usage.rollup", true) }
                }
                if isDue[place] { setRole(place, .doesNotCount) }
                if !span.kind.isLeaf, representative(place) == place { continue }
            }
            guard span.kind.isLeaf || representative(place) != place, !rollups.contains(place) else {
                continue
            }
            let counted = counted(place)
            if counted != place, let id = SpanID(spans[counted].id) {
                note(place) { $0.set("causeway.duplicate_of", .string(id.description)) }
                if isDue[place] { setRole(place, .doesNotCount) }
            } else if isDue[place] {
                setRole(place, .counts)
            }
        }
    }

    // MARK: Attempts

    mutating func noteAttempts() {
        for place in calls {
            guard let attempt = attempts[place] else { continue }
            if attempt.isFallback { noteFallback(place, attempt) } else { noteRetry(place, attempt) }
            if attempt.next == nil, !attempt.isFallback { noteLastTry(place) }
        }
        for (place, tries) in httpRetries.entries { noteRequests(place, tries) }
        for (tool, place) in hiddenFailures.entries { noteHiddenFailure(tool, place) }
        for loop in loops { noteLoop(loop) }
        for (from, to) in handoffs { link(to, from, "handoff") }
        noteRetriesSeenInside()
    }

    private mutating func noteRetry(_ place: Int, _ attempt: Attempt) {
        if attempt.next != nil || attempt.previous != nil, !spans[place].flags.contains(.hasAttempt) {
            let isOnlyFallenBackFrom =
                attempt.previous == nil && attempt.next.map { attempts[$0]?.isFallback == true } ?? false
            let number = Int64(numberOfTry(place))
            if !isOnlyFallenBackFrom { note(place) { $0.set("causeway.retry.attempt", .int(number)) } }
        }
        if let previous = attempt.previous { link(place, previous, "retry_of") }
        if let next = attempt.next, attempts[next]?.isFallback == false {
            note(place) { $0.set("causeway.failure.retry_state", "retried") }
        }
    }

    /// Among tries of the same call: a fallback begins anew.
    private func numberOfTry(_ place: Int) -> Int {
        var number = 1
        var at = place
        while let attempt = attempts[at], !attempt.isFallback, let previous = attempt.previous {
            number += 1
            at = previous
        }
        return number
    }

    private mutating func noteLastTry(_ place: Int) {
        var failed: [Int] = []
        var at = place
        while let attempt = attempts[at], !attempt.isFallback, let previous = attempt.previous {
            failed.append(previous)
            at = previous
        }
        guard !failed.isEmpty else { return }
        let tries = Array(failed.reversed()) + [place]
        for (number, pair) in zip(tries, tries.dropFirst()).enumerated() {
            let (end, next) = (extent(pair.0).end, extent(pair.1).start)
            addRetryEvent(
                place,
                number + 1,
                at: end,
                backoff: next > end ? next - end : 0,
                reason: reason(pair.0)
            )
        }
        note(place) { $0.set("causeway.retry.count", .int(Int64(failed.count))) }
        if hasFailed(place) {
            note(place) {
                $0.set("causeway.retry.exhausted", true)
                $0.set("causeway.failure.retry_state", "exhausted")
            }
        }
    }

    private mutating func noteFallback(_ place: Int, _ attempt: Attempt) {
        guard let previous = attempt.previous else { return }
        let (from, to) = (texts.text(spans[previous].name), texts.text(spans[place].name))
        link(place, previous, "fallback_of")
        var attributes = [
            Attribute("causeway.fallback.from", .string(from)),
            Attribute("causeway.fallback.to", .string(to)),
        ]
        if let reason = reason(previous) {
            attributes.append(Attribute("causeway.fallback.reason", .string(reason)))
        }
        let event = EventRecord(
            name: "causeway.fallback",
            timeNanoseconds: extent(place).start,
            attributes: attributes
        )
        note(place) { $0.add(event) }
        note(previous) { $0.set("causeway.failure.fallback", .string(to)) }
    }

    private mutating func addRetryEvent(
        _ place: Int,
        _ number: Int,
        at time: UInt64,
        backoff: UInt64,
        reason: String?
    ) {
        var attributes = [
            Attribute("causeway.retry.attempt", .int(Int64(number))),
            Attribute("causeway.retry.will_retry", true),
            Attribute("causeway.retry.backoff_ms", .int(Int64(clamping: backoff / 1_000_000))),
        ]
        if let reason { attributes.append(Attribute("causeway.retry.reason", .string(reason))) }
        note(place) {
            $0.add(EventRecord(name: "causeway.retry", timeNanoseconds: time, attributes: attributes))
        }
    }

    /// What went wrong with a call, in the words of the closed list.
    private func reason(_ place: Int) -> String? {
        guard let teller = failure(place) else { return nil }
        let span = spans[teller]
        if span.failureCode != 0 {
            return "\(texts.text(span.failureCategory)).\(texts.text(span.failureCode))"
        }
        return nil
    }

    /// Requests over HTTP below a call: tries of it that have spans of their own.
    private mutating func noteRequests(_ place: Int, _ tries: [Int]) {
        var failures = 0
        for (number, pair) in zip(tries, tries.dropFirst()).enumerated() {
            note(pair.0) { $0.set("causeway.retry.attempt", .int(Int64(number + 1))) }
            guard isFailedRequest(pair.0) else { continue }
            failures += 1
            let (end, next) = (spans[pair.0].end, spans[pair.1].start)
            link(pair.1, pair.0, "retry_of")
            // Its own word for them is better.
            if spans[place].retries == 0 {
                addRetryEvent(
                    place,
                    number + 1,
                    at: end,
                    backoff: next > end ? next - end : 0,
                    reason: reason(ofRequest: pair.0)
                )
            }
        }
        if let last = tries.last {
            note(last) { $0.set("causeway.retry.attempt", .int(Int64(tries.count))) }
        }
        guard spans[place].retries == 0, failures > 0 else { return }
        note(place) { $0.set("causeway.retry.count", .int(Int64(failures))) }
        if hasFailed(place), let last = tries.last, isFailedRequest(last) {
            note(place) { $0.set("causeway.retry.exhausted", true) }
        }
    }

    private func reason(ofRequest place: Int) -> String {
        switch spans[place].httpStatus {
        case 0: "network"
        case 408, 504: "timeout"
        case 429: "rate_limited"
        case 503, 529: "overloaded"
        case 500...: "provider_error"
        case let status: "http_\(status)"
        }
    }

    /// A client inside knows how often it tried; the span that counts is told.
    private mutating func noteRetriesSeenInside() {
        if sights.isEmpty { return }
        for place in calls where spans[place].retries == 0 && !httpRetries.has(place) {
            let most = sights[representative(place)]?.map { spans[$0].retries }.max() ?? 0
            if most > 0 { note(place) { $0.set("causeway.retry.count", .int(Int64(most))) } }
        }
    }

    private mutating func noteHiddenFailure(_ tool: Int, _ place: Int) {
        let span = spans[place]
        let category = span.failureCode == 0 ? "tool" : texts.text(span.failureCategory)
        let code = span.failureCode == 0 ? "reported_error" : texts.text(span.failureCode)
        note(tool) {
            $0.set("causeway.failure.category", .string(category))
            $0.set("causeway.failure.code", .string(code))
            $0.set("causeway.failure.inferred", true)
            $0.set(
                StatusRecord(
                    .error,
                    message: "failed inside, see span \(SpanID(span.id)?.description ?? "")"
                )
            )
        }
    }

    private mutating func noteLoop(_ loop: (agent: Int, call: Int, count: Int)) {
        let call = spans[loop.call]
        let name = texts.text(call.name)
        let message =
            "the same call of \(name.isEmpty ? "a model" : name) with the same arguments, \(loop.count) times"
        let attributes = [
            Attribute("causeway.failure.category", "orchestration"),
            Attribute("causeway.failure.code", "loop_detected"),
            Attribute("causeway.failure.message", .string(message)),
        ]
        note(loop.agent) {
            $0.add(
                EventRecord(name: "causeway.failure", timeNanoseconds: call.end, attributes: attributes)
            )
        }
        // What the span says of its own failure stays.
        if spans[loop.agent].failureCode == 0 {
            note(loop.agent) { note in
                for attribute in attributes { note.set(attribute.key, attribute.value) }
            }
        }
    }

    private mutating func link(_ place: Int, _ other: Int, _ kind: String) {
        guard let trace = key.id, let span = SpanID(spans[other].id) else { return }
        let link = LinkRecord(
            traceID: trace,
            spanID: span,
            attributes: [Attribute("causeway.link.kind", .string(kind))]
        )
        note(place) { $0.add(link) }
    }

    // MARK: Identity

    /// What each span is told of who and for whom: what is said nearest above it, else what the whole trace says with one voice.
    mutating func noteIdentities() {
        let common = commonIdentity()
        // Who it is by what is said, and what that is, of each span; most say what others say.
        var resolved = [SettleIdentity()]
        var known = [Int](repeating: -1, count: spans.count)
        var last = (own: UInt32.max, above: -1, known: -1)
        var path: [Int] = []
        for start in order {
            var place = start
            while place >= 0, known[place] < 0 {
                path.append(place)
                place = parent[place]
            }
            var above = place >= 0 ? known[place] : 0
            for place in path.reversed() {
                let own = spans[place].identity
                if own != last.own || above != last.above {
                    let identity = identities[own].completed(by: resolved[above])
                    last = (own, above, resolved.count)
                    resolved.append(identity)
                }
                known[place] = last.known
                above = last.known
            }
            path.removeAll(keepingCapacity: true)
        }
        var fields = (said: UInt32.max, known: -1, bytes: [UInt8]())
        for place in order where isActive(place) && isDue[place] {
            let said = spans[place].identity
            if said != fields.said || known[place] != fields.known {
                fields = (said, known[place], added(to: identities[said], resolved[known[place]], common))
            }
            if !fields.bytes.isEmpty { notes[place, default: ItemNote()].add(fields: fields.bytes) }
        }
    }

    /// What is said to a span as attributes, beside what it says itself.
    private func added(to said: SettleIdentity, _ known: SettleIdentity, _ common: SettleIdentity) -> [UInt8] {
        var note = ItemNote()
        for field in SettleIdentity.Field.allCases where said[field] == 0 {
            var value = known[field]
            if value == 0, !field.isOfAgent { value = common[field] }
            if value != 0 { note.set(field.key, .string(texts.text(value))) }
        }
        return note.encoded
    }

    /// What is said somewhere in the trace, and never otherwise; the tenant that the telemetry is kept for, where nobody names one.
    func commonIdentity() -> SettleIdentity {
        // Most spans say the same: of each the number, once where they come one after the other.
        var active: [UInt32] = []
        for place in order where isActive(place) && spans[place].identity != 0 && spans[place].identity != active.last {
            active.append(spans[place].identity)
        }
        var common = SettleIdentity()
        for field in SettleIdentity.Field.allCases where !field.isOfAgent {
            var found: UInt32 = 0
            for number in active {
                let value = identities[number][field]
                if value == 0 || value == found { continue }
                guard found == 0 else {
                    found = 0
                    break
                }
                found = value
            }
            common[field] = found
        }
        if common[.tenant] == 0,
            !order.contains(where: { spans[$0].identity != 0 && identities[spans[$0].identity][.tenant] != 0 })
        {
            common[.tenant] = key.tenant
        }
        return common
    }

    // MARK: Log records

    /// Finds the spans that log records speak of. A span waits for nothing that came after it; a record that is due takes its span along.
    mutating func joinLogs(_ isLogDue: (SettleLog) -> Bool) {
        guard logs.contains(where: { $0.span != 0 || $0.reference != 0 }) else { return }
        var byID: [UInt64: Int] = [:]
        var byReference: [UInt64: Int] = [:]
        for place in order.reversed() {
            if spans[place].kind.isLeaf { byID[spans[place].id] = place }
            if spans[place].kind == .model, spans[place].reference != 0 { byReference[spans[place].reference] = place }
        }
        for (number, log) in logs.enumerated() where log.span != 0 || log.reference != 0 {
            let found = byID[log.span] ?? byReference[log.reference]
            guard let found, isActive(found), !spans[found].flags.contains(.decided) else { continue }
            if isLogDue(log) { isDue[found] = true }
            logsOf[found, default: []].append(number)
        }
        for (place, numbers) in logsOf.entries {
            let sorted = numbers.sorted { left, right in
                (logs[left].time, logs[left].sequence, logs[left].item) < (
                    logs[right].time, logs[right].sequence, logs[right].item
                )
            }
            logsOf.set(place, sorted)
        }
    }

    mutating func noteContent(_ isLogDue: (SettleLog) -> Bool) {
        for (place, numbers) in logsOf.entries where isDue[place] {
            let span = spans[place]
            func joined(_ part: KeyPath<SettleLog, [UInt8]>) -> [UInt8] {
                // The same may be told twice.
                var parts: [[UInt8]] = []
                for number in numbers
                where !logs[number][keyPath: part].isEmpty && !parts.contains(logs[number][keyPath: part]) {
                    parts.append(logs[number][keyPath: part])
                }
                return parts.isEmpty
                    ? []
                    : [UInt8(ascii: "[")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
            }
            let contents: [(String, SettleSpan.Flags, [UInt8])] = [
                ("gen_ai.input.messages", .hasInput, joined(\.input)),
                ("gen_ai.output.messages", .hasOutput, joined(\.output)),
                ("gen_ai.system_instructions", .hasInstructions, joined(\.instructions)),
            ]
            for (key, flag, text) in contents where !text.isEmpty && !span.flags.contains(flag) {
                note(place) { $0.set(key, .string(String(decoding: text, as: UTF8.self))) }
            }
            if !span.hasUsage, let usage = numbers.map({ logs[$0].usage }).last(where: { !$0.isEmpty }) {
                note(place) { $0.add(fields: usage) }
            }
            // What the sender was charged is better than any table.
            if let money = numbers.map({ logs[$0].money }).last(where: { !$0.isEmpty }) {
                note(place) { $0.add(fields: money) }
            }
            var added: [[UInt8]] = []
            for others in numbers.map({ logs[$0].others }) where !others.isEmpty && !added.contains(others) {
                added.append(others)
                note(place) { $0.add(fields: others) }
            }
            for number in numbers {
                var folded = ItemNote()
                folded.marks = .folded
                noteLog(number, folded)
            }
        }
    }

    /// In dollars; nil where nobody knows.
    func cost(_ place: Int) -> Double? {
        // Of other money nothing is known that could be added up.
        if let said = logsOf[place]?.last(where: { logs[$0].cost != nil }) { return logs[said].isForeignMoney ? nil : logs[said].cost }
        if spans[place].flags.contains(.hasCost) { return spans[place].dollars }
        // Another sight of the call may know.
        return sights[representative(place)]?.lazy.compactMap { spans[$0].dollars }.first
    }

    // MARK: Marks

    mutating func noteMarks(_ isLogDue: (SettleLog) -> Bool) {
        for place in spans.indices where isDue[place] {
            let flags = spans[place].flags
            if flags.contains(.redelivered) {
                note(place) {
                    $0.marks.insert(.redelivered)
                    $0.set("causeway.redelivered", true)
                }
            }
            if flags.contains(.isSynthetic) { note(place) { $0.marks.insert(.synthetic) } }
        }
        guard options.sampled != nil, let facts = samplingFacts() else { return }
        for place in spans.indices where isDue[place] { note(place) { $0.sampling = facts } }
        let folded = logsOf.entries.filter { isDue[$0.place] }.map(\.value).joined()
        for (number, log) in logs.enumerated() where isLogDue(log) || folded.contains(number) {
            var note = ItemNote()
            note.sampling = facts
            noteLog(number, note)
        }
    }

    private func samplingFacts() -> SamplingFacts? {
        guard let id = key.id else { return nil }
        var facts = SamplingFacts()
        let start = order.map { spans[$0].start }.min() ?? 0
        let end = order.map { spans[$0].end }.max() ?? 0
        facts.durationNanoseconds = end > start ? end - start : 0
        facts.place = id.samplingPlace
        for (number, attribute) in (options.sampled ?? []).prefix(64).enumerated()
        where conditions & 1 << UInt64(number) != 0 {
            facts.conditions.append(attribute.fingerprint)
        }
        facts.conditions.sort()
        let root = root
        if hasAgent {
            let totals = totals()
            facts.hasFailed = outcome(totals) != "success"
            facts.cost = totals.cost
        } else {
            let isElsewhere = root.map { spans[$0].flags.contains(.settledElsewhere) } ?? false
            facts.hasFailed =
                root.map { spans[$0].hasFailed || spans[$0].flags.contains(.hasFailed) }
                ?? order.contains { spans[$0].hasFailed }
            if isElsewhere, let root { facts.cost = spans[root].dollars ?? 0 }
        }
        return facts
    }
}
