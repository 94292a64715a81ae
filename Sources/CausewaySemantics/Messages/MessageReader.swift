internal import CausewayOTLP

/// Reads conversations in the JSON of whoever wrote them and writes them in that of the GenAI conventions (v1.41: a list of
/// messages, each a role and parts).
///
/// Understood are the conventions' own messages, those of OpenAI (both interfaces), Anthropic, Bedrock, Gemini, LangChain, Haystack
/// and Genkit, bare texts, and the requests and answers around them. Members that are known are translated, those that say
/// nothing are left out, all others are kept as they are.
struct MessageReader: Sendable {
    enum Outcome: Equatable {
        /// It is as the conventions have it.
        case canonical
        /// `output` is.
        case made
        /// No conversation that anyone knows.
        case unknown
    }

    enum Side { case input, output, system }

    var outline = JSONOutline()
    var output: [UInt8] = []
    /// Why the answers ended, one for each, as the source has it.
    private(set) var finishReasons: [[UInt8]] = []
    /// The source's text of tool definitions that stood in the request.
    private(set) var tools: Int?
    private var inner = JSONOutline()
    private var temporary: [UInt8] = []
    private var hasParts = false

    mutating func read(_ bytes: [UInt8], _ range: Range<Int>, as side: Side) -> Outcome {
        finishReasons.removeAll(keepingCapacity: true)
        tools = nil
        output.removeAll(keepingCapacity: true)
        let text = bytes.trimmed(range)
        let isJSON = !text.isEmpty && [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\"")].contains(bytes[text.lowerBound])
        guard isJSON, outline.read(bytes, text) else {
            guard !isJSON || bytes[text.lowerBound] != UInt8(ascii: "[") else { return .unknown }
            return plain(bytes, range, side)
        }
        if outline.kind(0) == .string {
            temporary.removeAll(keepingCapacity: true)
            outline.text(0, to: &temporary)
            return plain(temporary, temporary.indices, side)
        }
        if isCanonical(0, side) {
            noteFinishReasons()
            return .canonical
        }
        output.append(UInt8(ascii: "["))
        let isRead = side == .system ? system(0) : conversation(0, side)
        guard isRead, output.count > 1 else { return .unknown }
        output.append(UInt8(ascii: "]"))
        return .made
    }

    /// One message, or one text part, from bare text.
    private mutating func plain(_ bytes: [UInt8], _ range: Range<Int>, _ side: Side) -> Outcome {
        guard !range.isEmpty else { return .unknown }
        output.append(UInt8(ascii: "["))
        if side == .system {
            open("text")
            write(",\"content\":")
            JSONEscapes.quote(bytes, range, to: &output)
            write("}]")
        } else {
            write(
                side == .input
                    ? "{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":"
                    : "{\"role\":\"assistant\",\"parts\":[{\"type\":\"text\",\"content\":"
            )
            JSONEscapes.quote(bytes, range, to: &output)
            write("}]}]")
        }
        return .made
    }
}

