package import CausewayModel
internal import CausewayOTLP

/// Why a line is refused, in words for whoever wrote it.
package struct AgentEventMistake: Error, Equatable, Sendable {
    /// A word for metrics.
    package var reason: Reason
    package var message: String

    package enum Reason: String, CaseIterable, Sendable {
        case json, type, member, time, phase, cycle, limit
        case tooLong = "too_long"
        case cutOff = "cut_off"
    }

    package init(_ reason: Reason, _ message: String) {
        self.reason = reason
        self.message = message
    }
}

/// Where a span of agent events belongs; ids alone are the sender's own and may be another tenant's, too.
package struct AgentSpanKey: Hashable, Sendable {
    package var tenant: String
    package var trace: TraceID
    package var span: SpanID

    package init(tenant: String, trace: TraceID, span: SpanID) {
        self.tenant = tenant
        self.trace = trace
        self.span = span
    }

    package func hash(into hasher: inout Hasher) {
        // Ids are random or hashes; tenants are told apart by comparing.
        hasher.combine(trace.low ^ span.value)
    }
}

/// Which part of its span a line is.
package enum AgentEventPhase: String, Sendable {
    case start, update, end
    /// An event on the span.
    case event
    /// Whoever was writing has gone.
    case hangup
}

/// One line, understood as far as it can be by itself.
struct AgentEventLine {
    var type: AgentEventType
    var shape = AgentEventType.Shape.span
    var phase: AgentEventPhase?
    var trace: TraceID
    /// Nil where a log record speaks of its trace as a whole.
    var span: SpanID?
    var parent: SpanID?
    /// The fields of the span, the event or the record, but for what is inherited.
    var contents: [UInt8]
    /// Of an event on a span: its own fields, without the span's.
    var event: [UInt8] = []
    /// False of a log record that belongs to no trace.
    var hasTrace = true
    /// The tenant that the line names.
    var tenant: String?
    /// Who and what for: attributes as a span has them, each with its key.
    var identity: [KeyedBytes] = []
    /// Keys that the sender's own attributes have and that a trace's request may say, too.
    var ownKeys: [[UInt8]] = []
    /// Of a part of a span that is open: the contents of its resource.
    var ownerBytes: [UInt8] = []
    /// Attributes as a resource has them.
    var resource: [KeyedBytes] = []
    var hasFailed = false
    var hasRetryCount = false
    /// Of an event `causeway.retry`: no other try comes.
    var isLastTry = false
    /// Members that nobody knows; they are kept as attributes.
    var unknown: [String] = []
    /// Broken text that was mended.
    var isRepaired = false

    struct KeyedBytes: Hashable, Sendable {
        var key: [UInt8]
        /// Tag included; all three numbers that it may have are one byte.
        var bytes: [UInt8]
    }
}
