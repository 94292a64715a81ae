package import CausewayModel
internal import CausewayOTLP

/// Spans that have ended or were given up, and events that came too late for theirs, on their way into the log.
package struct ClosedSpans: Sendable {
    private var spans: [String: Groups] = [:]
    private var records: [String: Groups] = [:]
    /// Those that nobody ended.
    package private(set) var abandonedKeys: [AgentSpanKey] = []
    package private(set) var endedCount = 0
    package private(set) var lateEvents = 0

    package init() {}

    package var isEmpty: Bool { spans.isEmpty && records.isEmpty }

    /// Requests by tenant, understood; spans first, tenants in order.
    package func requests(_ options: (_ tenant: String) -> UnderstandingOptions) -> [Request] {
        let kinds: [(Signal, [String: Groups])] = [(.traces, spans), (.logs, records)]
        return kinds.flatMap { signal, groups in
            groups.sorted { $0.key < $1.key }.map { tenant, group in
                let payload = group.encoded()
                return Request(
                    signal: signal,
                    tenant: tenant,
                    items: group.count,
                    payload: understand(payload, signal: signal, options: options(tenant)).payload
                )
            }
        }
    }

    package struct Request: Sendable {
        package var signal: Signal
        package var tenant: String
        package var items: Int
        package var payload: [UInt8]
    }

    mutating func add(_ span: OpenSpan, _ key: AgentSpanKey, _ tenant: String, abandoned: Bool) {
        if abandoned { abandonedKeys.append(key) } else { endedCount += 1 }
        spans[tenant, default: Groups()].append(Self.encoded(span, key, abandoned: abandoned), span.resource)
    }

    /// The events of a part whose span is not open any more, as records that say which span they are about.
    mutating func addEvents(of part: SpanView, _ payload: [UInt8], _ owner: [UInt8], _ tenant: String) {
        guard let trace = part.traceID, let span = part.spanID else { return }
        for event in part.events(payload) {
            lateEvents += 1
            var writer = WireWriter()
            writer.fixed(1, event.timeNanoseconds)
            writer.varint(2, 9)
            writer.field(3, Array("INFO".utf8))
            var reader = FieldReader(event.contents)
            while let field = reader.next(payload) {
                if field.number == 3 { writer.field(6, field.contents, of: payload) }
            }
            writer.field(9, trace.bytes)
            writer.field(10, span.bytes)
            writer.fixed(11, event.timeNanoseconds)
            writer.field(12, event.name, of: payload)
            records[tenant, default: Groups()].append(writer.bytes, owner)
        }
    }

    private static func encoded(_ span: OpenSpan, _ key: AgentSpanKey, abandoned: Bool) -> [UInt8] {
        var end = span.end
        if end == 0, span.duration > 0 { end = span.start &+ span.duration }
        // The last that was heard of it, which is at least when it began.
        if end == 0 { end = span.lastSign }
        let start = span.start == 0 ? (end > span.duration ? end - span.duration : end) : span.start
        end = max(start, end)

        var writer = WireWriter()
        writer.reserve(span.fields.count + 160)
        writer.field(1, key.trace.bytes)
        writer.field(2, key.span.bytes)
        if let parent = SpanID(span.parent) { writer.field(4, parent.bytes) }
        let (attributes, others, last) = sorted(span.fields)
        if span.name.isEmpty {
            writer.field(5, last.operation.isEmpty ? Array("step".utf8) : last.operation)
        } else {
            writer.field(5, span.name)
        }
        writer.varint(6, Int64(span.kind == 0 ? 1 : span.kind))
        writer.fixed(7, start)
        writer.fixed(8, end)
        writer.append(attributes)
        if last.retries > 0, !last.hasRetryCount {
            writer.append(AgentEventOutput.retries(last.retries, isExhausted: last.isLastTry))
        }
        if abandoned {
            writer.attribute(9, AgentEventDecoder.Keys.synthetic, bool: true)
            if !last.hasFailure {
                writer.attribute(9, AgentEventDecoder.Keys.failureCategory, text: Array("orchestration".utf8))
                writer.attribute(9, AgentEventDecoder.Keys.failureCode, text: Array("abandoned".utf8))
                writer.attribute(9, AgentEventDecoder.Keys.errorType, text: Array("abandoned".utf8))
            }
            if last.isRequest, !last.hasOutcome { writer.attribute(9, AgentEventDecoder.Keys.outcome, text: Array("abandoned".utf8)) }
        }
        if span.isStartMissing { writer.attribute(9, Array("causeway.event.start_missing".utf8), bool: true) }
        writer.append(others)
        if abandoned || span.statusCode != 0 {
            var status = WireWriter()
            let message = abandoned && span.statusMessage.isEmpty ? Array("its end never came".utf8) : span.statusMessage
            if !message.isEmpty { status.field(2, message) }
            status.varint(3, abandoned ? 2 : Int64(span.statusCode))
            writer.field(15, status.bytes)
        }
        return writer.bytes
    }

    /// What a span's parts say together.
    private struct Summary {
        var operation: [UInt8] = []
        var isRequest = false
        var hasFailure = false
        var hasOutcome = false
        var hasRetryCount = false
        var retries = 0
        var isLastTry = false
    }

    /// Of attributes with one key the last; then events and links, as they came.
    private static func sorted(_ fields: [UInt8]) -> (attributes: [UInt8], others: [UInt8], summary: Summary) {
        var lastOf: [[UInt8]: Int] = [:]
        var attributes: [(key: [UInt8], range: Range<Int>)] = []
        var others = WireWriter()
        var summary = Summary()
        var reader = FieldReader(0..<fields.count)
        while let field = reader.next(fields) {
            if field.number == 9 {
                var list = AttributeList(of: field.range, field: 9)
                guard let attribute = list.next(fields) else { continue }
                let key = Array(fields[attribute.key])
                lastOf[key] = attributes.count
                attributes.append((key, field.range))
                switch key {
                case AgentEventDecoder.Keys.operation:
                    if case .string(let range) = attribute.value {
                        summary.operation = Array(fields[range])
                        summary.isRequest = summary.operation == Array("invoke_agent".utf8)
                    }
                case AgentEventDecoder.Keys.failureCategory: summary.hasFailure = true
                case AgentEventDecoder.Keys.outcome: summary.hasOutcome = true
                case AgentEventDecoder.Keys.retryCount: summary.hasRetryCount = true
                default: break
                }
                continue
            }
            others.append(field.range, of: fields)
            guard field.number == 11 else { continue }
            var list = AttributeList(of: field.contents, field: 3)
            var inner = FieldReader(field.contents)
            var isRetry = false
            while let part = inner.next(fields) {
                if part.number == 2 { isRetry = fields.holds("causeway.retry", at: part.contents) }
            }
            guard isRetry else { continue }
            summary.retries += 1
            while let attribute = list.next(fields) {
                if fields[attribute.key].elementsEqual(AgentEventDecoder.Keys.willRetry), attribute.value == .bool(false) {
                    summary.isLastTry = true
                }
            }
        }
        var written = WireWriter()
        for (place, attribute) in attributes.enumerated() where lastOf[attribute.key] == place {
            written.append(attribute.range, of: fields)
        }
        return (written.bytes, others.bytes, summary)
    }
}
