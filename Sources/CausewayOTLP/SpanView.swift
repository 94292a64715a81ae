package import CausewayModel

/// A span in a payload: its numbers, and where the rest lies.
package struct SpanView {
    /// The whole field in the scope entry, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    package private(set) var traceID: TraceID?
    package private(set) var spanID: SpanID?
    /// Nil for a root.
    package private(set) var parentSpanID: SpanID?
    package private(set) var traceState = 0..<0
    package private(set) var name = 0..<0
    /// A number of `SpanKind`, or one that came later.
    package private(set) var kind: Int32 = 0
    package private(set) var startNanoseconds: UInt64 = 0
    package private(set) var endNanoseconds: UInt64 = 0
    package private(set) var flags: UInt32 = 0
    package private(set) var droppedAttributes: UInt32 = 0
    package private(set) var droppedEvents: UInt32 = 0
    package private(set) var droppedLinks: UInt32 = 0
    /// A number of `StatusCode`, or one that came later.
    package private(set) var statusCode: Int32 = 0
    package private(set) var statusMessage = 0..<0
    /// How many attributes, events and links there are.
    package private(set) var attributeCount = 0
    package private(set) var eventCount = 0
    package private(set) var linkCount = 0

    init(_ field: WireField, _ payload: [UInt8]) { self.init(field, payload) { _, _ in } }

    /// `attribute` is handed each of them, in their order.
    @inline(__always)
    init(_ field: WireField, _ payload: [UInt8], attribute: (WireField, Span<UInt8>) -> Void) {
        range = field.range
        contents = field.contents
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): traceID = payload.traceID(field.contents)
            case (2, .lengthDelimited): spanID = payload.spanID(field.contents)
            case (3, .lengthDelimited): traceState = field.contents
            case (4, .lengthDelimited): parentSpanID = payload.spanID(field.contents)
            case (5, .lengthDelimited): name = field.contents
            case (6, .varint): kind = Int32(truncatingIfNeeded: field.value)
            case (7, .fixed64): startNanoseconds = field.value
            case (8, .fixed64): endNanoseconds = field.value
            case (9, .lengthDelimited):
                attributeCount += 1
                attribute(field, bytes)
            case (10, .varint): droppedAttributes = UInt32(truncatingIfNeeded: field.value)
            case (11, .lengthDelimited): eventCount += 1
            case (12, .varint): droppedEvents = UInt32(truncatingIfNeeded: field.value)
            case (13, .lengthDelimited): linkCount += 1
            case (14, .varint): droppedLinks = UInt32(truncatingIfNeeded: field.value)
            case (15, .lengthDelimited): readStatus(field.contents, payload)
            case (16, .fixed32): flags = UInt32(truncatingIfNeeded: field.value)
            default: break
            }
        }
    }

    private mutating func readStatus(_ status: Range<Int>, _ payload: [UInt8]) {
        var fields = FieldReader(status)
        while let field = fields.next(payload) {
            switch (field.number, field.type) {
            case (2, .lengthDelimited): statusMessage = field.contents
            case (3, .varint): statusCode = Int32(truncatingIfNeeded: field.value)
            default: break
            }
        }
    }

    package var attributes: AttributeList { AttributeList(of: contents, field: 9) }

    package func events(_ payload: [UInt8]) -> [EventView] {
        eventCount == 0 ? [] : payload.messages(in: contents, field: 11).map { EventView($0, payload) }
    }

    package func links(_ payload: [UInt8]) -> [LinkView] {
        linkCount == 0 ? [] : payload.messages(in: contents, field: 13).map { LinkView($0, payload) }
    }
}

/// An event of a span in a payload.
package struct EventView {
    /// The whole field in the span, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    package private(set) var timeNanoseconds: UInt64 = 0
    package private(set) var name = 0..<0
    package private(set) var droppedAttributes: UInt32 = 0

    init(_ field: WireField, _ payload: [UInt8]) {
        range = field.range
        contents = field.contents
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .fixed64): timeNanoseconds = field.value
            case (2, .lengthDelimited): name = field.contents
            case (4, .varint): droppedAttributes = UInt32(truncatingIfNeeded: field.value)
            default: break
            }
        }
    }

    package var attributes: AttributeList { AttributeList(of: contents, field: 3) }
}

/// A link of a span in a payload.
package struct LinkView {
    /// The whole field in the span, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    package private(set) var traceID: TraceID?
    package private(set) var spanID: SpanID?
    package private(set) var traceState = 0..<0
    package private(set) var flags: UInt32 = 0
    package private(set) var droppedAttributes: UInt32 = 0

    init(_ field: WireField, _ payload: [UInt8]) {
        range = field.range
        contents = field.contents
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): traceID = payload.traceID(field.contents)
            case (2, .lengthDelimited): spanID = payload.spanID(field.contents)
            case (3, .lengthDelimited): traceState = field.contents
            case (5, .varint): droppedAttributes = UInt32(truncatingIfNeeded: field.value)
            case (6, .fixed32): flags = UInt32(truncatingIfNeeded: field.value)
            default: break
            }
        }
    }

    package var attributes: AttributeList { AttributeList(of: contents, field: 4) }
}
