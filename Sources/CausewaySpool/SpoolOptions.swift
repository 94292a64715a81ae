/// The limits of one spool.
package struct SpoolOptions: Equatable, Sendable {
    /// The most that all files in the directory may take together, in bytes.
    package var maxBytes = 4 << 30
    /// A segment is closed when the next commit group would carry it over this.
    package var segmentBytes = 64 << 20
    /// A segment with data is closed after this long.
    package var sealAfter: Duration = .seconds(15 * 60)
    /// History no older than this is kept.
    package var keepAge: Duration = .seconds(24 * 3600)
    /// At most this much history is kept, in bytes.
    package var keepBytes = 1 << 30
    /// The most that may be set aside, in bytes on disk; 0 keeps nothing.
    package var quarantineBytes = 64 << 20
    /// The least time between two syncs; zero means that one starts as soon as the one before has ended.
    package var commitInterval: Duration = .zero
    /// The most time for which what a reader has recorded may be lost in a crash.
    package var cursorInterval: Duration = .milliseconds(100)
    /// Whether the oldest segment may go when there is no room and no reader; otherwise new data is refused.
    package var evictsWithoutReader = true
    /// What happens when there is no room, and history and `ReaderRules` give none.
    package var whenFull = WhenFull.refuse
    /// The least that is left free on the file system, in bytes.
    package var minFreeBytes = 0
    /// What is older goes, whether or not it was delivered; nil keeps everything.
    package var maxAge: Duration?
    /// Whether a group is on stable storage before it is acknowledged. Otherwise a power loss takes the last seconds with it.
    package var isDurable = true
    /// Size of the reserve and of the emergency ledger, in bytes; 0 does without both.
    package var reserveBytes = 1 << 20
    /// For how long a cursor that nobody has open keeps what it has not passed.
    package var parkedPin: Duration = .seconds(24 * 3600)
    /// The machine's boot, 16 bytes; empty when unknown.
    package var bootID: [UInt8] = []

    /// What is appended is encrypted with the current one; what is read may be with any of them.
    package var keys = SpoolKeys()
    /// Refuses to open a spool whose newest segment is encrypted without a key to go on with.
    package var keepsEncryption = false
    /// What stays longer than this in a sealed segment is compressed.
    package var compressAfter: Duration = .seconds(5 * 60)

    package init() {}

    /// What happens to new data, or to old, when there is no room.
    package enum WhenFull: Sendable {
        /// New data are refused.
        case refuse
        /// The oldest segment goes, unless a required reader has not had it; whoever loses it has it on the ledger.
        case dropOldest
    }

    /// As large as is asked for, but never much of a small spool.
    var effectiveReserveBytes: Int { min(reserveBytes, maxBytes / 64) }

    /// Small spools get small segments: whole segments are what is given up, and half the spool must not be one.
    var effectiveSegmentBytes: Int { segmentBytes(in: maxBytes) }

    /// The same where there is room for so many bytes.
    func segmentBytes(in room: Int) -> Int { max(min(segmentBytes, room / 16), 64 << 10) }

    /// Kept free below `maxBytes` for footers and ledger entries.
    static let margin = 64 << 10
}
