internal import CausewaySemantics
internal import CausewaySpool

extension UnderstandingOptions {
    /// Nil if telemetry passes through.
    init?(_ settings: Configuration.Semantics, spool: Spool) {
        guard settings.mode == .canonical else { return nil }
        self.init(callKey: .kept(in: spool))
        tenant = nil
    }
}
