internal import CausewayOTLP
internal import CausewaySemantics

/// Which settled traces one destination gets.
///
/// A pure function of the facts that settling noted: the same trace is kept or not however often it is read, as a whole, and at every bridge
/// alike.
struct Sampling: Equatable, Sendable {
    private var keepsFailures = false
    private var slowNanoseconds: UInt64?
    private var dearDollars: Double?
    private var conditions: Set<UInt64> = []
    /// Of 2³² places in which a trace may lie, those below this go.
    private var places: UInt64

    /// Nil where everything goes.
    init?(_ sample: Configuration.Destination.Sample) {
        guard sample.percent < 100 else { return nil }
        places = UInt64(sample.percent / 100 * 4_294_967_296)
        for condition in sample.keep {
            switch condition {
            case .failures: keepsFailures = true
            case .slower(let duration): slowNanoseconds = UInt64(clamping: Int64(duration / .nanoseconds(1)))
            case .dearer(let dollars): dearDollars = dollars
            case .attribute(let key, let value): conditions.insert(SampleAttribute(key: key, value: value).fingerprint)
            }
        }
    }

    func keeps(_ facts: SamplingFacts) -> Bool {
        if keepsFailures && facts.hasFailed { return true }
        if let slowNanoseconds, facts.durationNanoseconds > slowNanoseconds { return true }
        if let dearDollars, facts.cost > dearDollars { return true }
        if facts.conditions.contains(where: conditions.contains) { return true }
        return UInt64(facts.place) < places
    }
}

extension Configuration {
    /// What settling has to look for among attributes; nil where no destination samples.
    var sampledAttributes: [SampleAttribute]? {
        let samples = destinations.map(\.sample).filter { $0.percent < 100 }
        guard !samples.isEmpty else { return nil }
        var found: [SampleAttribute] = []
        for condition in samples.flatMap(\.keep) {
            guard case .attribute(let key, let value) = condition else { continue }
            let attribute = SampleAttribute(key: key, value: value)
            if !found.contains(attribute) { found.append(attribute) }
        }
        return found
    }
}
