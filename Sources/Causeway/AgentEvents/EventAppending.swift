internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewayReceivers
internal import CausewaySemantics
internal import CausewaySpool
internal import Synchronization

/// The way in of agent events: lines become spans, log records and parts of spans, all of one commit group, and are answered when durable.
final class EventAppending: AgentEventHandler {
    private let spool: Spool
    private let clock: any Clock
    private let counts: IntakeCounts
    private let tenants: TenantRules
    private let understanding: UnderstandingRules
    private let intake: Mutex<AgentEventIntake>
    let lineLimit: Int

    init(
        _ spool: Spool,
        _ settings: Configuration.Receivers.Events,
        clock: any Clock,
        counts: IntakeCounts,
        tenants: TenantRules,
        understanding: UnderstandingRules
    ) {
        self.spool = spool
        self.clock = clock
        self.counts = counts
        self.tenants = tenants
        self.understanding = understanding
        var limits = AgentEventLimits()
        limits.line = settings.maxLineBytes
        limits.openSpans = settings.maxOpen
        limits.openBytes = settings.openMemoryBytes
        lineLimit = limits.line
        intake = Mutex(AgentEventIntake(limits: limits))
    }

    func handle(_ lines: AgentEventLines, _ done: @escaping @Sendable (AgentEventVerdict) -> Void) {
        let verdict = tenants.current.verdict(lines.headers ?? RequestHeaders())
        switch verdict {
        case .tenant, .byResource: break
        case .unauthorized(let reason): return done(AgentEventVerdict(.unauthorized(reason)))
        case .malformed(let reason): return done(AgentEventVerdict(.malformed(reason)))
        }
        var tenant = ""
        if case .tenant(let name) = verdict { tenant = name }
        var batch = AgentEventBatch(tenant: tenant, source: lines.source, now: clock.wallNanoseconds(), options: understanding.options)
        let output = intake.withLock { intake in
            for line in lines.lines {
                switch line.fault {
                case nil: batch.add(line.bytes, number: line.number, &intake)
                case .tooLong: batch.refuse(line.number, AgentEventBatch.tooLong(intake.limits.line))
                case .cutOff: batch.refuse(line.number, AgentEventMistake(.cutOff, "it ends in the middle: whoever wrote it has gone"))
                }
            }
            return batch.finish(&intake)
        }
        counts.count(output)
        append(output, verdict, position: lines.position, done)
    }

    func ended(source: Int) {
        let now = clock.wallNanoseconds()
        let verdict = tenants.current.verdict(RequestHeaders())
        var tenant = ""
        if case .tenant(let name) = verdict { tenant = name }
        let output = intake.withLock { intake -> AgentEventOutput? in
            let left = intake.left(by: source)
            if left.isEmpty { return nil }
            var batch = AgentEventBatch(tenant: tenant, source: 0, now: now, options: understanding.options)
            batch.hangUp(left)
            return batch.finish(&intake)
        }
        guard let output else { return }
        counts.count(output)
        append(output, verdict, position: nil) { _ in }
    }

    private func append(
        _ output: AgentEventOutput,
        _ verdict: TenantResolution.Verdict,
        position: SourcePosition?,
        _ done: @escaping @Sendable (AgentEventVerdict) -> Void
    ) {
        var answer = AgentEventVerdict()
        answer.rejected = output.rejectedLines
        answer.refusals = output.refusals.map { AgentEventVerdict.Remark(line: $0.line, text: $0.text) }
        answer.warnings = output.warnings.map { AgentEventVerdict.Remark(line: $0.line, text: $0.text) }
        let now = clock.wallNanoseconds()
        var group: [FrameDraft] = []
        if let position { group.append(spool.positionDraft(position.name, payload: position.payload)) }
        do throws(TenantMistake) {
            group += try frames(.otlp, .traces, understood(output.spans, .traces, verdict), output.spanCount, verdict, now)
            group += try frames(.otlp, .logs, understood(output.records, .logs, verdict), output.recordCount, verdict, now)
            group += try frames(.event, .traces, output.parts, output.partCount, verdict, now)
        } catch {
            intake.withLock { $0.takeBack(output) }
            counts.countUnstored(output, reason: "tenant")
            return done(AgentEventVerdict(.malformed(error.message)))
        }
        guard !group.isEmpty else { return done(answer) }
        answer.accepted = output.acceptedLines
        spool.append(group) { [self, answer] result in
            switch result {
            case .success:
                counts.countStored(output.spanCount + output.partCount, .traces)
                counts.countStored(output.recordCount, .logs)
                done(answer)
            case .failure(let error):
                intake.withLock { $0.takeBack(output) }
                counts.countUnstored(output.spanCount + output.partCount, .traces, error)
                counts.countUnstored(output.recordCount, .logs, error)
                done(AgentEventVerdict(.unavailable("not stored: \(error)", retryAfterSeconds: Pipeline.retryAfterSeconds)))
            }
        }
    }

    private func understood(_ payload: [UInt8], _ signal: Signal, _ verdict: TenantResolution.Verdict) -> [UInt8] {
        if payload.isEmpty { return [] }
        let understood = understand(payload, signal: signal, options: understanding.current(tenant: verdict.tenant))
        counts.count(understood)
        return understood.payload
    }

    private func frames(
        _ kind: FrameKind,
        _ signal: Signal,
        _ payload: [UInt8],
        _ items: Int,
        _ verdict: TenantResolution.Verdict,
        _ now: UInt64
    ) throws(TenantMistake) -> [FrameDraft] {
        guard items > 0 else { return [] }
        let admitted = Admitted(payload: payload, items: items)
        return try FrameDraft.frames(signal, admitted, verdict, receivedNanoseconds: now).map { draft in
            var draft = draft
            draft.kind = kind
            return draft
        }
    }

    // What the deriver, which knows what is open, has to say.

    /// Spans that are open, from the log: now everything is known.
    func noteOpen(_ open: [(key: AgentSpanKey, bytes: Int, resource: [UInt8])]) {
        let isByResource = tenants.current.verdict(RequestHeaders()) == .byResource
        intake.withLock { intake in
            for span in open {
                var key = span.key
                if isByResource { key.tenant = "" }
                intake.noteOpen(key, bytes: span.bytes, resource: span.resource)
            }
            intake.complete()
        }
    }

    func noteClosed(_ keys: [AgentSpanKey]) {
        guard !keys.isEmpty else { return }
        let isByResource = tenants.current.verdict(RequestHeaders()) == .byResource
        intake.withLock { intake in
            for key in keys {
                var key = key
                if isByResource { key.tenant = "" }
                intake.noteClosed(key)
            }
        }
    }

    /// How many spans are open, and what they hold.
    var open: (spans: Int, bytes: Int) { intake.withLock { ($0.openCount, $0.openBytes) } }
}

extension AgentEventVerdict {
    init(_ failure: Failure) {
        self.init()
        self.failure = failure
    }
}
