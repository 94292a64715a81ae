internal import CausewayModel

// When something is decided about a trace, and what becomes of it then.
extension SettleTable {
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
        for slot in traces.indices where traces[slot].isKnown && (traces[slot].undecided > 0 || !traces[slot].isComplete) {
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

    // MARK: Deciding

    /// Decides what came up to some time of the table's own clock, or everything. `isQuiet`: nothing more is expected.
    mutating func decide(_ slot: Int, before arrival: UInt32?, isQuiet: Bool) {
        let isDue = { (span: SettleSpan) in
            !span.flags.contains(.decided) && arrival.map { Self.isReached(span.arrival, by: $0) } ?? true
        }
        let isLogDue = { (log: SettleLog) in
            !log.isDecided && arrival.map { Self.isReached(log.arrival, by: $0) } ?? true
        }
        let isAnalysed = traces[slot].hasAgent || traces[slot].hasRedelivered || options.sampled != nil
        if !isAnalysed, traces[slot].logs.isEmpty {
            decidePlain(slot, before: arrival, isQuiet: isQuiet)
            return
        }
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
            frames.settle(1, of: traces[slot].spans[place].sequence)
        }
        if !traces[slot].logs.isEmpty {
            for place in traces[slot].logs.indices
            where isLogDue(traces[slot].logs[place]) || isSaid.contains(place) {
                traces[slot].logs[place].isDecided = true
                frames.settle(1, of: traces[slot].logs[place].sequence)
            }
            logBytes -= traces[slot].logs.reduce(0) { $0 + ($1.isDecided ? $1.memoryBytes : 0) }
            traces[slot].logs.removeAll { $0.isDecided }
            left += traces[slot].logs.count
        }
        traces[slot].undecided = left
        if isQuiet { traces[slot].isComplete = true }
    }

    /// The same of a trace of which nothing is said: nothing has to be found out.
    private mutating func decidePlain(_ slot: Int, before arrival: UInt32?, isQuiet: Bool) {
        var spans: [SettleSpan] = []
        swap(&spans, &traces[slot].spans)
        var left = 0
        var (sequence, count): (UInt64, Int) = (0, 0)
        for place in spans.indices where !spans[place].flags.contains(.decided) {
            if let arrival, !Self.isReached(spans[place].arrival, by: arrival) {
                left += 1
                continue
            }
            spans[place].flags.insert(.decided)
            // Most came in one frame.
            if spans[place].sequence != sequence {
                if count > 0 { frames.settle(count, of: sequence) }
                (sequence, count) = (spans[place].sequence, 0)
            }
            count += 1
        }
        if count > 0 { frames.settle(count, of: sequence) }
        swap(&spans, &traces[slot].spans)
        traces[slot].undecided = left
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
    mutating func carry(_ slot: Int) {
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
        traceBytes += traces[slot].keep(kept, carried)
    }
}
