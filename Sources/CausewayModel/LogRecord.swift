/// A log record, or an event if it has a name, that Causeway itself makes.
package struct LogRecord: Hashable, Sendable {
    /// When it happened; 0 if nobody knows.
    package var timeNanoseconds: UInt64
    package var observedNanoseconds: UInt64
    /// OTLP's severity number, 1 (finest trace) to 24 (worst fatal error); 0 if not known.
    package var severity: Int32 = 0
    package var severityText = ""
    package var eventName = ""
    package var body = AttributeValue.empty
    package var attributes: [Attribute] = []
    package var traceID: TraceID?
    package var spanID: SpanID?
    /// W3C trace flags in the lowest byte.
    package var flags: UInt32 = 0

    package init(timeNanoseconds: UInt64, observedNanoseconds: UInt64) {
        self.timeNanoseconds = timeNanoseconds
        self.observedNanoseconds = observedNanoseconds
    }
}
