internal import CausewayModel

/// Counting and splitting by items.
///
/// An item's ordinal is its place among all items of the payload, in the order of the bytes. An item that was removed in place, and
/// is an empty message now, keeps its ordinal and is counted; an item that is not there has none.
extension RequestView {
    /// How many spans, log records or data points there are.
    package var itemCount: Int { count(0..<payload.count, .request) }

    /// Where each resource entry lies, tag included, and how many items it holds.
    package var itemsByResourceEntry: [(range: Range<Int>, items: Int)] {
        payload.messages(in: 0..<payload.count, field: 1).map { ($0.range, count($0.contents, .resourceEntry)) }
    }

    /// The payload with only these items, in what they were grouped in; both ends are cut to what there is.
    ///
    /// What holds no item at all (a metric without data points, an empty entry) goes with the item that follows it, the last such
    /// with the last item: parts that cover all items together hold everything once.
    package func payload(items: Range<Int>) -> [UInt8] {
        let total = itemCount
        let wanted = items.clamped(to: 0..<total)
        guard wanted != 0..<total else { return payload }
        var patch = Patch()
        var ordinal = 0
        leaveOut(0..<payload.count, .request, wanted, total: total, &ordinal, &patch)
        return patch.applied(to: payload)
    }

    /// The payload with only these resource entries, by their place in `resourceEntries`.
    package func payload(resourceEntries kept: Set<Int>) -> [UInt8] {
        var patch = Patch()
        for (index, entry) in resourceEntries.enumerated() where !kept.contains(index) {
            patch.remove(entry.range, in: 0..<payload.count)
        }
        return patch.applied(to: payload)
    }

    /// What contains items, and in which fields.
    private enum Level {
        case request, resourceEntry, scopeEntry, metric, metricData
    }

    /// What the field of a message at this level holds: an item, or the level below; nil for anything else.
    private func below(_ level: Level, _ number: Int) -> (isItem: Bool, level: Level)? {
        switch (level, number) {
        case (.request, 1): (false, .resourceEntry)
        case (.resourceEntry, 2): (false, .scopeEntry)
        case (.scopeEntry, 2): signal == .metrics ? (false, .metric) : (true, .scopeEntry)
        case (.metric, _): MetricKind(rawValue: number) == nil ? nil : (false, .metricData)
        case (.metricData, 1): (true, .metricData)
        case (.request, _), (.resourceEntry, _), (.scopeEntry, _), (.metricData, _): nil
        }
    }

    private func count(_ message: Range<Int>, _ level: Level) -> Int {
        var count = 0
        let bytes = payload.span
        var fields = FieldReader(message)
        while let field = fields.next(bytes) {
            guard field.type == .lengthDelimited, let below = below(level, field.number) else { continue }
            count += below.isItem ? 1 : self.count(field.contents, below.level)
        }
        return count
    }

    private func leaveOut(
        _ message: Range<Int>,
        _ level: Level,
        _ wanted: Range<Int>,
        total: Int,
        _ ordinal: inout Int,
        _ patch: inout Patch
    ) {
        // Neighbours that go are one change.
        var gone = message.lowerBound..<message.lowerBound
        var fields = FieldReader(message)
        while let field = fields.next(payload) {
            guard field.type == .lengthDelimited, let below = below(level, field.number) else { continue }
            let first = ordinal
            let items = first..<first + (below.isItem ? 1 : count(field.contents, below.level))
            ordinal = items.upperBound
            let isKept = items.isEmpty ? wanted.contains(first) || first == total && wanted.upperBound == total : wanted.overlaps(items)
            if !isKept {
                if gone.upperBound != field.range.lowerBound {
                    patch.remove(gone, in: message)
                    gone = field.range
                }
                gone = gone.lowerBound..<field.range.upperBound
            } else if !items.isEmpty, wanted.clamped(to: items) != items {
                ordinal = first
                leaveOut(field.contents, below.level, wanted, total: total, &ordinal, &patch)
            }
        }
        patch.remove(gone, in: message)
    }
}
