package import CausewayModel

/// Writes protobuf fields one after the other, in the order in which it is told: the parts of a message that change.
///
/// Only what is simple enough to be seen right at once: lengths, numbers and attributes whose value is one of them or text. Whatever
/// has more structure is written by protobuf-c.
package struct WireWriter: Hashable, Sendable {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    /// Whole fields as they are.
    package mutating func append(_ range: Range<Int>, of source: [UInt8]) {
        if !range.isEmpty { bytes.append(contentsOf: source[range]) }
    }

    package mutating func append(_ fields: [UInt8]) { bytes.append(contentsOf: fields) }

    /// How long a field with so many bytes of contents is.
    package static func length(field number: Int, _ count: Int) -> Int { Varint.length(number << 3) + Varint.length(count) + count }

    /// What stands in front of so many bytes of contents.
    package mutating func header(field number: Int, _ count: Int) { Varint.appendHeader(field: number, length: count, to: &bytes) }

    /// A field that holds the contents of a message, a string or bytes.
    package mutating func field(_ number: Int, _ contents: [UInt8]) {
        Varint.appendHeader(field: number, length: contents.count, to: &bytes)
        bytes.append(contentsOf: contents)
    }

    package mutating func field(_ number: Int, _ range: Range<Int>, of source: [UInt8]) {
        Varint.appendHeader(field: number, length: range.count, to: &bytes)
        bytes.append(contentsOf: source[range])
    }

    /// A trace's or a span's id.
    package mutating func id(_ number: Int, _ trace: TraceID) {
        Varint.appendHeader(field: number, length: 16, to: &bytes)
        append(littleEndian: trace.high.byteSwapped)
        append(littleEndian: trace.low.byteSwapped)
    }

    package mutating func id(_ number: Int, _ span: SpanID) {
        Varint.appendHeader(field: number, length: 8, to: &bytes)
        append(littleEndian: span.value.byteSwapped)
    }

    /// A fixed64, such as a time.
    package mutating func fixed(_ number: Int, _ value: UInt64) {
        Varint.append(number << 3 | 1, to: &bytes)
        append(littleEndian: value)
    }

    package mutating func varint(_ number: Int, _ value: Int64) {
        Varint.append(number << 3 | 0, to: &bytes)
        append(varint: value)
    }

    /// An attribute with a string, as field `number` of the message that has it. The text is UTF-8.
    package mutating func attribute(_ number: Int, _ key: [UInt8], text range: Range<Int>, of source: [UInt8]) {
        beginAttribute(number, key, valueLength: 1 + Varint.length(range.count) + range.count)
        bytes.append(ValueTag.string)
        Varint.append(range.count, to: &bytes)
        bytes.append(contentsOf: source[range])
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], text: [UInt8]) {
        attribute(number, key, text: 0..<text.count, of: text)
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], int: Int64) {
        beginAttribute(number, key, valueLength: 1 + Self.varintLength(int))
        bytes.append(ValueTag.int)
        append(varint: int)
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], double: Double) {
        beginAttribute(number, key, valueLength: 9)
        bytes.append(ValueTag.double)
        append(littleEndian: double.bitPattern)
    }

    /// Puts another number where one was written.
    package mutating func replace(double: Double, at place: Int) {
        var rest = double.bitPattern
        for index in place..<place + 8 {
            bytes[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], bool: Bool) {
        beginAttribute(number, key, valueLength: 2)
        bytes.append(ValueTag.bool)
        bytes.append(bool ? 1 : 0)
    }

    /// An attribute with a list of strings.
    package mutating func attribute(_ number: Int, _ key: [UInt8], texts: [[UInt8]]) {
        var list = WireWriter()
        for text in texts {
            list.header(field: 1, Self.length(field: 1, text.count))
            list.field(1, text)
        }
        beginAttribute(number, key, valueLength: Self.length(field: 5, list.bytes.count))
        field(5, list.bytes)
    }

    /// An attribute whose value is the AnyValue with these contents.
    package mutating func attribute(_ number: Int, _ key: [UInt8], value range: Range<Int>, of source: [UInt8]) {
        beginAttribute(number, key, valueLength: range.count)
        bytes.append(contentsOf: source[range])
    }

    /// The same with a key and a value that are written in the code, and so need no memory.
    package mutating func attribute(_ number: Int, _ key: String, word: String) {
        let count = word.utf8.count
        beginAttribute(number, key, valueLength: 1 + Varint.length(count) + count)
        bytes.append(ValueTag.string)
        Varint.append(count, to: &bytes)
        bytes.append(contentsOf: word.utf8)
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], word: String) {
        let count = word.utf8.count
        beginAttribute(number, key, valueLength: 1 + Varint.length(count) + count)
        bytes.append(ValueTag.string)
        Varint.append(count, to: &bytes)
        bytes.append(contentsOf: word.utf8)
    }

    package mutating func attribute(_ number: Int, _ key: String, text range: Range<Int>, of source: [UInt8]) {
        beginAttribute(number, key, valueLength: 1 + Varint.length(range.count) + range.count)
        bytes.append(ValueTag.string)
        Varint.append(range.count, to: &bytes)
        bytes.append(contentsOf: source[range])
    }

    package mutating func attribute(_ number: Int, _ key: String, int: Int64) {
        beginAttribute(number, key, valueLength: 1 + Self.varintLength(int))
        bytes.append(ValueTag.int)
        append(varint: int)
    }

    package mutating func attribute(_ number: Int, _ key: String, double: Double) {
        beginAttribute(number, key, valueLength: 9)
        bytes.append(ValueTag.double)
        append(littleEndian: double.bitPattern)
    }

    package mutating func attribute(_ number: Int, _ key: String, bool: Bool) {
        beginAttribute(number, key, valueLength: 2)
        bytes.append(ValueTag.bool)
        bytes.append(bool ? 1 : 0)
    }

    package mutating func attribute(_ number: Int, _ key: String, value range: Range<Int>, of source: [UInt8]) {
        beginAttribute(number, key, valueLength: range.count)
        bytes.append(contentsOf: source[range])
    }

    private mutating func beginAttribute(_ number: Int, _ key: String, valueLength: Int) {
        let count = key.utf8.count
        let length = 1 + Varint.length(count) + count + 1 + Varint.length(valueLength) + valueLength
        Varint.appendHeader(field: number, length: length, to: &bytes)
        Varint.appendHeader(field: 1, length: count, to: &bytes)
        bytes.append(contentsOf: key.utf8)
        Varint.appendHeader(field: 2, length: valueLength, to: &bytes)
    }

    private mutating func beginAttribute(_ number: Int, _ key: [UInt8], valueLength: Int) {
        let length =
            1 + Varint.length(key.count) + key.count + 1 + Varint.length(valueLength) + valueLength
        // Most keys are short, and so are their values.
        if number < 16, length < 128, key.count < 128 {
            bytes.append(addingCapacity: 4) { output in
                output.append(UInt8(truncatingIfNeeded: number << 3 | 2))
                output.append(UInt8(truncatingIfNeeded: length))
                output.append(1 << 3 | 2)
                output.append(UInt8(truncatingIfNeeded: key.count))
            }
        } else {
            Varint.appendHeader(field: number, length: length, to: &bytes)
            Varint.appendHeader(field: 1, length: key.count, to: &bytes)
        }
        bytes.append(contentsOf: key)
        Varint.appendHeader(field: 2, length: valueLength, to: &bytes)
    }

    private static func varintLength(_ value: Int64) -> Int {
        max(1, (64 - UInt64(bitPattern: value).leadingZeroBitCount + 6) / 7)
    }

    private mutating func append(varint value: Int64) {
        var rest = UInt64(bitPattern: value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func append(littleEndian value: UInt64) {
        var rest = value
        for _ in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
