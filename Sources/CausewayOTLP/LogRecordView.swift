package import CausewayModel

/// A log record in a payload: its numbers, and where the rest lies.
package struct LogRecordView {
    /// The whole field in the scope entry, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    package private(set) var timeNanoseconds: UInt64 = 0
    package private(set) var observedNanoseconds: UInt64 = 0
    package private(set) var severity: Int32 = 0
    package private(set) var severityText = 0..<0
    package private(set) var eventName = 0..<0
    package private(set) var body = ValueView.empty
    package private(set) var flags: UInt32 = 0
    package private(set) var droppedAttributes: UInt32 = 0
    /// Nil if the record belongs to no trace, also if it says so with an id that is none.
    package private(set) var traceID: TraceID?
    package private(set) var spanID: SpanID?

    init(_ field: WireField, _ payload: [UInt8]) {
        range = field.range
        contents = field.contents
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .fixed64): timeNanoseconds = field.value
            case (2, .varint): severity = Int32(truncatingIfNeeded: field.value)
            case (3, .lengthDelimited): severityText = field.contents
            case (5, .lengthDelimited): body = ValueView(field.contents, payload)
            case (7, .varint): droppedAttributes = UInt32(truncatingIfNeeded: field.value)
            case (8, .fixed32): flags = UInt32(truncatingIfNeeded: field.value)
            case (9, .lengthDelimited): traceID = payload.traceID(field.contents)
            case (10, .lengthDelimited): spanID = payload.spanID(field.contents)
            case (11, .fixed64): observedNanoseconds = field.value
            case (12, .lengthDelimited): eventName = field.contents
            default: break
            }
        }
    }

    package var attributes: AttributeList { AttributeList(of: contents, field: 6) }
}
