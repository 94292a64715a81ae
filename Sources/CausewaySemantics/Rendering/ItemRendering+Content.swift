internal import CausewayOTLP

/// What the item asked and answered, in the forms that several dialects share.
extension ItemRendering {
    /// The JSON of a field.
    mutating func json(_ field: Field) -> JSONOutline? {
        guard let range = textRange(field) else { return nil }
        for known in outlines where known.field == field { return known.outline }
        var outline = JSONOutline()
        let found = outline.read(payload, range) ? outline : nil
        outlines.append((field: field, outline: found))
        return found
    }

    /// The conversation that a model was given, as chat messages in a JSON list; nil if there is none.
    mutating func chatInput() -> [UInt8]? {
        ChatMessages.list(json(.inputMessages), system: json(.systemInstructions)).map { wrapped($0) }
    }

    /// What a model answered, as chat messages in a JSON list.
    mutating func chatOutput() -> [UInt8]? { ChatMessages.list(json(.outputMessages)).map { wrapped($0) } }

    private func wrapped(_ list: [UInt8]) -> [UInt8] { [UInt8(ascii: "[")] + list + [UInt8(ascii: "]")] }

    /// Answers as OpenAI's interface returns them: a list of choices, each with its finish reason.
    mutating func chatChoices() -> [UInt8]? {
        guard let messages = json(.outputMessages), messages.kind(0) == .array else { return nil }
        let reasons = texts(.finishReasons)
        var output = Array("{\"choices\":[".utf8)
        for (number, message) in messages.elements(0).enumerated() {
            guard let answer = ChatMessages.answer(messages, message) else { return nil }
            if number > 0 { output.append(UInt8(ascii: ",")) }
            output += Array("{\"index\":\(number),\"message\":".utf8) + answer
            if let reason = messages.member("finish_reason", of: message) {
                output += Array(",\"finish_reason\":".utf8)
                messages.copy(reason, to: &output)
            } else if number < reasons.count {
                output += Array(",\"finish_reason\":".utf8)
                JSONEscapes.quote(payload, reasons[number], to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
        return output + Array("]}".utf8)
    }

    /// The tools that a model was offered, in OpenAI's form, as a JSON list.
    mutating func chatTools() -> [UInt8]? {
        guard let tools = toolSchemas(), !tools.isEmpty else { return nil }
        var output: [UInt8] = [UInt8(ascii: "[")]
        for (number, tool) in tools.enumerated() {
            if number > 0 { output.append(UInt8(ascii: ",")) }
            output += tool
        }
        return output + [UInt8(ascii: "]")]
    }

    /// Each tool that a model was offered: `{type, function: {name, description, parameters}}`.
    mutating func toolSchemas() -> [[UInt8]]? {
        guard let outline = json(.toolDefinitions), outline.kind(0) == .array else { return nil }
        var schemas: [[UInt8]] = []
        for tool in outline.elements(0) {
            var schema: [UInt8] = []
            guard outline.kind(tool) == .object, outline.member("name", of: tool) != nil else {
                outline.copy(tool, to: &schema)
                schemas.append(schema)
                continue
            }
            schema += Array("{\"type\":".utf8)
            if let type = outline.member("type", of: tool), outline.kind(type) == .string {
                outline.copy(type, to: &schema)
            } else {
                schema += Array("\"function\"".utf8)
            }
            schema += Array(",\"function\":{".utf8)
            var isFirst = true
            var next = outline.firstChild(tool)
            while let key = next {
                next = outline.next(key + 1, in: tool)
                if outline.isKey(key, "type") { continue }
                if !isFirst { schema.append(UInt8(ascii: ",")) }
                isFirst = false
                outline.copy(key, to: &schema)
                schema.append(UInt8(ascii: ":"))
                outline.copy(key + 1, to: &schema)
            }
            schemas.append(schema + Array("}}".utf8))
        }
        return schemas
    }

    /// What a step was given or gave back, and whether that is JSON.
    struct Content {
        var bytes: [UInt8]
        var isJSON: Bool
    }

    /// What was given to the item: a single text as text, anything else as JSON.
    mutating func input() -> Content? {
        // A tool may carry the conversation that led to its call.
        if operation == .executeTool, let range = textRange(.toolArguments) {
            return Content(bytes: Array(payload[range]), isJSON: isJSON(range))
        }
        if let messages = json(.inputMessages) { return conversation(messages, system: json(.systemInstructions)) }
        for field in [Field.toolArguments, .retrievalQuery, .inputSummary] {
            if let range = textRange(field) { return Content(bytes: Array(payload[range]), isJSON: isJSON(range)) }
        }
        return nil
    }

    /// What came of the item.
    mutating func output() -> Content? {
        if operation == .executeTool, let range = textRange(.toolResult) {
            return Content(bytes: Array(payload[range]), isJSON: isJSON(range))
        }
        if let messages = json(.outputMessages) { return conversation(messages, system: nil) }
        for field in [Field.toolResult, .outputPayload] {
            if let range = textRange(field) { return Content(bytes: Array(payload[range]), isJSON: isJSON(range)) }
        }
        if let range = textRange(.retrievalDocuments) { return Content(bytes: Array(payload[range]), isJSON: true) }
        if let result = evaluationResult() { return Content(bytes: result, isJSON: true) }
        if case .string(let range)? = value(.outputSummary), !range.isEmpty { return Content(bytes: Array(payload[range]), isJSON: false) }
        return nil
    }

    private func conversation(_ messages: JSONOutline, system: JSONOutline?) -> Content? {
        guard messages.kind(0) == .array else { return nil }
        let list = messages.elements(0)
        if list.count == 1, let only = list.first, system == nil, let text = MessagePart.plainText(messages, only) {
            return Content(bytes: text, isJSON: false)
        }
        return ChatMessages.list(messages, system: system).map { Content(bytes: wrapped($0), isJSON: true) }
    }

    /// What the last message of the user says, for a list of calls.
    mutating func lastUserText() -> [UInt8]? {
        guard let messages = json(.inputMessages) else { return nil }
        let list = messages.elements(0).filter { messages.kind($0) == .object }
        let ofUser = list.last { message in messages.member("role", of: message).map { messages.holds($0, "user") } ?? false }
        guard let message = ofUser ?? list.last else { return nil }
        let text = MessagePart.texts(messages, message)
        return text.isEmpty ? nil : text
    }

    /// What an evaluator found, as JSON.
    private func evaluationResult() -> [UInt8]? {
        var output: [UInt8] = []
        func member(_ name: String) { output += Array("\(output.isEmpty ? "{" : ",")\"\(name)\":".utf8) }
        if let range = textRange(.evaluationName) {
            member("name")
            JSONEscapes.quote(payload, range, to: &output)
        }
        if let score = double(.evaluationScore), score.isFinite {
            member("score")
            output += Array(score.description.utf8)
        }
        for (name, field) in [("label", Field.evaluationLabel), ("explanation", .evaluationExplanation)] {
            guard let range = textRange(field) else { continue }
            member(name)
            JSONEscapes.quote(payload, range, to: &output)
        }
        return output.isEmpty ? nil : output + [UInt8(ascii: "}")]
    }

    /// The parameters of a request as one JSON object under the names that interfaces of models use; nil if there are none.
    func parameters(with model: Bool) -> [UInt8]? {
        var output: [UInt8] = []
        func member(_ name: String) { output += Array("\(output.isEmpty ? "{" : ",")\"\(name)\":".utf8) }
        if model, let range = textRange(.requestModel) {
            member("model")
            JSONEscapes.quote(payload, range, to: &output)
        }
        for (field, name) in Self.parameters {
            switch field.form {
            case .number:
                guard let number = double(field), number.isFinite else { continue }
                member(name)
                output += Array((Int64(exactly: number).map { "\($0)" } ?? number.description).utf8)
            case .integer, .count:
                guard let number = int(field) else { continue }
                member(name)
                output += Array("\(number)".utf8)
            case .flag:
                guard let flag = bool(field) else { continue }
                member(name)
                output += Array("\(flag)".utf8)
            case .texts:
                let list = texts(field)
                guard has(field) else { continue }
                member(name)
                output.append(UInt8(ascii: "["))
                for (number, range) in list.enumerated() {
                    if number > 0 { output.append(UInt8(ascii: ",")) }
                    JSONEscapes.quote(payload, range, to: &output)
                }
                output.append(UInt8(ascii: "]"))
            default:
                guard let range = textRange(field) else { continue }
                member(name)
                JSONEscapes.quote(payload, range, to: &output)
            }
        }
        return output.isEmpty ? nil : output + [UInt8(ascii: "}")]
    }

    /// The fields that `parameters` says.
    static let parameterFields: [Field] = parameters.map { $0.0 }

    private static let parameters: [(Field, String)] = [
        (.temperature, "temperature"), (.topP, "top_p"), (.topK, "top_k"), (.maxTokens, "max_tokens"),
        (.frequencyPenalty, "frequency_penalty"), (.presencePenalty, "presence_penalty"), (.seed, "seed"), (.choiceCount, "n"),
        (.stopSequences, "stop"), (.stream, "stream"), (.reasoningLevel, "reasoning_effort"), (.requestServiceTier, "service_tier"),
        (.encodingFormats, "encoding_format"),
    ]
}
