internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewayReceivers
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
        let admitted: Admitted
        let frames: [FrameDraft]
        do {
            admitted = try Self.understand(request.body, request.encoding, signal)
            frames = try FrameDraft.frames(signal, admitted, verdict, receivedNanoseconds: clock.wallNanoseconds())
        } catch let error as TenantMistake {
            return answer(.malformed(error.message))
        } catch let error as OTLPJSONError {
            return answer(.malformed("not OTLP/JSON: \(error)"))
        } catch {
            return answer(.malformed("not an OTLP request: \(error)"))
        }
        counts.count(admitted, signal)
        let accepted = ReceiverAnswer.accepted(refused: admitted.refused, message: admitted.refusedReason(signal))
        // A request without telemetry is a success, and nothing to store.
        guard admitted.items > 0 else { return answer(accepted) }

        spool.append(frames) { [counts] result in
            switch result {
            case .success:
                answer(accepted)
            case .failure(let error):
                counts.countUnstored(admitted.items, signal, error)
                answer(.unavailable("not stored: \(error)", retryAfterSeconds: Self.retryAfterSeconds))
            }
        }
    }

    /// The request as protobuf, checked, without the items that nobody could take.
    static func understand(_ body: [UInt8], _ encoding: BodyEncoding, _ signal: Signal) throws -> Admitted {
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
