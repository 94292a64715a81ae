internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewayReceivers
internal import CausewaySemantics
internal import CausewaySpool

/// The whole way in, on one screen: a request that has come is understood, appended to the log, and answered when it is durable.
///
/// The way out is the mirror of it: the exporter reads the log's frames and joins them (`Shipping.swift`).
struct Pipeline: RequestHandler {
    let spool: Spool
    let clock: any Clock
    let counts: IntakeCounts
    let travellers: Travellers
    let tenants: TenantRules
    /// What agents' telemetry is understood with; nil if it passes through.
    let understanding: UnderstandingRules?
    /// What calls cost, which a reload may change.

    /// How long a sender is asked to wait when there is no room: a backend needs seconds, not milliseconds, to take what is ahead.
    static let retryAfterSeconds = 5

    func handle(_ request: consuming ReceivedRequest, _ answer: @escaping @Sendable (ReceiverAnswer) -> Void) {
        if let loop = travellers.meet(request.headers.all(Travellers.header)) {
            return answer(.loop(loop))
        }
        let verdict = tenants.current.verdict(request.headers)
        switch verdict {
        case .tenant, .byResource: break
        case .unauthorized(let reason): return answer(.unauthorized(reason))
        case .malformed(let reason): return answer(.malformed(reason))
        }
        let signal = request.signal
        let listed = request.headers.all(FrameList.header)
        var admitted: Admitted
        var frames: [FrameDraft]
        // What is carried as it came is settled by nobody here, and what came understood was settled there.
        var isSettledElsewhere = understanding == nil
        let named: NamedFrames?
        do {
            admitted = try Self.admitted(request.body, request.encoding, signal)
            if let understanding {
                let options = understanding.current(tenant: verdict.tenant)
                let understood = understand(admitted.payload, signal: signal, options: options)
                isSettledElsewhere = understood.wasUnderstood
                // Where another bridge names each item by its place, no place may change.
                if listed.isEmpty || understood.mergedItems == 0 {
                    admitted.payload = understood.payload
                    admitted.items -= understood.mergedItems
                    counts.count(understood)
                }
            }
            named = try listed.isEmpty ? nil : Self.named(listed, admitted, signal, verdict)
            frames = try FrameDraft.frames(signal, admitted, verdict, receivedNanoseconds: clock.wallNanoseconds())
            if isSettledElsewhere { for index in frames.indices { frames[index].flags.insert(.understood) } }
        } catch let error as TenantMistake {
            return answer(.malformed(error.message))
        } catch let error as OTLPJSONError {
            return answer(.malformed("not OTLP/JSON: \(error)"))
        } catch {
            return answer(.malformed("not an OTLP request: \(error)"))
        }
        let items = admitted.items
        counts.count(admitted, signal)
        let accepted = ReceiverAnswer.accepted(refused: admitted.refused, message: admitted.refusedReason(signal))
        // A request without telemetry is a success, and nothing to store.
        guard items > 0 else { return answer(accepted) }
        if let named { return append(named, signal, answer) }
        if !listed.isEmpty && admitted.refused == 0 {
            // Not refused: a sender would look for the bad item and give it up, and there is none.
            let warning = "\(FrameList.header) does not say what the \(items) items of the body are: stored, and again if sent again"
            return append(frames, items: items, signal, .accepted(message: warning), answer)
        }
        append(frames, items: items, signal, accepted, answer)
    }

    private func append(
        _ frames: [FrameDraft],
        items: Int,
        _ signal: Signal,
        _ accepted: ReceiverAnswer,
        _ answer: @escaping @Sendable (ReceiverAnswer) -> Void
    ) {
        spool.append(frames) { [counts] result in
            switch result {
            case .success:
                counts.countStored(items, signal)
                answer(accepted)
            case .failure(let error):
                counts.countUnstored(items, signal, error)
                answer(.unavailable("not stored: \(error)", retryAfterSeconds: Self.retryAfterSeconds))
            }
        }
    }

    /// From another bridge: appends the items that are not in the log, and answers for all of them.
    private func append(_ named: NamedFrames, _ signal: Signal, _ answer: @escaping @Sendable (ReceiverAnswer) -> Void) {
        let origins = named.pieces.map(\.origin)
        let fresh = spool.origins.claim(origins) { append(named, signal, answer) }
        // Some of it is on its way already: it is asked again when that is decided.
        guard let fresh else { return }
        let claimed = zip(origins, fresh).flatMap { origin, ranges in
            ranges.map { OriginRange(tenant: origin.tenant, log: origin.log, sequence: origin.sequence, items: $0) }
        }
        let items = claimed.reduce(0) { $0 + $1.items.count }
        counts.countRepeated(origins.reduce(0) { $0 + $1.items.count } - items, signal)
        guard items > 0 else { return answer(.accepted()) }
        let frames = named.frames(fresh, receivedNanoseconds: clock.wallNanoseconds())
        append(frames, items: items, signal, .accepted()) { [spool] result in
            spool.origins.release(claimed)
            answer(result)
        }
    }

    /// What the sender says about the body; nil when that cannot be so, or when items of it are refused.
    private static func named(
        _ listed: [String],
        _ admitted: Admitted,
        _ signal: Signal,
        _ verdict: TenantResolution.Verdict
    ) throws(TenantMistake) -> NamedFrames? {
        guard admitted.refused == 0, let list = FrameList(entries: listed) else { return nil }
        return try NamedFrames(list, admitted.payload, items: admitted.items, signal, verdict)
    }

    /// The request as protobuf, checked, without the items that nobody could take.
    static func admitted(_ body: [UInt8], _ encoding: BodyEncoding, _ signal: Signal) throws -> Admitted {
        switch encoding {
        case .protobuf:
            return try admit(body, signal: signal)
        case .json:
            let decoded = try OTLPJSON.protobuf(fromJSON: body, signal: signal)
            var admitted = try admit(decoded.payload, signal: signal)
            admitted.repairedStrings += decoded.repairedStrings
            return admitted
        }
    }
}

extension FrameDraft {
    init(_ signal: Signal, _ admitted: Admitted, receivedNanoseconds: UInt64) {
        self.init(
            kind: .otlp,
            signal: signal.rawValue,
            items: admitted.items,
            receivedNanoseconds: receivedNanoseconds,
            payload: admitted.payload
        )
    }
}
