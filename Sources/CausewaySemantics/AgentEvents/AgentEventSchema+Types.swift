// The members that only some types have.

extension AgentEventSchema {
    static func ownFields(of type: AgentEventType) -> [Field] {
        switch type {
        case .request: request
        case .step: step
        case .modelCall: modelCall
        case .toolCall: toolCall
        case .retrieval: retrieval
        case .embedding: embedding
        case .rerank: rerank
        case .guardrail: guardrail
        case .validation: validation + outcomeOfCheck("causeway.validation.passed")
        case .evaluation: evaluation
        case .handoff: handoff
        case .memory: memory
        case .retry: retry
        case .fallback: fallback
        case .timeout: timeoutMembers
        case .failure:
            failureFields.filter { $0.name != "type" } + [
                Field("error_type", .text, .failureType, "The exception's or the provider's name for it.", "\"TimeoutError\""),
                Field(
                    "failure",
                    .object(failureFields, short: "message", isOpen: false),
                    .members,
                    "The same in one object.",
                    "\"broken pipe\""
                ),
            ]
        case .rateLimit: rateLimitMembers
        case .state: [Field("state", .map, .state, "The variables.", "{\"cart\": 3}")]
        case .check: check
        case .feedback: feedback
        case .log: log
        case .scaling: scaling
        }
    }

    private static let request: [Field] = [
        Field("entry_point", .text, "causeway.entry_point", "How it came in.", "\"chat\""),
        Field("request_id", .text, "causeway.request.id", "The caller's own number for it.", "\"req-8812\""),
        Field("input", .content, .input, "What was asked: text, or messages.", "\"Where is my order?\""),
        Field("output", .content, .output, "What was answered: text, messages, or a structure.", "\"It arrives on Monday.\""),
        Field(
            "input_summary",
            .text,
            "causeway.input.summary",
            "A line about what was asked, where the text may not be kept.",
            "\"order status\""
        ),
        Field("input_hash", .text, "causeway.input.hash", "A keyed hash of what was asked.", "\"9f2c\""),
        Field("output_summary", .text, "causeway.output.summary", "A line about what was answered.", "\"delivery date given\""),
        Field("intent", .text, "causeway.intent", "What the agent took it for.", "\"order_status\""),
        Field("route", .text, "causeway.route", "Where it was sent.", "\"orders\""),
        Field("outcome", .word(outcomes), "causeway.outcome", "What came of it; derived from the steps without it.", "\"success\""),
        usage, cost,
    ]

    private static let step: [Field] = [
        Field("step_type", .word(stepTypes), .stepType, "What kind of work.", "\"planning\""),
        prompt,
        Field("state", .map, .state, "The agent's variables, as an event on the span.", "{\"cart\": 3}"),
        Field("input", .content, .input, "What it worked on.", "\"Where is my order?\""),
        Field("output", .content, .output, "What came of it: text, messages, or a structure.", "{\"tools\": [\"orders\"]}"),
        retries, attempt,
    ]

    private static let modelCall: [Field] = [
        Field("operation", .text, .operation, "chat, text_completion, generate_content; chat without it.", "\"chat\""),
        provider, model,
        Field("response_model", .text, "gen_ai.response.model", "The model that answered.", "\"gpt-4o-mini-2024-07-18\""),
        Field("response_id", .text, "gen_ai.response.id", "The provider's id of the answer.", "\"resp-1\""),
        usage,
        Field("messages", .content, .inputMessages, "What the model was given, in any provider's shape.", messagesExample),
        Field(
            "output_messages",
            .content,
            .outputMessages,
            "What it answered.",
            "[{\"role\": \"assistant\", \"content\": \"On Monday.\"}]"
        ),
        Field("system", .content, .system, "Instructions beside the messages.", "\"Be brief.\""),
        Field("tools", .list, .tools, "The tools that were offered.", "[{\"type\": \"function\", \"name\": \"orders\"}]"),
        Field("finish_reasons", .texts, "gen_ai.response.finish_reasons", "Why each answer ended.", "[\"stop\"]"),
        Field(
            "parameters",
            .object(parameters, short: nil, isOpen: true),
            .parameters,
            "What was asked for beside the messages; others than these go under gen_ai.request.",
            "{\"temperature\": 0.2, \"max_tokens\": 500}"
        ),
        Field("stream", .flag, "gen_ai.request.stream", "Whether the answer was streamed.", "true"),
        Field("ttft_ms", .amount, .seconds("gen_ai.response.time_to_first_chunk"), "Time to the first piece of the answer.", "180"),
        Field("output_type", .text, "gen_ai.output.type", "text, json, image or speech.", "\"json\""),
        cost, prompt, endpoint, callRegion, auth, rateLimit, timeoutMS, timeout, retries, retryExhausted, attempt,
    ]

