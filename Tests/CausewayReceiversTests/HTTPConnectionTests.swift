import CausewayModel
import CausewayPlatform
import CausewayReceivers
import TestSupport
import Testing

@Suite struct HTTPConnectionTests {
    @Test func `requests on one connection are answered one after the other`() throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        for size in [0, 1, 70_000, 300_000] {
            client.send(request(body: [UInt8](repeating: 7, count: size)))
            #expect(try client.answer().status == 200)
        }
        #expect(harness.receiver.counts.acceptedConnections == 1)
        #expect(harness.budget.usedBytes == 0)
    }

    @Test func `pipelined requests are answered in their order, however late the first answer comes`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness { _, answer in answers.change { $0.append(answer) } }
        let client = try harness.client()
        client.send(request(body: [1]) + request("GET") + request(type: "application/json", body: [2]) + Array("GARBAGE\r\n\r\n".utf8))
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        #expect(client.read(.milliseconds(50)) == nil)
        answers.value[0](.accepted(refused: 1))
        #expect(try client.answer().body == [10, 2, 8, 1])
        #expect(try client.answer().status == 405)
        try #require(try await harness.eventually { _ in answers.value.count == 2 })
        answers.value[1](.malformed("second"))
        #expect(try client.answer().text.contains("second"))
        #expect(try client.answer().status == 400)
        #expect(client.isClosedByServer())
    }

    @Test(arguments: [1, 2, 10, 1000, 100_000])
    func `a body in chunks is put together, whatever their size`(size: Int) throws {
        let seen = Box<[UInt8]>([])
        let harness = try ReceiverHarness { request, answer in
            seen.change { $0 = request.body }
            answer(.accepted())
        }
        let body = (0..<5000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        #expect(try harness.answer(to: chunked(body, size: size)).status == 200)
        #expect(seen.value == body)
    }

    @Test func `a request that comes byte by byte is taken when it is whole`() throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        for byte in request(body: Array("slowly".utf8)) { client.send([byte]) }
        #expect(try client.answer().status == 200)
    }

    @Test(arguments: [
        ("HTTP/1.1", "close", "close", true), ("HTTP/1.0", nil, "close", true), ("HTTP/1.0", "keep-alive", "keep-alive", false),
        ("HTTP/1.1", nil, nil, false),
    ])
    func `the connection stays or closes as the client wishes`(version: String, wish: String?, says: String?, closes: Bool) throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        let head =
            "POST /v1/logs \(version)\r\nHost: a\r\nContent-Type: application/json\r\n\(wish.map { "Connection: \($0)\r\n" } ?? "")\r\n"
        client.send(head)
        let answer = try client.answer()
        #expect(answer.status == 200)
        #expect(answer.version == version)
        #expect(answer.headers["connection"] == says)
        if closes {
            #expect(client.isClosedByServer())
        } else {
            client.send(head)
            #expect(try client.answer().status == 200)
        }
    }

    @Test func `a request that offers another protocol is answered as it is, and the connection closed`() throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        client.send(
            request(headers: ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"], body: [1, 2])
        )
        let answer = try client.answer()
        #expect(answer.status == 200)
        #expect(answer.headers["connection"] == "close")
        #expect(client.isClosedByServer())
    }

    @Test func `a client that asks first is told to go on, or is refused at once`() throws {
        let harness = try ReceiverHarness(limits: { $0.maxBody = 5 })
        let client = try harness.client()
        let head = "POST /v1/traces HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-protobuf\r\nExpect: 100-continue\r\n"
        client.send(head + "Content-Length: 5\r\n\r\n")
        #expect(try client.answer().status == 100)
        client.send("12345")
        #expect(try client.answer().status == 200)
        client.send(head + "Content-Length: 6\r\n\r\n")
        let refused = try client.answer()
        #expect(refused.status == 413)
        #expect(refused.headers["connection"] == "close")
        #expect(client.isClosedByServer())
    }

    @Test func `after a refusal the short rest of the body is read, and the connection stays`() throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        let wrong = request(type: "text/plain", body: [UInt8](repeating: 0, count: 200_000))
        client.send(Array(wrong.prefix(150)))
        let answer = try client.answer()
        #expect(answer.status == 415)
        #expect(answer.headers["connection"] == nil)
        client.send(Array(wrong.dropFirst(150)) + request(body: [1]))
        #expect(try client.answer().status == 200)
    }

    @Test func `a client that sends its large body to the end before it reads finds its answer`() throws {
        let harness = try ReceiverHarness(limits: { $0.maxBody = 1000 })
        let client = try harness.client()
        let isTaken = client.send(request(body: [UInt8](repeating: 0, count: 20 << 20)))
        #expect(isTaken)
        let answer = try client.answer()
        #expect(answer.status == 413)
        #expect(answer.headers["connection"] == "close")
        #expect(client.isClosedByServer())
    }

    @Test func `a client that is refused and goes on sending is cut off`() async throws {
        let harness = try ReceiverHarness(limits: {
            $0.maxBody = 1000
            $0.lingerBytes = 1 << 20
        })
        let client = try harness.client()
        let isTaken = client.send(request(body: [UInt8](repeating: 0, count: 40 << 20)))
        #expect(!isTaken)
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 0 })
    }

    @Test func `a client that is refused and stays silent is cut off`() async throws {
        let harness = try ReceiverHarness(limits: {
            $0.maxBody = 1000
            $0.lingerTimeout = .milliseconds(100)
        })
        let client = try harness.client()
        client.send(Array(request(body: [UInt8](repeating: 0, count: 1 << 20)).prefix(1000)))
        #expect(try client.answer().status == 413)
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 0 })
    }

    @Test(arguments: [
        request(body: [1, 2, 3]).dropLast(1), request(body: nil).dropLast(3), chunked([1, 2, 3], size: 3).dropLast(2),
        chunked([1, 2, 3], size: 3).dropLast(9),
    ])
    func `a request that ends too early is answered 400`(bytes: [UInt8].SubSequence) async throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        client.send(Array(bytes))
        client.closeOutput()
        let answer = try client.answer()
        #expect(answer.status == 400)
        #expect(answer.text.contains("closed in the middle"))
        #expect(client.isClosedByServer())
        #expect(harness.receiver.counts.refusedRequests == [.truncated: 1])
        #expect(try await harness.eventually { $0.budget.usedBytes == 0 && $0.receiver.counts.openConnections == 0 })
    }

    @Test func `a client that vanishes in the middle of its body leaves nothing behind`() async throws {
        let harness = try ReceiverHarness()
        let client = try harness.client()
        client.send(Array(request(body: [UInt8](repeating: 0, count: 1 << 20)).prefix(1 << 19)))
        #expect(try await harness.eventually { $0.budget.usedBytes > 1 << 18 })
        client.reset()
        #expect(try await harness.eventually { $0.receiver.counts.openConnections == 0 })
        #expect(harness.budget.usedBytes == 0)
        #expect(harness.receiver.counts.refusedRequests == [.truncated: 1])
    }

    @Test func `a client that has closed its side still gets its answer`() async throws {
        let answers = Box<[@Sendable (ReceiverAnswer) -> Void]>([])
        let harness = try ReceiverHarness { _, answer in answers.change { $0.append(answer) } }
        let client = try harness.client()
        client.send(request(body: [1]))
        client.closeOutput()
        try #require(try await harness.eventually { _ in answers.value.count == 1 })
        try await Task.sleep(for: .milliseconds(50))
        answers.value[0](.accepted())
        #expect(try client.answer().status == 200)
        #expect(client.isClosedByServer())
    }

    @Test func `a body that does not come whole in time is answered 408`() async throws {
        let harness = try ReceiverHarness(limits: { $0.readTimeout = .milliseconds(300) })
        let client = try harness.client()
        client.send(Array(request(body: [1, 2, 3, 4, 5, 6, 7, 8]).dropLast(8)))
        for byte: UInt8 in 1...7 {
            client.send([byte])
            if harness.receiver.counts.refusedRequests == [:] { try await Task.sleep(for: .milliseconds(60)) }
        }
        #expect(try client.answer().status == 408)
        #expect(client.isClosedByServer())
        #expect(harness.receiver.counts.refusedRequests == [.timeout: 1])
        #expect(harness.budget.usedBytes == 0)
    }

    @Test(arguments: ["P", "POST /v1/traces HTTP/1.1\r\nHo"])
    func `a head that does not come whole in time is answered 408`(head: String) throws {
        let harness = try ReceiverHarness(limits: { $0.readTimeout = .milliseconds(100) })
        let client = try harness.client()
        client.send(head)
        #expect(try client.answer().status == 408)
        #expect(client.isClosedByServer())
        #expect(harness.receiver.counts.refusedRequests == [.timeout: 1])
    }

    @Test func `a connection without a request is closed in time and without a word`() throws {
        let harness = try ReceiverHarness(limits: { $0.idleTimeout = .milliseconds(100) })
        let silent = try harness.client()
        let used = try harness.client()
        used.send(request(body: [1]))
        #expect(try used.answer().status == 200)
        #expect(silent.isClosedByServer())
        #expect(used.isClosedByServer())
        #expect(harness.receiver.counts.refusedRequests == [:])
    }

    @Test func `the time for a request begins with its first byte, not with the connection`() async throws {
        let harness = try ReceiverHarness(limits: { $0.readTimeout = .milliseconds(250) })
        let client = try harness.client()
        for _ in 0..<4 {
            try await Task.sleep(for: .milliseconds(150))
            client.send(request(body: [1]))
            #expect(try client.answer().status == 200)
        }
    }

    @Test(arguments: [0, 1])
    func `a head at the limit is taken, and one byte more is refused`(over: Int) throws {
        let harness = try ReceiverHarness(limits: { $0.maxHeaderBytes = 1000 })
        // Target, names and values; what stands between them does not count.
        let fixed = "/v1/tracesHostlocalhostContent-Typeapplication/x-protobufContent-Length0X".utf8.count
        let answer = try harness.answer(to: request(headers: ["X: " + String(repeating: "y", count: 1000 - fixed + over)]))
        #expect(answer.status == (over == 0 ? 200 : 431))
    }
}
