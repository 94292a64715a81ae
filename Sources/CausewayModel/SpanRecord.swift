/// A span that Causeway itself makes. What passes through is viewed and edited instead.
package struct SpanRecord: Hashable, Sendable {
    package var traceID: TraceID
    package var spanID: SpanID
    /// Nil for the root of a trace.
    package var parentSpanID: SpanID?
    package var traceState = ""
    package var name: String
    package var kind = SpanKind.internal
    package var startNanoseconds: UInt64
    package var endNanoseconds: UInt64
    package var attributes: [Attribute] = []
    package var events: [EventRecord] = []
    package var links: [LinkRecord] = []
    package var status = StatusRecord()
    /// W3C trace flags in the lowest byte.
    package var flags: UInt32 = 0

    package init(
        traceID: TraceID,
        spanID: SpanID,
        parentSpanID: SpanID? = nil,
        name: String,
        startNanoseconds: UInt64,
        endNanoseconds: UInt64
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.name = name
        self.startNanoseconds = startNanoseconds
        self.endNanoseconds = endNanoseconds
    }
}

/// OTLP's kinds of spans, by their numbers.
package enum SpanKind: Int32, CaseIterable, Sendable {
    case unspecified, `internal`, server, client, producer, consumer
}

/// Something that happened at one moment of a span.
package struct EventRecord: Hashable, Sendable {
    package var name: String
    package var timeNanoseconds: UInt64
    package var attributes: [Attribute]

    package init(name: String, timeNanoseconds: UInt64, attributes: [Attribute] = []) {
        self.name = name
        self.timeNanoseconds = timeNanoseconds
        self.attributes = attributes
    }
}

/// Another span that has to do with a span.
package struct LinkRecord: Hashable, Sendable {
    package var traceID: TraceID
    package var spanID: SpanID
    package var traceState = ""
    package var attributes: [Attribute]
    package var flags: UInt32 = 0

    package init(traceID: TraceID, spanID: SpanID, attributes: [Attribute] = []) {
        self.traceID = traceID
        self.spanID = spanID
        self.attributes = attributes
    }
}

/// How a span's operation ended.
package struct StatusRecord: Hashable, Sendable {
    package var code: StatusCode
    /// For people; belongs to an error.
    package var message: String

    package init(_ code: StatusCode = .unset, message: String = "") {
        self.code = code
        self.message = message
    }
}

/// OTLP's span status codes, by their numbers.
package enum StatusCode: Int32, CaseIterable, Sendable {
    case unset, ok, error
}
