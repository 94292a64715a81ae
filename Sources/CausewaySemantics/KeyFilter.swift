/// Says of most keys that an item does not have them, without looking at its attributes.
///
/// Dialects ask for many more keys than any item has. Each key of the item sets one bit, found by its length and two of its bytes; a key
/// whose bit is not set is not there.
struct KeyFilter {
    private var words = InlineArray<16, UInt64>(repeating: 0)

    @inline(__always)
    mutating func removeAll() { words = InlineArray(repeating: 0) }

    @inline(__always)
    mutating func insert(_ key: Range<Int>, _ payload: [UInt8]) {
        guard !key.isEmpty else { return }
        let place = Self.place(
            key.count,
            payload[key.upperBound &- 1],
            payload[key.lowerBound &+ key.count / 2]
        )
        words[place >> 6] |= 1 << UInt64(place & 63)
    }

    /// False if no key is this one.
    @inline(__always)
    func mayHold(_ key: Span<UInt8>) -> Bool {
        guard !key.isEmpty else { return false }
        let place = Self.place(key.count, key[key.count &- 1], key[key.count / 2])
        return words[place >> 6] & 1 << UInt64(place & 63) != 0
    }

    @inline(__always)
    private static func place(_ count: Int, _ last: UInt8, _ middle: UInt8) -> Int {
        (count &* 37 &+ Int(last) &* 11 &+ Int(middle) &* 151) & 1023
    }
}
