/// Traces that a root was made up for, by their fingerprints, as long as there is room to remember them: their own root may come days
/// later.
struct AbandonedTraces {
    private let most: Int
    private var known: Set<UInt64> = []
    /// In the order in which they were given up, the oldest at `head`.
    private var order: [UInt64] = []
    private var head = 0

    init(most: Int) { self.most = max(1, most) }

    /// A twentieth of the memory, at the most.
    static func most(in memoryBytes: Int) -> Int { min(memoryBytes / 640, 1 << 16) }

    var isEmpty: Bool { known.isEmpty }

    var memoryBytes: Int { known.capacity * 17 + order.capacity * 8 }

    func holds(_ fingerprint: UInt64) -> Bool { known.contains(fingerprint) }

    mutating func insert(_ fingerprint: UInt64) {
        guard known.insert(fingerprint).inserted else { return }
        if order.count < most {
            order.append(fingerprint)
        } else {
            known.remove(order[head])
            order[head] = fingerprint
            head = (head + 1) % order.count
        }
    }

    // MARK: Bytes

    /// Eight bytes each, the oldest first.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(order.count * 8)
        for place in order.indices {
            let fingerprint = order[(head + place) % order.count]
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: fingerprint >> UInt64(shift * 8))) }
        }
        return bytes
    }

    init(_ bytes: [UInt8], most: Int) {
        self.init(most: most)
        for start in stride(from: 0, to: bytes.count / 8 * 8, by: 8) {
            insert((0..<8).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) })
        }
    }
}
