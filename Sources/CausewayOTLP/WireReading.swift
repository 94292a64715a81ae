// What these read lies between `position` and `end`, and whoever calls them has made sure that `end` does not lie behind the bytes:
// that is what the unchecked accesses rest on.

/// The number at `position`: at most ten bytes, at most 64 bits.
@inline(__always)
func wireVarint(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) throws(OTLPError) -> UInt64 {
    if position < end {
        let first = unsafe bytes[unchecked: position]
        if first < 0x80 {
            position &+= 1
            return UInt64(first)
        }
    }
    return try longVarint(bytes, &position, end)
}

@inline(never)
private func longVarint(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) throws(OTLPError) -> UInt64 {
    let start = position
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end {
        let byte = bytes[position]
        position &+= 1
        // The tenth byte has room for one bit.
        guard shift < 63 || byte <= 1 else { throw OTLPError(fault: .varintTooLong, offset: start) }
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
        shift &+= 7
    }
    throw OTLPError(fault: .truncated, offset: start)
}

/// The field number and wire type at `position`: a known wire type, a number from 1 to 2^29 - 1 in at most five bytes.
@inline(__always)
func wireTag(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) throws(OTLPError) -> Int {
    let start = position
    let value = try wireVarint(bytes, &position, end)
    guard value >= 8, value <= UInt64(UInt32.max), position &- start <= 5 else { throw OTLPError(fault: .fieldNumber, offset: start) }
    // Types 0, 1, 2 and 5; 3 and 4 were groups, 6 and 7 never were.
    guard 0b10_0111 & (1 << (value & 7)) != 0 else { throw OTLPError(fault: .wireType, offset: start) }
    return Int(truncatingIfNeeded: value)
}

/// The length at `position`, which does not reach beyond `end`. Five bytes are what all decoders read.
@inline(__always)
func wireLength(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int) throws(OTLPError) -> Int {
    let start = position
    let value = try wireVarint(bytes, &position, end)
    guard position &- start <= 5 else { throw OTLPError(fault: .lengthTooLong, offset: start) }
    guard value <= UInt64(end &- position) else { throw OTLPError(fault: .lengthBeyondEnd, offset: start) }
    return Int(truncatingIfNeeded: value)
}
