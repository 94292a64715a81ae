/// Where each trace lies in the table: its place by its key.
///
/// Open addressing, so that a place that becomes free is filled by another trace and nothing grows while as many come as go.
struct TraceIndex {
    private struct Entry {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var tenant: UInt32 = 0
        /// -1 where nothing is.
        var place: Int32 = -1
    }

    private var entries = [Entry](repeating: Entry(), count: 64)
    private(set) var count = 0
    /// Whoever makes up ids cannot have them lie in one place.
    private let seed = UInt64.random(in: .min ... .max)

    func find(_ key: SettleTraceKey) -> Int? {
        var slot = home(key.high, key.low, key.tenant)
        while true {
            let entry = entries[slot]
            if entry.place < 0 { return nil }
            if entry.low == key.low, entry.high == key.high, entry.tenant == key.tenant { return Int(entry.place) }
            slot = (slot &+ 1) & (entries.count &- 1)
        }
    }

    /// Puts in a key that is not there.
    mutating func insert(_ key: SettleTraceKey, _ place: Int) {
        if count * 5 >= entries.count * 3 { grow() }
        put(Entry(high: key.high, low: key.low, tenant: key.tenant, place: Int32(place)))
        count += 1
    }

    mutating func remove(_ key: SettleTraceKey) {
        let mask = entries.count - 1
        var slot = home(key.high, key.low, key.tenant)
        while entries[slot].low != key.low || entries[slot].high != key.high || entries[slot].tenant != key.tenant {
            if entries[slot].place < 0 { return }
            slot = (slot + 1) & mask
        }
        guard entries[slot].place >= 0 else { return }
        count -= 1
        // Those behind it that had to give way move up.
        var next = slot
        while true {
            next = (next + 1) & mask
            let entry = entries[next]
            if entry.place < 0 { break }
            let home = home(entry.high, entry.low, entry.tenant)
            // Its own place is not between the free one and where it lies.
            if (next - home) & mask >= (next - slot) & mask {
                entries[slot] = entry
                slot = next
            }
        }
        entries[slot] = Entry()
    }

    mutating func removeAll() {
        for slot in entries.indices { entries[slot] = Entry() }
        count = 0
    }

    private mutating func put(_ entry: Entry) {
        var slot = home(entry.high, entry.low, entry.tenant)
        while entries[slot].place >= 0 { slot = (slot + 1) & (entries.count - 1) }
        entries[slot] = entry
    }

    private mutating func grow() {
        let old = entries
        entries = [Entry](repeating: Entry(), count: old.count * 2)
        for entry in old where entry.place >= 0 { put(entry) }
    }

    @inline(__always)
    private func home(_ high: UInt64, _ low: UInt64, _ tenant: UInt32) -> Int {
        let first = Self.mix(low ^ seed, 0xA076_1D64_78BD_642F)
        let second = Self.mix(first ^ high ^ UInt64(tenant) << 32, 0xE703_7ED1_A0B4_28DB ^ seed)
        return Int(truncatingIfNeeded: second) & (entries.count &- 1)
    }

    @inline(__always)
    private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
