internal import CausewayModel
internal import CausewayOTLP

// Open spans as bytes. A message of protobuf fields, so that a later version can add some:
//
//   1 now fixed64   2 span, each: 1 tenant  2 trace id  3 span id  4 resource  5 fields  6 parent fixed64  7 name  8 kind varint
//     9 start fixed64  10 end fixed64  11 duration fixed64  12 status code varint  13 status message  14 last sign fixed64
//     15 hangup fixed64  16 last sign of its trace fixed64

extension OpenSpans {
    /// Of the form below.
    package static let version: UInt64 = 1

    package var checkpoint: [UInt8] {
        var writer = WireWriter()
        writer.fixed(1, now)
        for (key, span) in contents {
            var entry = WireWriter()
            entry.field(1, Array(key.tenant.utf8))
            entry.field(2, key.trace.bytes)
            entry.field(3, key.span.bytes)
            entry.field(4, span.resource)
            entry.field(5, span.fields)
            entry.fixed(6, span.parent)
            entry.field(7, span.name)
            entry.varint(8, Int64(span.kind))
            entry.fixed(9, span.start)
            entry.fixed(10, span.end)
            entry.fixed(11, span.duration)
            entry.varint(12, Int64(span.statusCode))
            entry.field(13, span.statusMessage)
            entry.fixed(14, span.lastSign)
            entry.fixed(15, span.hangup)
            entry.fixed(16, lastSign(key))
            writer.field(2, entry.bytes)
        }
        return writer.bytes
    }

    /// Takes over what a checkpoint says; false when it says nothing that can be read.
    package mutating func restore(_ bytes: [UInt8]) -> Bool {
        var reader = FieldReader(0..<bytes.count)
        var end = 0
        while let field = reader.next(bytes) {
            end = field.range.upperBound
            if field.number == 1 { restore(now: field.value) }
            if field.number == 2, !restoreSpan(bytes, field.contents) { return false }
        }
        return end == bytes.count
    }

    private mutating func restoreSpan(_ bytes: [UInt8], _ contents: Range<Int>) -> Bool {
        var span = OpenSpan([])
        var tenant = ""
        var (trace, id): (TraceID?, SpanID?) = (nil, nil)
        var lastSign: UInt64 = 0
        var reader = FieldReader(contents)
        while let field = reader.next(bytes) {
            let inside = field.contents
            switch field.number {
            case 1: tenant = bytes.text(inside)
            case 2:
                trace =
                    inside.count == 16
                    ? TraceID(high: Self.word(bytes, inside.lowerBound), low: Self.word(bytes, inside.lowerBound + 8)) : nil
            case 3: id = inside.count == 8 ? SpanID(Self.word(bytes, inside.lowerBound)) : nil
            case 4: span.resource = Array(bytes[inside])
            case 5: span.fields = Array(bytes[inside])
            case 6: span.parent = field.value
            case 7: span.name = Array(bytes[inside])
            case 8: span.kind = Int32(truncatingIfNeeded: field.value)
            case 9: span.start = field.value
            case 10: span.end = field.value
            case 11: span.duration = field.value
            case 12: span.statusCode = Int32(truncatingIfNeeded: field.value)
            case 13: span.statusMessage = Array(bytes[inside])
            case 14: span.lastSign = field.value
            case 15: span.hangup = field.value
            case 16: lastSign = field.value
            default: break
            }
        }
        guard let trace, let id else { return false }
        restore(AgentSpanKey(tenant: tenant, trace: trace, span: id), span, lastSign: lastSign)
        return true
    }

    private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
        return value
    }
}
