/// The first frame of a segment: whose log it is, where it begins, and how the clocks stood.
package struct SegmentHead: Equatable, Sendable {
    /// Seeds the checksums of all frames behind it. Drawn at random when the directory is made; never 0.
    package var logID: UInt64
    /// 16 random bytes that name this bridge to others; kept as long as the directory.
    package var instanceID: [UInt8]
    package var firstSequence: UInt64
    /// The machine's boot, 16 bytes: whether `bootNanoseconds` may be compared.
    package var bootID: [UInt8]
    package var wallNanoseconds: UInt64
    package var bootNanoseconds: UInt64
    /// The key that frames are encrypted with; 0 = none.
    package var keyID: UInt64
    /// The log's own books before this segment: items by tenant, signal and term (`from_receivers`, `created`, `imported`, `evicted:…`).
    package var booksBefore: Totals
    /// The newest mark of each deriver before this segment: it holds also when the segments with the marks are given up.
    package var marksBefore: [String: Mark] = [:]

    private enum Number {
        static let logID: UInt16 = 1
        static let instanceID: UInt16 = 2
        static let firstSequence: UInt16 = 3
        static let bootID: UInt16 = 4
        static let wall: UInt16 = 5
        static let boot: UInt16 = 6
        static let keyID: UInt16 = 7
        static let booksBefore: UInt16 = 8
        static let mark: UInt16 = 20
    }

    var payload: [UInt8] {
        var fields = Fields()
        fields.add(Number.logID, logID)
        fields.add(Number.instanceID, instanceID)
        fields.add(Number.firstSequence, firstSequence)
        fields.add(Number.bootID, bootID)
        fields.add(Number.wall, wallNanoseconds)
        fields.add(Number.boot, bootNanoseconds)
        fields.add(Number.keyID, keyID)
        fields.add(Number.booksBefore, booksBefore.fields)
        for mark in marksBefore.fields { fields.add(Number.mark, mark) }
        return fields.bytes
    }

    init?(payload: [UInt8]) {
        let fields = Fields(payload)
        guard let logID = fields.first(Number.logID)?.number, logID != 0,
            let firstSequence = fields.first(Number.firstSequence)?.number, (1...FrameHeader.maxSequence).contains(firstSequence)
        else { return nil }
        self.logID = logID
        self.firstSequence = firstSequence
        instanceID = fields.first(Number.instanceID)?.bytes ?? []
        bootID = fields.first(Number.bootID)?.bytes ?? []
        wallNanoseconds = fields.first(Number.wall)?.number ?? 0
        bootNanoseconds = fields.first(Number.boot)?.number ?? 0
        keyID = fields.first(Number.keyID)?.number ?? 0
        booksBefore = fields.first(Number.booksBefore).map { Totals($0.fields) } ?? Totals()
        marksBefore = [String: Mark](fields.every(Number.mark))
    }

    init(
        logID: UInt64,
        instanceID: [UInt8],
        firstSequence: UInt64,
        bootID: [UInt8],
        wallNanoseconds: UInt64,
        bootNanoseconds: UInt64,
        keyID: UInt64 = 0,
        booksBefore: Totals,
        marksBefore: [String: Mark] = [:]
    ) {
        self.logID = logID
        self.instanceID = instanceID
        self.firstSequence = firstSequence
        self.bootID = bootID
        self.wallNanoseconds = wallNanoseconds
        self.bootNanoseconds = bootNanoseconds
        self.keyID = keyID
        self.booksBefore = booksBefore
        self.marksBefore = marksBefore
    }
}
