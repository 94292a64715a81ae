import CausewayPlatform
import TestSupport
import Testing

struct HTTPClientTests {
    let client = HTTPClient(userAgent: "causeway/test")

    /// Sends one request and waits for its end.
    func send(_ request: HTTPRequest) -> Result<HTTPAnswer, HTTPFailure> {
        let id = client.start(request)
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if let done = client.poll(timeout: .seconds(1)).first(where: { $0.id == id }) { return done.result }
        }
        return .failure(HTTPFailure(.other, "the client never came back"))
    }

    func cause(_ result: Result<HTTPAnswer, HTTPFailure>) -> HTTPFailure.Cause? {
        if case .failure(let failure) = result { failure.cause } else { nil }
    }

    @Test func `a body in parts arrives as one, with the headers and nothing that nobody asked for`() throws {
        let destination = FakeDestination { _ in
            .answer(200, headers: ["Content-Type": "application/x-protobuf", "Retry-After": "7", "X-Other": "no"], body: [1, 2, 3])
        }
        defer { destination.stop() }
        let large = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let answer = try send(
            HTTPRequest(
                url: destination.url + "/v1/traces",
                headers: [HTTPHeader("Content-Type", "application/x-protobuf"), HTTPHeader("X-Empty", "")],
                body: [[1], large, [], [2, 3]]
            )
        ).get()
        #expect(answer == HTTPAnswer(status: 200, contentType: "application/x-protobuf", retryAfter: "7", body: [1, 2, 3]))
        let request = try #require(destination.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/v1/traces")
        #expect(request.body == [1] + large + [2, 3])
        #expect(request.headers["x-empty"] == "")
        #expect(
            Set(request.headers.keys) == ["host", "accept", "user-agent", "content-type", "content-length", "x-empty"],
            "no Expect, no cookies, no encodings that we cannot read"
        )
        #expect(request.headers["user-agent"] == "causeway/test")
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 300_000])
    func `a body of any size arrives`(size: Int) throws {
        let destination = FakeDestination()
        defer { destination.stop() }
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        #expect(try send(HTTPRequest(url: destination.url, body: [body])).get().status == 200)
        #expect(destination.requests.map(\.body) == [body])
    }

    @Test func `requests one after the other share a connection`() throws {
        let destination = FakeDestination()
        defer { destination.stop() }
        for _ in 0..<20 { #expect(try send(HTTPRequest(url: destination.url, body: [[1]])).get().status == 200) }
        #expect(destination.connections == 1)
    }

    @Test func `many requests are in flight at once`() {
        let arrived = Counter()
        let destination = FakeDestination { _ in
            arrived.next()
            return .held(200, until: { arrived.value == 8 })
        }
        defer { destination.stop() }
        for _ in 0..<8 { _ = client.start(HTTPRequest(url: destination.url, body: [[1]])) }
        #expect(client.inFlight == 8)
        var ended = 0
        while ended < 8 { ended += client.poll(timeout: .seconds(1)).count }
        #expect(client.inFlight == 0)
    }

    @Test func `a kept connection that the other side closed is replaced, and the body sent again`() throws {
        let destination = FakeDestination { $0.number == 0 ? .last(200) : .answer(200) }
        defer { destination.stop() }
        for _ in 0..<2 { #expect(try send(HTTPRequest(url: destination.url, body: [[1, 2], [3]])).get().status == 200) }
        #expect(destination.requests.map(\.body) == [[1, 2, 3], [1, 2, 3]])
        #expect(destination.connections == 2)
    }

    @Test func `a failure says what is wrong in words`() throws {
        let closed = FakeDestination(isOpen: false)
        defer { closed.stop() }
        let nobody = send(HTTPRequest(url: closed.url, body: [[1]]))
        #expect(cause(nobody) == .refused)
        guard case .failure(let refused) = nobody else { return }
        #expect(refused.description.contains("Connection refused"))

        // A label of 64 letters exists nowhere, and no name server need be asked.
        let nowhere = String(repeating: "a", count: 64) + ".invalid"
        #expect(cause(send(HTTPRequest(url: "http://\(nowhere)/", body: [[1]]))) == .nameNotFound)
        #expect(cause(send(HTTPRequest(url: "ftp://127.0.0.1/", body: [[1]]))) == .invalid)
        #expect(cause(send(HTTPRequest(url: "not a url", body: [[1]]))) == .invalid)

        let plain = FakeDestination()
        defer { plain.stop() }
        #expect(cause(send(HTTPRequest(url: "https://127.0.0.1:\(plain.port)/", body: [[1]], timeout: .seconds(3)))) == .security)
        let missing = TransportSecurity(authorities: "/nonexistent/ca.pem")
        #expect(cause(send(HTTPRequest(url: "https://127.0.0.1:\(plain.port)/", body: [[1]], security: missing))) == .security)
    }

    @Test(arguments: [
        (FakeDestination.Reply.reset, HTTPFailure.Cause.reset), (.close, .reset), (.cut(200, promised: 100, body: [1]), .reset),
        (.hang, .timeout),
    ])
    func `a connection that breaks is told from one that is silent`(reply: FakeDestination.Reply, expected: HTTPFailure.Cause) {
        let destination = FakeDestination { _ in reply }
        defer { destination.stop() }
        #expect(cause(send(HTTPRequest(url: destination.url, body: [[1]], timeout: .milliseconds(500)))) == expected)
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b"])
    func `a header that would smuggle another is not sent`(value: String) {
        let destination = FakeDestination()
        defer { destination.stop() }
        let request = HTTPRequest(url: destination.url, headers: [HTTPHeader("Authorization", value)], body: [[1]])
        #expect(cause(send(request)) == .invalid)
        #expect(destination.requests.isEmpty)
    }

    @Test func `an answer longer than wanted is cut, and the connection goes on`() throws {
        let destination = FakeDestination { _ in .answer(200, body: [UInt8](repeating: 7, count: 100_000)) }
        defer { destination.stop() }
        for _ in 0..<3 {
            let answer = try send(HTTPRequest(url: destination.url, body: [[1]], answerLimit: 1000)).get()
            #expect(answer.status == 200)
            #expect(answer.body.count == 1000)
            #expect(answer.isCut)
        }
        #expect(destination.connections == 1)
    }

    @Test func `an answer without end is broken off, and its status counts`() throws {
        let destination = FakeDestination { _ in .endless(200) }
        defer { destination.stop() }
        let answer = try send(HTTPRequest(url: destination.url, body: [[1]])).get()
        #expect(answer.status == 200)
        #expect(answer.isCut)
    }

    @Test func `a body that is refused before it has been sent gets its answer`() throws {
        let destination = FakeDestination(refusesBodiesOver: 1000)
        defer { destination.stop() }
        let body = [UInt8](repeating: 1, count: 2 << 20)
        #expect(try send(HTTPRequest(url: destination.url, body: [body])).get().status == 413)
    }

    @Test func `a redirect is an answer`() throws {
        let destination = FakeDestination { $0.path == "/" ? .answer(307, headers: ["Location": "/there"]) : .answer(200) }
        defer { destination.stop() }
        let answer = try send(HTTPRequest(url: destination.url, body: [[1]])).get()
        #expect(answer.status == 307)
        #expect(answer.location == "/there")
        #expect(destination.requests.count == 1)
    }

    @Test func `a sleeping client is woken from another thread, and one that is gone does not mind`() {
        let waker = client.waker
        let thread = WorkThread(name: "waker") {
            let end = ContinuousClock.now + .milliseconds(100)
            while ContinuousClock.now < end {}
            waker.wake()
        }
        let duration = ContinuousClock().measure { #expect(client.poll(timeout: .seconds(20)).isEmpty) }
        #expect(duration < .seconds(10))
        thread.join()

        let orphan = HTTPClient(userAgent: "").waker
        orphan.wake()
    }

    @Test func `a wake-up before the sleep is not lost`() {
        client.waker.wake()
        let duration = ContinuousClock().measure { _ = client.poll(timeout: .seconds(20)) }
        #expect(duration < .seconds(10))
    }

    @Test func `a request that is cancelled ends in silence and leaves the client usable`() throws {
        let destination = FakeDestination { $0.number == 0 ? .hang : .answer(200) }
        defer { destination.stop() }
        let id = client.start(HTTPRequest(url: destination.url, body: [[1]]))
        while destination.requests.isEmpty { _ = client.poll(timeout: .milliseconds(10)) }
        client.cancel(id)
        #expect(client.inFlight == 0)
        #expect(client.poll(timeout: .zero).isEmpty)
        #expect(try send(HTTPRequest(url: destination.url, body: [[2]])).get().status == 200)
    }

    @Test func `a client that goes closes its connections, those in use too`() async throws {
        let destination = FakeDestination { $0.number < 3 ? .answer(200) : .late(.milliseconds(300), 200) }
        defer { destination.stop() }
        do {
            let client = HTTPClient(userAgent: "")
            for _ in 0..<6 { _ = client.start(HTTPRequest(url: destination.url, body: [[1]])) }
            while destination.requests.count < 6 { _ = client.poll(timeout: .milliseconds(10)) }
            #expect(destination.openConnections == 6)
        }
        for _ in 0..<500 where destination.openConnections > 0 { try await Task.sleep(for: .milliseconds(10)) }
        #expect(destination.openConnections == 0)
    }
}
