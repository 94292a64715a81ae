internal import CausewayPlatform

/// How far one destination has got, and what became of the items on the way.
package struct Cursor: Equatable, Sendable {
    /// The log it speaks of; a cursor of another log says nothing about this one.
    package var logID: UInt64
    package var passed: PassedSet
    /// Items with an outcome in frames that are not passed as a whole: ordinals, ascending and apart.
    package var partial: [UInt64: [Range<Int>]]
    /// By tenant, signal and outcome.
    package var totals: Totals
    /// Copies in quarantine that were let go, and whose files may still be there.
    var released: [UInt64] = []
    /// Items passed otherwise than as delivered, by the first sequence of their segment, then by tenant and signal: what this destination
    /// cannot answer for when the log thinks of giving a segment up.
    package var undelivered: [UInt64: Totals] = [:]
    /// Ledger entries about what this destination lost that are not known to be in the log; they are appended again until they are.
    package var owed: [[UInt8]] = []
    /// Sections written by a later version, kept as they are.
    var unknown: [Section] = []

    struct Section: Equatable, Sendable {
        var number: UInt16
        var bytes: [UInt8]
    }

    package init(logID: UInt64, prefix: UInt64) {
        self.logID = logID
        passed = PassedSet(prefix: prefix)
        partial = [:]
        totals = Totals()
    }

    private enum Number {
        static let logID: UInt16 = 1
        static let prefix: UInt16 = 2
        static let range: UInt16 = 3
        static let partial: UInt16 = 4
        static let totals: UInt16 = 5
        static let undelivered: UInt16 = 6
        static let owed: UInt16 = 7
        static let segment: UInt16 = 1
        static let items: UInt16 = 2
        static let released: UInt16 = 8
    }

    var fields: Fields {
        var fields = Fields()
        fields.add(Number.logID, logID)
        fields.add(Number.prefix, passed.prefix)
        for range in passed.ranges {
            fields.add(Number.range, Self.words([range.lowerBound, range.upperBound]))
        }
        for (sequence, ranges) in partial.sorted(by: { $0.key < $1.key }) {
            for range in ranges {
                fields.add(Number.partial, Self.words([sequence, UInt64(range.lowerBound), UInt64(range.upperBound)]))
            }
        }
        fields.add(Number.totals, totals.fields)
        for id in released { fields.add(Number.released, id) }
        for (segment, items) in undelivered.sorted(by: { $0.key < $1.key }) {
            var entry = Fields()
            entry.add(Number.segment, segment)
            entry.add(Number.items, items.fields)
            fields.add(Number.undelivered, entry)
        }
        for entry in owed { fields.add(Number.owed, entry) }
        for section in unknown { fields.add(section.number, section.bytes) }
        return fields
    }

    init?(_ fields: Fields) {
        guard let logID = fields.first(Number.logID)?.number, let prefix = fields.first(Number.prefix)?.number,
            prefix <= FrameHeader.maxSequence
        else { return nil }
        self.init(logID: logID, prefix: prefix)
        for (number, value) in fields.all() {
            switch number {
            case Number.logID, Number.prefix: break
            case Number.range:
                guard let words = Self.words(value.bytes, count: 2), words[0] <= words[1], words[1] < 1 << 62 else { return nil }
                passed.insert(words[0]...words[1])
            case Number.partial:
                guard let words = Self.words(value.bytes, count: 3), words[1] <= words[2], words[2] <= UInt64(UInt32.max) else {
                    return nil
                }
                partial[words[0], default: []].append(Int(words[1])..<Int(words[2]))
            case Number.totals: totals = Totals(value.fields)
            case Number.released:
                guard let id = value.number else { return nil }
                released.append(id)
            case Number.undelivered:
                guard let segment = value.fields.first(Number.segment)?.number, let items = value.fields.first(Number.items) else {
                    return nil
                }
                undelivered[segment] = Totals(items.fields)
            case Number.owed: owed.append(value.bytes)
            default: unknown.append(Section(number: number, bytes: value.bytes))
            }
        }
    }

    /// More segments than these are not told apart; what lies in later ones counts as undelivered.
    private static let maxUndeliveredSegments = 512

    /// Whether all items of `key` that this cursor has passed in a segment were delivered.
    func hasDelivered(_ key: Totals.Key, inSegment first: UInt64) -> Bool {
        if undelivered.count >= Self.maxUndeliveredSegments, let newest = undelivered.keys.max(), first > newest { return false }
        return undelivered[first]?.counts.keys.contains { $0.signal == key.signal && ($0.tenant == key.tenant || $0.tenant == "*") } != true
    }

    /// Notes that items of a segment were passed without being delivered.
    mutating func addUndelivered(_ count: Int, of key: Totals.Key, inSegment first: UInt64) {
        guard undelivered[first] != nil || undelivered.count < Self.maxUndeliveredSegments else { return }
        undelivered[first, default: Totals()].add(count, to: Totals.Key(tenant: key.tenant, signal: key.signal, term: ""))
        // Many tenants in one segment: as one, which only makes the log keep more.
        if undelivered[first]!.counts.count > 16 { undelivered[first] = undelivered[first]!.mergingTenants() }
    }

    /// Gives up what has no outcome yet of a frame, which is not passed by that; returns how many items it was.
    mutating func evict(_ header: (sequence: UInt64, items: Int), of key: Totals.Key, inSegment first: UInt64) -> Int {
        let done = partial.removeValue(forKey: header.sequence)?.reduce(0) { $0 + $1.count } ?? 0
        totals.add(header.items - done, to: key)
        addUndelivered(header.items - done, of: key, inSegment: first)
        return header.items - done
    }

    /// Forgets what was noted of segments that are gone.
    mutating func forgetSegments(before first: UInt64) {
        if undelivered.keys.contains(where: { $0 < first }) { undelivered = undelivered.filter { $0.key >= first } }
    }

    /// Puts an entry on the ledger as soon as the log can take it.
    mutating func owe(_ entry: LedgerEntry) {
        // The log takes nothing: what says the same of later frames becomes one entry, so that the list stays short.
        if owed.count >= Self.maxOwed, let index = owed.lastIndex(where: { LedgerEntry(payload: $0)?.joins(entry) == true }) {
            var joined = LedgerEntry(payload: owed[index])!
            joined.join(entry)
            owed[index] = joined.payload
        } else {
            owed.append(entry.payload)
        }
    }

    private static let maxOwed = 32

    private static func words(_ values: [UInt64]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values { bytes.append(littleEndian: value) }
        return bytes
    }

    private static func words(_ bytes: [UInt8], count: Int) -> [UInt64]? {
        guard bytes.count == count * 8 else { return nil }
        return (0..<count).map { bytes.littleEndian64(at: $0 * 8) }
    }
}

extension [Range<Int>] {
    /// Joins `range` in; false when a part of it is there already, and then nothing changes.
    mutating func insertDisjoint(_ range: Range<Int>) -> Bool {
        guard !contains(where: { $0.overlaps(range) }) else { return false }
        append(range)
        sort { $0.lowerBound < $1.lowerBound }
        var joined: [Range<Int>] = []
        for next in self {
            if let last = joined.last, last.upperBound == next.lowerBound {
                joined[joined.count - 1] = last.lowerBound..<next.upperBound
            } else {
                joined.append(next)
            }
        }
        self = joined
        return true
    }
}
