internal import CausewaySemantics
internal import CausewaySpool

// Settling among the others who derive, as it is configured.
extension Settling: Deriving {
    /// Some seconds' work at a start, and more than agents' runs are apart from their beginnings.
    private static let mostReplayBytes = 256 << 20

    convenience init(_ spool: Spool, _ configuration: Configuration, wake: @escaping @Sendable () -> Void) throws(SpoolError) {
        self.init(
            try spool.deriver(Self.deriverName, settles: true, start: .now, wake: wake),
            SettleOptions(configuration),
            replayBytes: min(Self.mostReplayBytes, configuration.spool.maxBytes / 8),
            passesOver: configuration.semantics.mode == .passthrough && configuration.sampledAttributes == nil
        )
    }

    func reload(_ configuration: Configuration) { set(sampled: configuration.sampledAttributes) }
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
