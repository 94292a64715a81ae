internal import CausewaySemantics
internal import Synchronization

/// How settling is doing, for whoever asks.
final class SettleNumbers: Sendable {
    struct Snapshot: Sendable {
        var counts = SettleTable.Counts()
        var traces = 0
        var bytes = 0
        var lagNanoseconds: UInt64 = 0
        /// Notes that there was no room for.
        var lostNotes = 0
    }

    private let state = Mutex(Snapshot())

    var snapshot: Snapshot { state.withLock { $0 } }

    func set(_ counts: SettleTable.Counts, traces: Int, bytes: Int, lag: UInt64) {
        state.withLock {
            ($0.counts, $0.traces, $0.bytes, $0.lagNanoseconds) = (counts, traces, bytes, lag)
        }
    }

    func lost(_ notes: Int) { state.withLock { $0.lostNotes += notes } }
}
