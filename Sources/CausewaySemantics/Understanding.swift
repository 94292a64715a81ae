package import CausewayModel
internal import CausewayOTLP

/// What a request is understood with.
package struct UnderstandingOptions: Sendable {
    /// The secret under which calls are hashed: equal calls can be told from each other only by who has it.
    package var callKey: CallKey
    /// How many characters of the first text a user wrote become `causeway.input.summary`; 0 for no summary.
    package var summaryLength = 200
    /// What calls cost; nil if nothing is to be priced. What the source reports is kept in any case.
    package var prices: PriceBook?
    /// Whose the request is; nil if each resource says so by its attribute `tenant.id`.
    package var tenant: String? = ""

    package init(callKey: CallKey) { self.callKey = callKey }
}

/// A request after it was understood.
package struct Understood: Sendable {
    /// The very array that was given if no item was recognised.
    package var payload: [UInt8]
    /// Recognised items by the name of the dialect they came in.
    package var items: [String: Int] = [:]
    /// Attributes that were left out of metrics because their values are without bound.
    package var unboundedAttributes = 0
    /// Points of metrics that became part of another one, because what told them apart was without bound: so many items fewer.
    package var mergedItems = 0
    /// Calls of models that have no price, and how many.
    package var unpriced: [UnpricedCall: Int] = [:]
    /// Calls of models that have one.
    package var priced = 0
    /// Items whose token counts contradict each other, or are none.
    package var invalidUsage = 0
    /// Some of it was understood before it came here: another bridge has settled it too.
    package var wasUnderstood = false
}

/// The version of the rules, as it stands on scopes that were understood. Raised when the same telemetry would be read differently.
package let rulesVersion: Int64 = 1

/// The attribute of a scope whose items were understood; whoever meets it leaves the scope alone.
package let understoodKey = "causeway.understood"

/// Brings what agents say in a request to canonical words; what is no agent's leaves byte for byte as it came.
package func understand(
    _ payload: [UInt8],
    signal: Signal,
    options: UnderstandingOptions,
    index: DialectIndex = .shared
) -> Understood {
    var reading = RequestReading(payload, signal, options, index)
    return reading.understood()
}

/// The pass over a request: first what changes is found out, item by item, then everything is written in one go.
struct RequestReading: ~Copyable {
    let payload: [UInt8]
    let signal: Signal
    let index: DialectIndex
    var facts: Facts
    /// Recognised items by the place of their dialect.
    var counts: [Int]
    var unboundedAttributes = 0
    var mergedItems = 0
    /// Spans and log records recognised so far.
    private var items = 0
    var wasUnderstood = false
    private var plan: RewritePlan
    private let tenant: [UInt8]?

    init(_ payload: [UInt8], _ signal: Signal, _ options: UnderstandingOptions, _ index: DialectIndex) {
        self.payload = payload
        self.signal = signal
        self.index = index
        facts = Facts(index, options)
        facts.payload = payload
        tenant = options.tenant.map { Array($0.utf8) }
        counts = [Int](repeating: 0, count: index.dialects.count)
        plan = RewritePlan(mark: Self.mark)
    }

    mutating func understood() -> Understood {
        for resource in RequestView(payload, signal: signal).resourceEntries {
            var support: DialectIndex.Set = 0
            for sign in index.resources {
                if case .string(let range)? = resource.attributes.value(sign.key, payload), payload.holds(sign.value, at: range) {
                    support |= sign.dialects
                }
            }
            plan.begin(resource)
            if let tenant { facts.tenant = tenant } else { facts.tenant = tenantOf(resource) }
            for scope in resource.scopeEntries(payload) { read(scope, support) }
            plan.endResource()
        }
        guard !plan.isEmpty else { return Understood(payload: payload, wasUnderstood: wasUnderstood) }
        var understood = Understood(
            payload: plan.applied(to: payload, facts.added.bytes),
            unboundedAttributes: unboundedAttributes,
            mergedItems: mergedItems
        )
        understood.wasUnderstood = wasUnderstood
        understood.unpriced = facts.unpriced
        (understood.priced, understood.invalidUsage) = (facts.priced, facts.invalidUsage)
        for (place, count) in counts.enumerated() where count > 0 {
            understood.items[index.dialects[place].name] = count
        }
        return understood
    }

    private mutating func read(_ scope: ScopeEntryView, _ support: DialectIndex.Set) {
        // What was understood before is left alone.
        if scope.scope != nil, scope.attributes.value(understoodKey, payload) != nil {
            wasUnderstood = true
            return
        }
        facts.support = support
        facts.ambient = index.scopes.matches(scope.name, payload)
        plan.begin(scope, field(1, in: scope.contents))
        switch signal {
        case .traces:
            var spans = SpanList(scope)
            while let span = spans.next(payload, &facts.attributes, index.keys) {
                facts.begin(span)
                if facts.found != 0 { understand(span.range, span.contents) }
            }
        case .logs:
            for record in scope.logRecords(payload) {
                facts.begin(record)
                if facts.found != 0 { understand(record.range, record.contents) }
            }
        case .metrics:
            for metric in scope.metrics(payload) {
                guard let contents = understood(metric) else { continue }
                facts.addedStart = facts.added.bytes.count
                facts.added.append(contents)
                plan.replace(metric.range, metric.contents, facts.addedStart..<facts.added.bytes.count)
            }
        }
        plan.endScope()
    }

    private mutating func understand(_ range: Range<Int>, _ contents: Range<Int>) {
        // All of it may be written anew, and a little longer than it was.
        if items == 0 { facts.added.reserve(payload.count + payload.count / 16 + 1024) }
        items += 1
        facts.understand()
        counts[facts.primary] += 1
        facts.sortDrops()
        plan.change(range, contents, facts.drops, facts.addedStart..<facts.added.bytes.count)
    }

    private func tenantOf(_ resource: ResourceEntryView) -> [UInt8] {
        guard facts.options.prices != nil, case .string(let range)? = resource.attributes.value("tenant.id", payload) else { return [] }
        return Array(payload[range])
    }

    /// What is added to a scope with a recognised item.
    private static let mark: [UInt8] = {
        var writer = WireWriter()
        writer.attribute(3, Array(understoodKey.utf8), int: rulesVersion)
        return writer.bytes
    }()

    /// Where the field with this number lies, tag included.
    private func field(_ number: Int, in message: Range<Int>) -> Range<Int>? {
        var fields = FieldReader(message)
        while let field = fields.next(payload) {
            if field.number == number { return field.range }
        }
        return nil
    }
}
