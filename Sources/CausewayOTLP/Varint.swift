/// Protobuf's variable-length numbers, as written into the bytes between the parts that protobuf-c encodes.
enum Varint {
    /// How many bytes `value` takes.
    static func length(_ value: Int) -> Int { max(1, (Int.bitWidth - value.leadingZeroBitCount + 6) / 7) }

    /// Where the number ends that begins at `position`.
    static func end(_ bytes: [UInt8], _ position: Int) -> Int {
        var position = position
        while bytes[position] >= 0x80 { position += 1 }
        return position + 1
    }

    static func append(_ value: Int, to bytes: inout [UInt8]) {
        var rest = UInt64(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Tag and length of a field that holds `length` bytes.
    static func appendHeader(field number: Int, length: Int, to bytes: inout [UInt8]) {
        append(number << 3 | 2, to: &bytes)
        append(length, to: &bytes)
    }
}
