internal import CCauseway

/// Looks for the few bytes that matter in long texts, many at a time.
package enum ByteScan {
    /// The first place from `start` on, or `end`, with a quote, a backslash or a control character: where a JSON string ends, or what has
    /// to be escaped to stand in one.
    package static func special(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
        precondition(start >= 0 && end <= bytes.count)
        guard start < end else { return end }
        // Between `start` and `end`, which lie in the array.
        return unsafe bytes.withUnsafeBufferPointer { unsafe Int(causeway_scan_special($0.baseAddress, start, end)) }
    }

    /// Whether the bytes are UTF-8.
    package static func isUTF8(_ bytes: [UInt8]) -> Bool { CausewayOTLP.isUTF8(bytes.span, bytes.indices) }

    /// Whether a part of a key begins with a digit, as the places in flattened lists do: a digit behind a dot.
    package static func hasPlace(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        let raw = unsafe bytes.span.bytes
        var position = range.lowerBound
        while position &+ 9 <= range.upperBound {
            // Both before the end of `range`, which lies in the array.
            let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self).littleEndian
            let next = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position &+ 1, as: UInt64.self).littleEndian
            let other = next ^ 0x3030_3030_3030_3030
            // Of a digit nothing is left but nine at most.
            let noDigit = other & 0xF0F0_F0F0_F0F0_F0F0 | ((other & 0x0F0F_0F0F_0F0F_0F0F) &+ 0x0606_0606_0606_0606) & 0x1010_1010_1010_1010
            if zeros(word ^ 0x2E2E_2E2E_2E2E_2E2E) & zeros(noDigit) != 0 { return true }
            position &+= 8
        }
        while position &+ 1 < range.upperBound {
            if bytes[position] == UInt8(ascii: "."), bytes[position &+ 1] &- 0x30 < 10 { return true }
            position &+= 1
        }
        return false
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

    /// The high bit of each byte that is zero.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        return ~((word & low) &+ low | word | low)
    }
}
