internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySpool

/// A request whose sender has said which items of which frames it holds, taken apart by these frames and by tenant.
struct NamedFrames {
    /// Neighbouring items of the body that come from one frame and are one tenant's.
    struct Piece: Equatable {
        /// Ordinals in the body.
        var items: Range<Int>
        var origin: OriginRange
    }

    private(set) var pieces: [Piece] = []
    private let payload: [UInt8]
    private let signal: Signal
    /// Where each resource entry lies, and the ordinals of its items.
    private let entries: [(range: Range<Int>, items: Range<Int>)]

    /// Nil when the list does not say of exactly these items what they are.
    init?(
        _ list: FrameList,
        _ payload: [UInt8],
        items: Int,
        _ signal: Signal,
        _ verdict: TenantResolution.Verdict
    ) throws(TenantMistake) {
        guard list.itemCount == items else { return nil }
        self.payload = payload
        self.signal = signal
        var next = 0
        entries = RequestView(payload, signal: signal).itemsByResourceEntry.map { entry in
            defer { next += entry.items }
            return (entry.range, next..<next + entry.items)
        }
        var tenants: [(tenant: String, items: Range<Int>)] = [("", 0..<items)]
        if case .tenant(let name) = verdict { tenants = [(name, 0..<items)] }
        if case .byResource = verdict {
            tenants = []
            let parts = try TenantResolution.split(payload, signal)
            for (index, entry) in entries.enumerated() where !entry.items.isEmpty {
                let tenant = parts.first { $0.entries.contains(index) }?.tenant ?? ""
                if let last = tenants.last, last.tenant == tenant {
                    tenants[tenants.count - 1].items = last.items.lowerBound..<entry.items.upperBound
                } else {
                    tenants.append((tenant, entry.items))
                }
            }
        }
        var first = 0
        for listed in list.entries {
            let body = first..<first + listed.items.count
            for tenant in tenants where tenant.items.overlaps(body) {
                let items = tenant.items.clamped(to: body)
                let start = listed.items.lowerBound + items.lowerBound - body.lowerBound
                let origin = OriginRange(
                    tenant: tenant.tenant,
                    log: listed.log,
                    sequence: listed.sequence,
                    items: start..<start + items.count
                )
                pieces.append(Piece(items: items, origin: origin))
            }
            first = body.upperBound
        }
    }

    /// The frames to be stored of those items that are `fresh`: for each piece, ordinals in its frame.
    func frames(_ fresh: [[Range<Int>]], receivedNanoseconds: UInt64) -> [FrameDraft] {
        zip(pieces, fresh).flatMap { piece, ranges in
            ranges.map { range in
                let first = piece.items.lowerBound + range.lowerBound - piece.origin.items.lowerBound
                return FrameDraft(
                    kind: .otlp,
                    signal: signal.rawValue,
                    tenant: piece.origin.tenant,
                    items: range.count,
                    receivedNanoseconds: receivedNanoseconds,
                    origin: FrameOrigin(
                        log: piece.origin.log,
                        sequence: piece.origin.sequence,
                        firstItem: UInt32(range.lowerBound)
                    ),
                    payload: payload(first..<first + range.count)
                )
            }
        }
    }

    /// Frames are whole resource entries where nobody took them apart, and these are copied as they lie.
    private func payload(_ items: Range<Int>) -> [UInt8] {
        if items == 0..<(entries.last?.items.upperBound ?? 0) { return payload }
        let holding = entries.drop { $0.items.upperBound <= items.lowerBound }.prefix {
            $0.items.lowerBound < items.upperBound
        }
        if let first = holding.first, let last = holding.last,
            first.items.lowerBound == items.lowerBound,
            last.items.upperBound == items.upperBound
        {
            return [UInt8](payload[first.range.lowerBound..<last.range.upperBound])
        }
        return RequestView(payload, signal: signal).payload(items: items)
    }
}
