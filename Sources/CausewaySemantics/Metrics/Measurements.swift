package import CausewayModel
internal import CausewayOTLP

/// What has been measured in settled telemetry and is not in the log yet, by tenant.
///
/// Pure and bounded: at most `maxSeries` series a tenant and ten times as many in all; further tenants are measured as well, when what
/// others have is written and forgotten (`isFull`).
package struct Measurements: Sendable {
    /// Which metrics are derived of a source that sends some itself.
    package enum Derive: Sendable {
        /// Those that it does not send.
        case auto
        /// All of them.
        case on
    }

    package let derive: Derive
    package let maxSeries: Int
    package private(set) var allowed: MetricAttributeSet
    private var tenants: [String: TenantSeries] = [:]
    private var item = MeasuredItem()
    private var scratch: [UInt8] = []

    /// A source counts as one that sends a metric itself for so long after it last did.
    package static let ownMetricNanoseconds: UInt64 = 3600 * 1_000_000_000

    package init(derive: Derive = .auto, maxSeries: Int = 2000, allowed: MetricAttributeSet = .all) {
        self.derive = derive
        self.maxSeries = maxSeries
        self.allowed = allowed
    }

    /// Tells series apart by these attributes from here on.
    package mutating func allow(_ attributes: MetricAttributeSet) {
        guard attributes != allowed else { return }
        allowed = attributes
        for tenant in tenants.keys { tenants[tenant]!.allow(attributes) }
    }

    /// Nothing that would have to be written.
    package var isEmpty: Bool { tenants.values.allSatisfy(\.changed.isEmpty) }

    package var seriesCount: Int { tenants.values.reduce(0) { $0 + $1.series.count } }

    /// There are so many series that what was measured is to be written, and `forgetQuiet` called, before anything else is measured.
    package var isFull: Bool { tenants.count > 1 && (seriesCount > maxSeries * 10 || tenants.count > 1000) }

    /// Takes in what the spans or log records of a frame say, or which metrics its sources send themselves.
    ///
    /// With `isCounted` false it was measured elsewhere, before it came here.
    package mutating func take(
        _ payload: [UInt8],
        signal: Signal,
        tenant: String,
        receivedNanoseconds now: UInt64,
        isUnderstoodElsewhere: Bool = false
    ) {
        if signal != .metrics, isUnderstoodElsewhere { return }
        var series = tenants.removeValue(forKey: tenant) ?? TenantSeries(name: tenant, maxSeries: maxSeries, allowed: allowed)
        series.lastUseNanoseconds = max(now, series.lastUseNanoseconds)
        var measuring = Measuring(payload: payload, now: now, series: consume series, item: item, scratch: scratch)
        for resource in RequestView(payload, signal: signal).resourceEntries {
            measuring.begin(resource, isLenient: derive == .on)
            for scope in resource.scopeEntries(payload) {
                switch signal {
                case .traces: measuring.spans(in: scope)
                case .logs: measuring.logRecords(in: scope)
                case .metrics: measuring.metrics(in: scope)
                }
            }
        }
        (item, scratch) = (measuring.item, measuring.scratch)
        tenants[tenant] = measuring.series
    }

    /// Takes note of roots that were made in place of real ones and measured before, so that the real ones are no other requests.
    package mutating func recogniseSyntheticRoots(_ payload: [UInt8], tenant: String) {
        let series = tenants.removeValue(forKey: tenant) ?? TenantSeries(name: tenant, maxSeries: maxSeries, allowed: allowed)
        let now = series.lastUseNanoseconds
        var measuring = Measuring(payload: payload, now: now, series: consume series, item: item, scratch: scratch)
        for resource in RequestView(payload, signal: .traces).resourceEntries {
            for scope in resource.scopeEntries(payload) { measuring.syntheticRoots(in: scope) }
        }
        (item, scratch) = (measuring.item, measuring.scratch)
        tenants[tenant] = measuring.series
    }

    /// Takes note of series that were derived before, so that they count among those that there are.
    package mutating func recognise(_ payload: [UInt8], tenant: String, at now: UInt64) {
        var series = tenants.removeValue(forKey: tenant) ?? TenantSeries(name: tenant, maxSeries: maxSeries, allowed: allowed)
        for resource in RequestView(payload, signal: .metrics).resourceEntries {
            let source = series.source(TenantSeries.sourceName(resource, payload))
            for scope in resource.scopeEntries(payload) where payload.holds(DerivedMetric.scope, at: scope.name) {
                for metric in scope.metrics(payload) {
                    guard let derived = DerivedMetric.named(payload.text(metric.name)), let data = metric.data else { continue }
                    for point in data.points(payload) {
                        _ = series.series(derived, source, PointFields(payload, point.contents, data.kind).attributes, now)
                    }
                }
            }
        }
        series.clearOverflowed()
        tenants[tenant] = series
    }

    /// What was measured between two moments as frames, one for each tenant.
    package func frames(
        startNanoseconds: UInt64,
        timeNanoseconds: UInt64,
        instance: String,
        version: String = ""
    ) -> [(tenant: String, payload: [UInt8], items: Int)] {
        tenants.values.filter { !$0.changed.isEmpty }.sorted { $0.name < $1.name }.map { series in
            (
                series.name,
                series.payload(startNanoseconds: startNanoseconds, timeNanoseconds: timeNanoseconds, instance: instance, version: version),
                series.changed.count
            )
        }
    }

    /// What `frames` handed out is in the log.
    package mutating func written() {
        for tenant in tenants.keys { tenants[tenant]!.clear() }
    }

    /// Makes room: tenants go that have not been heard of for longest, until half of the room is free.
    package mutating func forgetQuiet() {
        var left = seriesCount
        var count = tenants.count
        for (name, series) in tenants.sorted(by: { $0.value.lastUseNanoseconds < $1.value.lastUseNanoseconds }) {
            guard left > maxSeries * 5 || count > 500, count > 1, series.changed.isEmpty else { continue }
            left -= series.series.count
            count -= 1
            tenants[name] = nil
        }
    }

    /// Measurements that found no room since this was last asked, and what takes it.
    package mutating func takeOverflows() -> [(tenant: String, measurements: Int, metrics: [String], widest: String, values: Int)] {
        var found: [(tenant: String, measurements: Int, metrics: [String], widest: String, values: Int)] = []
        for (name, series) in tenants where !series.overflowed.isEmpty {
            let widest = series.widestAttribute()
            found.append(
                (
                    name, series.overflowed.values.reduce(0, +), series.overflowed.keys.map(\.name).sorted(), widest?.key ?? "",
                    widest?.values ?? 0
                )
            )
            tenants[name]!.clearOverflowed()
        }
        return found.sorted { $0.tenant < $1.tenant }
    }
}

// MARK: What a restart has to know

extension Measurements {
    /// The series that there are, and what sources send themselves.
    package var state: [UInt8] {
        var writer = WireWriter()
        for series in tenants.values.sorted(by: { $0.name < $1.name }) { writer.field(1, series.state) }
        return writer.bytes
    }

    package mutating func restore(_ state: [UInt8]) {
        var fields = FieldReader(0..<state.count)
        while let field = fields.next(state) {
            guard field.number == 1, field.type == .lengthDelimited else { continue }
            let series = TenantSeries(state, field.contents, maxSeries: maxSeries, allowed: allowed)
            tenants[series.name] = series
        }
    }
}
