/// One message.
extension MessageReader {
    mutating func message(_ node: Int, _ side: Side, _ finish: Int?) -> Bool {
        guard outline.kind(node) == .object else {
            guard outline.kind(node) == .string, !isShownObject(node) else { return false }
            separate()
            write(side == .output ? "{\"role\":\"assistant\",\"parts\":[" : "{\"role\":\"user\",\"parts\":[")
            hasParts = false
            part(node)
            write("]")
            self.finish(finish)
            write("}")
            return true
        }
        // What LangChain serializes: the message is what its constructor was given.
        if let inner = outline.member("kwargs", of: node), outline.kind(inner) == .object, outline.member(["lc", "id"], of: node) != nil {
            return message(inner, side, finish, className: outline.member("id", of: node))
        }
        if outline.member(["role", "parts", "tool_calls", "type"], of: node) == nil,
            let inner = outline.member(["message", "messages", "prompt", "completion"], of: node)
        {
            return conversation(inner, side, finish: outline.member("finish_reason", of: node) ?? finish)
        }
        return message(node, side, finish, className: nil)
    }

    mutating func message(_ node: Int, _ side: Side, _ finish: Int?, className: Int?) -> Bool {
        let start = output.count
        separate()
        write("{\"role\":")
        role(node, side, className)
        write(",\"parts\":[")
        hasParts = false
        let type = outline.member("type", of: node)
        let isTool: Bool
        if let type, outline.holds(type, "function_call") || outline.holds(type, "custom_tool_call") {
            isTool = true
            toolCall(node, id: ["call_id", "id"], name: ["name"], arguments: ["arguments", "input"])
        } else if let type, outline.holds(type, "function_call_output") || outline.holds(type, "custom_tool_call_output") {
            isTool = true
            toolResponse(node, id: ["call_id"], response: ["output"])
        } else if outline.member("tool_call_id", of: node) != nil, outline.member("parts", of: node) == nil {
            isTool = true
            toolResponse(node, id: ["tool_call_id"], response: ["content"])
        } else if let type, callItem(node) != nil {
            isTool = true
            call(item: node, type)
            return close(node, finish)
        } else if isResult(node) {
            isTool = true
            toolResponse(node, id: [], response: ["content"])
        } else {
            isTool = false
            if let reasoning = outline.member(["reasoning_content", "reasoning", "summary"], of: node) { self.reasoning(reasoning) }
            if let parts = outline.member("parts", of: node) {
                content(parts)
            } else if let content = outline.member(["content", "contents", "text", "data"], of: node) {
                self.content(content, besides: outline.member("tool_calls", of: node))
            } else if let text = outline.member("message", of: node), outline.kind(text) == .string {
                // Cohere's word for it.
                part(text)
            }
            if let images = images(node) {
                for image in images { media("image", image, nil) }
            }
            if let calls = outline.member("tool_calls", of: node) {
                for call in outline.elements(calls) { openAICall(call) }
            }
            if let call = outline.member("function_call", of: node) { openAICall(call) }
            if outline.member("function_call_name", of: node) != nil {
                toolCall(node, id: [], name: ["function_call_name"], arguments: ["function_call_arguments_json"], isWhole: false)
            }
        }
        guard hasParts || outline.member(["role", "type"], of: node) != nil else {
            output.removeLast(output.count - start)
            return false
        }
        write("]")
        if let name = outline.member("name", of: node), outline.kind(name) == .string, !isTool {
            write(",\"name\":")
            outline.copy(name, to: &output)
        }
        self.finish(outline.member(["finish_reason", "stop_reason", "finishReason"], of: node) ?? finish)
        extras(node, isTool: isTool)
        write("}")
        return true
    }

    private mutating func close(_ node: Int, _ finish: Int?) -> Bool {
        write("]")
        self.finish(finish)
        write("}")
        return true
    }

    /// What a tool said, without the id of its call: the older interface of OpenAI's, Ollama.
    private func isResult(_ node: Int) -> Bool {
        guard let role = outline.member("role", of: node), outline.holds(role, "tool") || outline.holds(role, "function"),
            outline.member(["parts", "tool_calls"], of: node) == nil, let content = outline.member("content", of: node)
        else { return false }
        return outline.kind(content) == .string
    }

    /// Ollama's pictures beside a text.
    private func images(_ node: Int) -> [Int]? {
        guard let images = outline.member("images", of: node), outline.kind(images) == .array else { return nil }
        let elements = outline.elements(images)
        return !elements.isEmpty && elements.allSatisfy({ outline.kind($0) == .string }) ? elements : nil
    }

