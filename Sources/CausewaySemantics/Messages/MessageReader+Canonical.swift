internal import CausewayOTLP

/// Whether messages are as the conventions have them, so that they can stay to the last byte.
extension MessageReader {
    func isCanonical(_ root: Int, _ side: Side) -> Bool {
        guard outline.kind(root) == .array, var node = outline.firstChild(root) else { return false }
        while true {
            guard outline.kind(node) == .object else { return false }
            if side == .system {
                guard isCanonicalPart(node) else { return false }
            } else {
                guard isCanonicalMessage(node) else { return false }
            }
            guard let next = outline.next(node, in: root) else { return true }
            node = next
        }
    }

    func isCanonicalMessage(_ message: Int) -> Bool {
        var hasRole = false
        var hasParts = false
        var node = outline.firstChild(message)
        while let key = node {
            let value = key + 1
            if outline.isKey(key, "role") {
                guard outline.kind(value) == .string, !Self.otherRoles.contains(where: { outline.holds(value, $0.0) }) else { return false }
                hasRole = true
            } else if outline.isKey(key, "parts") {
                guard outline.kind(value) == .array else { return false }
                var part = outline.firstChild(value)
                while let each = part {
                    guard isCanonicalPart(each) else { return false }
                    part = outline.next(each, in: value)
                }
                hasParts = true
            } else if outline.isKey(key, "content") || outline.isKey(key, "tool_calls") {
                return false
            } else if outline.isKey(key, "finish_reason"), outline.kind(value) == .string {
                if Self.finishReason(outline, value) != nil { return false }
            }
            node = outline.next(value, in: message)
        }
        return hasRole && hasParts
    }

    func isCanonicalPart(_ part: Int) -> Bool {
        guard outline.kind(part) == .object, let type = outline.member("type", of: part), outline.kind(type) == .string else {
            return false
        }
        if outline.holds(type, "text") || outline.holds(type, "reasoning") {
            return outline.member("content", of: part).map { outline.kind($0) == .string } ?? false
        }
        if outline.holds(type, "tool_call") {
            return outline.member("name", of: part) != nil
                && outline.member("arguments", of: part).map { outline.kind($0) != .string } ?? true
        }
        if outline.holds(type, "tool_call_response") {
            return outline.member("response", of: part) != nil && outline.member("result", of: part) == nil
        }
        return !Self.translatedTypes.contains { outline.holds(type, $0) }
    }

    static let translatedTypes: [String] = [
        "input_text", "output_text", "thinking", "tool_use", "tool_result", "image_url", "input_image", "input_audio", "image", "binary",
        "image-url", "audio-url", "video-url", "document-url", "function_call", "function_call_output", "tool-call", "tool-result",
    ]

    static let otherRoles: [(String, String)] = [
        ("human", "user"), ("ai", "assistant"), ("model", "assistant"), ("function", "tool"), ("AIMessageChunk", "assistant"),
        ("HumanMessage", "user"), ("AIMessage", "assistant"), ("SystemMessage", "system"), ("ToolMessage", "tool"), ("USER", "user"),
        ("ASSISTANT", "assistant"), ("SYSTEM", "system"), ("TOOL", "tool"), ("CHATBOT", "assistant"),
    ]

    mutating func noteFinishReasons() {
        for message in outline.elements(0) {
            if let reason = outline.member("finish_reason", of: message) { note(reason) }
        }
    }

    mutating func note(_ reason: Int) {
        guard outline.kind(reason) == .string, !outline.inside(reason).isEmpty, finishReasons.count < 64 else { return }
        var text: [UInt8] = []
        outline.text(reason, to: &text)
        finishReasons.append(FinishReason.canonical(text, text.indices).map { Array($0.utf8) } ?? text)
    }

    /// The word for messages, which know `tool_call` only; nil if it is as it should be.
    static func finishReason(_ outline: JSONOutline, _ node: Int) -> String? {
        if outline.holds(node, "tool_calls") { return "tool_call" }
        return FinishReason.canonical(outline.bytes, outline.inside(node))
    }
}
