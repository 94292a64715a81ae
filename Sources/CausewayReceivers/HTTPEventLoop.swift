internal import CausewayPlatform
internal import NIOCore
internal import NIOPosix

/// The one thread that all sockets of the servers are read and written on.
package final class HTTPEventLoop: Sendable {
    let group: MultiThreadedEventLoopGroup
    let gate: LoopGate
    private let pulse = Pulse()

    package init() {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        gate = LoopGate(group.next())
    }

    /// How long the event loop has owed a sign of life; asks for one. Zero when it turns.
    package func silence() -> Duration {
        pulse.silence { [pulse] in
            gate.execute { pulse.answer() }
        }
    }

    /// Ends the thread. The servers on it are stopped first.
    package func shutDown() {
        gate.close()
        // Fails only when it has been shut down already.
        try? group.syncShutdownGracefully()
    }
}
