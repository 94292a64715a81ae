internal import CausewayOTLP

/// Parameters of a request that came as one JSON object.
extension Facts {
    /// Reads the parameters in the attribute with this key; true if every one of them is said otherwise now.
    package mutating func takeParameters(_ key: String) -> Bool {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value, range.count < 1 << 16 else {
            return false
        }
        var parameters = JSONOutline()
        guard parameters.read(payload, range), parameters.kind(0) == .object else { return false }
        return takeParameters(parameters, of: 0)
    }

    /// Reads the parameters in an object; true if every one of them is said otherwise now.
    package mutating func takeParameters(_ parameters: JSONOutline, of object: Int) -> Bool {
        var isWhole = true
        var next = parameters.firstChild(object)
        while let name = next {
            let value = name + 1
            next = parameters.next(value, in: object)
            if parameters.kind(value) == .null { continue }
            if !take(parameters, name, value) { isWhole = false }
        }
        return isWhole
    }

    mutating func take(_ parameters: JSONOutline, _ name: Int, _ value: Int) -> Bool {
        // What has no limit is as if nothing were said.
        if parameters.holds(value, "Infinity") { return true }
        for (word, field) in Self.parameterFields where parameters.isKey(name, word) {
            switch field.form {
            case .number:
                guard let number = parameters.double(value) else { return false }
                set(field, number)
            case .integer, .count:
                guard let number = parameters.integer(value) else { return false }
                set(field, number)
            case .flag:
                guard let flag = parameters.bool(value) else { return false }
                set(field, flag)
            case .texts:
                var list = TextList()
                for element in parameters.kind(value) == .array ? parameters.elements(value) : [value] {
                    guard let text = parameters.string(element) else { return false }
                    list.append(Array(text.utf8))
                }
                let start = scratch.count
                list.encode(to: &scratch)
                put(field, .encoded(start..<scratch.count))
            default:
                guard let text = parameters.string(value) else { return false }
                if field == .requestModel { return takeModel(text) }
                set(field, text)
            }
            return true
        }
        return false
    }

    /// The model that was asked for; what a dialect calls the model then is the one that answered.
    private mutating func takeModel(_ name: String) -> Bool {
        if let known = text(.requestModel), known != name {
            guard !isKnown(.responseModel) else { return false }
            let slot = slots[Int(Field.requestModel.rawValue)]
            guard slot.rank > 0 else { return false }
            fill(.responseModel, slot)
            slots[Int(Field.requestModel.rawValue)] = Slot(fact: make(Array(name.utf8)), rank: current, source: -1)
            return true
        }
        set(.requestModel, name)
        return true
    }

    private static let parameterFields: [(String, Field)] = [
        ("model", .requestModel), ("temperature", .temperature), ("top_p", .topP), ("topP", .topP), ("top_k", .topK), ("topK", .topK),
        ("max_tokens", .maxTokens), ("max_completion_tokens", .maxTokens), ("max_output_tokens", .maxTokens), ("maxTokens", .maxTokens),
        ("maxOutputTokens", .maxTokens), ("stopSequences", .stopSequences), ("frequency_penalty", .frequencyPenalty),
        ("presence_penalty", .presencePenalty), ("seed", .seed),
        ("stop", .stopSequences), ("stop_sequences", .stopSequences), ("n", .choiceCount), ("stream", .stream),
        ("reasoning_effort", .reasoningLevel), ("service_tier", .requestServiceTier), ("encoding_format", .encodingFormats),
    ]

    /// Says who runs the model in the dialect's own word.
    package mutating func set(provider name: String, from sources: [String]) {
        switch Provider.canonical(name) {
        case .provider(let name): set(.provider, name, from: sources)
        case .framework: framework = make(Array(name.utf8))
        }
    }
}
