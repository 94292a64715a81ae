internal import NIOCore
internal import Synchronization

/// The way back, from whichever thread has an answer, to the connection that waits for it.
final class HTTPReply: Sendable {
    private let gate: LoopGate
    private let connection: NIOLoopBound<any AnsweredConnection>

    init(_ connection: NIOLoopBound<any AnsweredConnection>, _ gate: LoopGate) {
        self.connection = connection
        self.gate = gate
    }

    /// Does nothing when the client has gone or the event loop has ended.
    func send(_ answer: HTTPAnswer) {
        gate.execute { [connection] in connection.value.answered(answer) }
    }
}

/// A connection, as the answer to its request sees it.
protocol AnsweredConnection: AnyObject {
    func answered(_ answer: HTTPAnswer)
    /// More of the body may come; or none, and this is the answer.
    func resume(_ failure: HTTPAnswer?)
}

/// An event loop that may be gone: work for it is then dropped.
final class LoopGate: Sendable {
    private let loop: Mutex<(any EventLoop)?>

    init(_ loop: any EventLoop) { self.loop = Mutex(loop) }

    func execute(_ work: @escaping @Sendable () -> Void) {
        loop.withLock { $0?.execute(work) }
    }

    func close() { loop.withLock { $0 = nil } }
}