    private static let toolCall: [Field] = [
        Field("tool", .text, .subject("gen_ai.tool.name"), "What was called.", "\"orders\""),
        Field("version", .text, "causeway.tool.version", "Its version.", "\"2.1\""),
        Field("kind", .text, "causeway.tool.kind", "rag, search, database, internal_api, external_saas, agent, mcp, …", "\"database\""),
        Field("tool_type", .text, "gen_ai.tool.type", "function, extension or datastore.", "\"function\""),
        Field("description", .text, "gen_ai.tool.description", "What it is for.", "\"finds orders\""),
        Field("call_id", .text, "gen_ai.tool.call.id", "The model's id of the call.", "\"call_ab12\""),
        Field("arguments", .content, "gen_ai.tool.call.arguments", "What it was called with.", "{\"order\": \"o-11\"}"),
        Field("result", .content, "gen_ai.tool.call.result", "What it gave back.", "{\"due\": \"Monday\"}"),
        Field("request_bytes", .count, "causeway.tool.request.size", "Size of the arguments, where they are left out.", "120"),
        Field("response_bytes", .count, "causeway.tool.response.size", "Size of the result, where it is left out.", "2048"),
        Field(
            "cost",
            .object([Field("tool", .amount, "causeway.cost.tool", "In USD.", "0.001")] + costFields, short: "tool", isOpen: false),
            .cost,
            "What it cost in USD; a number is the tool's own price.",
            "0.001"
        ),
        endpoint, callRegion, auth, rateLimit, timeoutMS, timeout, retries, retryExhausted, attempt,
    ]

    private static let retrieval: [Field] = [
        Field("source", .text, .subject("gen_ai.data_source.id"), "Where was looked.", "\"handbook\""),
        provider,
        Field("model", .text, "gen_ai.request.model", "The model that finds.", "\"text-embedding-3-small\""),
        Field("query", .text, "gen_ai.retrieval.query.text", "What was looked for.", "\"return policy\""),
        Field("documents", .list, "gen_ai.retrieval.documents", "What was found.", documentsExample),
        topK, endpoint, callRegion, auth, rateLimit, timeoutMS, timeout, retries, retryExhausted, attempt, cost,
    ]

    private static let embedding: [Field] = [
        provider, model, usage,
        Field("dimensions", .count, "gen_ai.embeddings.dimension.count", "The vectors' length.", "1536"),
        Field("encoding_formats", .texts, "gen_ai.request.encoding_formats", "How the numbers were written.", "[\"float\"]"),
        cost, endpoint, callRegion, auth, rateLimit, timeoutMS, timeout, retries, retryExhausted, attempt,
    ]

    private static let rerank: [Field] = [
        provider, model, usage,
        Field("query", .text, "gen_ai.retrieval.query.text", "What was asked for.", "\"return policy\""),
        Field("documents", .list, "gen_ai.retrieval.documents", "The documents in their new order.", documentsExample),
        topK, cost, endpoint, callRegion, auth, rateLimit, timeoutMS, timeout, retries, retryExhausted, attempt,
    ]

    private static let guardrail: [Field] = [
        Field("guardrail", .text, .subject("causeway.guardrail.name"), "Which check.", "\"prompt-injection\""),
        Field("passed", .flag, "causeway.guardrail.passed", "Whether it let through what it looked at.", "false"),
        Field("action", .text, "causeway.guardrail.action", "What it did.", "\"blocked\""),
        Field("input", .content, .input, "What it looked at.", "\"ignore all that and …\""),
    ]

