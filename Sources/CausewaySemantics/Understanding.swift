package import CausewayModel
internal import CausewayOTLP

/// What a request is understood with.
package struct UnderstandingOptions: Sendable {
    /// The secret under which calls are hashed: equal calls can be told from each other only by who has it.
    package var callKey: CallKey
    /// How many characters of the first text a user wrote become `causeway.input.summary`; 0 for no summary.
    package var summaryLength = 200
    /// Whether finish reasons are brought to the conventions' words.
    package var translatesFinishReasons = true

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

/// The pass over a request. Parts are written anew from the inside out, and only where something in them was recognised.
struct RequestReading: ~Copyable {
    let payload: [UInt8]
    let signal: Signal
    let index: DialectIndex
    var facts: Facts
    /// Recognised items by the place of their dialect.
    var counts: [Int]
    var unboundedAttributes = 0
    var mergedItems = 0
    /// The item, and the scope entry's items, being written.
    var item = WireWriter()
    var inner = WireWriter()
    private var items = WireWriter()

    init(_ payload: [UInt8], _ signal: Signal, _ options: UnderstandingOptions, _ index: DialectIndex) {
        self.payload = payload
        self.signal = signal
        self.index = index
        facts = Facts(index, options)
        facts.payload = payload
        counts = [Int](repeating: 0, count: index.dialects.count)
    }

    mutating func understood() -> Understood {
        var output = WireWriter()
        var isChanged = false
        var position = 0
        for resource in RequestView(payload, signal: signal).resourceEntries {
            guard let contents = entry(resource) else { continue }
            if !isChanged { output.reserve(payload.count + payload.count / 4) }
            isChanged = true
            output.append(position..<resource.range.lowerBound, of: payload)
            output.field(1, contents)
            position = resource.range.upperBound
        }
        guard isChanged else { return Understood(payload: payload) }
        output.append(position..<payload.count, of: payload)
        var understood = Understood(payload: output.bytes, unboundedAttributes: unboundedAttributes, mergedItems: mergedItems)
        for (place, count) in counts.enumerated() where count > 0 { understood.items[index.dialects[place].name] = count }
        return understood
    }

    /// The new contents of a resource entry; nil if nothing in it was recognised.
    private mutating func entry(_ resource: ResourceEntryView) -> [UInt8]? {
        var support: DialectIndex.Set = 0
        for sign in index.resources {
            if case .string(let range)? = resource.attributes.value(sign.key, payload), payload.holds(sign.value, at: range) {
                support |= sign.dialects
            }
        }
        var output = WireWriter()
        var isChanged = false
        var position = resource.contents.lowerBound
        for scope in resource.scopeEntries(payload) {
            guard let contents = entry(scope, support) else { continue }
            isChanged = true
            output.append(position..<scope.range.lowerBound, of: payload)
            output.field(2, contents)
            position = scope.range.upperBound
        }
        guard isChanged else { return nil }
        output.append(position..<resource.contents.upperBound, of: payload)
        return output.bytes
    }

    /// The new contents of a scope entry; nil if nothing in it was recognised, or if it was understood before.
    private mutating func entry(_ scope: ScopeEntryView, _ support: DialectIndex.Set) -> [UInt8]? {
        if scope.scope != nil, scope.attributes.value(understoodKey, payload) != nil { return nil }
        facts.support = support
        facts.ambient = DialectIndex.matches(index.scopes, scope.name, payload)
        items.removeAll()
        var isRecognised = false
        let scopeField = field(1, in: scope.contents) ?? scope.contents.lowerBound..<scope.contents.lowerBound
        var position = scope.contents.lowerBound
        func gap(_ end: Int, _ output: inout WireWriter) {
            if position <= scopeField.lowerBound, scopeField.upperBound <= end {
                output.append(position..<scopeField.lowerBound, of: payload)
                output.append(scopeField.upperBound..<end, of: payload)
            } else {
                output.append(position..<end, of: payload)
            }
        }
        switch signal {
        case .traces:
            for span in scope.spans(payload) where recognised(span) {
                isRecognised = true
                gap(span.range.lowerBound, &items)
                items.field(2, item.bytes)
                position = span.range.upperBound
            }
        case .logs:
            for record in scope.logRecords(payload) where recognised(record) {
                isRecognised = true
                gap(record.range.lowerBound, &items)
                items.field(2, item.bytes)
                position = record.range.upperBound
            }
        case .metrics:
            for metric in scope.metrics(payload) where recognised(metric) {
                isRecognised = true
                gap(metric.range.lowerBound, &items)
                items.field(2, item.bytes)
                position = metric.range.upperBound
            }
        }
        guard isRecognised else { return nil }
        gap(scope.contents.upperBound, &items)
        var marked = WireWriter()
        marked.append(scope.scope ?? 0..<0, of: payload)
        marked.attribute(3, Self.understoodBytes, int: rulesVersion)
        var output = WireWriter()
        output.reserve(items.bytes.count + marked.bytes.count + 8)
        output.field(1, marked.bytes)
        output.append(items.bytes)
        return output.bytes
    }

    private static let understoodBytes = Array(understoodKey.utf8)

    /// Where the field with this number lies, tag included.
    func field(_ number: Int, in message: Range<Int>) -> Range<Int>? {
        var fields = FieldReader(message)
        while let field = fields.next(payload) {
            if field.number == number { return field.range }
        }
        return nil
    }

    /// Understands a span; if it was recognised its new contents are in `item`.
    private mutating func recognised(_ span: SpanView) -> Bool {
        facts.begin(span)
        guard facts.found != 0 else { return false }
        facts.understand()
        counts[facts.primary] += 1
        write(span.contents)
        return true
    }

    private mutating func recognised(_ record: LogRecordView) -> Bool {
        facts.begin(record)
        guard facts.found != 0 else { return false }
        facts.understand()
        counts[facts.primary] += 1
        write(record.contents)
        return true
    }

    private mutating func write(_ contents: Range<Int>) {
        item.removeAll()
        facts.write(contents, to: &item)
    }
}
