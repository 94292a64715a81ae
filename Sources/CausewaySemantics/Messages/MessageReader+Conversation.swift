/// Requests, answers and lists of messages.
extension MessageReader {
    /// Whatever holds messages.
    mutating func conversation(_ node: Int, _ side: Side, finish: Int? = nil) -> Bool {
        switch outline.kind(node) {
        case .string: return message(node, side, finish)
        case .array:
            let elements = outline.elements(node)
            guard !elements.isEmpty else { return false }
            // Parts of one message, without the message around them.
            if elements.allSatisfy({ isPart($0) }) { return wrapped(node, side, finish) }
            for element in elements {
                if let (role, text) = pair(element) {
                    said(role, text)
                    continue
                }
                guard outline.kind(element) == .array ? conversation(element, side) : message(element, side, finish) else { return false }
            }
            return true
        case .object:
            if tools == nil { tools = outline.member(["tools", "functions"], of: node) }
            if isMessage(node) { return message(node, side, finish) }
            if let choices = outline.member(["choices", "generations", "candidates", "replies"], of: node) {
                noteExtras(node, besides: choices)
                return answers(choices)
            }
            let reason = outline.member(["finish_reason", "stop_reason", "finishReason", "stopReason"], of: node) ?? finish
            var isRead = false
            if side == .input, let system = outline.member(Self.systems, of: node) {
                isRead = wrappedSystem(system)
            }
            // What was said before stands beside what is said now: Cohere, LangChain.
            if side == .input, let history = outline.member(["chat_history", "history"], of: node), outline.kind(history) == .array,
                let now = outline.member(["message", "input", "question", "query"], of: node), outline.kind(now) == .string
            {
                noteExtras(node, besides: now, history)
                if outline.firstChild(history) != nil, !conversation(history, side) { return false }
                return message(now, side, nil) || isRead
            }
            for name in Self.wrappers {
                if let inner = outline.member(name, of: node) {
                    noteExtras(node, besides: inner)
                    return conversation(inner, side, finish: reason) || isRead
                }
            }
            return isRead
        default: return false
        }
    }

    /// LangChain's short form of a message: a role and a text, in a list.
    private func pair(_ node: Int) -> (role: Int, text: Int)? {
        guard outline.kind(node) == .array, let role = outline.firstChild(node), outline.kind(role) == .string,
            let text = outline.next(role, in: node), outline.kind(text) == .string, outline.next(text, in: node) == nil
        else { return nil }
        let isRole =
            ["user", "assistant", "system", "tool"].contains { outline.holds(role, $0) }
            || Self.otherRoles.contains { outline.holds(role, $0.0) }
        return isRole ? (role, text) : nil
    }

    private mutating func said(_ role: Int, _ text: Int) {
        separate()
        write("{\"role\":")
        if let other = Self.otherRoles.first(where: { outline.holds(role, $0.0) }) {
            quote(other.1)
        } else {
            outline.copy(role, to: &output)
        }
        write(",\"parts\":[")
        hasParts = false
        part(text)
        write("]}")
    }

    private static let systems: [String] = ["system", "instructions", "systemInstruction", "system_instruction", "preamble"]

    static let wrappers: [String] = [
        "messages", "contents", "chat_history", "message", "input", "output", "outputs", "inputs", "prompt", "prompts", "query", "response",
        "kwargs", "content", "text", "value", "items",
    ]

    private mutating func noteExtras(_ object: Int, besides values: Int...) {
        var next = outline.firstChild(object)
        while let name = next {
            next = outline.next(name + 1, in: object)
            guard !values.contains(name + 1), !isEmpty(name + 1), !Self.accountedFor.contains(where: { outline.isKey(name, $0) }) else {
                continue
            }
            extras.append(name)
        }
    }

    /// Members that are read elsewhere, or say only what kind of thing it is.
    private static let accountedFor: [String] = [
        "tools", "functions", "system", "instructions", "systemInstruction", "system_instruction", "preamble", "finish_reason",
        "stop_reason",
        "finishReason", "stopReason", "object", "type", "created", "created_at", "index", "logprobs", "run", "lc", "role",
    ]

    mutating func answers(_ list: Int) -> Bool {
        guard outline.kind(list) == .array else { return conversation(list, .output) }
        var isRead = false
        for answer in outline.elements(list) {
            if outline.kind(answer) == .array {
                isRead = answers(answer) || isRead
                continue
            }
            guard outline.kind(answer) == .object else { continue }
            var reason = outline.member(["finish_reason", "finishReason"], of: answer)
            if reason == nil, let details = outline.member(["generation_info", "meta"], of: answer) {
                reason = outline.member("finish_reason", of: details)
            }
            if let message = outline.member(["message", "content"], of: answer), outline.kind(message) != .array {
                isRead = self.conversation(message, .output, finish: reason) || isRead
            } else {
                isRead = message(answer, .output, reason) || isRead
            }
        }
        return isRead
    }

    mutating func system(_ node: Int) -> Bool {
        switch outline.kind(node) {
        case .array:
            hasParts = false
            for element in outline.elements(node) {
                if outline.kind(element) == .object, let parts = outline.member(["parts", "content"], of: element),
                    outline.kind(parts) == .array
                {
                    for each in outline.elements(parts) { part(each) }
                } else {
                    part(element)
                }
            }
            return hasParts
        case .object, .string:
            hasParts = false
            if let parts = outline.kind(node) == .object ? outline.member(["parts", "content", "text"], of: node) : node {
                content(parts)
            }
            return hasParts
        default: return false
        }
    }

    mutating func wrappedSystem(_ node: Int) -> Bool {
        let start = output.count
        separate()
        write("{\"role\":\"system\",\"parts\":[")
        guard system(node) else {
            output.removeLast(output.count - start)
            return false
        }
        write("]}")
        return true
    }

    mutating func wrapped(_ parts: Int, _ side: Side, _ finish: Int?) -> Bool {
        separate()
        write(side == .output ? "{\"role\":\"assistant\",\"parts\":[" : "{\"role\":\"user\",\"parts\":[")
        hasParts = false
        content(parts)
        write("]")
        self.finish(finish)
        write("}")
        return true
    }

    func isPart(_ node: Int) -> Bool {
        guard outline.kind(node) == .object, outline.member("role", of: node) == nil, let type = outline.member("type", of: node) else {
            return false
        }
        let parts: [String] = ["text", "tool_use", "tool_result", "thinking", "image", "image_url", "reasoning_text", "tool_call"]
        return parts.contains { outline.holds(type, $0) }
            && outline.member(["lc", "kwargs", "function", "additional_kwargs"], of: node) == nil
    }

    func isMessage(_ node: Int) -> Bool {
        if outline.member(["role", "parts", "tool_calls"], of: node) != nil { return true }
        if outline.member("kwargs", of: node) != nil, outline.member(["lc", "id"], of: node) != nil { return true }
        guard let type = outline.member("type", of: node), outline.kind(type) == .string else { return false }
        return outline.member(["content", "call_id", "summary", "data"], of: node) != nil
    }
}
