/// An attribute as nearly all are on the wire: the key, then a string, bool, int or double, written as short as can be.
///
/// Found without a loop over fields. Whatever looks different in the least is no plain attribute and is read the long way.
struct PlainAttribute {
    /// The contents of the key, not checked to be UTF-8.
    var key: Range<Int>
    /// The tag in front of the value; one of `ValueTag`.
    var tag: UInt8
    /// The contents of a string, not checked to be UTF-8, or the bytes of a number.
    var value: Range<Int>

    @inline(__always)
    init?(_ bytes: Span<UInt8>, _ contents: Range<Int>) {
        var position = contents.lowerBound
        guard let key = Self.part(bytes, &position, contents.upperBound, tag: 0x0A) else { return nil }
        self.init(bytes, key: key, contents.upperBound)
    }

    /// The same where the key is found already.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, key: Range<Int>, _ end: Int) {
        var position = key.upperBound
        guard let value = Self.part(bytes, &position, end, tag: 0x12), value.upperBound == end, !value.isEmpty else { return nil }
        self.key = key
        tag = bytes[position]
        switch tag {
        case ValueTag.string:
            guard let text = Self.part(bytes, &position, end, tag: tag), text.upperBound == end else { return nil }
            self.value = text
        case ValueTag.double:
            guard value.count == 9 else { return nil }
            self.value = position &+ 1..<end
        case ValueTag.bool, ValueTag.int:
            // Nine bytes hold any number but the negative ones.
            guard 2...10 ~= value.count, bytes[end &- 1] < 0x80 else { return nil }
            for index in position &+ 1..<end &- 1 where bytes[index] < 0x80 { return nil }
            self.value = position &+ 1..<end
        default: return nil
        }
    }

    /// The contents behind this tag and a length of one or two bytes; moves `position` to where they begin.
    @inline(__always)
    private static func part(_ bytes: Span<UInt8>, _ position: inout Int, _ end: Int, tag: UInt8) -> Range<Int>? {
        guard end &- position >= 2, bytes[position] == tag else { return nil }
        var length = Int(bytes[position &+ 1])
        position &+= 2
        if length >= 0x80 {
            guard position < end, bytes[position] < 0x80 else { return nil }
            length = length & 0x7F | Int(bytes[position]) << 7
            position &+= 1
        }
        guard length <= end &- position else { return nil }
        return position..<position &+ length
    }
}

/// The tags of those members of an AnyValue that are no messages.
enum ValueTag {
    static let string: UInt8 = 1 << 3 | 2
    static let bool: UInt8 = 2 << 3 | 0
    static let int: UInt8 = 3 << 3 | 0
    static let double: UInt8 = 4 << 3 | 1
}
