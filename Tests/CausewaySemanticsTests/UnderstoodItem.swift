import CausewayModel
import CausewayOTLP
import CausewaySemantics

/// One item after it was understood.
struct UnderstoodItem {
    let before: [Attribute]
    let after: [Attribute]
    let events: [EventRecord]
    let body: AttributeValue

    /// A span with these attributes.
    init(
        _ name: String = "work",
        _ attributes: [Attribute],
        events: [EventRecord] = [],
        status: StatusRecord = StatusRecord(),
        isRoot: Bool = false
    ) {
        let payload = Requests.span(name, attributes, events: events, status: status, isRoot: isRoot)
        self.init(payload, .traces)
    }

    init(_ attributes: [Attribute]) { self.init("work", attributes) }

    /// A log record with this name and body.
    init(log name: String, _ attributes: [Attribute] = [], body: AttributeValue = .empty) {
        var record = LogRecord(timeNanoseconds: 1, observedNanoseconds: 1)
        record.eventName = name
        record.attributes = attributes
        record.body = body
        self.init(TelemetryRecord(resource: [], scope: ScopeRecord(name: "test"), items: .logs([record])).encoded(), .logs)
    }

    private init(_ payload: [UInt8], _ signal: Signal) {
        let understood = understand(payload, signal: signal, options: Changes.options)
        // Whatever is made of it is a request that everybody takes.
        let admitted = try? admit(understood.payload, signal: signal)
        precondition(admitted?.payload == understood.payload && admitted?.refused == 0, "what was made is not well formed")
        let item = Changes.items(understood.payload, signal)[0]
        before = Changes.items(payload, signal)[0].attributes
        after = item.attributes
        events = item.events
        body = item.body
    }

    /// The value of an attribute; nil if it is not there. There is never more than one of a name.
    subscript(key: String) -> AttributeValue? {
        let found = after.filter { $0.key == key }
        precondition(found.count <= 1, "\(key) is there \(found.count) times")
        return found.first?.value
    }

    func text(_ key: String) -> String? { if case .string(let text) = self[key] { text } else { nil } }

    func int(_ key: String) -> Int64? { if case .int(let value) = self[key] { value } else { nil } }

    var failure: String? { text("causeway.failure.category").map { "\($0).\(text("causeway.failure.code") ?? "")" } }
}
