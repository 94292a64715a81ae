internal import CausewayPlatform

/// What this program is, and which versions of the standards it speaks.
public enum CausewayVersion {
    /// Semantic version.
    public static let number = "0.1.0"
    /// The OpenTelemetry protocol.
    public static let otlp = "1.11.0"
    /// The OpenTelemetry semantic conventions.
    public static let conventions = "1.41.1"
    /// The commit it was built from, or `unknown`.
    public static var commit: String { BuildFacts.commit }
    /// The Swift release it was built with.
    public static var swift: String { BuildFacts.swiftVersion }

    /// All of it on one line.
    public static var line: String {
        "causeway \(number) (commit \(commit)), OTLP \(otlp), semantic conventions \(conventions), Swift \(swift)"
    }
}
