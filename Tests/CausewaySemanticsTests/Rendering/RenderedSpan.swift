import CausewayModel
import CausewayOTLP
import CausewaySemantics

/// One span on its way out: understood as it would be in the log, then in a dialect's words.
struct RenderedSpan {
    let attributes: [Attribute]
    let events: [EventRecord]

    init(
        _ dialect: RenderedDialect,
        _ attributes: [Attribute],
        name: String = "work",
        events: [EventRecord] = [],
        status: StatusRecord = StatusRecord(),
        isRoot: Bool = false
    ) {
        let payload = Requests.span(name, attributes, events: events, status: status, isRoot: isRoot)
        let stored = understand(payload, signal: .traces, options: Changes.options).payload
        self.init(dialect, stored: stored)
    }

    init(_ dialect: RenderedDialect, stored: [UInt8]) {
        let rendered = render(stored, signal: .traces, as: dialect)
        let admitted = try? admit(rendered, signal: .traces)
        precondition(admitted?.payload == rendered && admitted?.refused == 0, "what was rendered is not well formed")
        let item = Changes.items(rendered, .traces)[0]
        attributes = item.attributes
        events = item.events
    }

    /// The value of an attribute; nil if it is not there. There is never more than one of a name.
    subscript(key: String) -> AttributeValue? {
        let found = attributes.filter { $0.key == key }
        precondition(found.count <= 1, "\(key) is there \(found.count) times")
        return found.first?.value
    }

    func text(_ key: String) -> String? { if case .string(let text)? = self[key] { text } else { nil } }

    func json(_ key: String) -> JSONValue? { text(key).flatMap { try? JSONValue(parsing: Array($0.utf8)) } }
}

/// Spans as they are in agents of every kind.
enum Spans {
    static let messages = #"[{"role":"user","parts":[{"type":"text","content":"How long is a refund?"}]}]"#
    static let called =
        #"[{"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"find","arguments":{"q":"refund"}}],"finish_reason":"tool_call"}]"#
    static let answered = #"[{"role":"assistant","parts":[{"type":"text","content":"Five days."}],"finish_reason":"stop"}]"#
    static let conversation =
        #"[{"role":"user","parts":[{"type":"text","content":"How long?"},{"type":"uri","modality":"image","uri":"https://i.example/a.png"}]},"#
        + #"{"role":"assistant","parts":[{"type":"reasoning","content":"Look it up."},{"type":"tool_call","id":"c1","name":"find","#
        + #""arguments":{"q":"refund"}}]},{"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":{"days":5}}]}]"#

    static let chat: [Attribute] = [
        Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
        Attribute("gen_ai.request.model", "claude-3"), Attribute("gen_ai.response.model", "claude-3-5"),
        Attribute("gen_ai.request.temperature", 0.5), Attribute("gen_ai.request.max_tokens", 100),
        Attribute("gen_ai.usage.input_tokens", 100), Attribute("gen_ai.usage.output_tokens", 40),
        Attribute("gen_ai.usage.cache_read.input_tokens", 30), Attribute("gen_ai.usage.cache_creation.input_tokens", 20),
        Attribute("gen_ai.usage.reasoning.output_tokens", 10), Attribute("gen_ai.response.finish_reasons", .array(["stop"])),
        Attribute("gen_ai.response.time_to_first_chunk", 0.25), Attribute("gen_ai.conversation.id", "s1"), Attribute("user.id", "u1"),
        Attribute("gen_ai.system_instructions", #"[{"type":"text","content":"Be brief."}]"#),
        Attribute("gen_ai.input.messages", .string(messages)), Attribute("gen_ai.output.messages", .string(answered)),
        Attribute("gen_ai.tool.definitions", #"[{"type":"function","name":"find","description":"d","parameters":{"type":"object"}}]"#),
        Attribute("causeway.cost.total", 0.003), Attribute("causeway.cost.input", 0.002), Attribute("causeway.cost.output", 0.001),
        Attribute("app.ticket", "T-1"),
    ]
    static let tool: [Attribute] = [
        Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", "find"), Attribute("gen_ai.tool.call.id", "c1"),
        Attribute("gen_ai.tool.call.arguments", #"{"q":"refund"}"#), Attribute("gen_ai.tool.call.result", "five days"),
        Attribute("gen_ai.conversation.id", "s1"),
    ]
    static let retrieval: [Attribute] = [
        Attribute("gen_ai.operation.name", "retrieval"), Attribute("gen_ai.retrieval.query.text", "refund"),
        Attribute("gen_ai.retrieval.documents", #"[{"id":"d1","score":0.5,"content":"five days"},{"content":"no"}]"#),
    ]
    static let agent: [Attribute] = [
        Attribute("gen_ai.operation.name", "invoke_agent"), Attribute("gen_ai.agent.name", "desk"),
        Attribute("gen_ai.input.messages", .string(messages)), Attribute("gen_ai.output.messages", .string(answered)),
        Attribute("gen_ai.usage.input_tokens", 100), Attribute("gen_ai.usage.output_tokens", 40),
    ]

    /// What settling says of the last try of a call that failed each time, under a run that came to nothing.
    static let found: [Attribute] = [
        Attribute("causeway.tenant.id", "acme"), Attribute("causeway.outcome", "partial"), Attribute("causeway.failure.category", "tool"),
        Attribute("causeway.failure.code", "server_error"), Attribute("causeway.failure.message", "no answer"),
        Attribute("causeway.failure.fallback", "other"), Attribute("causeway.retry.attempt", 2), Attribute("causeway.retry.count", 1),
        Attribute("causeway.retry.exhausted", true),
    ]

    static func step(_ type: String) -> [Attribute] { [Attribute("causeway.step.type", .string(type))] }
}

/// All captured requests as they lie in the log, understood once for all who look at them.
enum StoredCorpus {
    static let all: [(capture: Capture, stored: [UInt8])] = Capture.all.compactMap { capture in
        guard let payload = try? capture.payload else { return nil }
        return (capture, understand(payload, signal: capture.signal, options: Changes.options).payload)
    }
}
