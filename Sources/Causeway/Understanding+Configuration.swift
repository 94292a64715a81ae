internal import CausewaySemantics

extension UnderstandingOptions {
    /// Nil if telemetry passes through.
    init?(_ settings: Configuration.Semantics) {
        guard settings.mode == .canonical else { return nil }
        // Hashes are compared within a trace, which rarely outlives a process; a secret that is never written cannot be stolen.
        self.init(callKey: .random())
        tenant = nil
    }

    /// For what is understood in any case.
    static func always() -> UnderstandingOptions { UnderstandingOptions(callKey: .random()) }
}
