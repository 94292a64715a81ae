import CausewayModel
import CausewayOTLP

@testable import CausewaySemantics

/// Lines of agent events and what became of them, easy to ask.
struct EventLines {
    static let now: UInt64 = 1_767_268_900_000_000_000
    static let options = UnderstandingOptions(callKey: CallKey(1, 2))

    let output: AgentEventOutput
    let spans: [JSONValue]
    let parts: [JSONValue]
    let records: [JSONValue]
    /// Of the first span, or the first record.
    let resource: JSONValue

    init(_ lines: String..., limits: AgentEventLimits = AgentEventLimits()) {
        var intake = AgentEventIntake(limits: limits)
        self.init(lines, &intake)
    }

    init(_ lines: [String], _ intake: inout AgentEventIntake, source: Int = 0, now: UInt64 = Self.now) {
        var batch = AgentEventBatch(tenant: "", source: source, now: now, options: Self.options)
        for (place, line) in lines.enumerated() { batch.add(Array(line.utf8), number: place + 1, &intake) }
        output = batch.finish(&intake)
        let spansPayload = Self.understood(output.spans, .traces)
        let recordsPayload = Self.understood(output.records, .logs)
        spans = Self.items(spansPayload, .traces)
        parts = Self.items(output.parts, .traces)
        records = Self.items(recordsPayload, .logs)
        resource =
            Self.resources(spansPayload.isEmpty ? recordsPayload : spansPayload, spansPayload.isEmpty ? .logs : .traces).first ?? .null
    }

    /// Understood as append does it, and well formed.
    static func understood(_ payload: [UInt8], _ signal: Signal) -> [UInt8] {
        if payload.isEmpty { return [] }
        let understood = understand(payload, signal: signal, options: options).payload
        let admitted = try? admit(understood, signal: signal)
        precondition(admitted?.payload == understood && admitted?.refused == 0, "what was made is not well formed")
        return understood
    }

    static func json(_ payload: [UInt8], _ signal: Signal) -> JSONValue {
        guard let text = try? OTLPJSON.json(fromProtobuf: payload, signal: signal), let value = try? JSONValue(parsing: text) else {
            preconditionFailure("it has JSON")
        }
        return value
    }

    static func resources(_ payload: [UInt8], _ signal: Signal) -> [JSONValue] {
        if payload.isEmpty { return [] }
        return json(payload, signal)[signal == .traces ? "resourceSpans" : "resourceLogs"]?.array ?? []
    }

    static func items(_ payload: [UInt8], _ signal: Signal) -> [JSONValue] {
        resources(payload, signal).flatMap { resource in
            (resource[signal == .traces ? "scopeSpans" : "scopeLogs"]?.array ?? []).flatMap {
                $0[signal == .traces ? "spans" : "logRecords"]?.array ?? []
            }
        }
    }

    /// The only refusal's text; nil when there is none.
    var refusal: String? { output.refusals.first?.text }
}

extension JSONValue {
    /// The value of the attribute with this key, as text; lists with commas. There is never more than one of a name.
    func attribute(_ key: String) -> String? {
        let found = (self["attributes"]?.array ?? []).filter { $0["key"]?.string == key }
        precondition(found.count <= 1, "\(key) is there \(found.count) times")
        return found.first?["value"].map(Self.text)
    }

    private static func text(_ value: JSONValue) -> String {
        if let list = value["arrayValue"]?["values"]?.array { return list.map(text).joined(separator: ",") }
        guard case .object(let members) = value, let only = members.first else { return "" }
        switch only.value {
        case .string(let text): return text
        case .number(let number): return number.double.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" } ?? ""
        case .bool(let flag): return "\(flag)"
        case .null, .array, .object: return ""
        }
    }

    func event(_ name: String) -> JSONValue? { self["events"]?.array?.first { $0["name"]?.string == name } }
}
