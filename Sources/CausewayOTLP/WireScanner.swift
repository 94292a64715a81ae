/// Reads the fields of one protobuf message in the order in which they came, each checked against the message's bounds.
struct WireScanner {
    /// One field as it stands on the wire.
    struct Field {
        let number: Int
        let type: WireType
        /// A varint's or fixed value's bits; nothing for what is length-delimited.
        let bits: UInt64
        /// Where the content of a length-delimited field is; for others the value's own bytes.
        let content: Range<Int>
    }

    /// Why bytes are not a protobuf message.
    struct Malformation: Error {
        let reason: String
        let offset: Int
    }

    private var offset: Int
    private let end: Int

    init(_ message: Range<Int>) {
        offset = message.lowerBound
        end = message.upperBound
    }

    /// The next field, nil at the end of the message.
    mutating func next(in bytes: [UInt8]) throws(Malformation) -> Field? {
        guard offset < end else { return nil }
        let start = offset
        let tag = try varint(in: bytes)
        guard tag <= UInt64(UInt32.max), tag >> 3 > 0 else { throw Malformation(reason: "invalid field number", offset: start) }
        guard let type = WireType(rawValue: UInt8(tag & 7)) else { throw Malformation(reason: "unknown wire type", offset: start) }
        let number = Int(tag >> 3)
        let content = offset
        switch type {
        case .varint:
            let bits = try varint(in: bytes)
            return Field(number: number, type: type, bits: bits, content: content..<offset)
        case .fixed64: return Field(number: number, type: type, bits: try fixed(8, in: bytes), content: content..<offset)
        case .fixed32: return Field(number: number, type: type, bits: try fixed(4, in: bytes), content: content..<offset)
        case .lengthDelimited:
            let length = try varint(in: bytes)
            guard length <= UInt64(end - offset) else { throw Malformation(reason: "a field reaches beyond its message", offset: start) }
            let first = offset
            offset += Int(length)
            return Field(number: number, type: type, bits: 0, content: first..<offset)
        }
    }

    /// The next of the values packed into one field, nil when there are no more.
    mutating func nextPacked(_ type: WireType, in bytes: [UInt8]) throws(Malformation) -> UInt64? {
        guard offset < end else { return nil }
        switch type {
        case .varint: return try varint(in: bytes)
        case .fixed64: return try fixed(8, in: bytes)
        case .fixed32: return try fixed(4, in: bytes)
        case .lengthDelimited: preconditionFailure("only numbers are packed")
        }
    }

    private mutating func varint(in bytes: [UInt8]) throws(Malformation) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < end, shift < 70 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Malformation(reason: shift < 70 ? "a number is cut off" : "a number has more than ten bytes", offset: start)
    }

    private mutating func fixed(_ count: Int, in bytes: [UInt8]) throws(Malformation) -> UInt64 {
        guard end - offset >= count else { throw Malformation(reason: "a number is cut off", offset: offset) }
        var value: UInt64 = 0
        for place in 0..<count { value |= UInt64(bytes[offset + place]) << UInt64(8 * place) }
        offset += count
        return value
    }
}
