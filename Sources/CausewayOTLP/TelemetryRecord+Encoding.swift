internal import CCauseway
package import CausewayModel

extension TelemetryRecord {
    /// The bytes of a request that holds just this.
    package func encoded() -> [UInt8] {
        var arena = Arena()
        var output: [UInt8] = []
        // The requests of the three signals are the same but for the type of the items.
        switch items {
        case .spans(let spans):
            let entry = unsafe arena.make(otlp__resource_spans__init)
            let scopeEntry = unsafe arena.make(otlp__scope_spans__init)
            unsafe entry.pointee.resource = arena.resource(resource)
            unsafe (entry.pointee.n_scope_spans, entry.pointee.scope_spans) = arena.list([scopeEntry]) { unsafe $1 }
            unsafe scopeEntry.pointee.scope = arena.scope(scope)
            unsafe (scopeEntry.pointee.n_spans, scopeEntry.pointee.spans) = arena.list(spans) { unsafe $0.span($1) }
            unsafe arena.pack(entry, asField: 1, to: &output)
        case .logs(let records):
            let entry = unsafe arena.make(otlp__resource_logs__init)
            let scopeEntry = unsafe arena.make(otlp__scope_logs__init)
            unsafe entry.pointee.resource = arena.resource(resource)
            unsafe (entry.pointee.n_scope_logs, entry.pointee.scope_logs) = arena.list([scopeEntry]) { unsafe $1 }
            unsafe scopeEntry.pointee.scope = arena.scope(scope)
            unsafe (scopeEntry.pointee.n_log_records, scopeEntry.pointee.log_records) = arena.list(records) { unsafe $0.logRecord($1) }
            unsafe arena.pack(entry, asField: 1, to: &output)
        case .metrics(let metrics):
            let entry = unsafe arena.make(otlp__resource_metrics__init)
            let scopeEntry = unsafe arena.make(otlp__scope_metrics__init)
            unsafe entry.pointee.resource = arena.resource(resource)
            unsafe (entry.pointee.n_scope_metrics, entry.pointee.scope_metrics) = arena.list([scopeEntry]) { unsafe $1 }
            unsafe scopeEntry.pointee.scope = arena.scope(scope)
            unsafe (scopeEntry.pointee.n_metrics, scopeEntry.pointee.metrics) = arena.list(metrics) { unsafe $0.metric($1) }
            unsafe arena.pack(entry, asField: 1, to: &output)
        }
        return output
    }
}
