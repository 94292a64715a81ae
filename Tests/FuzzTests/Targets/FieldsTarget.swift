@testable import CausewaySpool

extension FuzzTarget {
    /// Numbered fields, and everything that is written in them.
    static let fields = FuzzTarget(name: "fields", seeds: seeds) { bytes in
        let fields = Fields(bytes)
        for (_, value) in fields.all() { _ = (value.number, value.text, value.fields.all().count) }
        let totals = Totals(fields)
        _ = (totals.items, totals.withoutZeros, totals.mergingTenants(), totals.sum(), totals - totals)
        if let head = SegmentHead(payload: bytes) { try promise(SegmentHead(payload: head.payload) == head, "another head") }
        if let footer = SegmentFooter(payload: bytes) { _ = footer.payload(frameOffset: 0) }
        if let entry = LedgerEntry(payload: bytes) { try promise(LedgerEntry(payload: entry.payload) == entry, "another entry") }
        var names = SegmentNames()
        names.add(fields)
        _ = names.fields().bytes
    }

    @Sendable private static func seeds() -> [[UInt8]] {
        var totals = Totals()
        totals.add(41, to: Totals.Key(tenant: "acme", signal: 1, term: "from_receivers"))
        totals.add(-3, to: Totals.Key(tenant: "*", signal: 255, term: "evicted:no_reader"))
        let head = SegmentHead(
            logID: 7,
            instanceID: (0..<16).map { $0 },
            firstSequence: 100,
            bootID: (16..<32).map { $0 },
            wallNanoseconds: 1_800_000_000_000_000_000,
            bootNanoseconds: 5_000_000_000,
            keyID: 7,
            booksBefore: totals
        )
        let entry = LedgerEntry(term: "evicted", reason: "no_reader", sequences: 1...99, receivedNanoseconds: 10...20, items: totals)
        var names = SegmentNames()
        _ = names.addTenant("acme")
        _ = names.addPolicy([UInt8](repeating: 0xab, count: 32))
        var footer = SegmentFooter(firstSequence: 100)
        footer.count(FrameHeader(kind: .otlp, sequence: 101, payloadLength: 1), tenant: "acme", payload: [1])
        footer.names = names
        return [head.payload, entry.payload, names.fields().bytes, footer.payload(frameOffset: 800), totals.fields.bytes]
    }
}
