internal import CausewayOTLP

/// Content brought to the conventions' JSON, once it is known which source counts.
extension Facts {
    mutating func readContent() {
        readMessageEvents()
        for place in 0..<touched.count {
            let field = touched[place]
            var slot = slots[Int(field.rawValue)]
            guard case .pending = slot.fact, slot.source >= 0 else { continue }
            var fact = content(attributes.entries[Int(slot.source)].view.value, slot.reading)
            if field == .toolArguments { fact = withoutPython(fact) }
            // What is no such content stays as it came; what had less weight may be some.
            while fact.isNone {
                uses[Int(slot.source)] = .kept
                guard let next = nextBest(field) else { break }
                slot.source = Int32(next.entry)
                slot.reading = next.reading
                fact = content(attributes.entries[next.entry].view.value, next.reading)
                if !fact.isNone { uses[next.entry] = .understood }
            }
            slot.fact = fact
            slots[Int(field.rawValue)] = slot
            if fact.isNone { continue }
            switch slot.reading {
            case .outputMessages: noteFinishReasons()
            case .inputMessages: noteTools()
            default: continue
            }
            // What stood around the messages and says more than the span now says stays as it came.
            if !noteExtras(isAnswer: field == .outputMessages) { uses[Int(slot.source)] = .kept }
        }
        // What lost against content is not looked at: it stays as it came.
        for other in outvoted where !other.isSettled {
            if case .pending = other.fact { uses[other.entry] = .kept }
        }
    }

    /// Arguments that Python shows as JSON, so that equal calls are equal.
    private mutating func withoutPython(_ fact: Fact) -> Fact {
        let shown = bytes(fact)
        guard shown.count < 1 << 16, shown.starts(with: Self.shownStart) else { return fact }
        let text = Array(shown)
        return PythonValue.json(text, text.indices).map { make($0) } ?? fact
    }

    private static let shownStart = Array("{'".utf8)

    /// Of the attributes that had less weight for a field the one that has most.
    private mutating func nextBest(_ field: Field) -> Outvoted? {
        var best = -1
        for (place, other) in outvoted.enumerated() where other.field == field && !other.isSettled {
            guard case .pending = other.fact else { continue }
            if best < 0 || other.rank < outvoted[best].rank { best = place }
        }
        guard best >= 0 else { return nil }
        outvoted[best].isSettled = true
        return outvoted[best]
    }

    /// The content of an attribute; none if nobody understands it.
    mutating func content(_ value: ValueView, _ reading: Reading) -> Fact {
        guard case .string(let range) = value else {
            var text: [UInt8] = []
            ValueText.append(value, payload, to: &text)
            return converted(text, text.indices, reading, original: nil)
        }
        return converted(payload, range, reading, original: range)
    }

    /// `original` is where the text lies in the payload, if it lies there.
    mutating func converted(_ bytes: [UInt8], _ range: Range<Int>, _ reading: Reading, original: Range<Int>?) -> Fact {
        let outcome: MessageReader.Outcome
        switch reading {
        case .inputMessages: outcome = readMessages(bytes, range, .input)
        case .outputMessages: outcome = readMessages(bytes, range, .output)
        case .systemInstructions: outcome = readMessages(bytes, range, .system)
        case .toolDefinitions: outcome = definitions.read(bytes, range)
        case .documents: outcome = documents.read(bytes, range)
        case .quotedContent: return unquoted(bytes, range) ?? original.map { .text($0) } ?? make(Array(bytes[range]))
        case .callArguments: return unwrapped(bytes, range) ?? original.map { .text($0) } ?? make(Array(bytes[range]))
        default: outcome = .canonical
        }
        switch outcome {
        case .canonical: return original.map { .text($0) } ?? make(Array(bytes[range]))
        case .unknown: return .none
        case .made:
            switch reading {
            case .toolDefinitions: return make(definitions.output)
            case .documents: return make(documents.output)
            default: return .made(messages.start..<scratch.count)
            }
        }
    }

    /// What is made of long content is written where it stays.
    private mutating func readMessages(
        _ bytes: [UInt8],
        _ range: Range<Int>,
        _ side: MessageReader.Side
    ) -> MessageReader.Outcome {
        swap(&messages.output, &scratch)
        defer { swap(&messages.output, &scratch) }
        return messages.read(bytes, range, as: side, appending: true)
    }

    /// The text in a JSON string; nil if it is none.
    private mutating func unquoted(_ bytes: [UInt8], _ range: Range<Int>) -> Fact? {
        guard range.count >= 2, [UInt8(ascii: "\""), UInt8(ascii: "{")].contains(bytes[range.lowerBound]), outline.read(bytes, range) else {
            return nil
        }
        defer { outline.forget() }
        var value = 0
        if outline.kind(0) == .object {
            // An object that holds nothing but the result.
            guard let name = outline.firstChild(0), outline.isKey(name, "output"), outline.next(name + 1, in: 0) == nil else { return nil }
            value = name + 1
        }
        let start = scratch.count
        switch outline.kind(value) {
        case .null: return Fact.none
        case .string: outline.text(value, to: &scratch)
        default: outline.copy(value, to: &scratch)
        }
        return .made(start..<scratch.count)
    }

