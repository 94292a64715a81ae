internal import CausewayModel
internal import CausewayOTLP

/// Spans of agents that have begun and not ended, put together from the parts that the log holds.
///
/// A pure function of the parts, in the order of the log, and of the time: who reads the same log again knows the same. It holds
/// everything that an open span needs, so that no segment has to stay for it.
package struct OpenSpans: Sendable {
    /// How long a span may stay without a sign of life in its trace.
    package var abandonAfter: UInt64
    /// How long whoever was writing may stay away.
    package var grace: UInt64
    /// The most that is held; what has waited longest is closed then.
    package var maxSpans: Int
    package var maxBytes: Int
    /// The highest time that was seen. It never goes back, so that the order of closings is the same whenever it is played again.
    package private(set) var now: UInt64 = 0
    private var spans: [AgentSpanKey: OpenSpan] = [:]
    private var traces: [TraceKey: OpenTrace] = [:]
    package private(set) var bytes = 0
    /// No span is due before.
    private var nextDue = UInt64.max

    struct TraceKey: Hashable, Sendable {
        var tenant: String
        var trace: TraceID
    }

    /// What spans of a trace share.
    struct OpenTrace: Equatable, Sendable {
        var open = 0
        /// When something of it was received last.
        var lastSign: UInt64 = 0
    }

    /// Nanoseconds.
    package init(abandonAfter: UInt64, grace: UInt64, maxSpans: Int = 100_000, maxBytes: Int = 80 << 20) {
        (self.abandonAfter, self.grace, self.maxSpans, self.maxBytes) = (abandonAfter, grace, maxSpans, maxBytes)
    }

    package var count: Int { spans.count }

    package var keys: [(key: AgentSpanKey, bytes: Int, resource: [UInt8])] { spans.map { ($0.key, $0.value.weight, $0.value.resource) } }

    /// Takes in the parts of one frame; what closes is added to `closed`, what is due at this time first.
    package mutating func take(_ payload: [UInt8], tenant: String, received: UInt64, _ closed: inout ClosedSpans) {
        advance(to: received, &closed)
        for resource in RequestView(payload, signal: .traces).resourceEntries {
            let owner = resource.resource.map { Array(payload[$0]) } ?? []
            for scope in resource.scopeEntries(payload) {
                for span in scope.spans(payload) { take(span, payload, owner, tenant, received, &closed) }
            }
        }
        while spans.count > maxSpans || bytes > maxBytes, let oldest = oldest() {
            close(oldest, abandoned: true, &closed)
        }
    }

    /// Whole spans are signs of life of their traces.
    package mutating func note(_ payload: [UInt8], tenant: String, received: UInt64, _ closed: inout ClosedSpans) {
        advance(to: received, &closed)
        guard !traces.isEmpty else { return }
        for resource in RequestView(payload, signal: .traces).resourceEntries {
            for scope in resource.scopeEntries(payload) {
                for span in scope.spans(payload) {
                    guard let trace = span.traceID else { continue }
                    traces[TraceKey(tenant: tenant, trace: trace)]?.lastSign = now
                }
            }
        }
    }

    /// Closes what has waited long enough.
    package mutating func advance(to time: UInt64, _ closed: inout ClosedSpans) {
        now = max(now, time)
        guard now >= nextDue else { return }
        var (due, next): ([AgentSpanKey], UInt64) = ([], .max)
        for (key, span) in spans {
            let deadline = deadline(key, span)
            if deadline <= now { due.append(key) } else { next = min(next, deadline) }
        }
        nextDue = next
        // In a fixed order: whoever reads this log again writes the same bytes.
        for key in due.sorted(by: Self.isBefore) { close(key, abandoned: true, &closed) }
    }

    /// When the next span is closed if nothing is heard; nil when none is open.
    package var deadline: UInt64? { nextDue == .max ? nil : nextDue }

    private func deadline(_ key: AgentSpanKey, _ span: OpenSpan) -> UInt64 {
        let sign = traces[TraceKey(tenant: key.tenant, trace: key.trace)]?.lastSign ?? span.lastSign
        let abandoned = max(sign, span.lastSign) &+ abandonAfter
        return span.hangup == 0 ? abandoned : min(abandoned, span.hangup &+ grace)
    }

    private static func isBefore(_ left: AgentSpanKey, _ right: AgentSpanKey) -> Bool {
        (left.trace.high, left.trace.low, left.span.value, left.tenant) < (
            right.trace.high, right.trace.low, right.span.value, right.tenant
        )
    }

    private func oldest() -> AgentSpanKey? {
        spans.min {
            $0.value.lastSign != $1.value.lastSign ? $0.value.lastSign < $1.value.lastSign : Self.isBefore($0.key, $1.key)
        }?.key
    }

    private mutating func take(
        _ part: SpanView,
        _ payload: [UInt8],
        _ owner: [UInt8],
        _ tenant: String,
        _ received: UInt64,
        _ closed: inout ClosedSpans
    ) {
        guard let trace = part.traceID, let id = part.spanID else { return }
        let key = AgentSpanKey(tenant: tenant, trace: trace, span: id)
        let phase = AgentEventPhase(rawValue: part.attributes.value("causeway.event.phase", payload)?.string(payload) ?? "")
        guard let phase else { return }
        if phase == .hangup {
            spans[key]?.hangup = now
            if let span = spans[key] { nextDue = min(nextDue, deadline(key, span)) }
            return
        }
        let traceKey = TraceKey(tenant: tenant, trace: trace)
        traces[traceKey]?.lastSign = now
        guard var span = spans[key] ?? (phase == .event ? nil : OpenSpan(owner)) else {
            // An event on a span that has ended, or never began: it goes by itself.
            closed.addEvents(of: part, payload, owner, tenant)
            return
        }
        let isNew = spans[key] == nil
        let before = isNew ? 0 : span.weight
        span.add(part, payload, phase, received: now)
        if phase == .end {
            if isNew { span.isStartMissing = true }
            remove(key, weight: before)
            closed.add(span, key, tenant, abandoned: false)
            return
        }
        spans[key] = span
        bytes += span.weight - before
        if isNew { traces[traceKey, default: OpenTrace()].open += 1 }
        traces[traceKey]?.lastSign = now
        nextDue = min(nextDue, deadline(key, span))
    }

    private mutating func close(_ key: AgentSpanKey, abandoned: Bool, _ closed: inout ClosedSpans) {
        guard var span = spans[key] else { return }
        span.lastSign = max(span.lastSign, lastSign(key))
        remove(key, weight: span.weight)
        closed.add(span, key, key.tenant, abandoned: abandoned)
    }

    private mutating func remove(_ key: AgentSpanKey, weight: Int) {
        guard spans.removeValue(forKey: key) != nil else { return }
        bytes -= weight
        let traceKey = TraceKey(tenant: key.tenant, trace: key.trace)
        guard let trace = traces[traceKey] else { return }
        if trace.open <= 1 { traces[traceKey] = nil } else { traces[traceKey]?.open -= 1 }
    }

    /// For a checkpoint.
    var contents: [(key: AgentSpanKey, span: OpenSpan)] {
        spans.map { ($0.key, $0.value) }.sorted { Self.isBefore($0.key, $1.key) }
    }

    func lastSign(_ key: AgentSpanKey) -> UInt64 { traces[TraceKey(tenant: key.tenant, trace: key.trace)]?.lastSign ?? 0 }

    mutating func restore(_ key: AgentSpanKey, _ span: OpenSpan, lastSign: UInt64) {
        spans[key] = span
        bytes += span.weight
        let traceKey = TraceKey(tenant: key.tenant, trace: key.trace)
        traces[traceKey, default: OpenTrace()].open += 1
        traces[traceKey]?.lastSign = lastSign
        nextDue = min(nextDue, deadline(key, span))
    }

    mutating func restore(now: UInt64) { self.now = now }
}