extension MessageReader {
    private func isCanonical(_ root: Int, _ side: Side) -> Bool {
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

    private func isCanonicalMessage(_ message: Int) -> Bool {
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

    private func isCanonicalPart(_ part: Int) -> Bool {
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

    private static let translatedTypes: [String] = [
        "input_text", "output_text", "thinking", "tool_use", "tool_result", "image_url", "input_image", "input_audio", "image", "binary",
        "image-url", "audio-url", "video-url", "document-url", "function_call", "function_call_output", "tool-call", "tool-result",
    ]

    private static let otherRoles: [(String, String)] = [
        ("human", "user"), ("ai", "assistant"), ("model", "assistant"), ("function", "tool"), ("AIMessageChunk", "assistant"),
        ("HumanMessage", "user"), ("AIMessage", "assistant"), ("SystemMessage", "system"), ("ToolMessage", "tool"), ("USER", "user"),
        ("ASSISTANT", "assistant"), ("SYSTEM", "system"), ("TOOL", "tool"), ("CHATBOT", "assistant"),
    ]

    private mutating func noteFinishReasons() {
        for message in outline.elements(0) {
            if let reason = outline.member("finish_reason", of: message) { note(reason) }
        }
    }

    private mutating func note(_ reason: Int) {
        guard outline.kind(reason) == .string, !outline.inside(reason).isEmpty, finishReasons.count < 64 else { return }
        var text: [UInt8] = []
        outline.text(reason, to: &text)
        finishReasons.append(FinishReason.canonical(text, text.indices).map { Array($0.utf8) } ?? text)
    }

    /// The word for messages, which know `tool_call` only; nil if it is as it should be.
    private static func finishReason(_ outline: JSONOutline, _ node: Int) -> String? {
        if outline.holds(node, "tool_calls") { return "tool_call" }
        return FinishReason.canonical(outline.bytes, outline.inside(node))
    }
}

extension MessageReader {
    /// Whatever holds messages.
    private mutating func conversation(_ node: Int, _ side: Side, finish: Int? = nil) -> Bool {
        switch outline.kind(node) {
        case .string: return message(node, side, finish)
        case .array:
            let elements = outline.elements(node)
            guard !elements.isEmpty else { return false }
            // Parts of one message, without the message around them.
            if elements.allSatisfy({ isPart($0) }) { return wrapped(node, side, finish) }
            for element in elements {
                guard outline.kind(element) == .array ? conversation(element, side) : message(element, side, finish) else { return false }
            }
            return true
        case .object:
            if tools == nil { tools = outline.member(["tools", "functions"], of: node) }
            if isMessage(node) { return message(node, side, finish) }
            if let choices = outline.member(["choices", "generations", "candidates", "replies"], of: node) {
                return answers(choices)
            }
            let reason = outline.member(["finish_reason", "stop_reason", "finishReason", "stopReason"], of: node) ?? finish
            var isRead = false
            if side == .input, let system = outline.member(["system", "instructions", "systemInstruction", "system_instruction"], of: node)
            {
                isRead = wrappedSystem(system)
            }
            for name in Self.wrappers {
                if let inner = outline.member(name, of: node) { return conversation(inner, side, finish: reason) || isRead }
            }
            return isRead
        default: return false
        }
    }

    private static let wrappers: [String] = [
        "messages", "contents", "chat_history", "message", "input", "output", "outputs", "inputs", "prompt", "prompts", "query", "response",
        "kwargs", "content", "text", "value",
    ]

    private mutating func answers(_ list: Int) -> Bool {
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

    private mutating func system(_ node: Int) -> Bool {
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

    private mutating func wrappedSystem(_ node: Int) -> Bool {
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

    private mutating func wrapped(_ parts: Int, _ side: Side, _ finish: Int?) -> Bool {
        separate()
        write(side == .output ? "{\"role\":\"assistant\",\"parts\":[" : "{\"role\":\"user\",\"parts\":[")
        hasParts = false
        content(parts)
        write("]")
        self.finish(finish)
        write("}")
        return true
    }

    private func isPart(_ node: Int) -> Bool {
        guard outline.kind(node) == .object, outline.member("role", of: node) == nil, let type = outline.member("type", of: node) else {
            return false
        }
        let parts: [String] = ["text", "tool_use", "tool_result", "thinking", "image", "image_url", "reasoning_text", "tool_call"]
        return parts.contains { outline.holds(type, $0) }
            && outline.member(["lc", "kwargs", "function", "additional_kwargs"], of: node) == nil
    }

    private func isMessage(_ node: Int) -> Bool {
        if outline.member(["role", "parts", "tool_calls"], of: node) != nil { return true }
        if outline.member("kwargs", of: node) != nil, outline.member(["lc", "id"], of: node) != nil { return true }
        guard let type = outline.member("type", of: node), outline.kind(type) == .string else { return false }
        return outline.member(["content", "call_id", "summary", "data"], of: node) != nil
    }
}

extension MessageReader {
    private mutating func message(_ node: Int, _ side: Side, _ finish: Int?) -> Bool {
        guard outline.kind(node) == .object else {
            guard outline.kind(node) == .string else { return false }
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
            let inner = outline.member(["message", "messages"], of: node)
        {
            return conversation(inner, side, finish: outline.member("finish_reason", of: node) ?? finish)
        }
        return message(node, side, finish, className: nil)
    }

    private mutating func message(_ node: Int, _ side: Side, _ finish: Int?, className: Int?) -> Bool {
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
        } else {
            isTool = false
            if let reasoning = outline.member(["reasoning_content", "reasoning", "summary"], of: node) { self.reasoning(reasoning) }
            if let parts = outline.member("parts", of: node) {
                content(parts)
            } else if let content = outline.member(["content", "contents", "text", "data"], of: node) {
                self.content(content)
            }
            if let calls = outline.member("tool_calls", of: node) {
                for call in outline.elements(calls) { openAICall(call) }
            }
            if let call = outline.member("function_call", of: node) { openAICall(call) }
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

    private mutating func role(_ node: Int, _ side: Side, _ className: Int?) {
        if let role = outline.member("role", of: node) ?? outline.member("type", of: node), outline.kind(role) == .string {
            if let other = Self.otherRoles.first(where: { outline.holds(role, $0.0) }) { return quote(other.1) }
            if outline.member("role", of: node) != nil { return outline.copy(role, to: &output) }
            for word: String in ["user", "assistant", "system", "tool", "developer"] where outline.holds(role, word) { return quote(word) }
            if outline.holds(role, "function_call_output") || outline.holds(role, "custom_tool_call_output") { return quote("tool") }
            if outline.holds(role, "function_call") || outline.holds(role, "reasoning") { return quote("assistant") }
        }
        if let className, outline.kind(className) == .array, let last = outline.elements(className).last,
            let other = Self.otherRoles.first(where: { outline.holds(last, $0.0) })
        {
            return quote(other.1)
        }
        if outline.member("tool_call_id", of: node) != nil { return quote("tool") }
        quote(side == .output ? "assistant" : "user")
    }

    private mutating func finish(_ reason: Int?) {
        guard let reason, outline.kind(reason) == .string, !outline.inside(reason).isEmpty else { return }
        note(reason)
        write(",\"finish_reason\":")
        if let word = Self.finishReason(outline, reason) { quote(word) } else { outline.copy(reason, to: &output) }
    }

    /// What is neither known nor empty stays as it is.
    private mutating func extras(_ node: Int, isTool: Bool) {
        var next = outline.firstChild(node)
        while let key = next {
            let value = key + 1
            next = outline.next(value, in: node)
            guard !isEmpty(value), !Self.knownMembers.contains(where: { outline.isKey(key, $0) }) else { continue }
            write(",")
            outline.copy(key, to: &output)
            write(":")
            outline.copy(value, to: &output)
        }
    }

    private static let knownMembers: [String] = [
        "role", "parts", "content", "contents", "tool_calls", "function_call", "tool_call_id", "name", "finish_reason", "stop_reason",
        "finishReason",
        "type", "call_id", "arguments", "reasoning_content", "reasoning", "summary", "text", "data", "output",
    ]

    private func isEmpty(_ node: Int) -> Bool {
        switch outline.kind(node) {
        case .null: true
        case .array, .object: outline.firstChild(node) == nil
        case .string, .escaped: outline.inside(node).isEmpty
        case .bool: outline.bool(node) == false
        case .number: false
        }
    }
}

extension MessageReader {
    private mutating func content(_ node: Int) {
        switch outline.kind(node) {
        case .array: for each in outline.elements(node) { part(each) }
        case .string: if !outline.inside(node).isEmpty { part(node) }
        case .object: part(node)
        default: break
        }
    }

    private mutating func part(_ node: Int) {
        guard outline.kind(node) == .object else {
            if outline.kind(node) == .string {
                open("text")
                write(",\"content\":")
                outline.copy(node, to: &output)
                write("}")
            } else if outline.kind(node) != .null {
                open("data")
                write(",\"content\":")
                outline.copy(node, to: &output)
                write("}")
            }
            return
        }
        if let inner = outline.member("message_content", of: node), outline.kind(inner) == .object { return part(inner) }
        if let type = outline.member("type", of: node), outline.kind(type) == .string { typed(node, type) } else { untyped(node) }
    }

    private mutating func typed(_ node: Int, _ type: Int) {
        func isOne(_ words: String...) -> Bool { words.contains { outline.holds(type, $0) } }
        if isOne("text", "input_text", "output_text", "summary_text") {
            text("text", node, ["content", "text"], known: ["type", "content", "text"])
        } else if isOne("thinking", "reasoning", "reasoning_text") {
            text(
                "reasoning",
                node,
                ["content", "thinking", "text", "reasoning"],
                known: ["type", "content", "thinking", "text", "reasoning"]
            )
        } else if isOne("tool_call", "tool-call", "function_call", "function") {
            if outline.member("function", of: node) != nil { return openAICall(node) }
            toolCall(node, id: ["id", "call_id", "toolCallId"], name: ["name", "toolName"], arguments: ["arguments", "args", "input"])
        } else if isOne("tool_use") {
            toolCall(node, id: ["id"], name: ["name"], arguments: ["input"])
        } else if isOne("tool_call_response", "tool-result", "function_call_output") {
            toolResponse(node, id: ["id", "call_id", "toolCallId"], response: ["response", "result", "output", "content"])
        } else if isOne("tool_result") {
            toolResponse(node, id: ["tool_use_id"], response: ["content"])
        } else if isOne("image_url"), let url = outline.member("image_url", of: node) {
            media("image", outline.kind(url) == .object ? outline.member("url", of: url) : url, nil)
        } else if isOne("input_image") {
            media("image", outline.member("image_url", of: node), nil)
        } else if isOne("image-url", "audio-url", "video-url", "document-url") {
            let kinds: [(String, String)] = [
                ("image-url", "image"), ("audio-url", "audio"), ("video-url", "video"), ("document-url", "document"),
            ]
            media(kinds.first { outline.holds(type, $0.0) }?.1 ?? "document", outline.member("url", of: node), nil)
        } else if isOne("image", "document"), let source = outline.member("source", of: node) {
            let data = outline.member(["data", "url", "bytes"], of: source)
            media(isOne("image") ? "image" : "document", data, outline.member(["media_type", "mime_type"], of: source))
        } else if isOne("image"), let image = outline.member("image", of: node), outline.kind(image) == .object {
            let inner = outline.member("image", of: image) ?? image
            media("image", outline.kind(inner) == .object ? outline.member("url", of: inner) : inner, nil)
        } else if isOne("input_audio"), let audio = outline.member("input_audio", of: node) {
            media("audio", outline.member("data", of: audio), nil)
        } else if isOne("binary") {
            let mime = outline.member(["media_type", "mime_type"], of: node)
            media(modality(mime), outline.member(["content", "data", "binary_content"], of: node), mime)
        } else {
            copied(node)
        }
    }

    private mutating func untyped(_ node: Int) {
        if let text = outline.member("text", of: node), outline.kind(text) == .string {
            let isThought = outline.bool(outline.member("thought", of: node)) ?? false
            self.text(isThought ? "reasoning" : "text", node, ["text"], known: ["text", "thought"])
        } else if let call = outline.member(["functionCall", "function_call"], of: node) {
            toolCall(call, id: ["id"], name: ["name"], arguments: ["args", "arguments"])
        } else if let response = outline.member(["functionResponse", "function_response"], of: node) {
            toolResponse(response, id: ["id", "name"], response: ["response"])
        } else if let call = outline.member("toolUse", of: node) {
            toolCall(call, id: ["toolUseId"], name: ["name"], arguments: ["input"])
        } else if let response = outline.member("toolResult", of: node) {
            toolResponse(response, id: ["toolUseId"], response: ["content"])
        } else if let call = outline.member("tool_call", of: node), outline.kind(call) == .object {
            toolCall(call, id: ["id"], name: ["tool_name", "name"], arguments: ["arguments"])
        } else if let response = outline.member("tool_call_result", of: node), outline.kind(response) == .object {
            toolResponse(response, id: ["id"], response: ["result"])
        } else if let call = outline.member("toolRequest", of: node) {
            toolCall(call, id: ["ref"], name: ["name"], arguments: ["input"])
        } else if let response = outline.member("toolResponse", of: node) {
            toolResponse(response, id: ["ref"], response: ["output"])
        } else if let data = outline.member(["inlineData", "inline_data"], of: node) {
            let mime = outline.member(["mimeType", "mime_type"], of: data)
            media(modality(mime), outline.member(["data", "content"], of: data), mime)
        } else if let file = outline.member(["fileData", "file_data"], of: node) {
            let mime = outline.member(["mimeType", "mime_type"], of: file)
            media(modality(mime), outline.member(["fileUri", "file_uri"], of: file), mime, isURI: true)
        } else if let media = outline.member("media", of: node), outline.kind(media) == .object {
            let mime = outline.member("contentType", of: media)
            self.media(modality(mime), outline.member("url", of: media), mime)
        } else if let reasoning = outline.member(["reasoningContent", "reasoning"], of: node) {
            self.reasoning(reasoning)
        } else if let content = outline.member("content", of: node), outline.kind(content) == .string {
            text("text", node, ["content"], known: ["content"])
        } else {
            open("data")
            write(",\"content\":")
            outline.copy(node, to: &output)
            write("}")
        }
    }

    private mutating func text(_ type: String, _ node: Int, _ names: [String], known: [String]) {
        guard let content = outline.member(names, of: node) else { return copied(node) }
        open(type)
        write(",\"content\":")
        // Content that is a list of texts, or an object, is text all the same.
        if outline.kind(content) == .string { outline.copy(content, to: &output) } else { quoted(content) }
        rest(node, known)
        write("}")
    }

    private mutating func reasoning(_ node: Int) {
        switch outline.kind(node) {
        case .string:
            guard !outline.inside(node).isEmpty else { return }
            open("reasoning")
            write(",\"content\":")
            outline.copy(node, to: &output)
            write("}")
        case .array: for each in outline.elements(node) { reasoning(each) }
        case .object:
            if let inner = outline.member(["reasoningText", "text", "content", "summary", "reasoning"], of: node) { reasoning(inner) }
        default: break
        }
    }

    /// OpenAI's form of a call: what is called lies one level deeper. LangChain's has it beside the id.
    private mutating func openAICall(_ node: Int) {
        guard outline.kind(node) == .object else { return }
        // OpenInference has one more name around it.
        if let call = outline.member("tool_call", of: node), outline.kind(call) == .object { return openAICall(call) }
        guard let function = outline.member("function", of: node), outline.kind(function) == .object else {
            return toolCall(
                node,
                id: ["id", "call_id", "toolCallId"],
                name: ["name", "toolName"],
                arguments: ["arguments", "args", "input"]
            )
        }
        open("tool_call")
        member("id", outline.member("id", of: node))
        member("name", outline.member("name", of: function))
        if let arguments = outline.member("arguments", of: function) {
            write(",\"arguments\":")
            decoded(arguments)
        }
        write("}")
    }

    private mutating func toolCall(_ node: Int, id: [String], name: [String], arguments: [String]) {
        open("tool_call")
        member("id", outline.member(id, of: node))
        member("name", outline.member(name, of: node))
        if let arguments = outline.member(arguments, of: node) {
            write(",\"arguments\":")
            decoded(arguments)
        }
        rest(node, ["type"] + id + name + arguments)
        write("}")
    }

    private mutating func toolResponse(_ node: Int, id: [String], response: [String]) {
        open("tool_call_response")
        member("id", outline.member(id, of: node))
        write(",\"response\":")
        if let response = outline.member(response, of: node) { outline.copy(response, to: &output) } else { write("null") }
        // Of a part everything else; of a message that is one, its own members are written around it.
        if outline.member("role", of: node) == nil, outline.member("tool_call_id", of: node) == nil {
            rest(node, ["type", "role"] + id + response)
        } else if let name = outline.member("name", of: node) {
            member("name", name)
        }
        write("}")
    }

    private mutating func media(_ modality: String, _ data: Int?, _ mime: Int?, isURI: Bool = false) {
        guard let data, outline.kind(data) == .string else { return }
        let inside = outline.inside(data)
        let bytes = outline.bytes
        if bytes.begins(with: Array("data:".utf8), at: inside), let comma = bytes[inside].firstIndex(of: UInt8(ascii: ",")) {
            open("blob")
            write(",\"modality\":")
            quote(modality)
            let end = bytes[inside.lowerBound..<comma].firstIndex(of: UInt8(ascii: ";")) ?? comma
            write(",\"mime_type\":")
            JSONEscapes.quote(bytes, inside.lowerBound + 5..<end, to: &output)
            write(",\"content\":\"")
            output.append(contentsOf: bytes[comma + 1..<inside.upperBound])
            write("\"}")
            return
        }
        let isLink = isURI || [UInt8].schemes.contains { bytes.begins(with: $0, at: inside) }
        open(isLink ? "uri" : "blob")
        write(",\"modality\":")
        quote(modality)
        member("mime_type", mime)
        write(isLink ? ",\"uri\":" : ",\"content\":")
        outline.copy(data, to: &output)
        write("}")
    }

    private func modality(_ mime: Int?) -> String {
        guard let mime, outline.kind(mime) == .string else { return "document" }
        let range = outline.inside(mime)
        for (start, word) in Self.modalities where outline.bytes.begins(with: start, at: range) { return word }
        return "document"
    }

    private static let modalities: [([UInt8], String)] = [
        (Array("image/".utf8), "image"), (Array("audio/".utf8), "audio"), (Array("video/".utf8), "video"),
    ]

    /// A part of a type that is nobody's translation: as it is.
    private mutating func copied(_ node: Int) {
        separate()
        hasParts = true
        outline.copy(node, to: &output)
    }

    /// Members that are not known and say something.
    private mutating func rest(_ node: Int, _ known: [String]) {
        var next = outline.firstChild(node)
        while let key = next {
            let value = key + 1
            next = outline.next(value, in: node)
            guard !isEmpty(value), !known.contains(where: { outline.isKey(key, $0) }) else { continue }
            write(",")
            outline.copy(key, to: &output)
            write(":")
            outline.copy(value, to: &output)
        }
    }
}

extension MessageReader {
    private mutating func write(_ text: String) {
        for byte in text.utf8 { output.append(byte) }
    }

    private mutating func quote(_ word: String) {
        write("\"")
        write(word)
        write("\"")
    }

    private mutating func open(_ type: String) {
        separate()
        hasParts = true
        write("{\"type\":")
        quote(type)
    }

    /// A comma, if something stands before that needs one.
    private mutating func separate() {
        if let last = output.last, last != UInt8(ascii: "["), last != UInt8(ascii: "{"), last != UInt8(ascii: ":") { write(",") }
    }

    private mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        write(",")
        quote(name)
        write(":")
        outline.copy(value, to: &output)
    }

    /// A value as a string of its JSON.
    private mutating func quoted(_ node: Int) {
        JSONEscapes.quote(outline.bytes, outline.source(node), to: &output)
    }

    /// JSON in a string is taken out of it, once.
    private mutating func decoded(_ node: Int) {
        guard outline.kind(node) == .string else { return outline.copy(node, to: &output) }
        temporary.removeAll(keepingCapacity: true)
        outline.text(node, to: &temporary)
        let text = temporary.trimmed(temporary.indices)
        if let first = temporary[text].first, first == UInt8(ascii: "{") || first == UInt8(ascii: "["), inner.read(temporary, text) {
            output.append(contentsOf: temporary[text])
        } else {
            outline.copy(node, to: &output)
        }
        inner.forget()
    }
}

extension [UInt8] {
    fileprivate static let schemes: [[UInt8]] = ["http://", "https://", "gs://", "s3://", "file:"].map { Array($0.utf8) }
}
