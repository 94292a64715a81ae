internal import CausewayOTLP

/// What went wrong, from whatever an item offers: status, exceptions, codes, and text as the last resort.
extension Facts {
    mutating func settleFailure() {
        // Of a log record only its dialect can say that it tells of a failure.
        if kind == .log, let noted { write(FailureFinding(code: noted, isInferred: isNotedByWording), failureText ?? "") }
        guard kind == .span, let span else { return }
        // Who says it in our words knows best.
        if entry("causeway.failure.category") != nil { return }
        var evidence = FailureEvidence(operation: operation, isHTTP: false)
        let isError = span.statusCode == 2
        var message = span.statusMessage
        if let type = text(.errorType) { evidence.types.append(type) }
        for event in events where payload.holds("exception", at: event.name) {
            evidence.hasException = true
            var list = event.attributes
            while let attribute = list.next(payload) {
                guard case .string(let range) = attribute.value, !range.isEmpty else { continue }
                if payload.holds("exception.type", at: attribute.key) { evidence.types.append(payload.text(range)) }
                if payload.holds("exception.message", at: attribute.key) { message = range }
            }
        }
        if noted == nil, !isError, !hasFailed, evidence.types.isEmpty, !evidence.hasException {
            noted = hiddenFailure()
        }
        guard isError || hasFailed || !evidence.types.isEmpty || noted != nil || evidence.hasException && operation == .executeTool else {
            return
        }
        evidence.status = (number("http.response.status_code") ?? number("http.status_code") ?? number("status_code")).flatMap {
            Int(exactly: $0)
        }
        if !message.isEmpty { evidence.message = payload.text(message.prefix(4096)) }
        if evidence.message.isEmpty, let failureText { evidence.message = failureText }
        let failure = noted.map { FailureFinding(code: $0, isInferred: isNotedByWording) } ?? evidence.finding()
        write(failure, evidence.message)
    }

    /// A failure inside an answer that came as if all were well.
    private mutating func hiddenFailure() -> FailureCode? {
        if operation == .executeTool {
            let result: ArraySlice<UInt8> = bytes(slots[Int(Field.toolResult.rawValue)].fact)
            // What Python shows of LangChain's message of a tool.
            if result.starts(with: Self.shownMessage), result.suffix(Self.shownFailure.count).elementsEqual(Self.shownFailure) {
                return .toolReportedError
            }
            guard result.first == UInt8(ascii: "{"), result.count < 1 << 16 else { return nil }
            let text = Array(result)
            guard let outline = JSONOutline(text) else { return nil }
            if Self.saysFailure(outline, 0) { return .toolReportedError }
        }
        if operation?.isModelCall == true, slots[Int(Field.finishReasons.rawValue)].rank != .max {
            if finishes(with: "length") { return .modelCutOff }
            if finishes(with: "content_filter") { return .modelRefused }
        }
        if operation == .invokeAgent || operation == .invokeWorkflow, answersThatItStopped() {
            isNotedByWording = true
            return .orchestrationMaxSteps
        }
        return nil
    }

    /// Whether an agent's last words are those that a framework puts there when no more steps are allowed.
    private func answersThatItStopped() -> Bool {
        let end = bytes(slots[Int(Field.outputMessages.rawValue)].fact).suffix(400)
        return Self.lastWords.contains { words in
            end.count >= words.count && end.indices.dropLast(words.count - 1).contains { end[$0...].starts(with: words) }
        }
    }

    /// Of LangGraph's agents and LangChain's executor.
    private static let lastWords: [[UInt8]] = [
        "Sorry, need more steps to process this request.", "Agent stopped due to max iterations.",
        "Agent stopped due to iteration limit or time limit.",
    ].map { Array($0.utf8) }

