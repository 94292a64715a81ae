package import CausewayModel

/// A signal as people name it to the command.
package enum SignalName: String, CaseIterable, Sendable {
    case traces, metrics, logs

    package var signal: Signal {
        switch self {
        case .traces: .traces
        case .metrics: .metrics
        case .logs: .logs
        }
    }
}