    /// Content without the calls that the message has a list of besides: LangChain keeps both.
    private mutating func content(_ node: Int, besides calls: Int?) {
        guard let calls, outline.kind(node) == .array, outline.firstChild(calls) != nil else { return content(node) }
        let ids = outline.elements(calls).compactMap { outline.member("id", of: $0) }.map { outline.bytes[outline.inside($0)] }
        for part in outline.elements(node) {
            if outline.kind(part) == .object, let type = outline.member("type", of: part),
                outline.holds(type, "tool_use") || outline.holds(type, "function_call") || outline.holds(type, "tool_call"),
                let id = outline.member(["call_id", "id"], of: part), ids.contains(outline.bytes[outline.inside(id)])
            {
                continue
            }
            self.part(part)
        }
    }

    /// Whether a text is what a program shows of an object (`ChatMessage(role=…)`): nobody said that.
    private func isShownObject(_ node: Int) -> Bool {
        let text = outline.bytes[outline.inside(node)]
        guard let first = text.first, 0x41...0x5A ~= first, text.last == UInt8(ascii: ")") else { return false }
        guard let bracket = text.prefix(64).firstIndex(of: UInt8(ascii: "(")) else { return false }
        let isName = text[..<bracket].allSatisfy { 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "_") }
        return isName && text[bracket...].prefix(64).contains(UInt8(ascii: "="))
    }

    mutating func role(_ node: Int, _ side: Side, _ className: Int?) {
        if let role = outline.member("role", of: node) ?? outline.member("type", of: node), outline.kind(role) == .string {
            if let other = Self.otherRoles.first(where: { outline.holds(role, $0.0) }) { return quote(other.1) }
            if outline.member("role", of: node) != nil { return outline.copy(role, to: &output) }
            for word: String in ["user", "assistant", "system", "tool", "developer"] where outline.holds(role, word) { return quote(word) }
            if outline.holds(role, "function_call_output") || outline.holds(role, "custom_tool_call_output") { return quote("tool") }
            if outline.holds(role, "function_call") || outline.holds(role, "reasoning") { return quote("assistant") }
            if let word = callItem(node) { return quote(word) }
        }
        if let className, outline.kind(className) == .array, let last = outline.elements(className).last,
            let other = Self.otherRoles.first(where: { outline.holds(last, $0.0) })
        {
            return quote(other.1)
        }
        if outline.member("tool_call_id", of: node) != nil { return quote("tool") }
        quote(side == .output ? "assistant" : "user")
    }

    mutating func finish(_ reason: Int?) {
        guard let reason, outline.kind(reason) == .string, !outline.inside(reason).isEmpty else { return }
        note(reason)
        write(",\"finish_reason\":")
        if let word = Self.finishReason(outline, reason) { quote(word) } else { outline.copy(reason, to: &output) }
    }

    /// What is neither known nor empty stays as it is.
    mutating func extras(_ node: Int, isTool: Bool) {
        var next = outline.firstChild(node)
        while let key = next {
            let value = key + 1
            next = outline.next(value, in: node)
            guard !isEmpty(value), !Self.knownMembers.contains(where: { outline.isKey(key, $0) }) else { continue }
            if outline.isKey(key, "images"), images(node) != nil { continue }
            if outline.isKey(key, "message"), outline.kind(value) == .string, outline.member(Self.texts, of: node) == nil { continue }
            if isTool, outline.isKey(key, "tool_name") { continue }
            write(",")
            outline.copy(key, to: &output)
            write(":")
            outline.copy(value, to: &output)
        }
    }

    private static let texts: [String] = ["parts", "content", "contents", "text", "data"]

    static let knownMembers: [String] = [
        "role", "parts", "content", "contents", "tool_calls", "function_call", "tool_call_id", "name", "finish_reason", "stop_reason",
        "finishReason",
        "type", "call_id", "arguments", "function_call_name", "function_call_arguments_json", "reasoning_content", "reasoning", "summary",
        "text", "data", "output",
    ]

    func isEmpty(_ node: Int) -> Bool {
        switch outline.kind(node) {
        case .null: true
        case .array, .object: outline.firstChild(node) == nil
        case .string, .escaped: outline.inside(node).isEmpty
        case .bool: outline.bool(node) == false
        case .number: false
        }
    }
}
