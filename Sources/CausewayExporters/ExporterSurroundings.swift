internal import CausewayPlatform

/// What the exporter's parts share on its thread.
final class ExporterSurroundings {
    let budget: Budget
    let clock: any Clock
    let spread: @Sendable () -> Double
    let log: @Sendable (ExporterEvent) -> Void
    private var compressors: [CompressorKey: Compressor] = [:]

    private struct CompressorKey: Hashable {
        var encoding: ContentEncoding
        var level: Int
    }

    init(
        budget: Budget,
        clock: any Clock,
        spread: @escaping @Sendable () -> Double,
        log: @escaping @Sendable (ExporterEvent) -> Void
    ) {
        self.budget = budget
        self.clock = clock
        self.spread = spread
        self.log = log
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
