package import CausewayPlatform
internal import NIOHTTP1

/// OTLP over HTTP: reads requests on the event loop, has them understood and made durable on a thread of its own, and answers.
package final class OTLPReceiver: Sendable {
    private let service: OTLPService
    private let listener: Listener<OTLPService>

    /// Starts to listen. `budget` holds every body from its first byte until it is answered.
    package init(
        _ settings: HTTPListenerSettings,
        budget: Budget,
        on loop: HTTPEventLoop,
        handler: any RequestHandler
    ) throws(ReceiverError) {
        service = OTLPService(settings, budget, handler)
        do throws(ReceiverError) {
            listener = try Listener(service, on: loop)
        } catch {
            service.stop()
            throw error
        }
    }

    /// Where it listens, as `host:port`; two for `localhost`.
    package var addresses: [String] { listener.addresses }

    package var port: Int { listener.port }

    package var counts: ReceiverCounts { service.statistics.snapshot() }

    /// How long the work thread has owed a sign of life; asks for one. Zero when it turns.
    package func silence() -> Duration { service.work.silence() }

    /// Accepts no more connections, answers the requests that have begun to come, at most for `duration`, and ends the work thread.
    /// Returns the number of connections that were cut off.
    @discardableResult
    package func stop(within duration: Duration) -> Int {
        defer { service.stop() }
        return listener.stop(within: duration)
    }
}

/// What OTLP's paths do with requests.
struct OTLPService: HTTPService {
    let settings: HTTPListenerSettings
    let statistics = ReceiverStatistics()
    let work: RequestWork
    private let budget: Budget
    private let check: OTLPCheck

    init(_ settings: HTTPListenerSettings, _ budget: Budget, _ handler: any RequestHandler) {
        self.settings = settings
        self.budget = budget
        check = OTLPCheck(maxBody: min(settings.maxBody, budget.limit))
        work = RequestWork(check, statistics, handler)
    }

    func plan(for facts: RequestFacts) throws(Refusal) -> OTLPCheck.Plan { try check.plan(for: facts) }

    func newCharge() -> BudgetCharge { BudgetCharge(budget) }

    func take(_ request: WholeRequest<OTLPCheck.Plan>, _ reply: HTTPReply) {
        work.take(request, reply)
    }

    func tooLarge(_ size: String) -> Refusal { check.tooLarge(size) }

    func noMemory() -> Refusal { .noMemory }

    func answer(_ refusal: Refusal, to facts: RequestFacts?) -> HTTPAnswer {
        // To who does not say what they understand, JSON: people can read it.
        HTTPAnswer(refusal, facts?.contentType.flatMap(BodyEncoding.init(contentType:)) ?? .json)
    }

    func stop() { work.stop() }
}
