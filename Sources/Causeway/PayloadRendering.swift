internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySpool

/// How stored frames become a request for one destination: what it does not want left out, what is too long cut.
struct PayloadRendering: Sendable {
    /// The environments that are wanted; nil for all.
    var environments: Set<String>?
    /// The most bytes of one text; 0 for as many as there are.
    var attributeBytes = 0

    static let environment = "deployment.environment.name"
    /// What older instrumentation calls it.
    static let formerEnvironment = "deployment.environment"

    init(_ destination: Configuration.Destination) {
        environments = destination.environments.isEmpty ? nil : Set(destination.environments)
        attributeBytes = destination.limits.attributeBytes
    }

    init() {}

    /// Frames go as they are.
    var isPlain: Bool { environments == nil && attributeBytes == 0 }

    func rendered(_ parts: [Part]) -> Rendered {
        var rendered = Rendered(pieces: [])
        for part in parts {
            // Parts of spans go as the spans that are put together from them.
            guard part.frame.kind == .otlp else {
                rendered.folded.append(ItemRange(sequence: part.frame.sequence, first: part.items.lowerBound, count: part.items.count))
                continue
            }
            guard let signal = Signal(rawValue: part.frame.signal) else { continue }
            for items in wanted(part, signal, &rendered) {
                let payload = items == 0..<part.frame.items ? part.frame.payload : Self.slice(part.frame.payload, signal, items)
                rendered.pieces.append(cut(payload, signal, attributeBytes))
            }
        }
        return rendered
    }

    /// One item in a request of at most `bytes`; nil where no cutting gets it there.
    func reduced(_ part: Part, _ bytes: Int) -> Rendered? {
        guard let signal = Signal(rawValue: part.frame.signal) else { return nil }
        var rendered = Rendered(pieces: [])
        let payload = wanted(part, signal, &rendered).flatMap { Self.slice(part.frame.payload, signal, $0) }
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

    private func cut(_ payload: [UInt8], _ signal: Signal, _ limit: Int) -> [UInt8] {
        limit == 0 ? payload : AttributeLimit(bytes: limit).applied(to: payload, signal)
    }

    static func slice(_ payload: [UInt8], _ signal: Signal, _ items: Range<Int>) -> [UInt8] {
        RequestView(payload, signal: signal).payload(items: items)
    }

    /// Those of a part's items whose environment is wanted; the others are noted as filtered.
    private func wanted(_ part: Part, _ signal: Signal, _ rendered: inout Rendered) -> [Range<Int>] {
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