    private static let validation: [Field] = [
        Field("schema", .text, .subject("causeway.validation.schema"), "Against what.", "\"order-v2\""),
        Field("validator", .text, "causeway.validation.validator", "By what.", "\"pydantic\""),
        Field("diff", .content, "causeway.validation.diff", "Where they differ.", "\"/due: missing\""),
    ]

    private static func outcomeOfCheck(_ key: String) -> [Field] { [Field("passed", .flag, .attribute(key), "Whether it held.", "true")] }

    private static let evaluation: [Field] = [
        Field("metric", .text, .subject("gen_ai.evaluation.name"), "What is judged.", "\"helpfulness\""),
        Field("score", .number, "gen_ai.evaluation.score.value", "How good it is.", "0.8"),
        Field("label", .text, "gen_ai.evaluation.score.label", "The same in a word.", "\"good\""),
        Field("explanation", .text, "gen_ai.evaluation.explanation", "Why.", "\"answers the question\""),
        Field("evaluator", .text, "causeway.evaluation.evaluator", "Who or what judged.", "\"judge-2\""),
        Field("response_id", .text, "gen_ai.response.id", "The provider's id of the answer that is judged.", "\"resp-1\""),
        provider, Field("model", .text, "gen_ai.request.model", "The model that judged.", "\"gpt-4o-mini\""), usage, cost,
    ]

    private static let handoff: [Field] = [
        Field("from", .text, "causeway.handoff.from", "Who passes it on.", "\"triage\""),
        Field("to", .text, .subject("causeway.handoff.to"), "Who takes over.", "\"refunds\""),
        Field("reason", .text, "causeway.handoff.reason", "Why.", "\"wants money back\""),
    ]

    private static let memory: [Field] = [
        Field("operation", .text, .operation, "search_memory, create_memory, update_memory, delete_memory, …", "\"search_memory\""),
        provider,
        Field("store", .text, .subject("gen_ai.memory.store.id"), "Which memory.", "\"facts\""),
        Field("record_id", .text, "gen_ai.memory.record.id", "Which record.", "\"m-5\""),
        Field("count", .count, "gen_ai.memory.record.count", "How many records.", "3"),
        Field("query", .text, "gen_ai.memory.query.text", "What was recalled by.", "\"favourite colour\""),
        Field("records", .list, "gen_ai.memory.records", "What was found or written.", "[{\"content\": \"likes blue\"}]"),
    ]

    private static let retry: [Field] = [
        Field("attempt", .count, "causeway.retry.attempt", "Which try comes now; the first retry is 1.", "1"),
        Field("max_attempts", .count, "causeway.retry.max_attempts", "How many there may be.", "3"),
        Field("backoff_ms", .amount, "causeway.retry.backoff_ms", "How long is waited before.", "500"),
        Field("reason", .text, "causeway.retry.reason", "Why.", "\"429\""),
        Field("will_retry", .flag, "causeway.retry.will_retry", "False when this was the last.", "true"),
        Field("next_at", .text, "causeway.retry.next_at", "When it goes on.", "\"2026-01-01T12:00:01Z\""),
    ]

    private static let fallback: [Field] = [
        Field("from", .text, "causeway.fallback.from", "What did not do.", "\"gpt-4o\""),
        Field("to", .text, "causeway.fallback.to", "What is used instead.", "\"gpt-4o-mini\""),
        Field("reason", .text, "causeway.fallback.reason", "Why.", "\"overloaded\""),
    ]

    static let timeoutMembers: [Field] = [
        Field("limit_ms", .amount, "causeway.timeout.limit_ms", "How long it might have taken.", "5000"),
        Field("elapsed_ms", .amount, "causeway.timeout.elapsed_ms", "How long it took.", "5003"),
        Field("by", .word(timeoutSides), "causeway.timeout.by", "Who would not wait any longer.", "\"client\""),
    ]

