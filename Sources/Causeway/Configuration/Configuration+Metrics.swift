// Metrics: what is derived, and the forms in which destinations get it.
extension Configuration {
    /// Metrics, derived and on their way.
    public struct Metrics: Equatable, Sendable {
        /// Which metrics are derived.
        public var derive = Derive.auto
        /// How often what was new is written and sent.
        public var interval: Duration = .seconds(15)
        /// What time a point covers.
        public var temporality = Temporality.cumulative
        /// The form of histograms.
        public var histograms = Histograms.explicit
        /// The most series of one tenant.
        public var maxSeries = 2000
        /// The attributes that tell series apart; empty for all.
        public var attributes: [String] = []
        /// Where derived metrics are to be had; empty for everywhere.
        public var expose: [Exposure] = []

        /// Which metrics are derived.
        public enum Derive: String, CaseIterable, Sendable {
            /// Those that a source does not send itself.
            case auto
            /// All of them.
            case on
            /// None.
            case off
        }

        /// What time a point covers.
        public enum Temporality: String, CaseIterable, Sendable {
            /// Since a beginning.
            case cumulative
            /// Since the point before it.
            case delta
        }

        /// The form of histograms.
        public enum Histograms: String, CaseIterable, Sendable {
            /// With the bounds that the conventions name.
            case explicit
            /// Of scale 4, or coarser where a series spreads wide.
            case exponential
        }

        /// A way to derived metrics.
        public enum Exposure: String, CaseIterable, Sendable {
            /// Sent to destinations that take metrics.
            case push
            /// Shown on `/metrics`.
            case scrape
        }

        package func exposes(_ exposure: Exposure) -> Bool { expose.isEmpty || expose.contains(exposure) }
    }
}
