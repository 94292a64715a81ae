internal import CausewayModel
internal import CausewayOTLP

/// How much agents may leave open, and how long a line may be.
package struct AgentEventLimits: Equatable, Sendable {
    /// The longest line, in bytes.
    package var line = 1 << 20
    /// Spans that are open at once.
    package var openSpans = 100_000
    /// What they may hold together.
    package var openBytes = 64 << 20
    /// What one of them may hold.
    package var spanBytes = 4 << 20

    package init() {}
}

/// What a receiver of agent events remembers from line to line: which spans are open, and what a request said about its trace.
///
/// It decides about lines only; what becomes of a span is decided by who reads the log. It is made anew from there after a restart.
package struct AgentEventIntake: Sendable {
    package var limits: AgentEventLimits
    /// Whether every span that is open is known here: not before the log has been read to its end.
    package private(set) var isComplete = false
    /// Ended before that.
    private var endedEarly: Set<AgentSpanKey> = []
    private var open: [AgentSpanKey: OpenMark] = [:]
    package private(set) var openBytes = 0
    private var traces: [TraceKey: AgentEventIdentity] = [:]
    /// Oldest first, from `firstTrace` on.
    private var traceOrder: [TraceKey] = []
    private var firstTrace = 0

    struct OpenMark: Sendable {
        /// Who opened it; 0 for nobody whose going would mean anything.
        var source: Int
        var bytes: Int
        /// The contents of the resource that its start was of.
        var resource: [UInt8] = []
    }

    private struct TraceKey: Hashable, Sendable {
        var tenant: String
        var trace: TraceID
    }

    /// Traces that are remembered; who has more at once says on each line whose it is.
    private static let maxTraces = 10_000

    package init(limits: AgentEventLimits = AgentEventLimits()) { self.limits = limits }

    package var openCount: Int { open.count }

    /// A change that can be taken back.
    struct Change: Sendable {
        var key: AgentSpanKey
        var before: OpenMark?
    }

    /// Lets a part of a span in; says what changes by it.
    mutating func admit(
        _ phase: AgentEventPhase,
        _ key: AgentSpanKey,
        bytes: Int,
        source: Int,
        resource: [UInt8] = []
    ) throws(AgentEventMistake) -> Change? {
        let known = open[key]
        switch phase {
        case .start:
            if known != nil { throw AgentEventMistake(.phase, "a span with this id is open already; send an update, or its end") }
            guard open.count < limits.openSpans else {
                throw AgentEventMistake(.limit, "\(limits.openSpans) spans are open (receivers.events.max_open); end some, or raise it")
            }
            try checkRoom(bytes, 0)
            open[key] = OpenMark(source: source, bytes: bytes, resource: resource)
            openBytes += bytes
        case .update, .event:
            guard let known else {
                if phase == .event || !isComplete { return nil }
                throw AgentEventMistake(.phase, "no span with this id is open; send its start first")
            }
            try checkRoom(bytes, known.bytes)
            open[key]?.bytes += bytes
            if source != 0 { open[key]?.source = source }
            openBytes += bytes
        case .end:
            guard let known else {
                if !isComplete {
                    if endedEarly.count < limits.openSpans { endedEarly.insert(key) }
                    return nil
                }
                throw AgentEventMistake(.phase, "no span with this id is open; it has ended before, or its start is missing")
            }
            open[key] = nil
            openBytes -= known.bytes
        case .hangup: return nil
        }
        return Change(key: key, before: known)
    }

    private func checkRoom(_ bytes: Int, _ before: Int) throws(AgentEventMistake) {
        if before + bytes > limits.spanBytes {
            throw AgentEventMistake(.limit, "the open span holds \(before) bytes; more than \(limits.spanBytes) it may not")
        }
        if openBytes + bytes > limits.openBytes {
            throw AgentEventMistake(.limit, "open spans hold \(openBytes) bytes (receivers.events.open_memory); end some, or raise it")
        }
    }

    /// What was let in could not be stored. The changes, the last one first.
    package mutating func takeBack(_ output: AgentEventOutput) {
        for change in output.changes.reversed() { set(change.key, change.before) }
    }

    private mutating func set(_ key: AgentSpanKey, _ mark: OpenMark?) {
        openBytes += (mark?.bytes ?? 0) - (open[key]?.bytes ?? 0)
        open[key] = mark
    }

    /// Known from the log.
    package mutating func noteOpen(_ key: AgentSpanKey, bytes: Int, resource: [UInt8]) {
        if open[key] == nil, !endedEarly.contains(key) { set(key, OpenMark(source: 0, bytes: bytes, resource: resource)) }
    }

    /// Nothing else is open.
    package mutating func complete() {
        isComplete = true
        endedEarly = []
    }

    /// It is not open any more, though nobody ended it.
    package mutating func noteClosed(_ key: AgentSpanKey) { set(key, nil) }

    /// The spans that this one opened, or added to last, and has not ended.
    package func left(by source: Int) -> [(key: AgentSpanKey, resource: [UInt8])] {
        guard source != 0 else { return [] }
        return open.filter { $0.value.source == source }.map { ($0.key, $0.value.resource) }
    }

    /// What is known about a trace.
    func identity(_ tenant: String, _ trace: TraceID) -> AgentEventIdentity? {
        traces.isEmpty ? nil : traces[TraceKey(tenant: tenant, trace: trace)]
    }

    mutating func remember(_ tenant: String, _ trace: TraceID, _ identity: AgentEventIdentity) {
        let key = TraceKey(tenant: tenant, trace: trace)
        if traces.updateValue(identity, forKey: key) != nil { return }
        traceOrder.append(key)
        if traces.count > Self.maxTraces {
            traces[traceOrder[firstTrace]] = nil
            firstTrace += 1
            if firstTrace >= Self.maxTraces {
                traceOrder.removeFirst(firstTrace)
                firstTrace = 0
            }
        }
    }
}

/// What a request said about who and what it is for.
struct AgentEventIdentity: Sendable {
    var attributes: [AgentEventLine.KeyedBytes]
    var resource: [AgentEventLine.KeyedBytes]
    var resourceBytes: [UInt8]

    init(attributes: [AgentEventLine.KeyedBytes], resource: [AgentEventLine.KeyedBytes]) {
        self.attributes = attributes
        self.resource = resource
        resourceBytes = Self.bytes(resource)
    }

    /// The contents of a resource. Backends show telemetry by its service.
    static func bytes(_ attributes: [AgentEventLine.KeyedBytes]) -> [UInt8] {
        var bytes: [UInt8] = []
        if !attributes.contains(where: { $0.key == AgentEventDecoder.Keys.service }) { bytes += unnamed }
        for attribute in attributes { bytes += attribute.bytes }
        return bytes
    }

    static let nobody = bytes([])

    private static let unnamed: [UInt8] = {
        var writer = WireWriter()
        writer.attribute(1, AgentEventDecoder.Keys.service, text: Array("agent".utf8))
        return writer.bytes
    }()
}
