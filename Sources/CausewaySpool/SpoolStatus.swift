/// The spool's numbers at one moment.
package struct SpoolStatus: Sendable {
    package var segments: Int
    package var bytes: Int
    package var maxBytes: Int
    /// Wall clock of the oldest frame with items; nil when there is none.
    package var oldestReceivedNanoseconds: UInt64?
    /// The log's own books: items appended and given up, by tenant, signal and term.
    package var books: Totals
    package var lastSequence: UInt64
    package var damage: DamageCount
    /// Why the last group was not taken; nil when it was, or when there is room again.
    package var refusal: SpoolError?
    /// Why the last cursor could not be saved; nil when it could.
    package var cursorFailure: SpoolError?
    /// By reader: outcomes so far.
    package var readers: [String: Totals]
    /// Names of cursors on disk that nobody has open and that still keep what they have not passed.
    package var parked: [String]
    /// Whether a group is on stable storage before it is acknowledged.
    package var isDurable: Bool
    package var maintenance: MaintenanceCounts

    init(_ state: Catalog.State, cursors: [String: Cursor], options: SpoolOptions) {
        segments = state.segments.count
        bytes = state.usedBytes - state.reservedBytes
        maintenance = state.maintenance
        maxBytes = options.maxBytes
        isDurable = options.isDurable
        parked = state.parkedSince.keys.sorted()
        oldestReceivedNanoseconds = state.segments.first { $0.firstReceivedNanoseconds > 0 }?.firstReceivedNanoseconds
        books = state.books
        lastSequence = state.lastSequence
        damage = state.damage
        refusal = state.refusal
        cursorFailure = state.cursorFailure
        readers = cursors.mapValues(\.totals)
    }

    /// Items appended that a reader has not done with: the law of the books, solved for it.
    package func pending(_ reader: String) -> Int {
        books.items.sum() - (readers[reader]?.sum() ?? 0)
    }
}
