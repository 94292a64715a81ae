/// What had to be given up: which items, of whom, from when, and why. Kept in the log as a frame of its own.
package struct LedgerEntry: Equatable, Sendable {
    /// The term of the books: `evicted`, `rejected`, ….
    package var term: String
    /// `no_reader`, `backlog`, `damaged`, or what a destination answered.
    package var reason: String
    /// The destination that lost them; empty when the log itself gave them up.
    package var reader: String
    package var firstSequence: UInt64
    package var lastSequence: UInt64
    /// Wall clock of the first and last frame concerned.
    package var firstReceivedNanoseconds: UInt64
    package var lastReceivedNanoseconds: UInt64
    /// How many items, by tenant and signal; the terms in it are those under which they had been appended.
    package var items: Totals
    /// Some of the traces that have lost something, 16 bytes each: as far as known, and no more than `maxTraceIDs`.
    package var traceIDs: [[UInt8]]

    package static let maxTraceIDs = 16

    package init(
        term: String,
        reason: String,
        reader: String = "",
        sequences: ClosedRange<UInt64>,
        receivedNanoseconds: ClosedRange<UInt64>,
        items: Totals,
        traceIDs: [[UInt8]] = []
    ) {
        self.traceIDs = traceIDs
        self.term = term
        self.reason = reason
        self.reader = reader
        firstSequence = sequences.lowerBound
        lastSequence = sequences.upperBound
        firstReceivedNanoseconds = receivedNanoseconds.lowerBound
        lastReceivedNanoseconds = receivedNanoseconds.upperBound
        self.items = items
    }

    /// Whether `other` differs only in which items it speaks of.
    func joins(_ other: LedgerEntry) -> Bool { term == other.term && reason == other.reason && reader == other.reader }

    /// Speaks of the items of `other` as well.
    mutating func join(_ other: LedgerEntry) {
        firstSequence = min(firstSequence, other.firstSequence)
        lastSequence = max(lastSequence, other.lastSequence)
        firstReceivedNanoseconds = min(firstReceivedNanoseconds, other.firstReceivedNanoseconds)
        lastReceivedNanoseconds = max(lastReceivedNanoseconds, other.lastReceivedNanoseconds)
        items += other.items
        traceIDs = [[UInt8]]((traceIDs + other.traceIDs.filter { !traceIDs.contains($0) }).prefix(Self.maxTraceIDs))
    }

    private enum Number {
        static let term: UInt16 = 1
        static let reason: UInt16 = 2
        static let reader: UInt16 = 3
        static let firstSequence: UInt16 = 4
        static let lastSequence: UInt16 = 5
        static let firstReceived: UInt16 = 6
        static let lastReceived: UInt16 = 7
        static let items: UInt16 = 8
        static let traceID: UInt16 = 9
    }

    package var payload: [UInt8] {
        var fields = Fields()
        fields.add(Number.term, term)
        fields.add(Number.reason, reason)
        fields.add(Number.reader, reader)
        fields.add(Number.firstSequence, firstSequence)
        fields.add(Number.lastSequence, lastSequence)
        fields.add(Number.firstReceived, firstReceivedNanoseconds)
        fields.add(Number.lastReceived, lastReceivedNanoseconds)
        fields.add(Number.items, items.fields)
        for id in traceIDs { fields.add(Number.traceID, id) }
        return fields.bytes
    }

    package init?(payload: [UInt8]) {
        let fields = Fields(payload)
        guard let term = fields.first(Number.term)?.text, let first = fields.first(Number.firstSequence)?.number,
            let last = fields.first(Number.lastSequence)?.number
        else { return nil }
        self.term = term
        reason = fields.first(Number.reason)?.text ?? ""
        reader = fields.first(Number.reader)?.text ?? ""
        firstSequence = first
        lastSequence = last
        firstReceivedNanoseconds = fields.first(Number.firstReceived)?.number ?? 0
        lastReceivedNanoseconds = fields.first(Number.lastReceived)?.number ?? 0
        items = fields.first(Number.items).map { Totals($0.fields) } ?? Totals()
        traceIDs = fields.every(Number.traceID).map(\.bytes)
    }

    /// What the log's own books have to add; nothing for what one destination lost, which stands in its cursor.
    var books: Totals {
        var books = Totals()
        guard reader.isEmpty else { return books }
        for (key, count) in items.counts {
            books.add(count, to: Totals.Key(tenant: key.tenant, signal: key.signal, term: "\(term):\(reason)"))
        }
        return books
    }
}

/// Items of several frames that share one fate, on their way to one ledger entry.
struct Loss {
    private var items = Totals()
    private var sequences: ClosedRange<UInt64>?
    private var received: ClosedRange<UInt64> = 0...0
    private(set) var traceIDs: [[UInt8]] = []

    /// Names traces that are concerned, as long as there is place for them.
    mutating func name(_ ids: [[UInt8]]) {
        for id in ids where traceIDs.count < LedgerEntry.maxTraceIDs && !traceIDs.contains(id) { traceIDs.append(id) }
    }

    mutating func add(_ count: Int, of tenant: String, _ signal: UInt8, sequence: UInt64, received time: UInt64) {
        items.add(count, to: Totals.Key(tenant: tenant, signal: signal, term: ""))
        guard let known = sequences else {
            (sequences, received) = (sequence...sequence, time...time)
            return
        }
        sequences = min(known.lowerBound, sequence)...max(known.upperBound, sequence)
        received = min(received.lowerBound, time)...max(received.upperBound, time)
    }

    /// Nil when nothing was added.
    func entry(_ term: String, reason: String, reader: String) -> LedgerEntry? {
        sequences.map {
            LedgerEntry(
                term: term,
                reason: reason,
                reader: reader,
                sequences: $0,
                receivedNanoseconds: received,
                items: items,
                traceIDs: traceIDs
            )
        }
    }
}
