package import CausewayModel

/// Reading what views point at.
extension [UInt8] {
    /// The bytes of a string field as text.
    package func text(_ range: Range<Int>) -> String { String(decoding: self[range], as: UTF8.self) }

    /// Whether the string field at `range` holds exactly `text`.
    package func holds(_ text: String, at range: Range<Int>) -> Bool {
        text.utf8.count == range.count && begins(with: text, at: range)
    }

    /// Whether the string field at `range` begins with `text`.
    package func begins(with text: String, at range: Range<Int>) -> Bool {
        let text = text.utf8.span
        guard text.count <= range.count, range.upperBound <= count, range.lowerBound >= 0 else {
            return false
        }
        return ByteScan.isSame(span, range.lowerBound, text, 0, text.count)
    }

    /// The id in the 16 bytes at `range`; nil for another length and for zeros.
    package func traceID(_ range: Range<Int>) -> TraceID? {
        guard range.count == 16 else { return nil }
        let middle = range.lowerBound + 8
        return TraceID(high: bigEndian(range.lowerBound..<middle), low: bigEndian(middle..<range.upperBound))
    }

    /// The id in the 8 bytes at `range`; nil for another length and for zeros.
    package func spanID(_ range: Range<Int>) -> SpanID? {
        range.count == 8 ? SpanID(bigEndian(range)) : nil
    }

    /// The length-delimited fields of a message that have this number.
    func messages(in message: Range<Int>, field number: Int) -> [WireField] {
        var found: [WireField] = []
        let bytes = span
        var fields = FieldReader(message)
        while let field = fields.next(bytes) {
            if field.number == number, field.type == .lengthDelimited { found.append(field) }
        }
        return found
    }

    /// Where the field with this number lies in a message, tag included.
    func field(_ number: Int, in message: Range<Int>) -> Range<Int>? {
        let bytes = span
        var fields = FieldReader(message)
        while let field = fields.next(bytes) {
            if field.number == number { return field.range }
        }
        return nil
    }

    private func bigEndian(_ range: Range<Int>) -> UInt64 {
        let bytes = span
        var value: UInt64 = 0
        for offset in 0..<8 { value = value << 8 | UInt64(bytes[range.lowerBound &+ offset]) }
        return value
    }
}
