internal import CausewayOTLP

/// The parts of a message.
extension MessageReader {
    mutating func content(_ node: Int) {
        switch outline.kind(node) {
        case .array: for each in outline.elements(node) { part(each) }
        case .string: if !outline.inside(node).isEmpty { part(node) }
        case .object: part(node)
        default: break
        }
    }

    mutating func part(_ node: Int) {
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

    mutating func typed(_ node: Int, _ type: Int) {
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
        } else if isOne("tool_use"), outline.member("name", of: node) == nil {
            // Only says where among the parts a call belongs that stands elsewhere.
            return
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
        } else if isOne("audio"), let audio = outline.member("audio", of: node), outline.kind(audio) == .object {
            let inner = outline.member("audio", of: audio) ?? audio
            media("audio", outline.member(["url", "data"], of: inner), outline.member("mime_type", of: inner))
        } else if isOne("input_audio"), let audio = outline.member("input_audio", of: node) {
            self.audio(audio)
        } else if isOne("binary") {
            let mime = outline.member(["media_type", "mime_type"], of: node)
            media(modality(mime), outline.member(["content", "data", "binary_content"], of: node), mime)
        } else if !attachment(node, type), !serverCall(node, type) {
            copied(node)
        }
    }

    mutating func untyped(_ node: Int) {
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
        } else if !untypedMedia(node) {
            open("data")
            write(",\"content\":")
            outline.copy(node, to: &output)
            write("}")
        }
    }

    mutating func text(_ type: String, _ node: Int, _ names: [String], known: [String]) {
        guard let content = outline.member(names, of: node) else { return copied(node) }
        open(type)
        write(",\"content\":")
        // Content that is a list of texts, or an object, is text all the same.
        if outline.kind(content) == .string { outline.copy(content, to: &output) } else { quoted(content) }
        rest(node, known)
        write("}")
    }

    mutating func reasoning(_ node: Int) {
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
    mutating func openAICall(_ node: Int) {
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

    /// `isWhole`: the node is the call and nothing else, so that what else it says belongs to it.
    mutating func toolCall(_ node: Int, id: [String], name: [String], arguments: [String], isWhole: Bool = true) {
        open("tool_call")
        member("id", outline.member(id, of: node))
        member("name", outline.member(name, of: node))
        if let arguments = outline.member(arguments, of: node) {
            write(",\"arguments\":")
            decoded(arguments)
        }
        if isWhole { rest(node, ["type", "toolCallType"] + id + name + arguments) }
        write("}")
    }

    mutating func toolResponse(_ node: Int, id: [String], response: [String]) {
        open("tool_call_response")
        member("id", outline.member(id, of: node))
        write(",\"response\":")
        if let response = outline.member(response, of: node) {
            // Vercel: what kind of value it is, and the value.
            let type = outline.kind(response) == .object ? outline.member("type", of: response) : nil
            let value = type.flatMap { type in
                ["json", "text", "error-text", "error-json", "content"].contains { outline.holds(type, $0) }
                    ? outline.member("value", of: response) : nil
            }
            outline.copy(value ?? response, to: &output)
            if let type, value != nil, outline.holds(type, "error-text") || outline.holds(type, "error-json") {
                write(",\"is_error\":true")
            }
        } else {
            write("null")
        }
        // Of a part everything else; of a message that is one, its own members are written around it.
        if outline.member("role", of: node) == nil, outline.member("tool_call_id", of: node) == nil {
            if let name = outline.member("toolName", of: node) { member("name", name) }
            // An item of OpenAI's has an id beside that of the call.
            rest(node, ["type", "role", "id", "toolName"] + id + response)
        } else if let name = outline.member(["name", "tool_name"], of: node) {
            member("name", name)
        }
        write("}")
    }

    mutating func media(_ modality: String, _ data: Int?, _ mime: Int?, isURI: Bool = false) {
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

    func modality(_ mime: Int?) -> String {
        guard let mime, outline.kind(mime) == .string else { return "document" }
        let range = outline.inside(mime)
        for (start, word) in Self.modalities where outline.bytes.begins(with: start, at: range) { return word }
        return "document"
    }

    static let modalities: [([UInt8], String)] = [
        (Array("image/".utf8), "image"), (Array("audio/".utf8), "audio"), (Array("video/".utf8), "video"),
    ]

    /// A part of a type that is nobody's translation: as it is.
    mutating func copied(_ node: Int) {
        separate()
        hasParts = true
        outline.copy(node, to: &output)
    }

    /// Members that are not known and say something.
    mutating func rest(_ node: Int, _ known: [String]) {
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

extension [UInt8] {
    fileprivate static let schemes: [[UInt8]] = ["http://", "https://", "gs://", "s3://", "file:"].map { Array($0.utf8) }
}
