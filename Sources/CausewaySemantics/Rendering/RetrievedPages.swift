internal import CausewayOTLP

/// Documents that a search found, in LangChain's form, which several pages show: `{page_content, metadata, id}`.
enum RetrievedPages {
    /// `type`: what each says that it is, where that is expected.
    static func list(_ documents: JSONOutline, type: String?) -> [UInt8] {
        var output: [UInt8] = [UInt8(ascii: "[")]
        for (number, document) in documents.elements(0).enumerated() {
            if number > 0 { output.append(UInt8(ascii: ",")) }
            output += Array("{\"page_content\":".utf8)
            guard documents.kind(document) == .object else {
                documents.copy(document, to: &output)
                output += Array(",\"metadata\":{}}".utf8)
                continue
            }
            if let content = documents.member("content", of: document) {
                documents.copy(content, to: &output)
            } else {
                output += Array("\"\"".utf8)
            }
            output += Array(",\"metadata\":".utf8)
            metadata(documents, document, to: &output)
            if let id = documents.member("id", of: document) {
                output += Array(",\"id\":".utf8)
                documents.copy(id, to: &output)
            }
            if let type { output += Array(",\"type\":\"\(type)\"".utf8) }
            output.append(UInt8(ascii: "}"))
        }
        return output + [UInt8(ascii: "]")]
    }

    /// The document's own, and its score, for which there is no other place.
    private static func metadata(_ documents: JSONOutline, _ document: Int, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        func separate(_ output: inout [UInt8]) {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
        }
        if let metadata = documents.member("metadata", of: document), documents.kind(metadata) == .object {
            var next = documents.firstChild(metadata)
            while let key = next {
                next = documents.next(key + 1, in: metadata)
                if documents.isKey(key, "score"), documents.member("score", of: document) != nil { continue }
                separate(&output)
                documents.copy(key, to: &output)
                output.append(UInt8(ascii: ":"))
                documents.copy(key + 1, to: &output)
            }
        }
        if let score = documents.member("score", of: document) {
            separate(&output)
            output += Array("\"score\":".utf8)
            documents.copy(score, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }
}
