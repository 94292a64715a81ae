/// Whether the bytes of `range` are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
@inline(__always)
func isUTF8(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let end = range.upperBound
    var position = afterASCII(bytes, range.lowerBound, end)
    while position < end {
        guard let next = afterCharacter(bytes, position, end) else { return false }
        position = afterASCII(bytes, next, end)
    }
    return true
}

/// The first place from `position` on, or `end`, where something else than ASCII may begin. Most telemetry is ASCII all through.
@inline(__always)
private func afterASCII(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    let raw = unsafe bytes.bytes
    var position = start
    while position &+ 32 <= end {
        let words = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD4<UInt64>.self)
        guard (words[0] | words[1] | words[2] | words[3]) & highBits == 0 else { break }
        position &+= 32
    }
    while position &+ 8 <= end {
        let word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self) & highBits
        guard word == 0 else { return position &+ word.littleEndian.trailingZeroBitCount / 8 }
        position &+= 8
    }
    // The last few at once, with bytes in front of them that are known already.
    if end &- start >= 8, position < end, unsafe raw.unsafeLoadUnaligned(fromByteOffset: end &- 8, as: UInt64.self) & highBits == 0 {
        return end
    }
    while position < end, bytes[position] < 0x80 { position &+= 1 }
    return position
}

private let highBits: UInt64 = 0x8080_8080_8080_8080

/// Where the character ends that begins at `position`, not an ASCII one; nil if it is none.
private func afterCharacter(_ bytes: Span<UInt8>, _ position: Int, _ end: Int) -> Int? {
    let first = bytes[position]
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xE1...0xEC, 0xEE, 0xEF: length = 3
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard position &+ length <= end, second.contains(bytes[position &+ 1]) else { return nil }
    for index in 2..<4 where index < length {
        guard bytes[position &+ index] & 0xC0 == 0x80 else { return nil }
    }
    return position &+ length
}
