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

    /// Where the JSON string whose inside begins at `start` has its closing quote, and whether no escapes stand in it; nil if it does not end
    /// before `end`, or is none.
    package static func endOfString(_ bytes: [UInt8], _ start: Int, _ end: Int) -> (end: Int, isPlain: Bool)? {
        precondition(start >= 0 && end <= bytes.count)
        guard start < end else { return nil }
        var isEscaped: Int32 = 0
        // Between `start` and `end`, which lie in the array.
        let place = unsafe bytes.withUnsafeBufferPointer { unsafe Int(causeway_string_end($0.baseAddress, start, end, &isEscaped)) }
        return place < end ? (place, isEscaped == 0) : nil
    }

    /// Appends the text that the inside of a JSON string stands for, from `start` on and up to the place that is returned: `end`, or the first
    /// quote, control character, escape of the form `\u`, or escape that JSON does not have.
    package static func unescape(_ bytes: [UInt8], from start: Int, to end: Int, into output: inout [UInt8]) -> Int {
        precondition(start >= 0 && end <= bytes.count)
        var place = start
        while place < end {
            // Nobody knows yet where the text ends: room is asked for a part at a time.
            let part = min(place + 4096, end)
            var stop = place
            output.append(addingCapacity: part - place + 16) { output in
                unsafe output.withUnsafeMutableBufferPointer { buffer, written in
                    // Between `place` and `part`, which lie in the array; there is room for what the function may write.
                    stop = unsafe bytes.withUnsafeBufferPointer { bytes in
                        unsafe Int(causeway_unescape(bytes.baseAddress, place, part, buffer.baseAddress, &written))
                    }
                }
            }
            let isCut = stop + 1 == part && part < end && bytes[stop] == UInt8(ascii: "\\")
            place = stop
            if stop < part, !isCut { return stop }
        }
        return place
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
        return isSame(bytes.span, start, other.span, otherStart, count)
    }

    /// The same of bytes that are known to lie in their arrays.
    @inline(__always)
    static func isSame(_ bytes: Span<UInt8>, _ start: Int, _ other: Span<UInt8>, _ otherStart: Int, _ count: Int) -> Bool {
        assert(start >= 0 && otherStart >= 0 && start + count <= bytes.count && otherStart + count <= other.count)
        let (left, right) = unsafe (bytes.bytes, other.bytes)
        if count >= 8 {
            var offset = 0
            while offset &+ 8 < count {
                guard unsafe word(left, start &+ offset) == word(right, otherStart &+ offset) else { return false }
                offset &+= 8
            }
            // The last eight, some of them once more.
            return unsafe word(left, start &+ count &- 8) == word(right, otherStart &+ count &- 8)
        }
        for offset in 0..<count where bytes[start &+ offset] != other[otherStart &+ offset] { return false }
        return true
    }

    @unsafe
    @inline(__always)
    private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// The high bit of each byte that is zero.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        return ~((word & low) &+ low | word | low)
    }
}
