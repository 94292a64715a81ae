/// Telemetry that Causeway itself makes, of one signal, with who speaks and about whom.
package struct TelemetryRecord: Sendable {
    /// The resource's attributes.
    package var resource: [Attribute]
    package var scope: ScopeRecord
    package var items: Items

    /// The items, all of one signal.
    package enum Items: Sendable {
        case spans([SpanRecord])
        case logs([LogRecord])
        case metrics([MetricRecord])
    }

    package init(resource: [Attribute], scope: ScopeRecord, items: Items) {
        self.resource = resource
        self.scope = scope
        self.items = items
    }

    package var signal: Signal {
        switch items {
        case .spans: .traces
        case .logs: .logs
        case .metrics: .metrics
        }
    }
}

/// The part of a program that makes telemetry.
package struct ScopeRecord: Hashable, Sendable {
    package var name: String
    package var version: String
    package var attributes: [Attribute]

    package init(name: String, version: String = "", attributes: [Attribute] = []) {
        self.name = name
        self.version = version
        self.attributes = attributes
    }
}
