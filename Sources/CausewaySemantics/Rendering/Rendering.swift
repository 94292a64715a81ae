package import CausewayModel
internal import CausewayOTLP

/// The payload in a dialect's words: the same items in the same order, and what is no agent's byte for byte as it was.
///
/// Scopes keep their mark whatever the words: what was understood, priced and counted once is not to be counted again by a bridge behind.
package func render(_ payload: [UInt8], signal: Signal, _ wording: Wording) -> [UInt8] {
    guard signal != .metrics, !wording.isAsStored else { return payload }
    var rendering = RequestRendering(payload, signal, wording)
    return rendering.rendered()
}

package func render(_ payload: [UInt8], signal: Signal, as dialect: RenderedDialect) -> [UInt8] {
    render(payload, signal: signal, Wording(dialect: dialect))
}

/// The pass over a request: what changes is found out item by item, then all is written in one go.
private struct RequestRendering: ~Copyable {
    private let payload: [UInt8]
    private let signal: Signal
    private let renderer: (any Renderer.Type)?
    private let wording: Wording
    private var item: ItemRendering
    private var plan = RewritePlan(mark: [])
    /// What is new of all items that change.
    private var added: [UInt8] = []

    init(_ payload: [UInt8], _ signal: Signal, _ wording: Wording) {
        self.payload = payload
        self.signal = signal
        renderer = wording.dialect?.renderer
        self.wording = wording
        item = ItemRendering(payload)
    }

    mutating func rendered() -> [UInt8] {
        for resource in RequestView(payload, signal: signal).resourceEntries {
            plan.begin(resource)
            for scope in resource.scopeEntries(payload) { read(scope) }
            plan.endResource()
        }
        return plan.isEmpty ? payload : plan.applied(to: payload, added)
    }

    private mutating func read(_ scope: ScopeEntryView) {
        plan.begin(scope, payload.firstField(1, in: scope.contents))
        switch signal {
        case .traces:
            for span in scope.spans(payload) {
                item.begin(span)
                guard item.isAgents else { continue }
                if wording.countsOnce, item.isCountedElsewhere { item.forgetUsage() }
                renderer?.render(&item)
                change(span.range, span.contents)
            }
        case .logs:
            for record in scope.logRecords(payload) {
                item.begin(record)
                guard item.isAgents else { continue }
                renderer?.render(record: &item)
                change(record.range, record.contents)
            }
        case .metrics: break
        }
        plan.endScope()
    }

    private mutating func change(_ range: Range<Int>, _ contents: Range<Int>) {
        // Sums and second sights of a call do not become counts by another name.
        for (from, to) in wording.copied {
            if from.hasPrefix("gen_ai.usage."), item.isCountedElsewhere { continue }
            if from.hasPrefix("causeway.cost."), item.isPaidElsewhere { continue }
            item.copy(from, to: to)
        }
        for beginning in wording.omitted { item.drop(beginning: beginning) }
        guard !item.isUnchanged else { return }
        let start = added.count
        added += item.added.bytes
        plan.change(range, contents, item.sortedDrops(), start..<added.count)
    }
}

extension [UInt8] {
    /// Where the first field with this number lies in a message, tag included.
    func firstField(_ number: Int, in message: Range<Int>) -> Range<Int>? {
        var fields = FieldReader(message)
        while let field = fields.next(self) {
            if field.number == number { return field.range }
        }
        return nil
    }
}
