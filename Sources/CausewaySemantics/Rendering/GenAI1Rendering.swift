internal import CausewayOTLP

/// The GenAI conventions up to v1.36: `gen_ai.system`, and an event of the span for each message.
enum GenAI1Rendering: Renderer {
    static func render(_ span: inout ItemRendering) {
        names(&span)
        messages(&span)
    }

    static func render(record: inout ItemRendering) { names(&record) }

    private static func names(_ item: inout ItemRendering) {
        if let name = item.string(.provider), !item.isThere("gen_ai.system") {
            item.put("gen_ai.system", word: systems[name] ?? name)
            item.drop(.provider)
        }
        item.rename(.cacheReadTokens, to: "gen_ai.usage.cache_read_input_tokens")
        item.rename(.cacheWriteTokens, to: "gen_ai.usage.cache_creation_input_tokens")
        item.rename(.reasoningTokens, to: "gen_ai.usage.reasoning_tokens")
        item.rename(.requestServiceTier, to: "gen_ai.openai.request.service_tier")
        item.rename(.responseServiceTier, to: "gen_ai.openai.response.service_tier")
        item.rename(.systemFingerprint, to: "gen_ai.openai.response.system_fingerprint")
    }

    /// What providers were called before v1.37; all others had the same name.
    private static let systems = [
        "x_ai": "xai", "gcp.vertex_ai": "vertex_ai", "gcp.gemini": "gemini", "azure.ai.inference": "az.ai.inference",
        "azure.ai.openai": "az.ai.openai",
    ]

    private static func messages(_ span: inout ItemRendering) {
        guard let view = span.span else { return }
        let (system, input, output) = (span.json(.systemInstructions), span.json(.inputMessages), span.json(.outputMessages))
        if system != nil || input != nil, let list = ChatMessages.list(input, system: system) {
            guard let chat = JSONOutline([UInt8(ascii: "[")] + list + [UInt8(ascii: "]")]) else { return }
            for message in chat.elements(0) { add(chat, message, at: view.startNanoseconds, &span) }
            span.drop([.inputMessages, .systemInstructions])
        }
        if output != nil, let choices = span.chatChoices(), let answers = JSONOutline(choices), let list = answers.member("choices", of: 0)
        {
            for choice in answers.elements(list) { add(choice: answers, choice, at: view.endNanoseconds, &span) }
            span.drop(.outputMessages)
        }
    }

    private static func add(_ chat: JSONOutline, _ message: Int, at time: UInt64, _ span: inout ItemRendering) {
        let role = chat.string(chat.member("role", of: message)) ?? "user"
        let known = ["system", "user", "assistant", "tool"].contains(role) ? role : role == "developer" ? "system" : "user"
        var event = Event("gen_ai.\(known).message", time)
        event.add("role", Array(role.utf8))
        if let content = chat.member("content", of: message) { event.add("content", chat, content) }
        if let calls = chat.member("tool_calls", of: message) { event.add("tool_calls", chat, calls) }
        if let id = chat.member("tool_call_id", of: message) { event.add("id", chat, id) }
        span.added.field(11, event.bytes)
    }

    private static func add(choice answers: JSONOutline, _ choice: Int, at time: UInt64, _ span: inout ItemRendering) {
        var event = Event("gen_ai.choice", time)
        event.add("index", answers.integer(answers.member("index", of: choice)) ?? 0)
        if let reason = answers.member("finish_reason", of: choice) {
            // This generation had the plural.
            if answers.holds(reason, "tool_call") {
                event.add("finish_reason", Array("tool_calls".utf8))
            } else {
                event.add("finish_reason", answers, reason)
            }
        }
        if let message = answers.member("message", of: choice) { event.add("message", answers, message) }
        span.added.field(11, event.bytes)
    }

    /// An event of a span on its way to the wire.
    private struct Event {
        private var writer = WireWriter()

        var bytes: [UInt8] { writer.bytes }

        init(_ name: String, _ time: UInt64) {
            writer.fixed(1, time)
            writer.field(2, Array(name.utf8))
        }

        mutating func add(_ key: String, _ text: [UInt8]) { writer.attribute(3, key, text: text.indices, of: text) }

        mutating func add(_ key: String, _ number: Int64) { writer.attribute(3, key, int: number) }

        /// A string as its text, anything else as JSON.
        mutating func add(_ key: String, _ outline: JSONOutline, _ node: Int) {
            var text: [UInt8] = []
            if outline.kind(node) == .string { outline.text(node, to: &text) } else { outline.copy(node, to: &text) }
            add(key, text)
        }
    }
}
