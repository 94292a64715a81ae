/// One field of a message: its number, its wire type and where it lies.
package struct WireField {
    package var number: Int
    package var type: WireType
    /// From the tag to the end of the value.
    package var range: Range<Int>
    /// The value without tag and length.
    package var contents: Range<Int>
    /// The value of a number; 0 if it has a length.
    package var value: UInt64
}

/// Hands out the fields of a message one after the other.
///
/// Made for bytes that were admitted. On others it never reads outside the message and ends at the first field it cannot read.
package struct FieldReader {
    private var position: Int
    private let end: Int

    package init(_ message: Range<Int>) {
        position = message.lowerBound
        end = message.upperBound
    }

    package mutating func next(_ payload: [UInt8]) -> WireField? { next(payload.span) }

    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>) -> WireField? {
        guard position < end, end <= bytes.count else { return nil }
        let start = position
        do throws(OTLPError) {
            let tag = try wireTag(bytes, &position, end)
            let (number, type) = (tag >> 3, WireType(rawValue: UInt8(truncatingIfNeeded: tag & 7)))
            var value: UInt64 = 0
            var inside = position
            switch type {
            case .varint: value = try wireVarint(bytes, &position, end)
            case .fixed64: value = try fixed(bytes, 8)
            case .fixed32: value = try fixed(bytes, 4)
            case .lengthDelimited:
                let length = try wireLength(bytes, &position, end)
                inside = position
                position &+= length
            case nil: throw OTLPError(fault: .wireType, offset: start)
            }
            // start <= inside <= position: reading only ever goes on.
            let range = unsafe Range(uncheckedBounds: (start, position))
            let contents = unsafe Range(uncheckedBounds: (inside, position))
            return WireField(number: number, type: type ?? .varint, range: range, contents: contents, value: value)
        } catch {
            position = end
            return nil
        }
    }

    @inline(__always)
    private mutating func fixed(_ bytes: Span<UInt8>, _ count: Int) throws(OTLPError) -> UInt64 {
        guard count <= end &- position else { throw OTLPError(fault: .truncated, offset: position) }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[position &+ index]) << UInt64(8 &* index) }
        position &+= count
        return value
    }
}
