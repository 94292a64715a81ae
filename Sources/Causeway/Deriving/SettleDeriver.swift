internal import CausewaySemantics
internal import CausewaySpool

/// Settling among the others who derive, as it is configured.
final class SettleDeriver: Deriving {
    static let deriverName = "settle"

    let name = SettleDeriver.deriverName
    private let settling: Settling

    init(_ spool: Spool, _ configuration: Configuration, wake: @escaping @Sendable () -> Void) throws(SpoolError) {
        settling = Settling(
            try spool.deriver(Self.deriverName, settles: true, start: .now, wake: wake),
            SettleOptions(configuration),
            keepsSegment: configuration.spool.maxBytes >= 8 * configuration.spool.segmentBytes,
            passesOver: configuration.semantics.mode == .passthrough && configuration.sampledAttributes == nil
        )
    }

    var numbers: SettleNumbers { settling.numbers }

    func turn(_ moment: DerivingMoment) throws(SpoolError) -> DerivingPause { try settling.turn(moment) }

    func reload(_ configuration: Configuration) { settling.set(sampled: configuration.sampledAttributes) }
}

extension SettleOptions {
    init(_ configuration: Configuration) {
        self.init()
        let settle = configuration.settle
        quietNanoseconds = UInt64(clamping: Int64(settle.quiet / .nanoseconds(1)))
        maxNanoseconds = UInt64(clamping: Int64(settle.max / .nanoseconds(1)))
        abandonNanoseconds = UInt64(clamping: Int64(settle.abandonAfter / .nanoseconds(1)))
        keepNanoseconds = max(keepNanoseconds, maxNanoseconds)
        memoryBytes = settle.memoryBytes
        sampled = configuration.sampledAttributes
    }
}
