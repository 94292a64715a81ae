internal import CausewayOTLP

/// What was searched for, where it comes with the rest of what the search was given.
extension Facts {
    /// Reads an attribute that is the text of a query, or a JSON object which has it; the object stays, whole.
    package mutating func takeQuery(_ key: String, else order: UInt16 = 0) {
        guard let asked = json(key), asked.kind(0) == .object else { return take(key, as: .retrievalQuery, .quotedText, else: order) }
        guard var query = asked.member(Self.names, of: 0) else { return }
        // Genkit: a document with its parts.
        if asked.kind(query) == .object, let content = asked.member("content", of: query) { query = content }
        if asked.kind(query) == .array, let part = asked.elements(query).first, asked.kind(part) == .object,
            let text = asked.member("text", of: part)
        {
            query = text
        }
        guard let text = asked.string(query), !text.isEmpty else { return }
        set(.retrievalQuery, text, else: order)
        let options = asked.member("options", of: 0).flatMap { asked.kind($0) == .object ? $0 : nil } ?? 0
        if let count = asked.integer(asked.member(["k", "top_k", "topK", "limit", "n_results"], of: options)), count > 0 {
            set(.retrievalTopK, count, else: order)
        }
    }

    private static let names = ["query", "query_str", "query_text", "question", "input", "text", "q"]
}
