internal import CausewayOTLP

/// Content brought to the conventions' JSON, once it is known which source counts.
extension Facts {
    mutating func readContent() {
        readMessageEvents()
        for index in touched.indices {
            let field = touched[index]
            let slot = slots[Int(field.rawValue)]
            guard case .pending = slot.fact, slot.source >= 0 else { continue }
            let fact = content(attributes.entries[Int(slot.source)].view.value, slot.reading)
            if fact.isNone { uses[Int(slot.source)] = .kept }
            slots[Int(field.rawValue)].fact = fact
            if case .outputMessages = slot.reading { noteFinishReasons() }
            if case .inputMessages = slot.reading { noteTools() }
        }
        // What lost against content that turned out to be none is not tried again: it stays as it came.
        for (entry, _, fact) in outvoted {
            if case .pending = fact { uses[entry] = .kept }
        }
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
        case .inputMessages: outcome = messages.read(bytes, range, as: .input)
        case .outputMessages: outcome = messages.read(bytes, range, as: .output)
        case .systemInstructions: outcome = messages.read(bytes, range, as: .system)
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
            default: return make(messages.output)
            }
        }
    }

    /// The text in a JSON string; nil if it is none.
    private mutating func unquoted(_ bytes: [UInt8], _ range: Range<Int>) -> Fact? {
        guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\""), outline.read(bytes, range), outline.kind(0) == .string else {
            return nil
        }
        defer { outline.forget() }
        let start = scratch.count
        outline.text(0, to: &scratch)
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
            guard depth < depthLimit else { return output += Array("null".utf8) }
            output.append(UInt8(ascii: "["))
            for (index, element) in ValueView.elements(of: range, payload).enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                append(element, payload, to: &output, depth: depth + 1)
            }
            output.append(UInt8(ascii: "]"))
        case .map(let range):
            guard depth < depthLimit else { return output += Array("null".utf8) }
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
