internal import CausewayPlatform
import Glibc
import Synchronization

/// A backend on loopback that does what a test tells it to, request by request, and remembers what it got.
///
/// HTTP/1.1 with `Content-Length`, a thread for each connection.
package final class FakeDestination: Sendable {
    package struct Request: Sendable {
        /// Counted from 0 over all connections, in the order in which the bodies were complete.
        package var number: Int
        package var connection: Int
        package var method: String
        package var path: String
        /// By lower-case name.
        package var headers: [String: String]
        package var body: [UInt8]
        /// When its body was complete.
        package var arrived: ContinuousClock.Instant
    }

    package enum Reply: Sendable {
        case answer(Int, headers: [String: String] = [:], body: [UInt8] = [])
        /// The answer comes only after a while.
        case late(Duration, Int)
        /// The answer comes when the condition holds.
        case held(Int, until: @Sendable () -> Bool)
        /// The connection is closed behind the answer, which did not say so.
        case last(Int)
        /// The connection is torn down with an RST.
        case reset
        /// The connection is closed in good order, without an answer.
        case close
        /// Less of the body comes than the header says, then the connection is closed.
        case cut(Int, promised: Int, body: [UInt8])
        /// A body without end.
        case endless(Int)
        /// Nothing comes until the destination is stopped.
        case hang
    }

    package let port: Int
    private let script: @Sendable (Request) -> Reply
    private let refusesBodiesOver: Int
    private let pauseBetweenReads: Duration
    private let listener: Int32
    private let state = Mutex(State())

    private struct State {
        var requests: [Request] = []
        var open: Set<Int32> = []
        var connections = 0
        var active = 0
        var mostActive = 0
        var isStopped = false
        var threads: [WorkThread] = []
    }

    /// `refusesBodiesOver`: larger bodies are answered 413 as soon as their length is known. `pauseBetweenReads` makes a slow reader.
    ///
    /// One that is not open refuses connections, at a port that nobody else gets, until `open`.
    package init(
        isOpen: Bool = true,
        refusesBodiesOver: Int = .max,
        pauseBetweenReads: Duration = .zero,
        script: @escaping @Sendable (Request) -> Reply = { _ in .answer(200) }
    ) {
        self.script = script
        self.refusesBodiesOver = refusesBodiesOver
        self.pauseBetweenReads = pauseBetweenReads
        (listener, port) = socketOnLoopback()
        if isOpen { open() }
    }

    package func open() {
        let result = listen(listener, 128)
        precondition(result == 0, "cannot listen on loopback")
        let thread = WorkThread(name: "fake-accept") { [self] in acceptLoop() }
        state.withLock { $0.threads.append(thread) }
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Request] { state.withLock { $0.requests } }
    /// Connections accepted so far.
    package var connections: Int { state.withLock { $0.connections } }
    package var openConnections: Int { state.withLock { $0.open.count } }
    /// The most requests that waited for their answers at one time.
    package var mostActive: Int { state.withLock { $0.mostActive } }

    /// Closes everything; a destination that is not stopped lives as long as the process.
    package func stop() {
        let threads: [WorkThread]? = state.withLock { state in
            if state.isStopped { return nil }
            state.isStopped = true
            for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            return state.threads
        }
        guard let threads else { return }
        shutdown(listener, Int32(SHUT_RDWR))
        for thread in threads { thread.join() }
        let late = state.withLock { $0.threads.dropFirst(threads.count) }
        for thread in late { thread.join() }
        close(listener)
    }

    private func acceptLoop() {
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            state.withLock { state in
                guard !state.isStopped else {
                    close(descriptor)
                    return
                }
                let number = state.connections
                state.connections += 1
                state.open.insert(descriptor)
                state.threads.append(WorkThread(name: "fake-serve") { [self] in serve(descriptor, number) })
            }
        }
    }

    private func serve(_ descriptor: Int32, _ connection: Int) {
        let stream = SocketStream(descriptor, pause: pauseBetweenReads)
        while let head = stream.readHead(), let reply = replyTo(head, stream, connection), act(reply, on: stream) {}
        state.withLock { state in
            state.open.remove(descriptor)
            close(descriptor)
        }
    }

    private func replyTo(_ head: SocketStream.Head, _ stream: SocketStream, _ connection: Int) -> Reply? {
        let length = Int(head.headers["content-length"] ?? "0") ?? 0
        guard length <= refusesBodiesOver else {
            stream.write([UInt8]("HTTP/1.1 413 Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8))
            // What is on its way is read, or closing would destroy the answer.
            _ = stream.readBody(length)
            return nil
        }
        guard let body = stream.readBody(length) else { return nil }
        let request = state.withLock { state in
            let request = Request(
                number: state.requests.count,
                connection: connection,
                method: head.method,
                path: head.path,
                headers: head.headers,
                body: body,
                arrived: .now
            )
            state.requests.append(request)
            state.active += 1
            state.mostActive = max(state.mostActive, state.active)
            return request
        }
        return script(request)
    }

    /// False when the connection is at its end.
    private func act(_ reply: Reply, on stream: SocketStream) -> Bool {
        switch reply {
        case .late(let delay, _):
            let end = ContinuousClock.now + delay
            waitUnlessStopped { ContinuousClock.now >= end }
        case .held(_, let condition): waitUnlessStopped(until: condition)
        case .hang: waitUnlessStopped { false }
        default: break
        }
        state.withLock { $0.active -= 1 }
        switch reply {
        case .answer(let status, let headers, let body): return stream.answer(status, headers, body, length: body.count)
        case .late(_, let status), .held(let status, _): return stream.answer(status, [:], [], length: 0)
        case .last(let status):
            _ = stream.answer(status, [:], [], length: 0)
            return false
        case .reset:
            stream.resetOnClose()
            return false
        case .close, .hang: return false
        case .cut(let status, let promised, let body):
            _ = stream.answer(status, [:], body, length: promised)
            return false
        case .endless(let status):
            _ = stream.answer(status, [:], [], length: 1 << 50)
            while stream.write([UInt8](repeating: 0x20, count: 64 << 10)) {}
            return false
        }
    }

    private func waitUnlessStopped(until condition: () -> Bool) {
        while !condition() && !state.withLock({ $0.isStopped }) { usleep(2000) }
    }
}

/// A socket with a port of its own on loopback, which does not listen yet.
private func socketOnLoopback() -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
            unsafe bind(descriptor, generic, length) == 0 && getsockname(descriptor, generic, &length) == 0
        }
    }
    precondition(isBound, "no port on loopback")
    return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
}
