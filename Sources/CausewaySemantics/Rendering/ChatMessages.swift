internal import CausewayOTLP

/// Canonical messages as chat messages in the form of OpenAI's interface, which every page that shows conversations understands:
/// `{role, content, tool_calls}`, and a message of its own for each result of a tool.
struct ChatMessages {
    private let outline: JSONOutline
    private var output: [UInt8] = []

    /// The messages of a canonical list one after the other, with commas between them; nil if the text is no such list.
    ///
    /// `system`: instructions that stand apart go in front of all.
    static func list(_ messages: JSONOutline?, system: JSONOutline? = nil) -> [UInt8]? {
        var output: [UInt8] = []
        if let system {
            output += Array("{\"role\":\"system\",\"content\":".utf8)
            output += content(of: system, 0) ?? Array("\"\"".utf8)
            output.append(UInt8(ascii: "}"))
        }
        if let messages {
            guard messages.kind(0) == .array else { return nil }
            for message in messages.elements(0) {
                var writer = ChatMessages(messages)
                guard writer.add(message) else { return nil }
                if !output.isEmpty { output.append(UInt8(ascii: ",")) }
                output += writer.output
            }
        }
        return output.isEmpty ? nil : output
    }

    /// One message without braces around it being needed elsewhere: as the answer of a model.
    static func answer(_ messages: JSONOutline, _ message: Int) -> [UInt8]? {
        var writer = ChatMessages(messages)
        return writer.add(message) ? writer.output : nil
    }

    private init(_ outline: JSONOutline) { self.outline = outline }

    private mutating func add(_ message: Int) -> Bool {
        guard outline.kind(message) == .object, let role = outline.member("role", of: message),
            let list = outline.member("parts", of: message), outline.kind(list) == .array
        else { return false }
        let parts = outline.elements(list)
        let responses = parts.filter { isOf($0, "tool_call_response") }
        for response in responses { addResponse(response) }
        let calls = parts.filter { isOf($0, "tool_call") }
        let thoughts = parts.filter { isOf($0, "reasoning") }
        let others = parts.filter { !isOf($0, "tool_call_response") && !isOf($0, "tool_call") && !isOf($0, "reasoning") }
        guard responses.isEmpty || !calls.isEmpty || !others.isEmpty || !thoughts.isEmpty else { return true }
        separate()
        write("{\"role\":")
        outline.copy(role, to: &output)
        write(",\"content\":")
        content(others)
        if let name = outline.member("name", of: message), outline.kind(name) == .string {
            write(",\"name\":")
            outline.copy(name, to: &output)
        }
        if !thoughts.isEmpty {
            write(",\"reasoning_content\":")
            joined(thoughts)
        }
        if !calls.isEmpty {
            write(",\"tool_calls\":[")
            for (number, call) in calls.enumerated() {
                if number > 0 { write(",") }
                addCall(call)
            }
            write("]")
        }
        write("}")
        return true
    }

    private func isOf(_ part: Int, _ type: String) -> Bool {
        guard outline.kind(part) == .object, let found = outline.member("type", of: part) else { return false }
        return outline.holds(found, type)
    }

    /// What was said: a text, a list if there is more than text, or null.
    private mutating func content(_ parts: [Int]) {
        guard let first = parts.first else { return write("null") }
        if parts.count == 1, isOf(first, "text"), let text = outline.member("content", of: first), outline.kind(text) == .string {
            return outline.copy(text, to: &output)
        }
        write("[")
        for (number, part) in parts.enumerated() {
            if number > 0 { write(",") }
            self.part(part)
        }
        write("]")
    }

    private mutating func part(_ part: Int) {
        if isOf(part, "text"), let text = outline.member("content", of: part) {
            write("{\"type\":\"text\",\"text\":")
            outline.copy(text, to: &output)
            write("}")
        } else if let url = MessagePart.imageURL(outline, part) {
            write("{\"type\":\"image_url\",\"image_url\":{\"url\":")
            JSONEscapes.quote(url, url.indices, to: &output)
            write("}}")
        } else {
            outline.copy(part, to: &output)
        }
    }

