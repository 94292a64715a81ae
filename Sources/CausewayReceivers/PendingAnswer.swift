internal import CausewayModel
internal import NIOHTTP1
internal import Synchronization

/// A request that owes its sender an answer, and holds memory until it is given.
final class PendingAnswer: Sendable {
    private let signal: Signal
    private let encoding: BodyEncoding
    private let charge: BudgetCharge
    private let statistics: ReceiverStatistics
    private let reply: HTTPReply
    private let isAnswered = Atomic<Bool>(false)

    init(_ signal: Signal, _ encoding: BodyEncoding, _ charge: BudgetCharge, _ statistics: ReceiverStatistics, _ reply: HTTPReply) {
        self.signal = signal
        self.encoding = encoding
        self.charge = charge
        self.statistics = statistics
        self.reply = reply
    }

    deinit { refuse(Refusal(.unavailable, "the request was let go of; send it again", retryAfterSeconds: 1)) }

    func answer(_ answer: ReceiverAnswer) {
        switch answer {
        case .accepted(let refused, let message):
            guard begin() else { return }
            statistics.change { $0.acceptedRequests[signal, default: 0] += 1 }
            reply.send(
                HTTPAnswer(
                    status: .ok,
                    contentType: encoding.rawValue,
                    body: ResponseBody.exported(signal, refused: refused, message: message, encoding)
                )
            )
        case .malformed(let message): refuse(Refusal(.malformed, message))
        case .unavailable(let message, let seconds): refuse(Refusal(.unavailable, message, retryAfterSeconds: max(seconds, 1)))
        case .loop(let message): refuse(Refusal(.loop, message))
        case .unauthorized(let message):
            refuse(Refusal(.unauthorized, message, header: Refusal.Header(name: "WWW-Authenticate", value: "Bearer")))
        case .tooLarge(let message): refuse(Refusal(.tooLarge, message))
        }
    }

    func refuse(_ refusal: Refusal) {
        guard begin() else { return }
        statistics.change { $0.refusedRequests[refusal.reason, default: 0] += 1 }
        reply.send(HTTPAnswer(refusal, encoding))
    }

    /// True once.
    private func begin() -> Bool {
        guard !isAnswered.exchange(true, ordering: .relaxed) else { return false }
        charge.release()
        return true
    }
}
