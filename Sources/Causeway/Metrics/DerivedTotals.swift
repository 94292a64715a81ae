internal import CausewayModel
internal import CausewaySemantics
internal import Synchronization

/// What has been derived since the log began, as far as it is in the log: what `/metrics` shows beside the bridge's own numbers.
///
/// Written by who derives, read by who is asked.
final class DerivedTotals: Sendable {
    private let state: Mutex<State>

    private struct State {
        var conversion: MetricConversion
        var overflowed: [String: Int] = [:]
    }

    init(maxSeries: Int) { state = Mutex(State(conversion: MetricConversion(to: .cumulative, maxSeries: maxSeries))) }

    func take(_ payload: [UInt8], tenant: String) {
        _ = state.withLock { $0.conversion.converted(payload, tenant: tenant) }
    }

    func countOverflow(_ measurements: Int, of attribute: String) {
        state.withLock { $0.overflowed[attribute, default: 0] += measurements }
    }

    /// What `MetricConversion` knows, for a restart.
    var bytes: [UInt8] { state.withLock { $0.conversion }.state }

    func restore(_ bytes: [UInt8]) { state.withLock { $0.conversion.restore(bytes) } }

    /// What was known is not all: everything begins anew.
    func reset(at nanoseconds: UInt64) { state.withLock { $0.conversion.reset(at: nanoseconds) } }

    var seriesCount: Int { state.withLock { $0.conversion.seriesCount } }

    /// Measurements that found no room in this run, by the attribute that took it.
    var overflowed: [String: Int] { state.withLock { $0.overflowed } }

    var series: [DerivedSeries] { state.withLock { $0.conversion }.derivedSeries }
}
