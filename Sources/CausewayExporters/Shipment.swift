internal import CausewaySpool

/// Parts of one signal and one tenant that travel in one request; it becomes smaller until it is taken.
struct Shipment: Equatable, Sendable {
    /// At least one.
    let parts: [Part]
    let itemCount: Int
    let likelyBytes: Int

    /// The search that it is a piece of, for what a destination objects to.
    var search: Int?
    /// A single item that is too large as it is goes with its content cut to this many bytes.
    var reducedBytes: Int?

    init(_ parts: [Part], search: Int? = nil) {
        self.parts = parts
        self.search = search
        itemCount = parts.reduce(0) { $0 + $1.items.count }
        likelyBytes = parts.reduce(0) { $0 + $1.likelyBytes }
    }

    var signal: UInt8 { parts[0].frame.signal }
    var tenant: String { parts[0].frame.tenant }
    var ranges: [ItemRange] { parts.map(\.range) }

    /// Between frames where there are several, at the border nearest to half the bytes; else in the middle of the frame's items.
    func halves() -> (Shipment, Shipment) {
        precondition(itemCount > 1, "a single item has no halves")
        guard parts.count > 1 else {
            let first = parts[0].items.count / 2
            return (
                Shipment([parts[0].prefix(first)], search: search),
                Shipment([parts[0].suffix(parts[0].items.count - first)], search: search)
            )
        }
        var bytes = 0
        var count = 0
        while count < parts.count - 1, count == 0 || bytes + parts[count].likelyBytes <= likelyBytes / 2 {
            bytes += parts[count].likelyBytes
            count += 1
        }
        return (Shipment([Part](parts[..<count]), search: search), Shipment([Part](parts[count...]), search: search))
    }

    /// One shipment for each signal and tenant among the frames, each in the frames' order; several where there are more than `maxParts`
    /// parts.
    static func sorted(_ frames: [StoredFrame], maxParts: Int = .max) -> [Shipment] {
        struct Key: Hashable {
            var signal: UInt8
            var tenant: String
        }
        var order: [Key] = []
        var parts: [Key: [Part]] = [:]
        for frame in frames {
            let key = Key(signal: frame.signal, tenant: frame.tenant)
            if parts[key] == nil { order.append(key) }
            parts[key, default: []] += frame.pending.map { Part(frame, items: $0) }
        }
        return order.flatMap { key -> [Shipment] in
            let parts = parts[key] ?? []
            return stride(from: 0, to: parts.count, by: min(maxParts, max(parts.count, 1))).map { start in
                Shipment([Part](parts[start..<min(start + min(maxParts, parts.count), parts.count)]))
            }
        }
    }
}
