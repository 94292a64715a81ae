internal import CausewayModel
internal import CausewayOTLP

/// A data point taken apart: what is added up in it, and all else as it came.
struct PointFields: Equatable {
    let kind: MetricKind
    /// Whole fields, in a fixed order: equal attributes are equal bytes.
    var attributes: [UInt8] = []
    var startNanoseconds: UInt64 = 0
    var timeNanoseconds: UInt64 = 0
    var flags: UInt32 = 0
    // Of sums.
    var int: Int64?
    var double: Double?
    // Of histograms.
    var count: UInt64 = 0
    var sum: Double?
    var min: Double?
    var max: Double?
    /// With explicit bounds.
    var buckets: [UInt64] = []
    var bounds: [Double] = []
    /// Exponential.
    var scale: Int32 = 0
    var zeros: UInt64 = 0
    var zeroThreshold = 0.0
    var positive = Buckets()
    var negative = Buckets()
    /// Exemplars, and what came later: fields as they came.
    var rest: [UInt8] = []

    /// Counts of an exponential histogram from one bucket on.
    struct Buckets: Equatable {
        var offset: Int32 = 0
        var counts: [UInt64] = []
    }

    init(_ kind: MetricKind) { self.kind = kind }

    init(_ payload: [UInt8], _ contents: Range<Int>, _ kind: MetricKind) {
        self.kind = kind
        var keyed: [ArraySlice<UInt8>] = []
        var fields = FieldReader(contents)
        while let field = fields.next(payload) {
            switch (kind, field.number, field.type) {
            case (_, 2, .fixed64): startNanoseconds = field.value
            case (_, 3, .fixed64): timeNanoseconds = field.value
            case (.sum, 4, .fixed64): double = Double(bitPattern: field.value)
            case (.sum, 6, .fixed64): int = Int64(bitPattern: field.value)
            case (.sum, 7, .lengthDelimited), (.histogram, 9, .lengthDelimited), (.exponentialHistogram, 1, .lengthDelimited):
                keyed.append(payload[field.range])
            case (.sum, 8, .varint), (.histogram, 10, .varint), (.exponentialHistogram, 10, .varint):
                flags = UInt32(truncatingIfNeeded: field.value)
            case (.histogram, 4, .fixed64), (.exponentialHistogram, 4, .fixed64): count = field.value
            case (.histogram, 5, .fixed64), (.exponentialHistogram, 5, .fixed64): sum = Double(bitPattern: field.value)
            case (.histogram, 6, .lengthDelimited): buckets += Self.words(payload, field.contents)
            case (.histogram, 7, .lengthDelimited): bounds += Self.words(payload, field.contents).map { Double(bitPattern: $0) }
            case (.histogram, 11, .fixed64), (.exponentialHistogram, 12, .fixed64): min = Double(bitPattern: field.value)
            case (.histogram, 12, .fixed64), (.exponentialHistogram, 13, .fixed64): max = Double(bitPattern: field.value)
            case (.exponentialHistogram, 6, .varint): scale = Self.unzigzag(field.value)
            case (.exponentialHistogram, 7, .fixed64): zeros = field.value
            case (.exponentialHistogram, 8, .lengthDelimited): positive = Buckets(payload, field.contents)
            case (.exponentialHistogram, 9, .lengthDelimited): negative = Buckets(payload, field.contents)
            case (.exponentialHistogram, 14, .fixed64): zeroThreshold = Double(bitPattern: field.value)
            default: rest += payload[field.range]
            }
        }
        if keyed.count > 1 { keyed.sort { $0.lexicographicallyPrecedes($1) } }
        for attribute in keyed { attributes += attribute }
    }

