internal import Synchronization
package import CausewayModel

/// What a receiver has counted since it started.
package final class ReceiverStatistics: Sendable {
    private let counts = Mutex(ReceiverCounts())

    package init() {}

    package func snapshot() -> ReceiverCounts { counts.withLock { $0 } }

    func change(_ body: (inout ReceiverCounts) -> Void) { counts.withLock { body(&$0) } }
}

/// One moment's counts of a receiver.
package struct ReceiverCounts: Equatable, Sendable {
    /// Requests that were answered with success, by signal.
    package var acceptedRequests: [Signal: Int] = [:]
    /// Requests with agent events of which something was taken.
    package var acceptedEventRequests = 0
    /// Requests that were not, by reason; a request counts once, a connection that sent none not at all.
    package var refusedRequests: [RefusalReason: Int] = [:]
    /// Bytes read from sockets, heads included.
    package var wireBytes = 0
    /// Bytes of the bodies that came whole, as they came, and after decompression.
    package var bodyBytes = 0
    package var decompressedBytes = 0
    package var openConnections = 0
    package var acceptedConnections = 0
    /// Connections beyond the limit, closed without a word or told so.
    package var surplusConnections = 0

    package init() {}
}
