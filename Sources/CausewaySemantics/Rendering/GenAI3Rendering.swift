internal import CausewayOTLP

/// The GenAI conventions after they moved: what is stored, with the names that changed.
enum GenAI3Rendering: Renderer {
    static func render(_ span: inout ItemRendering) { names(&span) }

    static func render(record: inout ItemRendering) { names(&record) }

    private static func names(_ item: inout ItemRendering) {
        item.rename(.cacheWriteTokens, to: "gen_ai.usage.cache_write.input_tokens")
        // A number of candidates is a whole one here.
        if case .double(let number)? = item.value(.topK), let whole = Int64(exactly: number) {
            item.drop(.topK)
            item.put(Field.topK.key, int: whole)
        }
    }
}
