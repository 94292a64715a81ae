internal import CausewayPlatform
internal import CausewaySpool

/// What the exporter's parts share on its thread.
final class ExporterSurroundings {
    let budget: Budget
    let clock: any Clock
    let spread: @Sendable () -> Double
    let log: @Sendable (ExporterEvent) -> Void
    /// Tells the exporter, from any thread, what became of something that was to be set aside.
    let asideEnded: @Sendable (AsideEnd) -> Void
    private var asides = 0
    private var compressors: [CompressorKey: Compressor] = [:]

    private struct CompressorKey: Hashable {
        var encoding: ContentEncoding
        var level: Int
    }

    init(
        budget: Budget,
        clock: any Clock,
        spread: @escaping @Sendable () -> Double,
        log: @escaping @Sendable (ExporterEvent) -> Void,
        asideEnded: @escaping @Sendable (AsideEnd) -> Void
    ) {
        self.budget = budget
        self.clock = clock
        self.spread = spread
        self.log = log
        self.asideEnded = asideEnded
    }

    /// A number that nothing else that was set aside has.
    func nextAside() -> Int {
        asides += 1
        return asides
    }

    /// The pieces as the body of a request, joined only where compressing needs them joined.
    func body(_ pieces: [[UInt8]], _ encoding: ContentEncoding, level: Int) -> [[UInt8]] {
        guard encoding != .identity else { return pieces }
        let key = CompressorKey(encoding: encoding, level: level)
        let compressor = compressors[key] ?? Compressor(encoding, level: level)
        compressors[key] = compressor
        return [compressor.compressed(pieces.count == 1 ? pieces[0] : [UInt8](pieces.joined()))]
    }
}

/// What became of a shipment that was to be set aside.
struct AsideEnd: Sendable {
    var destination: String
    var number: Int
    /// Whether it is kept: false where the quarantine has no room for it by configuration.
    var result: Result<Bool, SpoolError>
}
