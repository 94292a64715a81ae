internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewaySemantics
internal import CausewaySpool

/// How stored frames become a request for one destination: what it does not want left out, what is too long cut.
struct PayloadRendering: Sendable {
    /// The environments that are wanted; nil for all.
    var environments: Set<String>?
    /// The most bytes of one text; 0 for as many as there are.
    var attributeBytes = 0
    /// The words in which agents' telemetry goes.
    var wording = Wording()
    /// What ended longer ago is left out; nil for nothing.
    var maxItemAge: Duration?
    /// The headers that depend on whose telemetry a request holds.
    var headers: @Sendable (_ tenant: String) -> [HTTPHeader] = { _ in [] }
    /// What goes on resources that do not have it, by whose telemetry a request holds; nil for nothing.
    var resource: (@Sendable (_ tenant: String) -> [(key: String, value: String)])?
    /// The time of day, by which age counts.
    var now: @Sendable () -> UInt64 = { SystemClock().wallNanoseconds() }

    static let environment = "deployment.environment.name"
    /// What older instrumentation calls it.
    static let formerEnvironment = "deployment.environment"

    init(_ destination: Configuration.Destination) {
        environments = destination.environments.isEmpty ? nil : Set(destination.environments)
        attributeBytes = destination.limits.attributeBytes
        wording = Wording(destination)
        maxItemAge = destination.maxItemAge
        if destination.profile.backend?.hasProjects == true { headers = { destination.projectHeaders(of: $0) } }
        if destination.profile.backend?.resource.isEmpty == false { resource = { destination.resourceAttributes(of: $0) } }
    }

    init() {}

    func rendered(_ parts: [Part]) -> Rendered {
        var rendered = Rendered(pieces: [])
        for part in parts {
            guard let signal = Signal(rawValue: part.frame.signal) else { continue }
            for items in wanted(part, signal, &rendered) {
                let payload = items == 0..<part.frame.items ? part.frame.payload : Self.slice(part.frame.payload, signal, items)
                rendered.pieces.append(cut(worded(payload, signal, part.frame.tenant), signal, attributeBytes))
            }
        }
        rendered.headers += parts.first.map { headers($0.frame.tenant) } ?? []
        return rendered
    }

    /// One item in a request of at most `bytes`; nil where no cutting gets it there.
    func reduced(_ part: Part, _ bytes: Int) -> Rendered? {
        guard let signal = Signal(rawValue: part.frame.signal) else { return nil }
        var rendered = Rendered(pieces: [])
        let sliced = wanted(part, signal, &rendered).flatMap { Self.slice(part.frame.payload, signal, $0) }
        let payload = worded(sliced, signal, part.frame.tenant)
        rendered.headers += headers(part.frame.tenant)
        var limit = min(attributeBytes == 0 ? .max : attributeBytes, bytes)
        while limit >= 16 {
            let short = cut(payload, signal, limit)
            if short.count <= bytes {
                rendered.pieces = [short]
                return rendered
            }
            limit /= 2
        }
        return nil
    }

    /// The payload in the destination's words, its resources with what the destination wants to find there.
    private func worded(_ payload: [UInt8], _ signal: Signal, _ tenant: String) -> [UInt8] {
        let worded = render(payload, signal: signal, wording)
        guard let attributes = resource?(tenant), !attributes.isEmpty else { return worded }
        var editor = PayloadEditor(worded)
        for entry in RequestView(worded, signal: signal).resourceEntries {
            var edit = AttributeEdit()
            for (key, value) in attributes where entry.attributes.value(key, worded) == nil { edit.set(key, .string(value)) }
            editor.apply(edit, toResourceOf: entry)
        }
        return editor.edited()
    }

    private func cut(_ payload: [UInt8], _ signal: Signal, _ limit: Int) -> [UInt8] {
        limit == 0 ? payload : AttributeLimit(bytes: limit).applied(to: payload, signal)
    }

    static func slice(_ payload: [UInt8], _ signal: Signal, _ items: Range<Int>) -> [UInt8] {
        RequestView(payload, signal: signal).payload(items: items)
    }

    private func wanted(_ part: Part, _ signal: Signal, _ rendered: inout Rendered) -> [Range<Int>] {
        let kept = ofEnvironment(part, signal, &rendered)
        guard let maxItemAge else { return kept }
        let (time, age) = (now(), UInt64(max(0, maxItemAge.inNanoseconds)))
        return ItemAge.young(kept, of: part, signal, since: time > age ? time - age : 0, &rendered)
    }

    /// Those of a part's items whose environment is wanted; the others are noted as filtered.
    private func ofEnvironment(_ part: Part, _ signal: Signal, _ rendered: inout Rendered) -> [Range<Int>] {
        guard let environments else { return [part.items] }
        let payload = part.frame.payload
        var kept: [Range<Int>] = []
        var first = 0
        for entry in RequestView(payload, signal: signal).resourceEntries {
            let count = RequestView([UInt8](payload[entry.range]), signal: signal).itemCount
            let items = (first..<first + count).clamped(to: part.items)
            first += count
            if items.isEmpty { continue }
            let value = entry.attributes.value(Self.environment, payload) ?? entry.attributes.value(Self.formerEnvironment, payload)
            if environments.contains(value?.string(payload) ?? "") {
                if let last = kept.last, last.upperBound == items.lowerBound {
                    kept[kept.count - 1] = last.lowerBound..<items.upperBound
                } else {
                    kept.append(items)
                }
            } else {
                let range = ItemRange(sequence: part.frame.sequence, first: items.lowerBound, count: items.count)
                rendered.filtered["environment", default: []].append(range)
            }
        }
        return kept
    }
}
