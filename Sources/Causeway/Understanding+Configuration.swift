internal import CausewaySemantics

extension UnderstandingOptions {
    /// Nil if telemetry passes through.
    init?(_ settings: Configuration.Semantics) {
        guard settings.mode == .canonical else { return nil }
        // Hashes are compared within a trace, which rarely outlives a process; a secret that is never written cannot be stolen.
        self.init(callKey: .random())
    }

    /// For agent events, which are not anybody's dialect that could be left as it came.
    static func always() -> UnderstandingOptions { UnderstandingOptions(callKey: .random()) }
}
