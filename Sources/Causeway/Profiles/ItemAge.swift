internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySpool

/// Which items are young enough for a backend that refuses old ones.
enum ItemAge {
    /// Those of a part's items that ended at this moment or later; the others are noted as filtered. Points of metrics have no end.
    static func young(
        _ kept: [Range<Int>],
        of part: Part,
        _ signal: Signal,
        since oldest: UInt64,
        _ rendered: inout Rendered
    ) -> [Range<Int>] {
        guard signal != .metrics else { return kept }
        let ends = ends(part.frame.payload, signal)
        var young: [Range<Int>] = []
        for item in kept.joined() {
            if item < ends.count, ends[item] > 0, ends[item] < oldest {
                rendered.filtered["age", default: []].append(ItemRange(sequence: part.frame.sequence, first: item, count: 1))
            } else if let last = young.last, last.upperBound == item {
                young[young.count - 1] = last.lowerBound..<item + 1
            } else {
                young.append(item..<item + 1)
            }
        }
        return young
    }

    /// When each item ended, in nanoseconds since 1970; 0 for one that does not say so, and for one that was removed.
    private static func ends(_ payload: [UInt8], _ signal: Signal) -> [UInt64] {
        var ends: [UInt64] = []
        for resource in RequestView(payload, signal: signal).resourceEntries {
            for scope in resource.scopeEntries(payload) {
                var fields = FieldReader(scope.contents)
                while let field = fields.next(payload) {
                    if field.number == 2, field.type == .lengthDelimited { ends.append(end(of: field.contents, payload, signal)) }
                }
            }
        }
        return ends
    }

    private static func end(of item: Range<Int>, _ payload: [UInt8], _ signal: Signal) -> UInt64 {
        // A span has an end; a log record a time, or else the time at which it was seen.
        let wanted = signal == .traces ? [8] : [1, 11]
        var found: [Int: UInt64] = [:]
        var fields = FieldReader(item)
        while let field = fields.next(payload) {
            if wanted.contains(field.number), field.type == .fixed64 { found[field.number] = field.value }
        }
        return wanted.lazy.compactMap { found[$0] }.first { $0 > 0 } ?? 0
    }
}