    static let rateLimitMembers: [Field] = [
        Field("remaining", .count, "causeway.rate_limit.remaining", "What is left.", "12"),
        Field("limit", .count, "causeway.rate_limit.limit", "Of how many.", "60"),
        Field("reset_at", .text, "causeway.rate_limit.reset_at", "When it begins anew.", "\"2026-01-01T12:01:00Z\""),
    ]

    private static let check: [Field] = [
        Field("name", .text, "causeway.check.name", "Which check.", "\"dates-exist\""),
        Field("kind", .word(checkKinds), "causeway.check.kind", "What is checked.", "\"fact\""),
        Field("passed", .flag, "causeway.check.passed", "Whether it held.", "true"),
        Field("corrected", .flag, "causeway.check.corrected", "Whether what was wrong was put right.", "false"),
        Field("message", .text, "causeway.check.message", "For people.", "\"no such day\""),
    ]

    private static let feedback: [Field] = [
        Field("kind", .word(feedbackKinds), "causeway.feedback.kind", "In what way.", "\"thumbs\""),
        Field("value", .number, "causeway.feedback.value", "As a number: 1 and -1 for thumbs.", "1"),
        Field("label", .text, "causeway.feedback.label", "As a word.", "\"up\""),
        Field("comment", .text, "causeway.feedback.comment", "In the person's own words.", "\"quick and right\""),
    ]

    private static let log: [Field] = [
        Field("message", .content, .body, "The line.", "\"cache is warm\""),
        Field("level", .word(levels), .severity, "How serious.", "\"info\""),
        Field("event", .text, .eventName, "A name for lines of this kind.", "\"cache.warm\""),
        Field("logger", .text, "log.logger.name", "Who says it.", "\"cache\""),
    ]

    private static let scaling: [Field] = [
        Field("target", .text, "causeway.scaling.target", "What is scaled.", "\"workers\""),
        Field("from", .count, "causeway.scaling.from", "How many there were.", "2"),
        Field("to", .count, "causeway.scaling.to", "How many there will be.", "4"),
        Field("reason", .text, "causeway.scaling.reason", "Why.", "\"queue depth 40\""),
    ]

    // What several types have.

    private static let messagesExample = "[{\"role\": \"user\", \"content\": \"Where is my order?\"}]"
    private static let documentsExample = "[{\"id\": \"d1\", \"score\": 0.9}]"

    private static let provider = Field("provider", .text, "gen_ai.provider.name", "Who runs the model.", "\"openai\"")
    private static let model = Field("model", .text, .subject("gen_ai.request.model"), "The model that was asked for.", "\"gpt-4o-mini\"")
    private static let topK = Field("top_k", .count, "gen_ai.retrieval.top_k", "How many were wanted.", "5")
    private static let endpoint = Field("endpoint", .text, .endpoint, "Where it is; a query is left out.", "\"https://api.example.com/v1\"")
    private static let callRegion = Field("region", .text, "cloud.region", "The region that answered.", "\"eu-west-1\"")
    private static let auth = Field("auth", .text, .auth, "The method, never a secret: api_key, bearer, oauth2, iam, …", "\"api_key\"")
    private static let rateLimit = Field(
        "rate_limit",
        .object(rateLimitMembers, short: "remaining", isOpen: false),
        .members,
        "What is left of a rate limit.",
        "{\"remaining\": 12, \"limit\": 60}"
    )
    private static let timeoutMS = Field("timeout_ms", .amount, "causeway.timeout.limit_ms", "How long it might take.", "5000")
    private static let timeout = Field(
        "timeout",
        .object(timeoutMembers, short: "limit_ms", isOpen: false),
        .members,
        "A limit that was hit.",
        "{\"limit_ms\": 5000, \"elapsed_ms\": 5003, \"by\": \"client\"}"
    )
    private static let retries = Field("retries", .count, "causeway.retry.count", "How often it was tried again.", "1")
    private static let retryExhausted = Field("retries_exhausted", .flag, "causeway.retry.exhausted", "No further try was left.", "false")
    private static let attempt = Field("attempt", .count, "causeway.retry.attempt", "Which try this span is; the first retry is 1.", "1")
    private static let prompt = Field(
        "prompt",
        .object(
            [
                Field("name", .text, "gen_ai.prompt.name", "The template.", "\"answer\""),
                Field("version", .text, "gen_ai.prompt.version", "Its version.", "\"7\""),
                Field("variables", .map, .prefix("gen_ai.prompt.variable."), "What was put in.", "{\"tone\": \"kind\"}"),
            ],
            short: "name",
            isOpen: false
        ),
        .members,
        "The prompt template that was used.",
        "{\"name\": \"answer\", \"version\": \"7\"}"
    )

