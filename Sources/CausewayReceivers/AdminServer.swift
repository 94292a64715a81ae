internal import CausewayPlatform
internal import NIOHTTP1

/// The admin endpoints: GET and HEAD, answered on the event loop by a closure that must not wait for anything.
package final class AdminServer: Sendable {
    private let listener: Listener<AdminService>

    package init(
        _ settings: HTTPListenerSettings,
        on loop: HTTPEventLoop,
        respond: @escaping @Sendable (AdminRequest) -> AdminResponse
    ) throws(ReceiverError) {
        listener = try Listener(AdminService(settings, respond), on: loop)
    }

    package var addresses: [String] { listener.addresses }

    package var port: Int { listener.port }

    /// Accepts no more connections, and closes those that are left after `duration`.
    @discardableResult
    package func stop(within duration: Duration) -> Int { listener.stop(within: duration) }
}

/// What is asked of the admin server.
package struct AdminRequest: Equatable, Sendable {
    package var path: String
    /// What follows the question mark, as it came.
    package var query: String
}

/// What the admin server says.
package struct AdminResponse: Equatable, Sendable {
    package var status: Int
    package var contentType: String
    package var body: [UInt8]

    package init(status: Int, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}

private struct AdminService: HTTPService {
    let settings: HTTPListenerSettings
    let statistics = ReceiverStatistics()
    private let respond: @Sendable (AdminRequest) -> AdminResponse
    /// A GET has no body. One that has is read and forgotten.
    private let budget: Budget

    init(_ settings: HTTPListenerSettings, _ respond: @escaping @Sendable (AdminRequest) -> AdminResponse) {
        var settings = settings
        settings.maxBody = 4 << 10
        self.settings = settings
        self.respond = respond
        budget = Budget(limit: 1 << 20)
    }

    func plan(for facts: RequestFacts) throws(Refusal) -> AdminRequest {
        guard facts.method == .GET || facts.method == .HEAD else {
            throw Refusal(.method, "only GET and HEAD are answered here", header: .init(name: "Allow", value: "GET, HEAD"))
        }
        return AdminRequest(path: String(facts.path), query: String(facts.query))
    }

    func newCharge() -> BudgetCharge { BudgetCharge(budget) }

    func take(_ request: WholeRequest<AdminRequest>, _ reply: HTTPReply) {
        request.charge.release()
        let response = respond(request.plan)
        reply.send(
            HTTPAnswer(
                status: HTTPResponseStatus(statusCode: response.status),
                contentType: response.contentType,
                body: response.body
            )
        )
    }

    func tooLarge(_ size: String) -> Refusal { Refusal(.tooLarge, "the body is \(size); none is wanted here") }

    func noMemory() -> Refusal { .noMemory }

    func answer(_ refusal: Refusal, to facts: RequestFacts?) -> HTTPAnswer {
        var answer = HTTPAnswer(refusal, .json)
        answer.contentType = "text/plain; charset=utf-8"
        answer.body = Array((refusal.message + "\n").utf8)
        return answer
    }
}