    /// Whether what a tool answered is an error and nothing else.
    private static func saysFailure(_ result: JSONOutline, _ object: Int) -> Bool {
        guard result.kind(object) == .object else { return false }
        if result.bool(result.member(["isError", "is_error"], of: object)) == true { return true }
        // LangChain's message of a tool.
        if let kwargs = result.member(["kwargs", "output"], of: object), result.kind(kwargs) == .object,
            result.member("status", of: kwargs).map({ result.holds($0, "error") }) ?? false,
            result.member("tool_call_id", of: kwargs) != nil
        {
            return true
        }
        let isFalse = result.bool(result.member(["success", "ok"], of: object)) == false
        var hasError = false
        var next = result.firstChild(object)
        while let name = next {
            let value = name + 1
            next = result.next(value, in: object)
            if result.isKey(name, "error") {
                let isText = result.kind(value) == .string && !result.inside(value).isEmpty
                hasError = isText || result.kind(value) == .object && result.firstChild(value) != nil
            } else if !companions.contains(where: { result.isKey(name, $0) }), !isNothing(result, value) {
                return false
            }
        }
        return hasError || isFalse && result.member(["message", "reason", "error_message"], of: object) != nil
    }

    private static let shownMessage = Array("content=".utf8)
    private static let shownFailure = Array(" status='error'".utf8)

    /// What may stand beside an error and is no result.
    private static let companions = [
        "status", "code", "status_code", "statusCode", "message", "detail", "details", "type", "success", "ok", "reason", "error_message",
        "error_type", "tool_call_id", "timestamp", "request_id",
    ]

    private static func isNothing(_ result: JSONOutline, _ value: Int) -> Bool {
        switch result.kind(value) {
        case .null: true
        case .array, .object: result.firstChild(value) == nil
        case .string, .escaped: result.inside(value).isEmpty
        case .bool, .number: false
        }
    }

    private func finishes(with word: String) -> Bool {
        let slot = slots[Int(Field.finishReasons.rawValue)]
        if case .encoded(let range) = slot.fact, !range.isEmpty {
            // A list of one word: its bytes end in it.
            return scratch[range].count < 64 && scratch[range].suffix(word.utf8.count).elementsEqual(word.utf8)
        }
        guard slot.source >= 0, case .array(let range) = attributes.entries[Int(slot.source)].view.value else { return false }
        var elements = FieldReader(range)
        while let element = elements.next(payload) {
            if element.number == 1, element.type == .lengthDelimited, case .string(let text) = ValueView(element.contents, payload),
                payload.holds(word, at: text)
            {
                return true
            }
        }
        return false
    }

    private mutating func write(_ failure: FailureFinding, _ message: String) {
        let (category, code) = failure.code.words
        added.attribute(attributesField, Self.categoryKey, text: Array(category.utf8))
        added.attribute(attributesField, Self.codeKey, text: Array(code.utf8))
        if !message.isEmpty {
            // The first line says what; what follows is where.
            let line = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true).first ?? ""
            added.attribute(attributesField, Self.messageKey, text: Array(line.prefix(400).utf8))
        }
        if kind == .span, failure.code == .modelTimeout || failure.code == .toolTimeout { writeTimeout(message) }
        if failure.isInferred { added.attribute(attributesField, Self.inferredKey, bool: true) }
        if let state = retryState { added.attribute(attributesField, Self.retryStateKey, text: Array(state.utf8)) }
    }

    /// How long it was waited for, and who gave up, where that shows.
    private mutating func writeTimeout(_ message: String) {
        if !has("causeway.timeout.elapsed_ms"), endNanoseconds > startNanoseconds {
            added.attribute(attributesField, Self.elapsedKey, double: Double(endNanoseconds - startNanoseconds) / 1e6)
        }
        guard !has("causeway.timeout.by") else { return }
        let status = number("http.response.status_code") ?? number("http.status_code") ?? number("status_code")
        let type = text(.errorType)?.lowercased() ?? ""
        if status == 408 || status == 504 || type == "408" || type == "504" || type.hasPrefix("deadline_exceeded") {
            added.attribute(attributesField, Self.timeoutByKey, text: Array("server".utf8))
        } else if status == nil, type.contains("timeout") || message.lowercased().contains("timed out") {
            added.attribute(attributesField, Self.timeoutByKey, text: Array("client".utf8))
        }
    }

    private static let elapsedKey = Array("causeway.timeout.elapsed_ms".utf8)
    private static let timeoutByKey = Array("causeway.timeout.by".utf8)
    private static let categoryKey = Array("causeway.failure.category".utf8)
    private static let codeKey = Array("causeway.failure.code".utf8)
    private static let messageKey = Array("causeway.failure.message".utf8)
    private static let inferredKey = Array("causeway.failure.inferred".utf8)
    private static let retryStateKey = Array("causeway.failure.retry_state".utf8)
}