/// A span that has begun: the fields of its parts, one behind the other.
struct OpenSpan: Equatable, Sendable {
    /// The contents of its resource.
    var resource: [UInt8]
    /// Attributes, events and links as fields of a span.
    var fields: [UInt8] = []
    var parent: UInt64 = 0
    var name: [UInt8] = []
    var kind: Int32 = 0
    var start: UInt64 = 0
    var end: UInt64 = 0
    /// Of a line that says how long it took instead of when it ended; in nanoseconds.
    var duration: UInt64 = 0
    var statusCode: Int32 = 0
    var statusMessage: [UInt8] = []
    /// When something of it was received last.
    var lastSign: UInt64 = 0
    /// When its writer went; 0 while it is there.
    var hangup: UInt64 = 0
    var isStartMissing = false

    init(_ resource: [UInt8]) { self.resource = resource }

    /// Bytes in memory, about.
    var weight: Int { resource.count + fields.count + name.count + statusMessage.count + 256 }

    mutating func add(_ part: SpanView, _ payload: [UInt8], _ phase: AgentEventPhase, received: UInt64) {
        var reader = FieldReader(part.contents)
        while let field = reader.next(payload) {
            switch field.number {
            case 9:
                var list = AttributeList(of: field.range, field: 9)
                guard let attribute = list.next(payload) else { continue }
                if payload[attribute.key].starts(with: AgentEventDecoder.Keys.own) {
                    if case .double(let milliseconds) = attribute.value { duration = UInt64(max(0, min(milliseconds, 1e12)) * 1e6) }
                    continue
                }
                fields += payload[field.range]
            case 11, 13: fields += payload[field.range]
            default: break
            }
        }
        if let id = part.parentSpanID { parent = id.value }
        if !part.name.isEmpty { name = Array(payload[part.name]) }
        if part.kind != 0 { kind = part.kind }
        if part.startNanoseconds != 0 { start = part.startNanoseconds }
        if part.endNanoseconds != 0 { end = part.endNanoseconds }
        if part.statusCode != 0 { (statusCode, statusMessage) = (part.statusCode, Array(payload[part.statusMessage])) }
        lastSign = received
        hangup = 0
    }
}
