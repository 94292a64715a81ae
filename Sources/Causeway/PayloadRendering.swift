internal import CausewayExporters
internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform
internal import CausewaySemantics
internal import CausewaySpool

/// How stored frames become a request for one destination: with what their notes say, what it does not want left out, what is too long cut.
struct PayloadRendering: Sendable {
    /// The environments that are wanted; nil for all.
    var environments: Set<String>?
    /// The most bytes of one text; 0 for as many as there are.
    var attributeBytes = 0
    /// A span that came before goes again.
    var keepsDuplicates = false
    /// What stands for a root that never came goes like a span.
    var takesSynthetic = false
    /// It gets spans, and with them the log records that became part of them.
    var takesTraces = true
    /// Nil where every trace goes.
    var sampling: Sampling?
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
        keepsDuplicates = destination.duplicates == .keep
        takesSynthetic = destination.takesSyntheticRoots
        takesTraces = destination.url(for: .traces) != nil
        sampling = Sampling(destination.sample)
        wording = Wording(destination)
        maxItemAge = destination.maxItemAge
        if destination.profile.backend?.hasProjects == true { headers = { destination.projectHeaders(of: $0) } }
        if destination.profile.backend?.resource.isEmpty == false { resource = { destination.resourceAttributes(of: $0) } }
    }

    init() {}

    func rendered(_ parts: [Part]) -> Rendered {
        var rendered = Rendered(pieces: [])
        for part in parts {
            // Parts of spans go as the spans that are put together from them.
            guard part.frame.kind == .otlp else {
                rendered.folded.append(ItemRange(sequence: part.frame.sequence, first: part.items.lowerBound, count: part.items.count))
                continue
            }
            guard let signal = Signal(rawValue: part.frame.signal) else { continue }
            let noted = NotedFrame(part.frame, signal)
            for items in wanted(part, noted, signal, &rendered) {
                let payload = items == 0..<part.frame.items ? noted.payload : Self.slice(noted.payload, signal, items)
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
        let noted = NotedFrame(part.frame, signal)
        let sliced = wanted(part, noted, signal, &rendered).flatMap { Self.slice(noted.payload, signal, $0) }
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

    /// Those of a part's items that go; what becomes of the others is noted.
    private func wanted(_ part: Part, _ noted: NotedFrame, _ signal: Signal, _ rendered: inout Rendered) -> [Range<Int>] {
        var kept = ofEnvironment(part, noted.payload, signal, &rendered)
        for (item, note) in noted.marked {
            guard let reason = leftOut(note), let place = kept.firstIndex(where: { $0.contains(item) }) else { continue }
            let range = kept[place]
            kept.replaceSubrange(place...place, with: [range.lowerBound..<item, item + 1..<range.upperBound].filter { !$0.isEmpty })
            switch reason {
            case .rule(let rule): rendered.filtered[rule, default: []].append(item, of: part.frame.sequence)
            case .folded: rendered.folded.append(item, of: part.frame.sequence)
            }
        }
        guard let maxItemAge else { return kept }
        let (time, age) = (now(), UInt64(max(0, maxItemAge.inNanoseconds)))
        return ItemAge.young(kept, of: part, signal, since: time > age ? time - age : 0, &rendered)
    }

    private enum Reason { case rule(String), folded }

    private func leftOut(_ note: ItemNote) -> Reason? {
        if note.marks.contains(.folded), takesTraces { return .folded }
        if note.marks.contains(.redelivered), !keepsDuplicates { return .rule("redelivered") }
        if note.marks.contains(.synthetic), !takesSynthetic { return .rule("synthetic") }
        if let sampling, let facts = note.sampling, !sampling.keeps(facts) { return .rule("sample") }
        return nil
    }

    /// Those of a part's items whose environment is wanted; the others are noted as filtered.
    private func ofEnvironment(_ part: Part, _ payload: [UInt8], _ signal: Signal, _ rendered: inout Rendered) -> [Range<Int>] {
        guard let environments else { return [part.items] }
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

extension [ItemRange] {
    /// Adds one item; the ones behind each other are one range.
    fileprivate mutating func append(_ item: Int, of sequence: UInt64) {
        if let last, last.sequence == sequence, last.first + last.count == item {
            self[count - 1].count += 1
        } else {
            append(ItemRange(sequence: sequence, first: item, count: 1))
        }
    }
}
