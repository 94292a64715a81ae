/// One of OpenTelemetry's three kinds of telemetry. The raw value is the signal's number on disk.
package enum Signal: UInt8, CaseIterable, Sendable {
    case traces = 1
    case metrics = 2
    case logs = 3

    /// The word in paths, keys and environment variables: `traces`, `metrics`, `logs`.
    package var name: String {
        switch self {
        case .traces: "traces"
        case .metrics: "metrics"
        case .logs: "logs"
        }
    }

    /// What one item of the signal is called in OTLP's partial success: `spans`, `data_points`, `log_records`.
    package var itemsName: String {
        switch self {
        case .traces: "spans"
        case .metrics: "data_points"
        case .logs: "log_records"
        }
    }

    /// The path of OTLP/HTTP (OTLP specification, OTLP/HTTP Request).
    package var path: String { "/v1/" + name }
}
