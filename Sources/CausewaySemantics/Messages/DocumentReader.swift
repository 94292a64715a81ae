/// Reads what a search found, in whoever's JSON, and writes it as the GenAI conventions have it: a list of objects, each with an id and
/// a score where the source has them, and its content.
struct DocumentReader: Sendable {
    var output: [UInt8] = []
    private var outline = JSONOutline()

    mutating func read(_ bytes: [UInt8], _ range: Range<Int>) -> MessageReader.Outcome {
        output.removeAll(keepingCapacity: true)
        guard outline.read(bytes, range) else { return .unknown }
        var list = 0
        for _ in 0..<3 where outline.kind(list) == .object {
            guard let inner = outline.member(["documents", "output", "outputs", "results", "matches", "nodes", "passages"], of: list) else {
                break
            }
            list = inner
        }
        guard outline.kind(list) == .array, outline.firstChild(list) != nil else { return .unknown }
        let documents = outline.elements(list)
        if list == 0, documents.allSatisfy({ isCanonical($0) }) { return .canonical }
        output.append(UInt8(ascii: "["))
        for document in documents { add(document) }
        output.append(UInt8(ascii: "]"))
        return .made
    }

    private func isCanonical(_ node: Int) -> Bool {
        outline.kind(node) == .object
            && outline.member(["page_content", "text", "document", "document_id", "kwargs", "node"], of: node) == nil
    }

    private mutating func add(_ node: Int) {
        if output.count > 1 { write(",") }
        guard outline.kind(node) == .object else {
            if outline.kind(node) == .string, addText(node) { return }
            write("{\"content\":")
            outline.copy(node, to: &output)
            write("}")
            return
        }
        let document = outline.member(["kwargs", "document", "node"], of: node).flatMap { outline.kind($0) == .object ? $0 : nil } ?? node
        write("{")
        member(
            "id",
            outline.member(["id", "document_id", "id_", "doc_id"], of: document) ?? outline.member(["id", "document_id"], of: node)
        )
        member("score", outline.member("score", of: node) ?? outline.member("score", of: document))
        content(outline.member(["content", "page_content", "text", "document"], of: document))
        metadata(outline.member("metadata", of: document))
        rest(document)
        write("}")
    }

    /// A document may be JSON in a string.
    private mutating func addText(_ node: Int) -> Bool {
        var text: [UInt8] = []
        outline.text(node, to: &text)
        guard text.first == UInt8(ascii: "{"), let nested = JSONOutline(text) else { return false }
        let around = outline
        outline = nested
        // The comma is there already.
        output.removeLast(output.last == UInt8(ascii: ",") ? 1 : 0)
        add(0)
        outline = around
        return true
    }

    /// What it says may be a list of parts, of which one is text.
    private mutating func content(_ value: Int?) {
        if let value, outline.kind(value) == .array, let part = outline.elements(value).first, outline.elements(value).count == 1,
            outline.kind(part) == .object, let text = outline.member("text", of: part), outline.kind(text) == .string
        {
            return member("content", text)
        }
        member("content", value)
    }

    /// JSON in a string is taken out of it.
    private mutating func metadata(_ value: Int?) {
        guard let value, outline.kind(value) == .string else { return member("metadata", value) }
        var text: [UInt8] = []
        outline.text(value, to: &text)
        guard text.first == UInt8(ascii: "{"), JSONOutline(text) != nil else { return member("metadata", value) }
        if output.last != UInt8(ascii: "{") { write(",") }
        write("\"metadata\":")
        output.append(contentsOf: text)
    }

    private mutating func rest(_ node: Int) {
        let known: [String] = ["id", "document_id", "id_", "doc_id", "score", "content", "page_content", "text", "document", "metadata"]
        var next = outline.firstChild(node)
        while let key = next {
            let value = key + 1
            next = outline.next(value, in: node)
            guard outline.kind(value) != .null, !known.contains(where: { outline.isKey(key, $0) }) else { continue }
            if output.last != UInt8(ascii: "{") { write(",") }
            outline.copy(key, to: &output)
            write(":")
            outline.copy(value, to: &output)
        }
    }

    private mutating func member(_ name: String, _ value: Int?) {
        guard let value else { return }
        if output.last != UInt8(ascii: "{") { write(",") }
        write("\"")
        write(name)
        write("\":")
        outline.copy(value, to: &output)
    }

    private mutating func write(_ text: String) {
        for byte in text.utf8 { output.append(byte) }
    }
}
