internal import CausewayOTLP

/// Gemini CLI: spans with Gemini's own contents for messages, log records, metrics in milliseconds.
package enum GeminiCLI: Dialect {
    package static let name = "gemini_cli"

    package static let signs: [Sign] = [
        .event("gemini_cli."), .metric("gemini_cli."), .value("gen_ai.agent.name", ["gemini-cli"]),
        .resource("service.name", ["gemini-cli"]),
    ]

    package static let rules: [Rule] = [
        Rule("model", .requestModel, .model),
        Rule("input_token_count", .inputTokens),
        Rule("output_token_count", .outputTokens),
        Rule("cached_content_token_count", .cacheReadTokens),
        Rule("thoughts_token_count", .reasoningTokens),
        Rule("total_token_count", .totalTokens),
        Rule("prompt", .inputMessages),
        Rule("request_text", .inputMessages, else: 1),
        Rule("response_text", .outputMessages, .outputMessages),
        Rule("function_name", .toolName),
        Rule("function_args", .toolArguments),
        Rule("gen_ai.tool.call_id", .toolCallID),
        Rule("finish_reasons", .finishReasons, .finishReasons),
    ]

    /// Gemini's numbers: thoughts come beside the answer.
    package static let tokens = TokenConvention.reasoningBeside

    package static let metrics: [MetricRule] = [
        MetricRule("gemini_cli.api.request.latency", "gen_ai.client.operation.duration", scale: 1e-3, unit: "s"),
        MetricRule("gemini_cli.tool.call.latency", "gen_ai.execute_tool.duration", scale: 1e-3, unit: "s"),
        MetricRule("gemini_cli.token.usage", "gemini_cli.token.usage", unit: "{token}"),
    ]

    package static func complete(_ facts: inout Facts) {
        switch facts.kind {
        case .span:
            tool(&facts)
            mergeChunks(&facts, "gen_ai.output.messages")
        case .log: completeLog(&facts)
        case .point:
            let words = ["input": "input", "output": "output", "thought": "reasoning", "cache": "cache_read", "tool": "tool"]
            if facts.isKnown(.requestModel), let type = facts.text("type"), let word = words[type] {
                facts.set(.tokenType, word, from: ["type"])
            }
        }
    }

    private static func completeLog(_ facts: inout Facts) {
        switch facts.itemName {
        case "gemini_cli.api_request": facts.set(.chat)
        case "gemini_cli.api_response":
            facts.set(.chat)
            mergeChunks(&facts, "response_text")
            if let status = facts.number("status_code"), status >= 400 {
                facts.fail(.chat, status: Int(exactly: status), message: facts.brief("error"))
            }
        case "gemini_cli.api_error":
            facts.set(.chat)
            facts.fail(
                .chat,
                status: facts.number("status_code").flatMap { Int(exactly: $0) },
                type: facts.text("error_type") ?? facts.text("error.type"),
                message: facts.brief("error") ?? facts.brief("error_message")
            )
        case "gemini_cli.network_retry_attempt", "gemini_cli.chat.content_retry":
            for key in ["attempt", "attempt_number"] {
                guard let attempt = facts.number(key).flatMap({ Int64(exactly: $0) }), 0..<1 << 20 ~= attempt else { continue }
                facts.set(.chat)
                facts.set(.retryAttempt, attempt, from: [key])
            }
        case "gemini_cli.tool_call":
            facts.set(.executeTool)
            if facts.flag("success") == false {
                facts.fail(.executeTool, type: facts.text("error_type"), message: facts.brief("error"))
            }
            if facts.text("decision") == "reject" { facts.noted = .guardrailAccessDenied }
            if facts.text("tool_type") == "mcp" { facts.set(.toolKind, "mcp") }
        default: break
        }
    }

    /// A tool's request and what came of it stand where messages belong.
    private static func tool(_ facts: inout Facts) {
        guard facts.operation == .executeTool else { return }
        if let request = facts.json("gen_ai.input.messages"), request.kind(0) == .object, let arguments = request.member("args", of: 0) {
            facts.take(request, arguments, as: .toolArguments)
            facts.forget(.inputMessages)
        }
        guard let call = facts.json("gen_ai.output.messages"), call.kind(0) == .object, let response = call.member("response", of: 0) else {
            return
        }
        if let status = call.member("status", of: 0), call.holds(status, "error") { facts.hasFailed = true }
        guard let parts = call.member("responseParts", of: response), let part = call.elements(parts).first,
            let function = call.member("functionResponse", of: part), let result = call.member("response", of: function)
        else { return }
        facts.take(call, result, as: .toolResult)
        facts.forget(.outputMessages)
    }

    /// An answer is one content, or one response, for each chunk of the stream: one message in pieces.
    private static func mergeChunks(_ facts: inout Facts, _ key: String) {
        guard let chunks = facts.json(key), chunks.kind(0) == .array else { return }
        let contents = chunks.elements(0).compactMap { (chunk: Int) -> Int? in
            guard let candidates = chunks.member("candidates", of: chunk) else { return chunk }
            return chunks.elements(candidates).first.flatMap { chunks.member("content", of: $0) }
        }
        guard contents.count > 1 || key == "response_text" && !contents.isEmpty,
            contents.allSatisfy({ chunks.member("role", of: $0).map { chunks.holds($0, "model") } ?? false })
        else { return }
        var message: [UInt8] = Array("[{\"role\":\"model\",\"parts\":[".utf8)
        var isFirst = true
        var endsInText = false
        for content in contents {
            guard let parts = chunks.member("parts", of: content) else { continue }
            for part in chunks.elements(parts) {
                // Pieces of one text are one text.
                if let text = text(chunks, part) {
                    if endsInText {
                        message.removeLast(2)
                    } else {
                        message += Array((isFirst ? "{\"text\":\"" : ",{\"text\":\"").utf8)
                    }
                    message += chunks.bytes[chunks.inside(text)]
                    message += Array("\"}".utf8)
                    (isFirst, endsInText) = (false, true)
                    continue
                }
                if !isFirst { message.append(UInt8(ascii: ",")) }
                (isFirst, endsInText) = (false, false)
                chunks.copy(part, to: &message)
            }
        }
        message += Array("]}]".utf8)
        _ = facts.overrule(.outputMessages, json: message, .outputMessages)
    }

    /// The text of a part that is nothing else.
    private static func text(_ chunks: JSONOutline, _ part: Int) -> Int? {
        guard chunks.kind(part) == .object, let name = chunks.firstChild(part), chunks.isKey(name, "text"),
            chunks.next(name + 1, in: part) == nil, chunks.kind(name + 1) == .string
        else { return nil }
        return name + 1
    }
}
