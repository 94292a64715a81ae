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
        handler: any RequestHandler,
        events: (any AgentEventHandler)? = nil
    ) throws(ReceiverError) {
        service = OTLPService(settings, budget, handler, events)
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

    /// What a request is.
    enum Plan {
        case otlp(OTLPCheck.Plan)
        /// Lines of agent events.
        case events(ContentEncoding)
    }

    init(
        _ settings: HTTPListenerSettings,
        _ budget: Budget,
        _ handler: any RequestHandler,
        _ events: (any AgentEventHandler)? = nil
    ) {
        self.settings = settings
        self.budget = budget
        check = OTLPCheck(maxBody: min(settings.maxBody, budget.limit), takesEvents: events != nil)
        work = RequestWork(check, statistics, handler, events.map { [statistics] in AgentEventWork($0, statistics) })
    }

    func plan(for facts: RequestFacts) throws(Refusal) -> Plan {
        if work.events != nil, facts.path == OTLPCheck.eventsPath { return .events(try check.eventsPlan(for: facts)) }
        return .otlp(try check.plan(for: facts))
    }

    func upload(_ plan: Plan, _ headers: HTTPHeaders, _ charge: BudgetCharge) -> AgentEventUpload? {
        guard let events = work.events, case .events(.identity) = plan else { return nil }
        return AgentEventUpload(events, headers: RequestHeaders(headers), charge: charge)
    }

    func newCharge() -> BudgetCharge { BudgetCharge(budget) }

    func take(_ request: WholeRequest<Plan>, _ reply: HTTPReply) {
        switch request.plan {
        case .otlp(let plan): work.take(request, plan, reply)
        case .events(let compression): work.take(events: request, compression, reply)
        }
    }

    func tooLarge(_ size: String) -> Refusal { check.tooLarge(size) }

    func noMemory() -> Refusal { .noMemory }

    func answer(_ refusal: Refusal, to facts: RequestFacts?) -> HTTPAnswer {
        // To who does not say what they understand, JSON: people can read it.
        HTTPAnswer(refusal, facts?.contentType.flatMap(BodyEncoding.init(contentType:)) ?? .json)
    }

    func stop() { work.stop() }
}
