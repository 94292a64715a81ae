internal import CausewayPlatform

/// What a reader finds missing: frames that no intact bytes hold any more and that had no outcome. They are passed at once; what they held
/// is told by the books of their segment, or by those of the log, and is then lost to the reader in its own books and on the ledger.
struct LostFrames {
    private let name: String
    private let catalog: Catalog
    private let logID: UInt64
    private let shared: SharedCursor
    /// Of the segment being read.
    private var missing: [ClosedRange<UInt64>] = []
    /// Traces that bytes seem to name which hold no intact frame.
    private var traces: [[UInt8]] = []
    /// Something is missing of which it is not known whether it has an outcome; settled when everything else has one.
    private var mayOwe = true
    /// What the frames that are gone were lost to.
    private var reason = LedgerEntry.damaged

    init(name: String, catalog: Catalog, logID: UInt64, shared: SharedCursor) {
        self.name = name
        self.catalog = catalog
        self.logID = logID
        self.shared = shared
    }

    /// What lay before `sequence` was given up as history while nobody had the cursor open.
    mutating func wasParked(before sequence: UInt64) {
        reason = LedgerEntry.parked
        shared.update { cursor in
            cursor.passed.insert(1...sequence - 1)
            for partial in cursor.partial.keys where partial < sequence { cursor.partial[partial] = nil }
        }
    }

    /// Damaged bytes name these.
    mutating func add(traces found: @autoclosure () -> [[UInt8]]) {
        if traces.count < LedgerEntry.maxTraceIDs { traces += found() }
    }

    /// Passes frames that are not there; true when none of them had an outcome, and they are noted as missing.
    @discardableResult
    mutating func pass(_ range: ClosedRange<UInt64>) -> Bool {
        let (isPassed, isPartlyPassed) = shared.with { cursor in
            (cursor.passed.contains(range), cursor.passed.intersects(range) || cursor.partial.keys.contains(where: range.contains))
        }
        if isPassed {
            mayOwe = true
            return false
        }
        shared.update { $0.passed.insert(range) }
        if isPartlyPassed {
            shared.update { cursor in for sequence in cursor.partial.keys where range.contains(sequence) { cursor.partial[sequence] = nil }
            }
            mayOwe = true
            return false
        }
        missing.append(range)
        return true
    }

    /// Whole files are gone between two segments; what they held, the head of the one behind them tells.
    mutating func passFiles(_ range: ClosedRange<UInt64>, before next: SegmentInfo) {
        guard pass(range), let gap = missing.popLast() else { return }
        let received = next.firstReceivedNanoseconds...next.firstReceivedNanoseconds
        lose(next.missingBefore, of: [gap], received: received, inSegment: next.firstSequence)
    }

    /// Puts what was missing in a segment that has been read into the books: what it held, less what is there. Nil where it is not known any
    /// more, or is still written.
    mutating func settle(_ segment: (info: SegmentInfo, file: any DiskFile)?) throws(DiskError) {
        guard !missing.isEmpty else { return traces = [] }
        guard let (info, file) = segment, info.isClosed else {
            (missing, traces) = ([], [])
            mayOwe = true
            return
        }
        var lost = info.books.items
        var walk = SegmentWalk(file: file, length: info.readableBytes, logID: logID, firstSequence: info.firstSequence, before: .max)
        walk.footerNames = SegmentNames(footerOf: file, length: info.readableBytes, logID: logID)
        while let frame = try walk.next() {
            guard frame.header.kind?.countsItems == true else { continue }
            let key = Totals.Key(
                tenant: walk.tenant(frame.header),
                signal: frame.header.signal,
                term: frame.header.appendedTerm(by: walk.deriver)
            )
            lost.add(-Int(frame.header.items), to: key)
        }
        let times = info.firstReceivedNanoseconds...max(info.firstReceivedNanoseconds, info.lastReceivedNanoseconds)
        let (ranges, named) = (missing, traces)
        (missing, traces) = ([], [])
        // A segment that was never sealed does not know; the next head may.
        if lost.counts.allSatisfy({ $0.value <= 0 }) { mayOwe = true }
        lose(
            lost,
            of: ranges,
            received: times,
            inSegment: info.firstSequence,
            traceIDs: [[UInt8]](named.prefix(LedgerEntry.maxTraceIDs))
        )
    }

    /// Solves the law of the books for what is lost; to be called when everything that is there has an outcome.
    mutating func settleOwed(inSegment segment: UInt64) {
        guard mayOwe, missing.isEmpty else { return }
        let (prefix, totals) = shared.with { ($0.partial.isEmpty ? $0.passed.prefix : 0, $0.totals) }
        // Together, because what is appended meanwhile is in both or in neither.
        let found: (books: Totals, last: UInt64, time: UInt64)? = catalog.with { state in
            let last = state.lastItemSequence
            guard prefix >= last else { return nil }
            return (state.books.items, last, state.segments.first { $0.firstReceivedNanoseconds > 0 }?.firstReceivedNanoseconds ?? 0)
        }
        guard let (books, last, time) = found else { return }
        mayOwe = false
        let isJoined = totals.counts.keys.contains { $0.tenant == "*" }
        let appended = books.mergingTerms()
        let owed = isJoined ? appended.mergingTenants() - totals.mergingTerms().mergingTenants() : appended - totals.mergingTerms()
        lose(owed, of: [1...max(1, last)], received: time...time, inSegment: segment)
        reason = LedgerEntry.damaged
    }

    private func lose(
        _ items: Totals,
        of ranges: [ClosedRange<UInt64>],
        received: ClosedRange<UInt64>,
        inSegment segment: UInt64,
        traceIDs: [[UInt8]] = []
    ) {
        let all = items.mergingTerms()
        let lost = all.filter { all.counts[$0, default: 0] > 0 }
        guard !lost.counts.isEmpty, let first = ranges.first?.lowerBound, let last = ranges.last?.upperBound else { return }
        shared.update { cursor in
            for (key, count) in lost.counts {
                cursor.totals.add(count, to: Totals.Key(tenant: key.tenant, signal: key.signal, term: "evicted:" + reason))
                cursor.addUndelivered(count, of: key, inSegment: segment)
            }
            cursor.owe(
                LedgerEntry(
                    term: "evicted",
                    reason: reason,
                    reader: name,
                    sequences: first...last,
                    receivedNanoseconds: received,
                    items: lost,
                    traceIDs: traceIDs
                )
            )
        }
    }
}

extension SegmentNames {
    /// What the segment's footer says that its numbers mean, for when a names frame of it is damaged; nothing when it is not sealed.
    init(footerOf file: any DiskFile, length: Int, logID: UInt64) {
        self = (try? SegmentScan.footer(file: file, length: length, logID: logID))?.names ?? SegmentNames()
    }
}
