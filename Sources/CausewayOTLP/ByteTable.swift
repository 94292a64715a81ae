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
    package func find(_ key: [UInt8]) -> Int? { find(key, key.indices, Self.hash(key, key.indices)) }

    /// The same of the bytes at `range`.
    package func find(_ bytes: [UInt8], _ range: Range<Int>) -> Int? { find(bytes, range, Self.hash(bytes, range)) }

    private func find(_ key: [UInt8], _ range: Range<Int>, _ hash: UInt64) -> Int? {
        var place = Int(truncatingIfNeeded: hash) & (slots.count &- 1)
        while true {
            let index = Int(slots[place])
            if index < 0 { return nil }
            if hashes[index] == hash, holds(index, key, range) { return index }
            place = (place &+ 1) & (slots.count &- 1)
        }
    }

    /// The number of the string, which is put in if it is not there.
    package mutating func insert(_ key: [UInt8]) -> Int {
        let hash = Self.hash(key, key.indices)
        if let known = find(key, key.indices, hash) { return known }
        append(key, key.indices, hash)
        return count - 1
    }

    /// Puts in the bytes at `range`; false if they are there.
    package mutating func add(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        let hash = Self.hash(bytes, range)
        guard find(bytes, range, hash) == nil else { return false }
        append(bytes, range, hash)
        return true
    }

    package mutating func removeAll() { self = ByteTable() }

    /// The same for a table that is filled again at once: it keeps its memory, if that is not much.
    package mutating func empty() {
        guard hashes.count > 0 else { return }
        guard slots.count <= 1024, pool.count <= 1 << 16 else { return removeAll() }
        for index in slots.indices { slots[index] = -1 }
        hashes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        pool.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ key: [UInt8], _ range: Range<Int>, _ hash: UInt64) {
        if hashes.count * 2 >= slots.count { grow() }
        let index = hashes.count
        hashes.append(hash)
        pool.append(contentsOf: key[range])
        ends.append(pool.count)
        place(index)
    }

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

    private func holds(_ index: Int, _ key: [UInt8], _ range: Range<Int>) -> Bool {
        let start = start(of: index)
        return ends[index] - start == range.count && ByteScan.isEqual(pool, start, key, range.lowerBound, range.count)
    }

    private static let seed = UInt64.random(in: 1...UInt64.max)

    private static func hash(_ key: [UInt8], _ range: Range<Int>) -> UInt64 {
        precondition(range.lowerBound >= 0 && range.upperBound <= key.count)
        var mixed = mix(seed ^ UInt64(truncatingIfNeeded: range.count), 0x9E37_79B9_7F4A_7C15)
        let bytes = unsafe key.span.bytes
        var offset = range.lowerBound
        while offset &+ 8 <= range.upperBound {
            mixed = mix(mixed ^ (unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)), 0xA076_1D64_78BD_642F)
            offset &+= 8
        }
        var rest: UInt64 = 0
        while offset < range.upperBound {
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
