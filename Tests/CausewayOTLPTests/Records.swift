import CausewayModel
import CausewayOTLP
import Testing

/// What a view shows, as a record of our own.
extension SpanView {
    func record(_ payload: [UInt8]) throws -> SpanRecord {
        var record = SpanRecord(
            traceID: try #require(traceID),
            spanID: try #require(spanID),
            parentSpanID: parentSpanID,
            name: payload.text(name),
            startNanoseconds: startNanoseconds,
            endNanoseconds: endNanoseconds
        )
        record.traceState = payload.text(traceState)
        record.kind = try #require(SpanKind(rawValue: kind))
        record.flags = flags
        record.status = StatusRecord(try #require(StatusCode(rawValue: statusCode)), message: payload.text(statusMessage))
        record.attributes = attributes.copied(payload)
        record.events = events(payload).map {
            EventRecord(name: payload.text($0.name), timeNanoseconds: $0.timeNanoseconds, attributes: $0.attributes.copied(payload))
        }
        record.links = try links(payload).map {
            let (traceID, spanID) = (try #require($0.traceID), try #require($0.spanID))
            var link = LinkRecord(traceID: traceID, spanID: spanID, attributes: $0.attributes.copied(payload))
            link.traceState = payload.text($0.traceState)
            link.flags = $0.flags
            return link
        }
        return record
    }
}

extension LogRecordView {
    func record(_ payload: [UInt8]) -> LogRecord {
        var record = LogRecord(timeNanoseconds: timeNanoseconds, observedNanoseconds: observedNanoseconds)
        record.severity = severity
        record.severityText = payload.text(severityText)
        record.eventName = payload.text(eventName)
        record.body = body.copied(payload)
        record.attributes = attributes.copied(payload)
        record.traceID = traceID
        record.spanID = spanID
        record.flags = flags
        return record
    }
}
