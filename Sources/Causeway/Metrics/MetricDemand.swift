internal import CausewayModel
internal import CausewaySemantics

/// What one destination wants of metrics.
struct MetricDemand: Equatable, Sendable {
    /// Nil where every metric goes as it is stored.
    var temporality: Temporality?
    /// Not only of what is derived: the destination itself demands it.
    var isForEverything = false
    /// Nil where derived metrics go as they are stored.
    var rendering: MetricRendering?
    /// Derived metrics go there at all.
    var takesDerived = true

    init(_ destination: Configuration.Destination, _ metrics: Configuration.Metrics) {
        takesDerived = metrics.exposes(.push)
        // Another bridge gets what is in the log, and makes of it what its own destinations want.
        guard destination.profile != .causeway, destination.url(for: .metrics) != nil else { return }
        temporality = (destination.temporality ?? metrics.temporality) == .delta ? .delta : .cumulative
        isForEverything = destination.temporality != nil
        rendering = MetricRendering(
            generation: MetricRendering.Generation(destination.dialect),
            histograms: (destination.histograms ?? metrics.histograms) == .exponential ? .exponential : .explicit
        )
    }

    /// What is derived is in the log as what was new: only who wants it otherwise, or anything that sources send, needs to know what went
    /// before.
    var needsHistory: Bool { temporality == .cumulative || isForEverything }
}

extension MetricRendering.Generation {
    /// Backends with words of their own for spans know the conventions' metrics. The stored form of what is derived is for bridges only, so
    /// who wants telemetry as it is stored gets these in the conventions' words.
    init(_ dialect: Configuration.Destination.Dialect) {
        switch dialect.rawValue {
        case "gen_ai_1": self = .first
        case "gen_ai_3": self = .third
        default: self = .second
        }
    }
}
