import CausewayReceivers
import TestSupport
import Testing

@Suite struct AdminServerTests {
    private let loop = HTTPEventLoop()

    private let largeAnswers = Box(0)

    private func withServer(_ body: (AdminServer) throws -> Void) throws {
        let server = try AdminServer(HTTPListenerSettings(host: "127.0.0.1", port: 0, key: "admin.listen"), on: loop) {
            [largeAnswers] request in
            switch request.path {
            case "/healthz": return AdminResponse(status: 200, contentType: "application/json", body: Array(#"{"status":"ok"}"#.utf8))
            case "/large":
                largeAnswers.change { $0 += 1 }
                return AdminResponse(status: 200, contentType: "text/plain", body: [UInt8](repeating: 65, count: 12 << 20))
            default:
                return AdminResponse(status: 404, contentType: "text/plain", body: Array("\(request.path)?\(request.query)".utf8))
            }
        }
        defer {
            server.stop(within: .zero)
            loop.shutDown()
        }
        try body(server)
    }

    @Test func `GET and HEAD are answered, on one connection`() throws {
        try withServer { server in
            let client = try RawHTTPClient(port: server.port)
            client.send(request("GET", "/healthz", type: nil, body: nil))
            let answer = try client.answer()
            #expect(answer.status == 200)
            #expect(answer.text == #"{"status":"ok"}"#)
            #expect(answer.headers["content-type"] == "application/json")
            client.send(request("HEAD", "/healthz", type: nil, body: nil))
            let head = try client.answer(hasBody: false)
            #expect(head.headers["content-length"] == "15")
            client.send(request("GET", "/x/y?a=1&b", type: nil, body: nil))
            let missing = try client.answer()
            #expect(missing.status == 404)
            #expect(missing.text == "/x/y?a=1&b")
        }
    }

    @Test func `a large answer arrives whole`() throws {
        try withServer { server in
            let client = try RawHTTPClient(port: server.port)
            client.send(request("GET", "/large", type: nil, body: nil))
            #expect(try client.answer().body.count == 12 << 20)
        }
    }

    @Test func `a client that asks on and on and does not read has one answer waiting for it`() throws {
        try withServer { server in
            let client = try RawHTTPClient(port: server.port, receiveBuffer: 4096)
            client.send(Array(repeatElement(request("GET", "/large", type: nil, body: nil), count: 100).joined()))
            #expect(client.read(.seconds(5)) != nil)
            for _ in 0..<100 { pause() }
            #expect(largeAnswers.value == 1)
        }
    }

    @Test(arguments: [("POST", 405), ("DELETE", 405), ("BREW", 400)])
    func `other methods are refused in plain text`(method: String, status: Int) throws {
        try withServer { server in
            let client = try RawHTTPClient(port: server.port)
            client.send(request(method, "/healthz", type: nil, body: [1, 2, 3]))
            let answer = try client.answer()
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
            if status == 405 { #expect(answer.headers["allow"] == "GET, HEAD") }
        }
    }
}
