import CausewayModel
import CausewaySemantics
import Testing

/// What went wrong, told from one span.
struct FailureTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var operation: String
        var attributes: [Attribute] = []
        var exception: (type: String, message: String)?
        var status = StatusRecord(.error)
        var failure: String?
        var isInferred = false

        var testDescription: String {
            "\(operation) \(attributes.map { "\($0.key)=\($0.value)" }.joined(separator: " ")) \(exception?.type ?? "") \(exception?.message ?? status.message)"
        }
    }

    private static let rows: [Row] = [
        // A model, by HTTP status.
        Row(operation: "chat", attributes: [Attribute("http.response.status_code", 400)], failure: "model.invalid_request"),
        Row(operation: "chat", attributes: [Attribute("error.type", "400")], failure: "model.invalid_request"),
        Row(operation: "chat", attributes: [Attribute("http.status_code", 401)], failure: "model.auth"),
        Row(operation: "chat", attributes: [Attribute("http.status_code", 402)], failure: "model.quota_exceeded"),
        Row(operation: "chat", attributes: [Attribute("http.status_code", 429)], failure: "model.rate_limited"),
        Row(
            operation: "chat",
            attributes: [Attribute("http.status_code", 429)],
            status: StatusRecord(.error, message: "You exceeded your current quota (insufficient_quota)"),
            failure: "model.quota_exceeded"
        ),
        Row(operation: "chat", attributes: [Attribute("http.status_code", 500)], failure: "model.provider_error"),
        Row(operation: "chat", attributes: [Attribute("http.status_code", 504)], failure: "model.timeout"),
        Row(operation: "chat", attributes: [Attribute("http.status_code", 529)], failure: "model.overloaded"),
        // By the error's name.
        Row(operation: "chat", attributes: [Attribute("error.type", "RateLimitError")], failure: "model.rate_limited"),
        Row(operation: "chat", attributes: [Attribute("error.type", "openai.APITimeoutError")], failure: "model.timeout"),
        Row(operation: "chat", attributes: [Attribute("error.type", "RemoteProtocolError")], failure: "model.network"),
        Row(operation: "chat", attributes: [Attribute("error.type", "AuthenticationError")], failure: "model.auth"),
        Row(operation: "chat", attributes: [Attribute("error.type", "invalid_request_error")], failure: "model.invalid_request"),
        Row(operation: "chat", attributes: [Attribute("error.type", "overloaded_error")], failure: "model.overloaded"),
        Row(operation: "chat", exception: ("openai.InternalServerError", "x"), failure: "model.provider_error"),
        Row(operation: "chat", exception: ("json.decoder.JSONDecodeError", "x"), failure: "model.schema_violation"),
        Row(
            operation: "chat",
            exception: ("openai.BadRequestError", "This model's maximum context length is 128000 tokens."),
            failure: "model.context_overflow"
        ),
        Row(
            operation: "chat",
            exception: ("openai.BadRequestError", "blocked by our content management policy"),
            failure: "guardrail.content_safety"
        ),
        // By wording alone.
        Row(operation: "chat", status: StatusRecord(.error, message: "Request timed out."), failure: "model.timeout", isInferred: true),
        Row(operation: "chat", status: StatusRecord(.error, message: "no idea"), failure: "model.provider_error", isInferred: true),
        // By how the answer ended, though all seems well.
        Row(
            operation: "chat",
            attributes: [Attribute("gen_ai.response.finish_reasons", .array(["length"]))],
            status: StatusRecord(),
            failure: "model.cut_off"
        ),
        Row(
            operation: "chat",
            attributes: [Attribute("gen_ai.response.finish_reasons", #"["content_filter"]"#)],
            status: StatusRecord(),
            failure: "model.refused"
        ),
        Row(
            operation: "chat",
            attributes: [Attribute("gen_ai.response.finish_reasons", .array(["stop"]))],
            status: StatusRecord(),
            failure: nil
        ),
        // A tool.
        Row(operation: "execute_tool", attributes: [Attribute("http.response.status_code", 404)], failure: "tool.not_found"),
        Row(operation: "execute_tool", attributes: [Attribute("http.response.status_code", 409)], failure: "tool.constraint_violation"),
        Row(operation: "execute_tool", attributes: [Attribute("http.response.status_code", 403)], failure: "tool.auth"),
        Row(operation: "execute_tool", attributes: [Attribute("error.type", "tool_error")], failure: "tool.reported_error"),
        Row(operation: "execute_tool", attributes: [Attribute("error.type", "-32602")], failure: "tool.invalid_request"),
        Row(operation: "execute_tool", exception: ("TimeoutError", ""), failure: "tool.timeout"),
        Row(operation: "execute_tool", exception: ("ConnectionRefusedError", ""), failure: "tool.network"),
        Row(operation: "execute_tool", exception: ("pydantic_ai.exceptions.ToolRetryError", "x"), failure: "tool.reported_error"),
        Row(operation: "execute_tool", exception: ("ZeroDivisionError", "division by zero"), failure: "tool.exception"),
        Row(
            operation: "execute_tool",
            exception: ("RuntimeError", "rate service unavailable for EUR/USD (HTTP 503)"),
            failure: "tool.server_error",
            isInferred: true
        ),
        // An error inside an answer that came as if all were well.
        Row(
            operation: "execute_tool",
            attributes: [Attribute("gen_ai.tool.call.result", #"{"error":"no such city"}"#)],
            status: StatusRecord(),
            failure: "tool.reported_error"
        ),
        Row(
            operation: "execute_tool",
            attributes: [Attribute("gen_ai.tool.call.result", #"{"content":[],"isError":true}"#)],
            status: StatusRecord(),
            failure: "tool.reported_error"
        ),
        Row(
            operation: "execute_tool",
            attributes: [Attribute("gen_ai.tool.call.result", #"{"error":"none","city":"Oslo"}"#)],
            status: StatusRecord(),
            failure: nil
        ),
        // What holds it all together.
        Row(operation: "invoke_agent", exception: ("asyncio.CancelledError", ""), failure: "orchestration.cancelled"),
        Row(operation: "invoke_agent", exception: ("agents.exceptions.MaxTurnsExceeded", ""), failure: "orchestration.max_steps"),
        Row(operation: "invoke_agent", exception: ("InputGuardrailTripwireTriggered", ""), failure: "guardrail.compliance"),
        Row(operation: "invoke_agent", exception: ("openai.BadRequestError", "x"), failure: "orchestration.exception"),
    ]

    @Test(arguments: rows)
    func `a failure has a category and a code`(row: Row) {
        var events: [EventRecord] = []
        if let exception = row.exception {
            events.append(
                EventRecord(
                    name: "exception",
                    timeNanoseconds: 5,
                    attributes: [
                        Attribute("exception.type", .string(exception.type)), Attribute("exception.message", .string(exception.message)),
                    ]
                )
            )
        }
        let item = UnderstoodItem(
            "work",
            [Attribute("gen_ai.operation.name", .string(row.operation)), Attribute("gen_ai.tool.name", "t")] + row.attributes,
            events: events,
            status: row.status
        )
        #expect(item.failure == row.failure)
        #expect((item["causeway.failure.inferred"] == true) == row.isInferred)
    }

    @Test func `every code is written once`() {
        let words = FailureCode.allCases.map { "\($0.words.category).\($0.words.code)" }
        #expect(Set(words).count == words.count)
        #expect(Set(FailureCode.allCases.map(\.words.category)) == ["model", "tool", "orchestration", "guardrail"])
    }

    @Test func `the message is the first line, and not more than people read`() {
        let long = String(repeating: "x", count: 1000)
        let item = UnderstoodItem(
            "chat",
            [Attribute("gen_ai.operation.name", "chat")],
            status: StatusRecord(.error, message: long + "\nTraceback")
        )
        #expect(item.text("causeway.failure.message") == String(repeating: "x", count: 400))
    }

    @Test(
        arguments: [
            ([Attribute("http.request.resend_count", 2)], 2), ([Attribute("retry_attempts", 2)], 2),
            ([Attribute("retry_attempts", 0)], nil),
            ([Attribute("http.request.resend_count", .int(.max))], 1_000_000), ([], nil),
        ] as [([Attribute], Int64?)]
    )
    func `retries inside one span are counted, each an event, and few of them if somebody claims millions`(
        attributes: [Attribute],
        count: Int64?
    ) {
        let item = UnderstoodItem([Attribute("gen_ai.operation.name", "chat")] + attributes)
        #expect(item.int("causeway.retry.count") == count)
        let events = item.events.filter { $0.name == "causeway.retry" }
        #expect(events.count == Int(min(count ?? 0, 16)))
        #expect(events.first?.attributes.first == (count == nil ? nil : Attribute("causeway.retry.attempt", 1)))
    }

    @Test func `a tool that will be asked again says which try it was`() {
        let item = UnderstoodItem(
            "execute_tool t",
            [
                Attribute("gen_ai.tool.name", "t"), Attribute("pydantic_ai.tool.retry.attempt", 1),
                Attribute("pydantic_ai.tool.retry.max_retries", 3), Attribute("pydantic_ai.tool.retry.cause", "model_retry"),
            ],
            status: StatusRecord(.error)
        )
        #expect(item.int("causeway.retry.attempt") == 1)
        #expect(item.text("causeway.failure.retry_state") == "will_retry")
        #expect(
            item.events.first?.attributes == [
                Attribute("causeway.retry.attempt", 1), Attribute("causeway.retry.max_attempts", 3),
                Attribute("causeway.retry.reason", "model_retry"), Attribute("causeway.retry.will_retry", true),
            ]
        )
    }
}
