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

    private enum Message: Sendable {
        case request(CompressedRequest)
        case pulse
    }

    init(_ check: OTLPCheck, _ statistics: ReceiverStatistics, _ handler: any RequestHandler) {
        self.statistics = statistics
        thread = WorkThread(name: "receive") { [mailbox, pulse, statistics] in
            while var messages = mailbox.receiveAll() {
                messages.reverse()
                // Taken out one by one, so that no body outlives its answer in here.
                while let message = messages.popLast() {
                    switch message {
                    case .request(let request): request.handle(check, statistics, handler)
                    case .pulse: pulse.answer()
                    }
                }
            }
        }
    }

    func take(_ request: WholeRequest<OTLPCheck.Plan>, _ reply: HTTPReply) {
        let plan = request.plan
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