    private mutating func addResponse(_ part: Int) {
        separate()
        write("{\"role\":\"tool\",\"tool_call_id\":")
        if let id = outline.member("id", of: part) { outline.copy(id, to: &output) } else { write("null") }
        if let name = outline.member("name", of: part), outline.kind(name) == .string {
            write(",\"name\":")
            outline.copy(name, to: &output)
        }
        write(",\"content\":")
        guard let response = outline.member("response", of: part) else { return write("\"\"}") }
        if outline.kind(response) == .string {
            outline.copy(response, to: &output)
        } else {
            JSONEscapes.quote(outline.bytes, outline.source(response), to: &output)
        }
        write("}")
    }

    private mutating func addCall(_ part: Int) {
        write("{")
        if let id = outline.member("id", of: part) {
            write("\"id\":")
            outline.copy(id, to: &output)
            write(",")
        }
        write("\"type\":\"function\",\"function\":{\"name\":")
        if let name = outline.member("name", of: part) { outline.copy(name, to: &output) } else { write("\"\"") }
        write(",\"arguments\":")
        if let arguments = outline.member("arguments", of: part) {
            if outline.kind(arguments) == .string {
                outline.copy(arguments, to: &output)
            } else {
                JSONEscapes.quote(outline.bytes, outline.source(arguments), to: &output)
            }
        } else {
            write("\"{}\"")
        }
        write("}}")
    }

    private mutating func joined(_ thoughts: [Int]) {
        var text: [UInt8] = []
        for thought in thoughts {
            guard let content = outline.member("content", of: thought), outline.kind(content) == .string else { continue }
            if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
            outline.text(content, to: &text)
        }
        JSONEscapes.quote(text, text.indices, to: &output)
    }

    /// What a list of parts says, as JSON.
    private static func content(of outline: JSONOutline, _ list: Int) -> [UInt8]? {
        guard outline.kind(list) == .array else { return nil }
        var writer = ChatMessages(outline)
        writer.content(outline.elements(list))
        return writer.output
    }

    private mutating func separate() { if let last = output.last, last != UInt8(ascii: "[") { output.append(UInt8(ascii: ",")) } }

    private mutating func write(_ text: String) { output.append(contentsOf: text.utf8) }
}

/// What several forms of messages need to know about a canonical part.
enum MessagePart {
    /// The address of an image, or the image itself in an address; nil if the part is none.
    static func imageURL(_ outline: JSONOutline, _ part: Int) -> [UInt8]? { url(outline, part, of: "image") }

    static func audioURL(_ outline: JSONOutline, _ part: Int) -> [UInt8]? { url(outline, part, of: "audio") }

    private static func url(_ outline: JSONOutline, _ part: Int, of modality: String) -> [UInt8]? {
        guard outline.kind(part) == .object, let type = outline.member("type", of: part),
            let found = outline.member("modality", of: part), outline.holds(found, modality)
        else { return nil }
        var url: [UInt8] = []
        if outline.holds(type, "uri"), let uri = outline.member("uri", of: part), outline.kind(uri) == .string {
            outline.text(uri, to: &url)
        } else if outline.holds(type, "blob"), let content = outline.member("content", of: part), outline.kind(content) == .string {
            url += Array("data:".utf8)
            if let mime = outline.member("mime_type", of: part), outline.kind(mime) == .string {
                outline.text(mime, to: &url)
            } else {
                url += Array("\(modality)/*".utf8)
            }
            url += Array(";base64,".utf8)
            outline.text(content, to: &url)
        }
        return url.isEmpty ? nil : url
    }

    /// Everything that a message says in text; nil if it says more or less than that.
    static func plainText(_ outline: JSONOutline, _ message: Int) -> [UInt8]? {
        guard outline.kind(message) == .object, let list = outline.member("parts", of: message) else { return nil }
        let parts = outline.elements(list)
        guard parts.count == 1, let part = parts.first, outline.kind(part) == .object, let type = outline.member("type", of: part),
            outline.holds(type, "text"), let content = outline.member("content", of: part), outline.kind(content) == .string
        else { return nil }
        var text: [UInt8] = []
        outline.text(content, to: &text)
        return text
    }

    /// The texts of a message without all that is not text; empty if it has none.
    static func texts(_ outline: JSONOutline, _ message: Int) -> [UInt8] {
        var text: [UInt8] = []
        guard outline.kind(message) == .object, let list = outline.member("parts", of: message) else { return text }
        for part in outline.elements(list) {
            guard outline.kind(part) == .object, let type = outline.member("type", of: part), outline.holds(type, "text"),
                let content = outline.member("content", of: part), outline.kind(content) == .string
            else { continue }
            if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
            outline.text(content, to: &text)
        }
        return text
    }
}
