/// Neighbouring items of a frame that another log held before: whose they are here, and where they stood there.
package struct OriginRange: Hashable, Sendable {
    package var tenant: String
    package var log: UInt64
    package var sequence: UInt64
    /// Ordinals of its items in that frame.
    package var items: Range<Int>

    package init(tenant: String, log: UInt64, sequence: UInt64, items: Range<Int>) {
        self.tenant = tenant
        self.log = log
        self.sequence = sequence
        self.items = items
    }
}

/// Which items of other logs' frames are in this one, to the item; bounded by forgetting the lowest sequences.
///
/// Apart by tenant: nobody can have another's telemetry taken for a repetition.
package struct OriginItems: Equatable, Sendable {
    private struct Source: Hashable {
        var tenant: String
        var log: UInt64
    }

    /// 16 bytes, on disk as in memory.
    private struct Range16: Equatable {
        var sequence: UInt64
        var first: UInt32
        var end: UInt32
    }

    /// Ascending by sequence and first item, apart from each other.
    private var sources: [Source: [Range16]] = [:]
    package private(set) var rangeCount = 0

    package init() {}

    package var isEmpty: Bool { rangeCount == 0 }

    package mutating func insert(_ range: OriginRange) {
        guard !range.items.isEmpty else { return }
        var added = Range16(sequence: range.sequence, first: UInt32(range.items.lowerBound), end: UInt32(range.items.upperBound))
        let source = Source(tenant: range.tenant, log: range.log)
        let from = Self.firstIndex(sources[source] ?? [], range.sequence, endingAtOrAfter: added.first)
        var to = from
        if let ranges = sources[source] {
            while to < ranges.count, ranges[to].sequence == added.sequence, ranges[to].first <= added.end {
                added.first = min(added.first, ranges[to].first)
                added.end = max(added.end, ranges[to].end)
                to += 1
            }
        }
        sources[source, default: []].replaceSubrange(from..<to, with: CollectionOfOne(added))
        rangeCount += 1 - (to - from)
    }

    /// The items of `range` that are not here.
    package func missing(_ range: OriginRange) -> [Range<Int>] {
        guard let ranges = sources[Source(tenant: range.tenant, log: range.log)] else { return [range.items] }
        var missing: [Range<Int>] = []
        var next = range.items.lowerBound
        var index = Self.firstIndex(ranges, range.sequence, endingAtOrAfter: UInt32(range.items.lowerBound))
        while index < ranges.count, ranges[index].sequence == range.sequence, Int(ranges[index].first) < range.items.upperBound {
            if Int(ranges[index].first) > next { missing.append(next..<Int(ranges[index].first)) }
            next = max(next, Int(ranges[index].end))
            index += 1
        }
        if next < range.items.upperBound { missing.append(next..<range.items.upperBound) }
        return missing
    }

    /// Whether any item of `range` is here.
    package func overlaps(_ range: OriginRange) -> Bool { missing(range) != [range.items] }

    package mutating func remove(_ range: OriginRange) {
        let source = Source(tenant: range.tenant, log: range.log)
        guard let ranges = sources[source] else { return }
        var kept: [Range16] = []
        for one in ranges {
            guard one.sequence == range.sequence, Int(one.end) > range.items.lowerBound, Int(one.first) < range.items.upperBound else {
                kept.append(one)
                continue
            }
            if Int(one.first) < range.items.lowerBound {
                kept.append(Range16(sequence: one.sequence, first: one.first, end: UInt32(range.items.lowerBound)))
            }
            if Int(one.end) > range.items.upperBound {
                kept.append(Range16(sequence: one.sequence, first: UInt32(range.items.upperBound), end: one.end))
            }
        }
        rangeCount += kept.count - ranges.count
        sources[source] = kept.isEmpty ? nil : kept
    }

    package mutating func insert(_ others: OriginItems) {
        for (source, ranges) in others.sources {
            for range in ranges {
                insert(
                    OriginRange(tenant: source.tenant, log: source.log, sequence: range.sequence, items: Int(range.first)..<Int(range.end))
                )
            }
        }
    }

    /// Forgets the lowest sequences of whoever has most, so that no more than `limit` ranges are left: what was there so long ago comes
    /// again only when a sender has lost its place, and is then there twice rather than not at all.
    package mutating func forget(beyond limit: Int) {
        while rangeCount > limit, let largest = sources.max(by: { $0.value.count < $1.value.count }) {
            // Some more at once, so that it is not done for every request.
            let count = max(1, min(largest.value.count, max(rangeCount - limit, largest.value.count / 8)))
            sources[largest.key]!.removeFirst(count)
            if sources[largest.key]!.isEmpty { sources[largest.key] = nil }
            rangeCount -= count
        }
    }

    private static func firstIndex(_ ranges: [Range16], _ sequence: UInt64, endingAtOrAfter first: UInt32) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            let range = ranges[middle]
            if range.sequence < sequence || range.sequence == sequence && range.end < first { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private enum Number {
        static let tenant: UInt16 = 1
        static let ranges: UInt16 = 2
    }

    /// For each tenant and log: 1 the tenant, 2 the log u64 and its ranges (sequence u64, first item u32, end u32).
    var fields: [Fields] {
        sources.sorted { ($0.key.tenant, $0.key.log) < ($1.key.tenant, $1.key.log) }.map { source, ranges in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(8 + 16 * ranges.count)
            bytes.append(littleEndian: source.log)
            for range in ranges {
                bytes.append(littleEndian: range.sequence)
                bytes.append(littleEndian: range.first)
                bytes.append(littleEndian: range.end)
            }
            var fields = Fields()
            fields.add(Number.tenant, source.tenant)
            fields.add(Number.ranges, bytes)
            return fields
        }
    }

    init(_ values: [FieldValue]) {
        for fields in values.map(\.fields) {
            guard let bytes = fields.first(Number.ranges)?.bytes, bytes.count >= 8 else { continue }
            let tenant = fields.first(Number.tenant)?.text ?? ""
            let log = bytes.littleEndian64(at: 0)
            for offset in stride(from: 8, to: bytes.count - 15, by: 16) {
                let (first, end) = (bytes.littleEndian32(at: offset + 8), bytes.littleEndian32(at: offset + 12))
                guard first < end else { continue }
                insert(OriginRange(tenant: tenant, log: log, sequence: bytes.littleEndian64(at: offset), items: Int(first)..<Int(end)))
            }
        }
    }
}