    private static let usage = Field(
        "usage",
        .object(
            [
                Field("input", .count, "gen_ai.usage.input_tokens", "All input, cached tokens included.", "80"),
                Field("output", .count, "gen_ai.usage.output_tokens", "All output, reasoning included.", "27"),
                Field("cache_read", .count, "gen_ai.usage.cache_read.input_tokens", "Of the input: read from a cache.", "40"),
                Field("cache_write", .count, "gen_ai.usage.cache_creation.input_tokens", "Of the input: written to a cache.", "0"),
                Field(
                    "cache_write_1h",
                    .count,
                    "causeway.usage.cache_write_1h.input_tokens",
                    "Of cache_write: kept for an hour.",
                    "0"
                ),
                Field("reasoning", .count, "gen_ai.usage.reasoning.output_tokens", "Of the output: thought, not said.", "0"),
                Field("text_input", .count, "gen_ai.usage.text.input_tokens", "Of the input: text.", "80"),
                Field("image_input", .count, "gen_ai.usage.image.input_tokens", "Of the input: images.", "0"),
                Field("audio_input", .count, "gen_ai.usage.audio.input_tokens", "Of the input: sound.", "0"),
                Field("text_output", .count, "gen_ai.usage.text.output_tokens", "Of the output: text.", "27"),
                Field("image_output", .count, "gen_ai.usage.image.output_tokens", "Of the output: images.", "0"),
                Field("audio_output", .count, "gen_ai.usage.audio.output_tokens", "Of the output: sound.", "0"),
            ],
            short: nil,
            isOpen: false
        ),
        .usage,
        "Tokens.",
        "{\"input\": 80, \"output\": 27}"
    )

    private static let costFields: [Field] = [
        Field("total", .amount, "causeway.cost.total", "In USD.", "0.0021"),
        Field("input", .amount, "causeway.cost.input", "In USD.", "0.0012"),
        Field("output", .amount, "causeway.cost.output", "In USD.", "0.0009"),
        Field("cache_read", .amount, "causeway.cost.cache_read", "In USD.", "0"),
        Field("cache_write", .amount, "causeway.cost.cache_write", "In USD.", "0"),
        Field("reasoning", .amount, "causeway.cost.reasoning", "In USD.", "0"),
    ]

    private static let cost = Field(
        "cost",
        .object(costFields, short: "total", isOpen: false),
        .cost,
        "What it cost in USD, where that is known better than from a price list; a number is the total.",
        "0.0021"
    )

    private static let parameters: [Field] = [
        Field("temperature", .number, "gen_ai.request.temperature", "", "0.2"),
        Field("top_p", .number, "gen_ai.request.top_p", "", "0.9"),
        Field("top_k", .number, "gen_ai.request.top_k", "", "40"),
        Field("max_tokens", .count, "gen_ai.request.max_tokens", "", "500"),
        Field("frequency_penalty", .number, "gen_ai.request.frequency_penalty", "", "0"),
        Field("presence_penalty", .number, "gen_ai.request.presence_penalty", "", "0"),
        Field("seed", .integer, "gen_ai.request.seed", "", "7"),
        Field("n", .count, "gen_ai.request.choice.count", "How many answers.", "1"),
        Field("stop", .texts, "gen_ai.request.stop_sequences", "", "[\"END\"]"),
        Field("reasoning_effort", .text, "gen_ai.request.reasoning.level", "", "\"low\""),
    ]
}
