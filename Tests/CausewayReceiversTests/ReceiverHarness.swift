import CausewayModel
import CausewayPlatform
import CausewayReceivers
import Synchronization
import TestSupport

/// A receiver on a port of its own, with a handler that a test gives, and what it takes to talk to it.
final class ReceiverHarness: Sendable {
    let loop = HTTPEventLoop()
    let budget: Budget
    let receiver: OTLPReceiver

    init(
        budget limit: Int = 24 << 20,
        change: (inout HTTPListenerSettings) -> Void,
        handler: @escaping TestHandler.Body
    ) throws {
        var settings = HTTPListenerSettings(host: "127.0.0.1", port: 0, key: "receivers.otlp.http")
        change(&settings)
        budget = Budget(limit: limit)
        receiver = try OTLPReceiver(settings, budget: budget, on: loop, handler: TestHandler(handler))
    }

    convenience init(budget: Int = 24 << 20, handler: @escaping TestHandler.Body) throws {
        try self.init(budget: budget, change: { _ in }, handler: handler)
    }

    /// A receiver whose handler accepts everything.
    convenience init(budget: Int = 24 << 20, limits change: (inout HTTPListenerSettings) -> Void = { _ in }) throws {
        try self.init(budget: budget, change: change, handler: { _, answer in answer(.accepted()) })
    }

    deinit {
        receiver.stop(within: .zero)
        loop.shutDown()
    }

    func client() throws -> RawHTTPClient { try RawHTTPClient(port: receiver.port) }

    /// Sends one request on a connection of its own and reads the answer.
    func answer(to request: [UInt8]) throws -> RawHTTPAnswer {
        let client = try client()
        client.send(request)
        return try client.answer()
    }

    /// Waits until the condition holds; what happens on other threads takes a moment.
    func eventually(_ condition: (ReceiverHarness) -> Bool) async throws -> Bool {
        for _ in 0..<500 {
            if condition(self) { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return condition(self)
    }
}

/// A handler made of a closure, which remembers what it was given.
final class TestHandler: RequestHandler {
    typealias Body = @Sendable (ReceivedRequest, @escaping @Sendable (ReceiverAnswer) -> Void) -> Void
    private let body: Body

    init(_ body: @escaping Body) { self.body = body }

    func handle(_ request: consuming ReceivedRequest, _ answer: @escaping @Sendable (ReceiverAnswer) -> Void) { body(request, answer) }
}

/// Something that a handler leaves for its test to look at.
final class Box<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { content = Mutex(value) }

    var value: Value { content.withLock { $0 } }

    func change(_ body: (inout Value) -> Void) { content.withLock { body(&$0) } }
}

/// A request's bytes. A body brings its length with it.
func request(
    _ method: String = "POST",
    _ path: String = "/v1/traces",
    type: String? = "application/x-protobuf",
    headers: [String] = [],
    body: [UInt8]? = []
) -> [UInt8] {
    var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"]
    if let type { lines.append("Content-Type: \(type)") }
    if let body { lines.append("Content-Length: \(body.count)") }
    return Array((lines + headers).joined(separator: "\r\n").utf8) + Array("\r\n\r\n".utf8) + (body ?? [])
}

/// The same with the body in chunks of `size`.
func chunked(_ body: [UInt8], size: Int, headers: [String] = []) -> [UInt8] {
    var bytes = request(headers: headers + ["Transfer-Encoding: chunked"], body: nil)
    for start in stride(from: 0, to: body.count, by: size) {
        let chunk = body[start..<min(start + size, body.count)]
        bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
    }
    return bytes + Array("0\r\n\r\n".utf8)
}
