internal import CausewaySemantics
internal import CausewaySpool

extension UnderstandingOptions {
    /// Nil if telemetry passes through.
    init?(_ settings: Configuration.Semantics, spool: Spool) {
        guard settings.mode == .canonical else { return nil }
        self = .always(in: spool)
    }

    /// For what is understood in any case.
    static func always(in spool: Spool) -> UnderstandingOptions { UnderstandingOptions(callKey: .kept(in: spool)) }
}