    /// What a function was called with by name; nil if it was called otherwise.
    private mutating func unwrapped(_ bytes: [UInt8], _ range: Range<Int>) -> Fact? {
        guard bytes[range].first == UInt8(ascii: "{"), outline.read(bytes, range) else { return nil }
        defer { outline.forget() }
        let arguments: Int
        if let named = outline.member("kwargs", of: 0), outline.kind(named) == .object,
            outline.member("args", of: 0).map({ outline.firstChild($0) == nil }) ?? true,
            outline.member(["input_str", "inputs"], of: 0) == nil
        {
            arguments = named
        } else if let named = outline.member("arguments", of: 0), outline.member(["tool_name", "name"], of: 0) != nil {
            arguments = named
        } else if outline.member("input_str", of: 0) != nil, let named = outline.member("inputs", of: 0), outline.kind(named) == .object {
            // LangChain's callback: what else it was told is on the span.
            arguments = named
        } else if let text = outline.member("input_str", of: 0), outline.kind(text) == .string {
            // LangChain: what Python shows of the arguments.
            var shown: [UInt8] = []
            outline.text(text, to: &shown)
            return PythonValue.json(shown, shown.indices).map { make($0) } ?? make(shown)
        } else {
            return nil
        }
        let start = scratch.count
        outline.copy(arguments, to: &scratch)
        return .made(start..<scratch.count)
    }

    /// Why the answers ended, if only the messages say it.
    mutating func noteFinishReasons() {
        guard !messages.finishReasons.isEmpty, !isKnown(.finishReasons), kind != .point else { return }
        var list = TextList()
        for reason in messages.finishReasons { list.append(reason) }
        let start = scratch.count
        list.encode(to: &scratch)
        current = .max - 1
        put(.finishReasons, .encoded(start..<scratch.count))
    }

    /// Reads what stood around the messages, parameters above all; true if all of it is said otherwise now.
    private mutating func noteExtras(isAnswer: Bool) -> Bool {
        guard !messages.extras.isEmpty else { return true }
        let (around, extras) = (messages.outline, messages.extras)
        current = .max - 1
        var isWhole = true
        for name in extras {
            if isAnswer, around.isKey(name, "id"), let id = around.string(name + 1) {
                if !isKnown(.responseID) { set(.responseID, id) }
            } else if isAnswer, around.isKey(name, "model"), let model = around.string(name + 1) {
                if !isKnown(.responseModel) { set(.responseModel, model) }
            } else if around.isKey(name, "usage") || around.isKey(name, "usage_metadata") {
                isWhole = takeUsage(around, name + 1) && isWhole
            } else if isAnswer, around.isKey(name, "system_fingerprint"), let text = around.string(name + 1) {
                if !isKnown(.systemFingerprint) { set(.systemFingerprint, text) }
            } else if isAnswer, around.isKey(name, "service_tier"), let text = around.string(name + 1) {
                if !isKnown(.responseServiceTier) { set(.responseServiceTier, text) }
            } else if isAnswer || !take(around, name, name + 1) {
                isWhole = false
            }
        }
        return isWhole
    }

    /// The tools that a whole request offered beside its messages.
    mutating func noteTools() {
        guard let tools = messages.tools, !isKnown(.toolDefinitions) else { return }
        let (bytes, range) = (messages.outline.bytes, messages.outline.source(tools))
        current = .max - 1
        switch definitions.read(bytes, range) {
        case .canonical: put(.toolDefinitions, make(Array(bytes[range])))
        case .made: put(.toolDefinitions, make(definitions.output))
        case .unknown: break
        }
    }
}

/// Structured values as JSON text.
enum ValueText {
    /// Deeper values are written as `null`; admission lets none so deep in.
    private static let depthLimit = 64

    static func append(_ value: ValueView, _ payload: [UInt8], to output: inout [UInt8], depth: Int = 0) {
        switch value {
        case .empty: output += Array("null".utf8)
        case .string(let range): JSONEscapes.quote(payload, range, to: &output)
        case .bool(let flag): output += Array(flag ? "true".utf8 : "false".utf8)
        case .int(let number): output += Array(String(number).utf8)
        case .double(let number): output += Array(number.isFinite ? number.description.utf8 : "null".utf8)
        case .bytes(let range): output += Array("\"\(range.count) bytes\"".utf8)
        case .array(let range):
            guard depth < depthLimit else {
                output += Array("null".utf8)
                return
            }
            output.append(UInt8(ascii: "["))
            for (index, element) in ValueView.elements(of: range, payload).enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                append(element, payload, to: &output, depth: depth + 1)
            }
            output.append(UInt8(ascii: "]"))
        case .map(let range):
            guard depth < depthLimit else {
                output += Array("null".utf8)
                return
            }
            output.append(UInt8(ascii: "{"))
            var entries = AttributeList(map: range)
            var isFirst = true
            while let entry = entries.next(payload) {
                if !isFirst { output.append(UInt8(ascii: ",")) }
                isFirst = false
                JSONEscapes.quote(payload, entry.key, to: &output)
                output.append(UInt8(ascii: ":"))
                append(entry.value, payload, to: &output, depth: depth + 1)
            }
            output.append(UInt8(ascii: "}"))
        }
    }
}