    var encoded: [UInt8] {
        var writer = WireWriter()
        if startNanoseconds > 0 { writer.fixed(2, startNanoseconds) }
        writer.fixed(3, timeNanoseconds)
        switch kind {
        case .histogram:
            writer.fixed(4, count)
            if let sum { writer.fixed(5, sum.bitPattern) }
            writer.packed(6, buckets)
            writer.packed(7, bounds)
            if let min { writer.fixed(11, min.bitPattern) }
            if let max { writer.fixed(12, max.bitPattern) }
            if flags != 0 { writer.varint(10, Int64(flags)) }
        case .exponentialHistogram:
            writer.fixed(4, count)
            if let sum { writer.fixed(5, sum.bitPattern) }
            writer.zigzag(6, scale)
            writer.fixed(7, zeros)
            if !positive.counts.isEmpty { writer.field(8, positive.encoded) }
            if !negative.counts.isEmpty { writer.field(9, negative.encoded) }
            if flags != 0 { writer.varint(10, Int64(flags)) }
            if let min { writer.fixed(12, min.bitPattern) }
            if let max { writer.fixed(13, max.bitPattern) }
            if zeroThreshold != 0 { writer.fixed(14, zeroThreshold.bitPattern) }
        case .sum, .gauge, .summary:
            if let double { writer.fixed(4, double.bitPattern) }
            if let int { writer.fixed(6, UInt64(bitPattern: int)) }
            if flags != 0 { writer.varint(8, Int64(flags)) }
        }
        writer.append(attributes)
        writer.append(rest)
        return writer.bytes
    }

    private static func words(_ payload: [UInt8], _ range: Range<Int>) -> [UInt64] {
        var words: [UInt64] = []
        words.reserveCapacity(range.count / 8)
        for start in stride(from: range.lowerBound, through: range.upperBound - 8, by: 8) {
            var word: UInt64 = 0
            for place in (0..<8).reversed() { word = word << 8 | UInt64(payload[start + place]) }
            words.append(word)
        }
        return words
    }

    fileprivate static func unzigzag(_ value: UInt64) -> Int32 {
        let bits = UInt32(truncatingIfNeeded: value)
        return Int32(bitPattern: bits >> 1) ^ -Int32(bitPattern: bits & 1)
    }
}

extension PointFields.Buckets {
    init(_ payload: [UInt8], _ contents: Range<Int>) {
        var fields = FieldReader(contents)
        while let field = fields.next(payload) {
            switch (field.number, field.type) {
            case (1, .varint): offset = PointFields.unzigzag(field.value)
            // Written as a list without its lengths, or one by one.
            case (2, .varint): counts.append(field.value)
            case (2, .lengthDelimited):
                var value: UInt64 = 0
                var shift: UInt64 = 0
                for place in field.contents {
                    if shift < 64 { value |= UInt64(payload[place] & 0x7F) << shift }
                    shift += 7
                    if payload[place] < 0x80 {
                        counts.append(value)
                        (value, shift) = (0, 0)
                    }
                }
            default: break
            }
        }
    }

    var encoded: [UInt8] {
        var writer = WireWriter()
        writer.zigzag(1, offset)
        writer.packedVarints(2, counts)
        return writer.bytes
    }

    /// The same counts in buckets 2^shift times as wide.
    func widened(_ shift: Int32) -> Self {
        guard shift > 0, !counts.isEmpty else { return self }
        let shift = Swift.min(shift, 31)
        var wide = Self(offset: offset >> shift, counts: [])
        for (place, count) in counts.enumerated() {
            let index = Int(((offset &+ Int32(truncatingIfNeeded: place)) >> shift) - wide.offset)
            while wide.counts.count <= index { wide.counts.append(0) }
            wide.counts[index] &+= count
        }
        return wide
    }

    /// From the first to the last bucket of both.
    static func span(_ a: Self, _ b: Self) -> Int {
        if a.counts.isEmpty { return b.counts.count }
        if b.counts.isEmpty { return a.counts.count }
        let end = Swift.max(Int(a.offset) + a.counts.count, Int(b.offset) + b.counts.count)
        return end - Int(Swift.min(a.offset, b.offset))
    }

    mutating func add(_ other: Self) {
        guard !other.counts.isEmpty else { return }
        guard !counts.isEmpty else { return self = other }
        let first = Swift.min(offset, other.offset)
        let end = Swift.max(Int(offset) + counts.count, Int(other.offset) + other.counts.count)
        var sums = [UInt64](repeating: 0, count: end - Int(first))
        for (place, count) in counts.enumerated() { sums[Int(offset - first) + place] &+= count }
        for (place, count) in other.counts.enumerated() { sums[Int(other.offset - first) + place] &+= count }
        (offset, counts) = (first, sums)
    }

    /// False where a count is smaller than it was.
    mutating func subtract(_ earlier: Self) -> Bool {
        for (place, count) in earlier.counts.enumerated() where count > 0 {
            let index = Int(earlier.offset) + place - Int(offset)
            guard counts.indices.contains(index), counts[index] >= count else { return false }
            counts[index] -= count
        }
        return true
    }
}
