/// Byte strings with numbers, in the order in which they were put in: one that is there is found with one look.
///
/// Who sends them cannot make them collide: every process mixes with a number of its own.
@safe
package struct ByteTable: Sendable {
    private var slots = [Int32](repeating: -1, count: 64)
    private var hashes: [UInt64] = []
    /// Where each string ends in `pool`; it begins where the one before ends.
    private var ends: [Int] = []
    private var pool: [UInt8] = []

    package init() {}

    package var count: Int { hashes.count }

    package subscript(index: Int) -> ArraySlice<UInt8> { pool[start(of: index)..<ends[index]] }

    /// The number of the string; nil if it is not there.
    package func find(_ key: [UInt8]) -> Int? {
        let hash = Self.hash(key)
        var place = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
        while true {
            let index = Int(slots[place])
            if index < 0 { return nil }
            if hashes[index] == hash, holds(index, key) { return index }
            place = (place &+ 1) & (slots.count &- 1)
        }
    }

    /// The number of the string, which is put in if it is not there.
    package mutating func insert(_ key: [UInt8]) -> Int {
        if let known = find(key) { return known }
        if hashes.count * 2 >= slots.count { grow() }
        let index = hashes.count
        hashes.append(Self.hash(key))
        pool.append(contentsOf: key)
        ends.append(pool.count)
        place(index)
        return index
    }

    package mutating func removeAll() { self = ByteTable() }

    private func start(of index: Int) -> Int { index == 0 ? 0 : ends[index - 1] }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for index in hashes.indices { place(index) }
    }

    private mutating func place(_ index: Int) {
        var place = Int(truncatingIfNeeded: hashes[index]) & (slots.count - 1)
        while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = Int32(index)
    }

    private func holds(_ index: Int, _ key: [UInt8]) -> Bool {
        let start = start(of: index)
        guard ends[index] - start == key.count else { return false }
        let (known, seen) = unsafe (pool.span.bytes, key.span.bytes)
        var offset = 0
        while offset &+ 8 <= key.count {
            // Both lie in their arrays: the lengths are the same.
            let left = unsafe known.unsafeLoadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self)
            let right = unsafe seen.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard left == right else { return false }
            offset &+= 8
        }
        while offset < key.count {
            guard pool[start &+ offset] == key[offset] else { return false }
            offset &+= 1
        }
        return true
    }

    private static let seed = UInt64.random(in: 1...UInt64.max)

    private static func hash(_ key: [UInt8]) -> UInt64 {
        var mixed = mix(seed ^ UInt64(truncatingIfNeeded: key.count), 0x9E37_79B9_7F4A_7C15)
        let bytes = unsafe key.span.bytes
        var offset = 0
        while offset &+ 8 <= key.count {
            mixed = mix(mixed ^ (unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)), 0xA076_1D64_78BD_642F)
            offset &+= 8
        }
        var rest: UInt64 = 0
        while offset < key.count {
            rest = rest << 8 | UInt64(key[offset])
            offset &+= 1
        }
        return mix(mixed ^ rest, 0xE703_7ED1_A0B4_28DB ^ seed)
    }

    @inline(__always)
    private static func mix(_ value: UInt64, _ factor: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: factor)
        return product.high ^ product.low
    }
}
