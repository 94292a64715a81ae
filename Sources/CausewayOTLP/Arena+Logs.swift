internal import CCauseway
internal import CausewayModel

/// Log records as structs of protobuf-c.
extension Arena {
    mutating func logRecord(_ record: LogRecord) -> UnsafeMutablePointer<Otlp__LogRecord> {
        let message = unsafe make(otlp__log_record__init)
        unsafe message.pointee.time_unix_nano = record.timeNanoseconds
        unsafe message.pointee.observed_time_unix_nano = record.observedNanoseconds
        unsafe message.pointee.severity_number = Otlp__SeverityNumber(rawValue: UInt32(bitPattern: record.severity))
        unsafe message.pointee.severity_text = text(record.severityText)
        unsafe message.pointee.event_name = text(record.eventName)
        if record.body != .empty { unsafe message.pointee.body = value(record.body) }
        unsafe (message.pointee.n_attributes, message.pointee.attributes) = attributes(record.attributes)
        unsafe message.pointee.trace_id = bytes(record.traceID?.bytes ?? [])
        unsafe message.pointee.span_id = bytes(record.spanID?.bytes ?? [])
        unsafe message.pointee.flags = record.flags
        return unsafe message
    }
}
