/// The last frame of a sealed segment: enough to start without reading the frames before it.
///
/// Its payload ends with the offset of the footer's own frame (u64) and a mark (u64), so that it is found from the end of the file.
package struct SegmentFooter: Equatable, Sendable {
    package var firstSequence: UInt64
    /// Of the last frame before the footer.
    package var lastSequence: UInt64
    /// Of the last frame that holds items, or held some; 0 when none does.
    package var lastItemSequence: UInt64
    /// Wall clock of the first and last frame that holds items; 0 when none does.
    package var firstReceivedNanoseconds: UInt64
    package var lastReceivedNanoseconds: UInt64
    /// Bytes of payload, as stored, in frames that hold items.
    package var payloadBytes: UInt64
    /// What the segment adds to the log's own books: items appended, and items given up, by tenant, signal and term.
    package var books: Totals
    /// Frames by kind number.
    package var frames: [UInt8: UInt64]
    package var names: SegmentNames
    /// The newest mark of each deriver.
    package var marks: [String: Mark] = [:]
    /// Which items came from other logs.
    package var origins = OriginItems()
    /// Who derived the frames of the group that is being counted.
    private var deriver: String?

    static let trailerSize = 16
    static let mark: UInt64 = 0x746f_6f66_7977_7563

    private enum Number {
        static let firstSequence: UInt16 = 1
        static let lastSequence: UInt16 = 2
        static let firstReceived: UInt16 = 3
        static let lastReceived: UInt16 = 4
        static let payloadBytes: UInt16 = 5
        static let books: UInt16 = 6
        static let kind: UInt16 = 7
        static let names: UInt16 = 8
        static let lastItemSequence: UInt16 = 9
        static let mark: UInt16 = 20
        static let origins: UInt16 = 21
        static let kindNumber: UInt16 = 1
        static let kindCount: UInt16 = 2
        /// Fills up to eight bytes, so that the trailer is the last thing in the file.
        static let filler: UInt16 = 0
    }

    init(firstSequence: UInt64) {
        self.firstSequence = firstSequence
        lastSequence = firstSequence
        lastItemSequence = 0
        firstReceivedNanoseconds = 0
        lastReceivedNanoseconds = 0
        payloadBytes = 0
        books = Totals()
        frames = [:]
        names = SegmentNames()
    }

    /// Counts one frame of the segment, names included. `payload` matters for ledger frames and marks only, and must be open.
    mutating func count(_ header: FrameHeader, tenant: String, payload: [UInt8]) {
        lastSequence = max(lastSequence, header.sequence)
        frames[header.kindNumber, default: 0] += 1
        if header.kind == .ledger, let entry = LedgerEntry(payload: payload) { books += entry.books }
        if header.kind == .mark, let mark = Mark(payload: payload) {
            marks.take(mark)
            deriver = mark.deriver
        }
        defer { if !header.flags.contains(.more) { deriver = nil } }
        // A tombstone stands for the items that were once there: what was appended stays appended.
        guard let kind = header.kind, kind.countsItems, kind.holdsItems || header.items > 0 else { return }
        if let origin = header.originRange(tenant: tenant) { origins.insert(origin) }
        if firstReceivedNanoseconds == 0 { firstReceivedNanoseconds = header.receivedNanoseconds }
        lastReceivedNanoseconds = max(lastReceivedNanoseconds, header.receivedNanoseconds)
        lastItemSequence = max(lastItemSequence, header.sequence)
        if kind.holdsItems { payloadBytes += UInt64(header.payloadLength) }
        books.add(Int(header.items), to: Totals.Key(tenant: tenant, signal: header.signal, term: header.appendedTerm(by: deriver)))
    }

    /// Whether it says of the segment what its frames say, which `counted` has counted. One of the time when footers did not tell yet what
    /// came from other logs says nothing about that; none says who was deriving when damage cut a group short.
    func says(_ counted: SegmentFooter) -> Bool {
        var expected = counted
        expected.deriver = deriver
        if origins.isEmpty { expected.origins = origins }
        return self == expected
    }

    func payload(frameOffset: Int) -> [UInt8] {
        var fields = Fields()
        fields.add(Number.firstSequence, firstSequence)
        fields.add(Number.lastSequence, lastSequence)
        fields.add(Number.lastItemSequence, lastItemSequence)
        fields.add(Number.firstReceived, firstReceivedNanoseconds)
        fields.add(Number.lastReceived, lastReceivedNanoseconds)
        fields.add(Number.payloadBytes, payloadBytes)
        fields.add(Number.books, books.fields)
        for (kind, count) in frames.sorted(by: { $0.key < $1.key }) {
            var entry = Fields()
            entry.add(Number.kindNumber, UInt64(kind))
            entry.add(Number.kindCount, count)
            fields.add(Number.kind, entry)
        }
        fields.add(Number.names, names.fields())
        for mark in marks.fields { fields.add(Number.mark, mark) }
        for source in origins.fields { fields.add(Number.origins, source) }
        fields.add(Number.filler, [UInt8](repeating: 0, count: (8 - (fields.bytes.count + 6) % 8) % 8))
        var bytes = fields.bytes
        bytes.append(littleEndian: UInt64(frameOffset))
        bytes.append(littleEndian: Self.mark)
        return bytes
    }

    init?(payload: [UInt8]) {
        guard payload.count >= Self.trailerSize else { return nil }
        let fields = Fields([UInt8](payload.dropLast(Self.trailerSize)))
        guard let first = fields.first(Number.firstSequence)?.number, let last = fields.first(Number.lastSequence)?.number else {
            return nil
        }
        self.init(firstSequence: first)
        lastSequence = last
        lastItemSequence = fields.first(Number.lastItemSequence)?.number ?? last
        firstReceivedNanoseconds = fields.first(Number.firstReceived)?.number ?? 0
        lastReceivedNanoseconds = fields.first(Number.lastReceived)?.number ?? 0
        payloadBytes = fields.first(Number.payloadBytes)?.number ?? 0
        guard max(lastSequence, lastItemSequence) <= FrameHeader.maxSequence, payloadBytes <= 1 << 40 else { return nil }
        books = fields.first(Number.books).map { Totals($0.fields) } ?? Totals()
        for entry in fields.every(Number.kind).map(\.fields) {
            if let kind = entry.first(Number.kindNumber)?.number, let count = entry.first(Number.kindCount)?.number {
                frames[UInt8(truncatingIfNeeded: kind)] = count
            }
        }
        if let value = fields.first(Number.names) { names.add(value.fields) }
        marks = [String: Mark](fields.every(Number.mark))
        origins = OriginItems(fields.every(Number.origins))
    }

    /// Where the footer's frame begins, from the last 16 bytes of a file; nil when the file has no footer.
    static func frameOffset(trailer: [UInt8]) -> Int? {
        guard trailer.count == trailerSize, trailer.littleEndian64(at: 8) == mark else { return nil }
        let offset = trailer.littleEndian64(at: 0)
        return offset < 1 << 40 ? Int(offset) : nil
    }
}

extension FrameHeader {
    /// The items of another log that the frame holds, or held; nil where this log was the first.
    func originRange(tenant: String) -> OriginRange? {
        guard let origin, kind?.countsItems == true else { return nil }
        let first = Int(origin.firstItem)
        return OriginRange(tenant: tenant, log: origin.log, sequence: origin.sequence, items: first..<first + Int(items))
    }

    /// The term of the books under which the frame's items were appended; `deriver` is whose mark stands before it in its group.
    func appendedTerm(by deriver: String?) -> String {
        if flags.contains(.imported) { return "imported" }
        guard flags.contains(.derived) else { return "from_receivers" }
        return deriver.map { Totals.created + $0 } ?? "created"
    }
}
