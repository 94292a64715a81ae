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
        for section in unknown { fields.add(section.number, section.bytes) }
        return fields
    }

    init?(_ fields: Fields) {
        guard let logID = fields.first(Number.logID)?.number, let prefix = fields.first(Number.prefix)?.number,
            prefix <= FrameHeader.maxSequence
        else { return nil }
        guard prefix < 1 << 62 else { return nil }
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
            default: unknown.append(Section(number: number, bytes: value.bytes))
            }
        }
    }

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
