import CausewayModel
import CausewayOTLP
import CausewaySemantics

/// What understanding changed in a request, in words that people can read: for each item what went and what came.
enum Changes {
    static let options = UnderstandingOptions(callKey: CallKey(1, 2))

    /// With what models cost, by the built-in table.
    static let priced: UnderstandingOptions = {
        var priced = options
        priced.prices = .builtIn
        return priced
    }()

    static func report(
        _ payload: [UInt8],
        _ signal: Signal,
        index: DialectIndex = .shared,
        options: UnderstandingOptions = Changes.options
    ) -> String {
        let after = understand(payload, signal: signal, options: options, index: index).payload
        var lines: [String] = []
        let (old, new) = (items(payload, signal), items(after, signal))
        guard old.count == new.count else { return merged(old, new) }
        for (before, now) in zip(old, new) {
            if before == now {
                lines.append("  \(before.name)   as it came")
                continue
            }
            lines.append("  \(before.name)\(before.name == now.name ? "" : " → \(now.name)")")
            for attribute in before.attributes where !now.attributes.contains(attribute) { lines.append("    - \(text(attribute))") }
            for attribute in now.attributes where !before.attributes.contains(attribute) { lines.append("    + \(text(attribute))") }
            if before.body != now.body { lines.append("    body \(short(text(before.body))) → \(short(text(now.body)))") }
            for event in before.events where !now.events.contains(event) { lines.append("    - event \(event.name)") }
            for event in now.events where !before.events.contains(event) {
                lines.append("    + event \(event.name) " + event.attributes.map(text).joined(separator: ", "))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Points that became one cannot be compared one by one.
    private static func merged(_ old: [Item], _ new: [Item]) -> String {
        var lines = ["  \(old.count) points became \(new.count)"]
        for item in new {
            lines.append("  \(item.name)")
            lines += item.attributes.map { "    = \(text($0))" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    struct Item: Equatable {
        var name: String
        var attributes: [Attribute]
        var events: [EventRecord] = []
        var body = AttributeValue.empty
    }

    static func items(_ payload: [UInt8], _ signal: Signal) -> [Item] {
        var items: [Item] = []
        for resource in RequestView(payload, signal: signal).resourceEntries {
            for scope in resource.scopeEntries(payload) {
                switch signal {
                case .traces:
                    for span in scope.spans(payload) {
                        let events = span.events(payload).map {
                            EventRecord(
                                name: payload.text($0.name),
                                timeNanoseconds: $0.timeNanoseconds,
                                attributes: $0.attributes.copied(payload)
                            )
                        }
                        items.append(Item(name: payload.text(span.name), attributes: span.attributes.copied(payload), events: events))
                    }
                case .logs:
                    for record in scope.logRecords(payload) {
                        items.append(
                            Item(
                                name: "log " + payload.text(record.eventName),
                                attributes: record.attributes.copied(payload),
                                body: record.body.copied(payload)
                            )
                        )
                    }
                case .metrics:
                    for metric in scope.metrics(payload) {
                        for point in metric.data?.points(payload) ?? [] {
                            let name = "metric \(payload.text(metric.name)) [\(payload.text(metric.unit))] \(number(point))"
                            items.append(Item(name: name, attributes: point.attributes.copied(payload)))
                        }
                    }
                }
            }
        }
        return items
    }

    private static func number(_ point: DataPointView) -> String {
        switch point.value {
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case nil: "\(point.count) × \(point.sum.map { "\($0)" } ?? "?")"
        }
    }

    static func text(_ attribute: Attribute) -> String { "\(attribute.key) = \(short(text(attribute.value)))" }

    static func text(_ value: AttributeValue) -> String {
        switch value {
        case .empty: "nothing"
        case .string(let text): "\"\(text)\""
        case .bool(let flag): "\(flag)"
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .array(let elements): "[" + elements.map(text).joined(separator: ", ") + "]"
        case .map(let entries): "{" + entries.map { "\($0.key): \(text($0.value))" }.joined(separator: ", ") + "}"
        }
    }

    /// Of long content the beginning and the end.
    static func short(_ text: String) -> String {
        let line = text.replacing("\n", with: "⏎")
        return line.count <= 700 ? line : line.prefix(500) + " … " + line.suffix(100) + " (\(line.count))"
    }
}
