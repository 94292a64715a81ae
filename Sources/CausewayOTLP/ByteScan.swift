/// Looks for the few bytes that matter in long texts, eight at a time.
package enum ByteScan {
    /// The first place from `start` on, or `end`, with a quote, a backslash or a control character: where a JSON string ends, or what has
    /// to be escaped to stand in one.
    package static func special(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
        precondition(start >= 0 && end <= bytes.count)
        let raw = unsafe bytes.span.bytes
        var position = start
        while position &+ 16 <= end {
            // Both before `end`, which lies in the array.
            let first = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
                .littleEndian
            let second = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position &+ 8, as: UInt64.self)
                .littleEndian
            let (inFirst, inSecond) = (specials(first), specials(second))
            if inFirst | inSecond != 0 {
                return inFirst != 0
                    ? position &+ inFirst.trailingZeroBitCount / 8
                    : position &+ 8 &+ inSecond.trailingZeroBitCount / 8
            }
            position &+= 16
        }
        while position &+ 8 <= end {
            // Before `end`, which lies in the array.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
                .littleEndian
            let found = specials(word)
            if found != 0 { return position &+ found.trailingZeroBitCount / 8 }
            position &+= 8
        }
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return position }
            position &+= 1
        }
        return end
    }

    /// Whether `count` bytes from `start` on are those of `other` from `otherStart` on; false where there are not as many.
    package static func isEqual(_ bytes: [UInt8], _ start: Int, _ other: [UInt8], _ otherStart: Int, _ count: Int) -> Bool {
        guard start >= 0, otherStart >= 0, count >= 0, start <= bytes.count &- count, otherStart <= other.count &- count else {
            return false
        }
        let (left, right) = unsafe (bytes.span.bytes, other.span.bytes)
        var offset = 0
        while offset &+ 8 <= count {
            // Both inside their arrays.
            let one = unsafe left.unsafeLoadUnaligned(fromByteOffset: start &+ offset, as: UInt64.self)
            let two = unsafe right.unsafeLoadUnaligned(fromByteOffset: otherStart &+ offset, as: UInt64.self)
            guard one == two else { return false }
            offset &+= 8
        }
        while offset < count {
            guard bytes[start &+ offset] == other[otherStart &+ offset] else { return false }
            offset &+= 1
        }
        return true
    }

    /// The high bit of the lowest byte that matters; bits above that one may be wrong.
    @inline(__always)
    private static func specials(_ word: UInt64) -> UInt64 {
        zeros(word ^ 0x2222_2222_2222_2222) | zeros(word ^ 0x5C5C_5C5C_5C5C_5C5C)
            | (word &- 0x2020_2020_2020_2020) & ~word & high
    }

    @inline(__always) private static var high: UInt64 { 0x8080_8080_8080_8080 }

    /// The high bit of the lowest byte that is zero; bits above that one may be wrong.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word & high }
}
