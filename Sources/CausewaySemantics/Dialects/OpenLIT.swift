/// OpenLIT: OpenTelemetry's keys and a few of its own.
package enum OpenLIT: Dialect {
    package static let name = "openlit"

    package static let signs: [Sign] = [
        .scope("openlit"), .resource("telemetry.sdk.name", ["openlit"]), .value("telemetry.sdk.name", ["openlit"]), .key("gen_ai.endpoint"),
        .key("gen_ai.server.ttft"), .key("gen_ai.server.tbt"), .beside("gen_ai.application_name"), .beside("gen_ai.environment"),
    ]

    package static let rules: [Rule] = [
        Rule("gen_ai.usage.cost", .costTotal),
        Rule("gen_ai.server.ttft", .timeToFirstChunk, .seconds),
        Rule("gen_ai.request.is_stream", .stream),
        Rule("gen_ai.request.user", .userID, else: 1),
        Rule("gen_ai.usage.prompt_tokens_details.cache_read", .cacheReadTokens, else: 1),
        Rule("gen_ai.usage.prompt_tokens_details.cache_write", .cacheWriteTokens, else: 1),
        Rule("gen_ai.usage.completion_tokens_details.reasoning", .reasoningTokens, else: 1),
        Rule("gen_ai.usage.completion_tokens_details.audio", .audioOutputTokens),
        // What it adds up itself, without what was cached.
        Rule("gen_ai.client.token.usage", .totalTokens, .redundant),
        Rule("gen_ai.retrieval.query", .retrievalQuery, else: 1),
        Rule("gen_ai.tool.call.type", .toolType, else: 1),
    ]

    private static let writes: Set = [
        "insert", "upsert", "add", "update", "delete", "create_index", "create_collection", "delete_collection",
    ]

    private static let stores: Set = ["chroma", "pinecone", "qdrant", "milvus", "astra"]

    private static func isStore(_ facts: borrowing Facts) -> Bool {
        facts.operation == nil && facts.text("db.system.name").map { stores.contains($0) } ?? false
    }

    package static func complete(_ facts: inout Facts) {
        guard facts.kind == .span else { return }
        if let action = facts.text("db.operation.name")?.lowercased(), facts.operation == .retrieval || isStore(facts) {
            if writes.contains(action) {
                facts.set(.step)
                // One word for what is written and what is looked for.
                facts.forget(.operationName)
            } else {
                facts.set(.retrieval)
                facts.take("db.query.text", as: .retrievalQuery, else: 2)
            }
        }
        // Without a stream it is how long the whole answer took.
        if facts.flag("gen_ai.request.stream") ?? facts.flag("gen_ai.request.is_stream") == true {
            facts.take("gen_ai.server.time_to_first_token", as: .timeToFirstChunk, .seconds, else: 1)
        }
        if facts.operation == .executeTool {
            facts.take("gen_ai.tool.args", as: .toolArguments, else: 1)
            facts.take("gen_ai.tool.input", as: .toolArguments, else: 2)
            facts.take("gen_ai.tool.output", as: .toolResult, else: 1)
        } else if facts.operation?.isModelCall == true, facts.isKnown(.outputMessages) {
            // The tools that the model asked for, once more: nobody called them here.
            for field in [Field.toolName, .toolCallID, .toolArguments] { facts.forget(field) }
            facts.drop("gen_ai.tool.args")
        }
    }
}
