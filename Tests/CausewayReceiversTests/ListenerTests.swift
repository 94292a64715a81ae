import CausewayPlatform
import CausewayReceivers
import TestSupport
import Testing

@Suite struct ListenerTests {
    @Test func `localhost listens on both loopback addresses, on one port`() throws {
        let harness = try ReceiverHarness(limits: { $0.host = "localhost" })
        let port = harness.receiver.port
        #expect(harness.receiver.addresses == ["127.0.0.1:\(port)", "[::1]:\(port)"])
        for host in ["127.0.0.1", "::1"] {
            let client = try RawHTTPClient(port: port, host: host)
            client.send(request(body: [1]))
            #expect(try client.answer().status == 200)
        }
    }

    @Test(arguments: ["::1", "[::1]"])
    func `an IPv6 address is listened on, in brackets or without`(host: String) throws {
        let harness = try ReceiverHarness(limits: { $0.host = host })
        #expect(harness.receiver.addresses == ["[::1]:\(harness.receiver.port)"])
        _ = try RawHTTPClient(port: harness.receiver.port, host: "::1")
    }

    @Test func `a port in use is an error that says where and what to do`() throws {
        let harness = try ReceiverHarness()
        let port = harness.receiver.port
        let error = #expect(throws: ReceiverError.self) { _ = try ReceiverHarness(limits: { $0.port = port }) }
        #expect(error == .inUse(address: "127.0.0.1:\(port)", key: "receivers.otlp.http"))
        #expect("\(try #require(error))".contains("receivers.otlp.http"))
    }

    @Test(arguments: ["192.0.2.1", "no.such.name.invalid"])
    func `an address that is not ours is an error that says so`(host: String) throws {
        let error = #expect(throws: ReceiverError.self) { _ = try ReceiverHarness(limits: { $0.host = host }) }
        let text = "\(try #require(error))"
        #expect(text.contains("cannot listen on \(host):0"))
        #expect(text.contains("receivers.otlp.http"))
    }

    @Test func `a thousand idle connections do not keep a client from being served`() async throws {
        raiseFileLimit()
        let harness = try ReceiverHarness()
        var idle: [RawHTTPClient] = []
        for _ in 0..<1000 { idle.append(try harness.client()) }
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 1000 })
        #expect(try harness.answer(to: request(body: [UInt8](repeating: 1, count: 500_000))).status == 200)
        idle[500].send(request(body: [1]))
        #expect(try idle[500].answer().status == 200)
        idle = []
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 0 })
    }

    @Test func `a connection too many is told so and closed, and far too many are closed`() async throws {
        let harness = try ReceiverHarness(limits: {
            $0.maxConnections = 2
            $0.lingerTimeout = .seconds(60)
        })
        let first = try harness.client()
        let second = try harness.client()
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 2 })
        let third = try harness.client()
        third.send(request(body: [1]))
        let answer = try third.answer()
        #expect(answer.status == 503)
        #expect(answer.headers["retry-after"] == "5")
        #expect(third.isClosedByServer())
        #expect(harness.receiver.counts.refusedRequests == [.connections: 1])
        for client in [first, second] {
            client.send(request(body: [1]))
            #expect(try client.answer().status == 200)
        }
        let crowd = try (0..<20).map { _ in try harness.client() }
        #expect(crowd.last?.isClosedByServer() == true)
        first.close()
        third.close()
        for client in crowd { client.close() }
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 1 })
        #expect(try harness.answer(to: request(body: [1])).status == 200)
    }

    @Test func `stopping answers what has begun, closes what is idle, and takes nothing new`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness { _, answer in answers.change { $0.append(answer) } }
        let port = harness.receiver.port
        let idle = try harness.client()
        let waiting = try harness.client()
        waiting.send(request(body: [1]))
        let sending = try harness.client()
        sending.send(Array(request(body: [1, 2, 3]).dropLast(2)))
        try #require(try await harness.eventually { $0.receiver.counts.openConnections == 3 && answers.value.count == 1 })
        let receiver = harness.receiver
        let cutOff = Box<Int?>(nil)
        let stopping = WorkThread(name: "stopping") {
            let count = receiver.stop(within: .seconds(20))
            cutOff.change { $0 = count }
        }
        #expect(idle.isClosedByServer())
        #expect(throws: RawHTTPClient.ClientError.self) { _ = try RawHTTPClient(port: port) }
        sending.send([2, 3])
        try #require(try await harness.eventually { _ in answers.value.count == 2 })
        for answer in answers.value { answer(.accepted()) }
        for client in [waiting, sending] {
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            #expect(client.isClosedByServer())
            client.close()
        }
        stopping.join()
        #expect(cutOff.value == 0)
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `what is not answered in time is cut off and counted, and a later answer does no harm`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness { _, answer in answers.change { $0.append(answer) } }
        let client = try harness.client()
        client.send(request(body: [1]))
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        #expect(harness.receiver.stop(within: .milliseconds(50)) == 1)
        #expect(client.isClosedByServer())
        harness.loop.shutDown()
        answers.value[0](.accepted())
        #expect(harness.budget.usedBytes == 0)
    }
}
