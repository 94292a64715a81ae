package import CausewayModel

/// What changes in a span; what is not named stays as it is, byte for byte.
package struct SpanEdit: Hashable, Sendable {
    package var name: String?
    package var kind: SpanKind?
    package var status: StatusRecord?
    package var attributes = AttributeEdit()
    /// By ordinal among the span's events.
    package var removedEvents: Set<Int> = []
    package var eventAttributes: [Int: AttributeEdit] = [:]
    package var addedEvents: [EventRecord] = []
    /// By ordinal among the span's links.
    package var removedLinks: Set<Int> = []
    package var addedLinks: [LinkRecord] = []

    package init() {}

    package var isEmpty: Bool { self == SpanEdit() }
}

/// What changes in a log record; what is not named stays as it is, byte for byte.
package struct LogRecordEdit: Hashable, Sendable {
    package var body: AttributeValue?
    package var attributes = AttributeEdit()

    package init() {}

    package var isEmpty: Bool { self == LogRecordEdit() }
}
