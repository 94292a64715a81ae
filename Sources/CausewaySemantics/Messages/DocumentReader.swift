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
            guard let inner = outline.member(["documents", "output", "outputs", "results", "matches", "nodes"], of: list) else { break }
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
        member("content", outline.member(["content", "page_content", "text", "document"], of: document))
        member("metadata", outline.member("metadata", of: document))
        rest(document)
        write("}")
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
