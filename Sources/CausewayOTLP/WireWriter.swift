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
    package mutating func field(_ number: Int, _ contents: [UInt8]) { field(number, 0..<contents.count, of: contents) }

    package mutating func field(_ number: Int, _ range: Range<Int>, of source: [UInt8]) {
        write(atMost: Self.length(field: number, range.count)) { pen in
            pen.header(number, range.count)
            pen.copy(range, of: source.span)
        }
    }

    /// A trace's or a span's id.
    package mutating func id(_ number: Int, _ trace: TraceID) {
        write(atMost: Self.length(field: number, 16)) { pen in
            pen.header(number, 16)
            pen.fixed(trace.high.byteSwapped)
            pen.fixed(trace.low.byteSwapped)
        }
    }

    package mutating func id(_ number: Int, _ span: SpanID) {
        write(atMost: Self.length(field: number, 8)) { pen in
            pen.header(number, 8)
            pen.fixed(span.value.byteSwapped)
        }
    }

    /// A fixed64, such as a time.
    package mutating func fixed(_ number: Int, _ value: UInt64) {
        write(atMost: Varint.length(number << 3) + 8) { pen in
            pen.varint(UInt64(truncatingIfNeeded: number << 3 | 1))
            pen.fixed(value)
        }
    }

    package mutating func varint(_ number: Int, _ value: Int64) {
        write(atMost: Varint.length(number << 3) + Self.varintLength(value)) { pen in
            pen.varint(UInt64(truncatingIfNeeded: number << 3))
            pen.varint(UInt64(bitPattern: value))
        }
    }

    /// An attribute with a string, as field `number` of the message that has it. The text is UTF-8.
    package mutating func attribute(_ number: Int, _ key: [UInt8], text range: Range<Int>, of source: [UInt8]) {
        attribute(number, key.span, text: range, of: source.span)
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], text: [UInt8]) {
        attribute(number, key.span, text: 0..<text.count, of: text.span)
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], int: Int64) { attribute(number, key.span, int: int) }

    package mutating func attribute(_ number: Int, _ key: [UInt8], double: Double) { attribute(number, key.span, double: double) }

    package mutating func attribute(_ number: Int, _ key: [UInt8], bool: Bool) { attribute(number, key.span, bool: bool) }

    /// Puts another number where one was written.
    package mutating func replace(double: Double, at place: Int) {
        var rest = double.bitPattern
        for index in place..<place + 8 {
            bytes[index] = UInt8(truncatingIfNeeded: rest)
            rest >>= 8
        }
    }

    /// An attribute with a list of strings.
    package mutating func attribute(_ number: Int, _ key: [UInt8], texts: [[UInt8]]) {
        var list = WireWriter()
        for text in texts {
            list.header(field: 1, Self.length(field: 1, text.count))
            list.field(1, text)
        }
        attribute(number, key.span, Self.length(field: 5, list.bytes.count)) { pen in
            pen.header(5, list.bytes.count)
            pen.copy(0..<list.bytes.count, of: list.bytes.span)
        }
    }

    /// An attribute whose value is the AnyValue with these contents.
    package mutating func attribute(_ number: Int, _ key: [UInt8], value range: Range<Int>, of source: [UInt8]) {
        attribute(number, key.span, range.count) { pen in pen.copy(range, of: source.span) }
    }

    /// The same with a key and a value that are written in the code, and so need no memory.
    package mutating func attribute(_ number: Int, _ key: String, word: String) {
        let word = word.utf8.span
        attribute(number, key.utf8.span, text: 0..<word.count, of: word)
    }

    package mutating func attribute(_ number: Int, _ key: [UInt8], word: String) {
        let word = word.utf8.span
        attribute(number, key.span, text: 0..<word.count, of: word)
    }

    package mutating func attribute(_ number: Int, _ key: String, text range: Range<Int>, of source: [UInt8]) {
        attribute(number, key.utf8.span, text: range, of: source.span)
    }

    package mutating func attribute(_ number: Int, _ key: String, int: Int64) { attribute(number, key.utf8.span, int: int) }

    package mutating func attribute(_ number: Int, _ key: String, double: Double) { attribute(number, key.utf8.span, double: double) }

    package mutating func attribute(_ number: Int, _ key: String, bool: Bool) { attribute(number, key.utf8.span, bool: bool) }

    package mutating func attribute(_ number: Int, _ key: String, value range: Range<Int>, of source: [UInt8]) {
        attribute(number, key.utf8.span, range.count) { pen in pen.copy(range, of: source.span) }
    }

    private mutating func attribute(_ number: Int, _ key: Span<UInt8>, text range: Range<Int>, of source: Span<UInt8>) {
        attribute(number, key, 1 + Varint.length(range.count) + range.count) { pen in
            pen.byte(ValueTag.string)
            pen.varint(UInt64(truncatingIfNeeded: range.count))
            pen.copy(range, of: source)
        }
    }

    private mutating func attribute(_ number: Int, _ key: Span<UInt8>, int: Int64) {
        attribute(number, key, 1 + Self.varintLength(int)) { pen in
            pen.byte(ValueTag.int)
            pen.varint(UInt64(bitPattern: int))
        }
    }

    private mutating func attribute(_ number: Int, _ key: Span<UInt8>, double: Double) {
        attribute(number, key, 9) { pen in
            pen.byte(ValueTag.double)
            pen.fixed(double.bitPattern)
        }
    }

    private mutating func attribute(_ number: Int, _ key: Span<UInt8>, bool: Bool) {
        attribute(number, key, 2) { pen in
            pen.byte(ValueTag.bool)
            pen.byte(bool ? 1 : 0)
        }
    }

    /// An attribute whose value has so many bytes, which `value` writes.
    @inline(__always)
    private mutating func attribute(_ number: Int, _ key: Span<UInt8>, _ valueLength: Int, _ value: (inout WirePen) -> Void) {
        let length = 1 + Varint.length(key.count) + key.count + 1 + Varint.length(valueLength) + valueLength
        write(atMost: Self.length(field: number, length)) { pen in
            pen.header(number, length)
            pen.header(1, key.count)
            pen.copy(0..<key.count, of: key)
            pen.header(2, valueLength)
            value(&pen)
        }
    }

    /// Makes room for so many bytes, and keeps as many as `body` writes.
    @inline(__always)
    private mutating func write(atMost count: Int, _ body: (inout WirePen) -> Void) {
        bytes.append(addingCapacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { buffer, written in
                var pen = unsafe WirePen(buffer)
                body(&pen)
                written = pen.count
            }
        }
    }

    private static func varintLength(_ value: Int64) -> Int {
        max(1, (64 - UInt64(bitPattern: value).leadingZeroBitCount + 6) / 7)
    }
}
