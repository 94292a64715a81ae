internal import NIOHTTP1

/// What the requests of a listener are for. Everything here is called on the event loop.
protocol HTTPService: Sendable {
    /// What the head of a request decided about the rest of it.
    associatedtype Plan

    var settings: HTTPListenerSettings { get }
    var statistics: ReceiverStatistics { get }

    /// Decides about a request from its head alone.
    func plan(for facts: RequestFacts) throws(Refusal) -> Plan
    /// What the body of one request will hold of memory.
    func newCharge() -> BudgetCharge
    /// Takes over the body of a request while it comes; nil where it is gathered first.
    func upload(_ plan: Plan, _ headers: HTTPHeaders, _ charge: BudgetCharge) -> AgentEventUpload?
    /// Takes over a request that has come whole.
    func take(_ request: WholeRequest<Plan>, _ reply: HTTPReply)
    /// The refusal of a body over a limit; `size` says how large it is, as far as is known.
    func tooLarge(_ size: String) -> Refusal
    /// The refusal of a body for which there is no memory now.
    func noMemory() -> Refusal
    /// How a refusal is said; `facts` are missing when there was no head to speak of.
    func answer(_ refusal: Refusal, to facts: RequestFacts?) -> HTTPAnswer
}

extension HTTPService {
    func upload(_ plan: Plan, _ headers: HTTPHeaders, _ charge: BudgetCharge) -> AgentEventUpload? { nil }
}

/// A request with all of its body, as it came on the wire.
struct WholeRequest<Plan> {
    var facts: RequestFacts
    var plan: Plan
    var headers: HTTPHeaders
    var body: [UInt8]
    var charge: BudgetCharge
    var peer: String
}
