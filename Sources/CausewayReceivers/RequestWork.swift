internal import CausewayModel
internal import CausewayPlatform
internal import Synchronization

/// The thread on which bodies are decompressed and handed to the handler, one request after the other.
final class RequestWork: Sendable {
    private let mailbox = Mailbox<Message>()
    private let pulse = Pulse()
    private let thread: WorkThread
    private let statistics: ReceiverStatistics
    private let isStopped = Atomic<Bool>(false)
    /// What is done with agent events; nil where none are taken.
    let events: AgentEventWork?

    private enum Message: Sendable {
        case request(CompressedRequest)
        case events(AgentEventWork.Chunk)
        case gatheredEvents(AgentEventWork.Gathered)
        case pulse
    }

    init(_ check: OTLPCheck, _ statistics: ReceiverStatistics, _ handler: any RequestHandler, _ events: AgentEventWork?) {
        self.statistics = statistics
        self.events = events
        events?.connect { [mailbox] in mailbox.send(.events($0)) }
        thread = WorkThread(name: "receive") { [mailbox, pulse, statistics] in
            while var messages = mailbox.receiveAll() {
                messages.reverse()
                // Taken out one by one, so that no body outlives its answer in here.
                while let message = messages.popLast() {
                    switch message {
                    case .request(let request): request.handle(check, statistics, handler)
                    case .events(let chunk): events?.handle(chunk)
                    case .gatheredEvents(let gathered): events?.handle(gathered, check)
                    case .pulse: pulse.answer()
                    }
                }
            }
        }
    }

    func take(_ request: WholeRequest<OTLPService.Plan>, _ plan: OTLPCheck.Plan, _ reply: HTTPReply) {
        let pending = PendingAnswer(plan.signal, plan.encoding, request.charge, statistics, reply)
        let received = ReceivedRequest(
            signal: plan.signal,
            encoding: plan.encoding,
            body: request.body,
            wireBytes: request.body.count,
            headers: RequestHeaders(request.headers),
            peer: request.peer
        )
        let message = CompressedRequest(request: received, compression: plan.compression, charge: request.charge, pending: pending)
        if !mailbox.send(.request(message)) { pending.refuse(.stopping) }
    }

    /// Agent events that are compressed, and therefore gathered first.
    func take(events request: WholeRequest<OTLPService.Plan>, _ compression: ContentEncoding, _ reply: HTTPReply) {
        let gathered = AgentEventWork.Gathered(
            body: request.body,
            compression: compression,
            headers: RequestHeaders(request.headers),
            charge: request.charge,
            reply: reply
        )
        if !mailbox.send(.gatheredEvents(gathered)) { reply.send(HTTPAnswer(.stopping, .json)) }
    }

    func silence() -> Duration {
        pulse.silence { mailbox.send(.pulse) }
    }

    /// Handles what has been taken over, and ends the thread.
    func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        mailbox.close()
        thread.join()
    }
}
