import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

/// What the documentation of instrumentations says they send, where no captured request shows it, and what Causeway makes of it.
struct DocumentedDialectTests {
    @Test(arguments: Documented.all)
    func `what a dialect documents is understood so`(example: Documented) throws {
        let after = understand(example.payload, signal: example.signal, options: Changes.options)
        #expect(after.items == [example.dialect: 1])
        let item = try #require(Changes.items(after.payload, example.signal).first)
        for attribute in example.means {
            let found = item.attributes.filter { $0.key == attribute.key }.map(\.value)
            #expect(found == [attribute.value], "\(attribute.key)")
        }
        for key in example.goes { #expect(!item.attributes.contains { $0.key == key }, "\(key)") }
        for key in example.keeps { #expect(item.attributes.contains { $0.key == key }, "\(key)") }
        if let name = example.becomes { #expect(item.name == name) }
        #expect(item.events.map(\.name) == example.eventsAfter)
    }

    @Test(arguments: Documented.all)
    func `a value of the wrong kind under any key does no harm`(example: Documented) {
        let values: [AttributeValue] = [
            "", "{", "[1", "\"", "NaN", "-7", .int(-1), .double(.infinity), .array(["a", .int(1)]), .map([Attribute("a", .empty)]),
            .bytes([0, 255]), .empty, "{'a': [}", "[[[[", .string(String(repeating: "[", count: 4000)),
        ]
        for value in values {
            var broken = example
            broken.said = example.said.map { Attribute($0.key, value) }
            let payload = broken.payload
            let after = understand(payload, signal: broken.signal, options: Changes.options)
            #expect(Changes.items(after.payload, broken.signal).count == 1)
        }
    }
}

/// One item as it is documented.
struct Documented: CustomTestStringConvertible, Sendable {
    enum Kind: Sendable {
        case span, root, log
        /// With this value and unit.
        case metric(Double, String)
    }

    var dialect: String
    var rule: String
    var kind = Kind.span
    var name: String
    var scope = "app"
    var resource: [Attribute] = []
    var said: [Attribute]
    /// Of a log record.
    var body: AttributeValue
    var events: [EventRecord] = []
    var status = StatusRecord()
    /// Attributes it has then, and no other ones with these keys.
    var means: [Attribute]
    var goes: [String]
    var keeps: [String]
    /// Its name then, as `Changes` tells it.
    var becomes: String?
    var eventsAfter: [String]

    init(
        _ dialect: String,
        _ rule: String,
        _ kind: Kind = .span,
        named name: String,
        scope: String = "app",
        resource: KeyValuePairs<String, AttributeValue> = [:],
        _ said: KeyValuePairs<String, AttributeValue>,
        body: AttributeValue = .empty,
        events: [EventRecord] = [],
        status: StatusRecord = StatusRecord(),
        means: KeyValuePairs<String, AttributeValue>,
        goes: [String] = [],
        keeps: [String] = [],
        becomes: String? = nil,
        eventsAfter: [String] = []
    ) {
        (self.dialect, self.rule, self.kind, self.name, self.scope) = (dialect, rule, kind, name, scope)
        self.resource = resource.map { Attribute($0.key, $0.value) }
        self.said = said.map { Attribute($0.key, $0.value) }
        (self.body, self.events, self.status) = (body, events, status)
        self.means = means.map { Attribute($0.key, $0.value) }
        (self.goes, self.keeps, self.becomes, self.eventsAfter) = (goes, keeps, becomes, eventsAfter)
    }

    var testDescription: String { "\(dialect): \(rule)" }

    var signal: Signal {
        switch kind {
        case .span, .root: .traces
        case .log: .logs
        case .metric: .metrics
        }
    }

    var payload: [UInt8] {
        let items: TelemetryRecord.Items
        switch kind {
        case .span, .root:
            var span = SpanRecord(
                traceID: TraceID(high: 1, low: 2)!,
                spanID: SpanID(3)!,
                parentSpanID: signal == .traces && isRoot ? nil : SpanID(4),
                name: name,
                startNanoseconds: 1_000_000_000,
                endNanoseconds: 3_000_000_000
            )
            (span.attributes, span.events, span.status) = (said, events, status)
            items = .spans([span])
        case .log:
            var log = LogRecord(timeNanoseconds: 1_000_000_000, observedNanoseconds: 1_000_000_000)
            (log.eventName, log.attributes, log.body) = (name, said, body)
            items = .logs([log])
        case .metric(let value, let unit):
            let point = MetricPoint(attributes: said, timeNanoseconds: 1_000_000_000, value: .double(value))
            items = .metrics([MetricRecord(name: name, unit: unit, data: .gauge([point]))])
        }
        return TelemetryRecord(resource: resource, scope: ScopeRecord(name: scope), items: items).encoded()
    }

    private var isRoot: Bool { if case .root = kind { true } else { false } }

    static let all: [Documented] =
        claudeCode + codexCLI + geminiCLI + googleADK + liveKit + haystack + genkit + voltAgent + laminar + agentOps + microsoft
        + openTelemetryKin + clouds + gateways + others + particulars + mastra + instrumentations
}
