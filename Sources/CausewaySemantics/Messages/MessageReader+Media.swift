/// Files, pictures and sound in a message, and calls that the provider itself made while it answered.
extension MessageReader {
    /// OpenAI's sound: what it is stands beside it as the end of a file's name.
    mutating func audio(_ node: Int) {
        guard let data = outline.member("data", of: node), outline.kind(data) == .string else { return }
        let format = outline.member("format", of: node)
        guard let format, outline.kind(format) == .string, !outline.inside(data).isEmpty else { return media("audio", data, nil) }
        blob("audio", mime: "audio/", format, data)
    }

    /// A file whose kind is in its type: those of OpenAI, Vercel, LangChain; false if it is none, or one as the conventions have it.
    mutating func attachment(_ node: Int, _ type: Int) -> Bool {
        guard let (_, modality) = Self.attachments.first(where: { outline.holds(type, $0.0) }), outline.member("modality", of: node) == nil
        else { return false }
        // OpenAI has one more level.
        let file = outline.member("file", of: node).flatMap { outline.kind($0) == .object ? $0 : nil } ?? node
        let mime = outline.member(Self.mimes, of: file)
        let kind = modality ?? self.modality(mime)
        if let id = outline.member(Self.ids, of: file), outline.kind(id) == .string {
            open("file")
            write(",\"modality\":")
            quote(kind)
            member("mime_type", mime)
            member("file_id", id)
        } else if let data = outline.member(Self.contents, of: file), outline.kind(data) == .string {
            media(kind, data, mime, isURI: outline.member(["file_uri", "fileUri"], of: file) == data)
            output.removeLast()
        } else {
            return false
        }
        rest(file, ["type", "file"] + Self.mimes + Self.ids + Self.contents)
        write("}")
        return true
    }

    private static let attachments: [(String, String?)] = [
        ("file", nil), ("input_file", nil), ("media", nil), ("image", "image"), ("input_image", "image"), ("video", "video"),
        ("audio", "audio"), ("document", "document"),
    ]
    private static let mimes = ["mime_type", "mimeType", "media_type", "mediaType"]
    private static let ids = ["file_id", "fileId"]
    private static let contents = ["data", "base64", "image", "file_data", "url", "uri", "file_url", "file_uri", "fileUri"]

    /// Bedrock's pictures, films and documents: the name of the member says which, the format what kind.
    mutating func untypedMedia(_ node: Int) -> Bool {
        for kind: String in ["image", "video", "document", "audio"] {
            guard let media = outline.member(kind, of: node), let source = outline.member("source", of: media) else { continue }
            if let place = outline.member("s3Location", of: source), let uri = outline.member("uri", of: place) {
                self.media(kind, uri, nil, isURI: true)
                return true
            }
            guard let data = outline.member("bytes", of: source), outline.kind(data) == .string else { return false }
            guard let format = outline.member("format", of: media), outline.kind(format) == .string else {
                self.media(kind, data, nil)
                return true
            }
            let isPage = ["csv", "html"].contains { outline.holds(format, $0) }
            blob(kind, mime: kind == "document" ? (isPage ? "text/" : "application/") : kind + "/", format, data)
            if let name = outline.member("name", of: media) {
                output.removeLast()
                member("name", name)
                write("}")
            }
            return true
        }
        return false
    }

    private mutating func blob(_ modality: String, mime: String, _ format: Int, _ data: Int) {
        open("blob")
        write(",\"modality\":")
        quote(modality)
        write(",\"mime_type\":\"")
        write(mime)
        output.append(contentsOf: outline.bytes[outline.inside(format)])
        write("\",\"content\":")
        outline.copy(data, to: &output)
        write("}")
    }

    /// A tool of the provider's own that Anthropic's models used, or what came of it.
    mutating func serverCall(_ node: Int, _ type: Int) -> Bool {
        if outline.holds(type, "server_tool_use") || outline.holds(type, "mcp_tool_use") {
            open("server_tool_call")
            member("id", outline.member("id", of: node))
            member("name", outline.member("name", of: node))
            member("server_tool_call", node)
        } else if outline.member("tool_use_id", of: node) != nil, ends(type, "_tool_result") {
            open("server_tool_call_response")
            member("id", outline.member("tool_use_id", of: node))
            member("server_tool_call_response", node)
        } else {
            return false
        }
        write("}")
        return true
    }

    /// An item of OpenAI's that is a call of a tool (`web_search_call`) or what came of one (`computer_call_output`): whose it is.
    func callItem(_ node: Int) -> String? {
        guard outline.member(["role", "parts", "content", "tool_calls", "function"], of: node) == nil,
            let type = outline.member("type", of: node), outline.kind(type) == .string
        else { return nil }
        if ends(type, "_call_output") { return outline.member("call_id", of: node) == nil ? nil : "tool" }
        return ends(type, "_call") && !outline.holds(type, "tool_call") ? "assistant" : nil
    }

    /// The part that such an item is. What the provider ran itself is its own affair; the rest the agent had to do.
    mutating func call(item node: Int, _ type: Int) {
        let word = outline.bytes[outline.inside(type)]
        if ends(type, "_output") {
            return toolResponse(node, id: ["call_id"], response: ["output"])
        }
        let name = String(decoding: word.dropLast(5), as: UTF8.self)
        guard ["computer", "local_shell", "shell", "apply_patch"].contains(name) else {
            open("server_tool_call")
            member("id", outline.member("id", of: node))
            if let name = outline.member("name", of: node) {
                member("name", name)
            } else {
                write(",\"name\":")
                quote(name)
            }
            member("server_tool_call", node)
            return write("}")
        }
        open("tool_call")
        member("id", outline.member(["call_id", "id"], of: node))
        write(",\"name\":")
        quote(name)
        member("arguments", outline.member(["action", "operation"], of: node))
        write("}")
    }

    private func ends(_ node: Int, _ word: String) -> Bool {
        outline.kind(node) == .string && outline.bytes[outline.inside(node)].suffix(word.utf8.count).elementsEqual(word.utf8)
    }
}
