internal import CausewaySemantics

/// What agents' telemetry is understood with: what stays as long as the bridge runs, and the prices of the moment.
struct UnderstandingRules: Sendable {
    let options: UnderstandingOptions
    /// Nil where nothing is priced.
    let prices: PriceShelf?

    /// For what belongs to a tenant; nil where each resource says whose it is.
    func current(tenant: String?) -> UnderstandingOptions {
        var options = options
        options.prices = prices?.current
        options.tenant = tenant
        return options
    }
}

extension TenantResolution.Verdict {
    /// Nil where each resource says whose it is.
    var tenant: String? { if case .tenant(let name) = self { name } else { nil } }
}
