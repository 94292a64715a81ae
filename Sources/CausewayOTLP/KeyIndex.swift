/// Many keys that are known beforehand, to tell by a few nanoseconds' look which of them an attribute has.
///
/// A key that ends in `.` or `:` stands for all keys that begin with it. A hash of a key's length and of its first, middle and last
/// eight bytes finds the only candidate, and all bytes are compared then.
@safe
package struct KeyIndex: Sendable {
    /// What is known about an attribute's key.
    package struct Match: Equatable, Sendable {
        /// Which of the keys it is, in the order in which they were given.
        package var id: Int
        /// Where the attribute's key goes on behind a known beginning; its end if it is known as a whole.
        package var rest: Int
    }

    private struct Slot {
        var hash: UInt32 = 0
        var id: Int32 = -1
        var start: UInt32 = 0
        var length: UInt32 = 0
    }

    private var slots: [Slot]
    private var bytes: [UInt8] = []
    /// The lengths of the shortest and the longest beginning; nothing is as long as the first of them when there are none.
    private var shortestBeginning = Int.max
    private var longestBeginning = 0
    /// With a bit for the first bytes of every beginning.
    private var firstBytes: [UInt64] = []
    /// By length, with a bit for the last byte of every key of that length: most keys that nobody knows are told by it.
    private var lastBytes = [UInt64](repeating: 0, count: 64)

    /// No key may be given twice.
    package init(_ keys: [String]) {
        var size = 16
        while size < keys.count * 3 { size *= 2 }
        slots = [Slot](repeating: Slot(), count: size)
        for (id, key) in keys.enumerated() {
            let key = Array(key.utf8)
            precondition(!key.isEmpty)
            let start = bytes.count
            bytes.append(contentsOf: key)
            let hash = Self.hash(bytes, start..<bytes.count)
            var place = Int(hash) & (size - 1)
            while slots[place].id >= 0 { place = (place + 1) & (size - 1) }
            slots[place] = Slot(hash: hash, id: Int32(id), start: UInt32(start), length: UInt32(key.count))
            lastBytes[key.count & 63] |= 1 << UInt64(key[key.count - 1] & 63)
            if let last = key.last, Self.ends(last) {
                precondition(key.count >= Self.prefixCount)
                if firstBytes.isEmpty { firstBytes = [UInt64](repeating: 0, count: 64) }
                (shortestBeginning, longestBeginning) = (min(shortestBeginning, key.count), max(longestBeginning, key.count))
                let place = Self.prefixPlace(bytes, start)
                firstBytes[place >> 6] |= 1 << UInt64(place & 63)
            }
        }
    }

    /// What is known about the key at `range` of the payload: as a whole, else by its longest known beginning.
    package func match(_ range: Range<Int>, _ payload: [UInt8]) -> Match? {
        var rest = range.upperBound
        let id = look(range, payload, &rest)
        return id >= 0 ? Match(id: id, rest: rest) : nil
    }

    /// The same: which it is, -1 for none. `rest` changes if it is a beginning.
    @inline(__always)
    func look(_ range: Range<Int>, _ payload: [UInt8], _ rest: inout Int) -> Int {
        guard !range.isEmpty else { return -1 }
        let whole = find(range, payload)
        if whole >= 0 { return whole }
        guard range.count >= shortestBeginning else { return -1 }
        let place = Self.prefixPlace(payload, range.lowerBound)
        guard firstBytes[place >> 6] & 1 << UInt64(place & 63) != 0 else { return -1 }
        return beginning(range, payload, &rest)
    }

    @inline(never)
    private func beginning(_ range: Range<Int>, _ payload: [UInt8], _ rest: inout Int) -> Int {
        var index = min(range.lowerBound + longestBeginning, range.upperBound) - 1
        while index > range.lowerBound {
            if Self.ends(payload[index]) {
                let id = find(range.lowerBound..<index + 1, payload)
                if id >= 0 {
                    rest = index + 1
                    return id
                }
            }
            index -= 1
        }
        return -1
    }

    /// So many bytes of a beginning are looked at before anything else is; none is shorter.
    private static let prefixCount = 3

    @inline(__always)
    private static func prefixPlace(_ bytes: [UInt8], _ start: Int) -> Int {
        let word = UInt32(bytes[start]) | UInt32(bytes[start &+ 1]) << 8 | UInt32(bytes[start &+ 2]) << 16
        return Int((word &* 0x9E37_79B1) >> 20)
    }

    /// Which key is exactly that at `range` of the payload; -1 if none is.
    @inline(__always)
    package func find(_ range: Range<Int>, _ payload: [UInt8]) -> Int {
        guard !range.isEmpty, lastBytes[range.count & 63] & 1 << UInt64(payload[range.upperBound &- 1] & 63) != 0 else { return -1 }
        let hash = Self.hash(payload, range)
        var place = Int(hash) & (slots.count &- 1)
        while true {
            let slot = slots[place]
            if slot.id < 0 { return -1 }
            if slot.hash == hash, Int(slot.length) == range.count, holds(Int(slot.start), range, payload) { return Int(slot.id) }
            place = (place &+ 1) & (slots.count &- 1)
        }
    }

    @inline(__always)
    private static func ends(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") }

    private func holds(_ start: Int, _ range: Range<Int>, _ payload: [UInt8]) -> Bool {
        let (known, seen) = unsafe (bytes.span.bytes, payload.span.bytes)
        var offset = 0
        while offset &+ 8 <= range.count {
            // Both lie in their arrays: the hash was taken of `range`, and of the key when it was put in.
            let left = unsafe known.unsafeLoadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self)
            let right = unsafe seen.unsafeLoadUnaligned(fromByteOffset: range.lowerBound &+ offset, as: UInt64.self)
            guard left == right else { return false }
            offset &+= 8
        }
        if offset == range.count { return true }
        if range.count >= 8 {
            // The last eight bytes, some of them once more.
            let left = unsafe known.unsafeLoadUnaligned(fromByteOffset: start &+ range.count &- 8, as: UInt64.self)
            let right = unsafe seen.unsafeLoadUnaligned(fromByteOffset: range.upperBound &- 8, as: UInt64.self)
            return left == right
        }
        while offset < range.count {
            guard bytes[start &+ offset] == payload[range.lowerBound &+ offset] else { return false }
            offset &+= 1
        }
        return true
    }

    @inline(__always)
    private static func hash(_ bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let count = range.count
        var mixed = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        if count >= 8 {
            let raw = unsafe bytes.span.bytes
            // Inside `range`, which lies inside the array.
            let first = unsafe raw.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)
            let middle = unsafe raw.unsafeLoadUnaligned(fromByteOffset: range.lowerBound &+ (count &- 8) / 2, as: UInt64.self)
            let last = unsafe raw.unsafeLoadUnaligned(fromByteOffset: range.upperBound &- 8, as: UInt64.self)
            mixed = Self.mix(mixed ^ first)
            mixed = Self.mix(mixed ^ middle)
            mixed = Self.mix(mixed ^ last)
        } else {
            for index in range { mixed = Self.mix(mixed ^ UInt64(bytes[index])) }
        }
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.high ^ product.low
    }
}
