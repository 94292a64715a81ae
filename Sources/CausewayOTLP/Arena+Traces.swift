internal import CCauseway
internal import CausewayModel

/// Spans as structs of protobuf-c.
extension Arena {
    mutating func span(_ span: SpanRecord) -> UnsafeMutablePointer<Otlp__Span> {
        let message = unsafe make(otlp__span__init)
        unsafe message.pointee.trace_id = bytes(span.traceID.bytes)
        unsafe message.pointee.span_id = bytes(span.spanID.bytes)
        unsafe message.pointee.parent_span_id = bytes(span.parentSpanID?.bytes ?? [])
        unsafe message.pointee.trace_state = text(span.traceState)
        unsafe message.pointee.name = text(span.name)
        unsafe message.pointee.kind = kind(span.kind)
        unsafe message.pointee.start_time_unix_nano = span.startNanoseconds
        unsafe message.pointee.end_time_unix_nano = span.endNanoseconds
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = attributes(span.attributes)
        unsafe (message.pointee.n_events, message.pointee.events) = list(span.events) { unsafe $0.event($1) }
        unsafe (message.pointee.n_links, message.pointee.links) = list(span.links) { unsafe $0.link($1) }
        if span.status != StatusRecord() { unsafe message.pointee.status = status(span.status) }
        unsafe message.pointee.flags = span.flags
        return unsafe message
    }

    func kind(_ kind: SpanKind) -> Otlp__Span__SpanKind { Otlp__Span__SpanKind(rawValue: UInt32(kind.rawValue)) }

    mutating func event(_ event: EventRecord) -> UnsafeMutablePointer<Otlp__Span__Event> {
        let message = unsafe make(otlp__span__event__init)
        unsafe message.pointee.name = text(event.name)
        unsafe message.pointee.time_unix_nano = event.timeNanoseconds
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = attributes(event.attributes)
        return unsafe message
    }

    mutating func link(_ link: LinkRecord) -> UnsafeMutablePointer<Otlp__Span__Link> {
        let message = unsafe make(otlp__span__link__init)
        unsafe message.pointee.trace_id = bytes(link.traceID.bytes)
        unsafe message.pointee.span_id = bytes(link.spanID.bytes)
        unsafe message.pointee.trace_state = text(link.traceState)
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = attributes(link.attributes)
        unsafe message.pointee.flags = link.flags
        return unsafe message
    }

    mutating func status(_ status: StatusRecord) -> UnsafeMutablePointer<Otlp__Status> {
        let message = unsafe make(otlp__status__init)
        unsafe message.pointee.message = text(status.message)
        unsafe message.pointee.code = Otlp__Status__StatusCode(rawValue: UInt32(status.code.rawValue))
        return unsafe message
    }
}
