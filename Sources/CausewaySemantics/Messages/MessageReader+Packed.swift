/// Conversations inside other text: JSON in a JSON string, a list of JSON texts, what Python shows of a list.
extension MessageReader {
    /// What the text is, if it is JSON of a conversation. Taken out once and never twice.
    mutating func unpacked(_ text: [UInt8], _ side: Side) -> Outcome? {
        let range = text.trimmed(text.indices)
        guard let first = text[range].first, first == UInt8(ascii: "[") || first == UInt8(ascii: "{") else { return nil }
        let end = output.count
        let outcome = translate(text, range, side, again: true)
        if outcome == .made { return outcome }
        output.removeLast(output.count - end)
        // The text around it is what counts then.
        temporary = text
        return nil
    }

    /// The list that a list of JSON objects, each of them a string, would be.
    func packed() -> [UInt8]? {
        guard outline.kind(0) == .array, let first = outline.firstChild(0), outline.kind(first) == .string,
            outline.bytes[outline.inside(first)].first == UInt8(ascii: "{")
        else { return nil }
        var list: [UInt8] = [UInt8(ascii: "[")]
        for element in outline.elements(0) {
            guard outline.kind(element) == .string, outline.bytes[outline.inside(element)].first == UInt8(ascii: "{") else { return nil }
            if list.count > 1 { list.append(UInt8(ascii: ",")) }
            outline.text(element, to: &list)
        }
        list.append(UInt8(ascii: "]"))
        return list
    }

    /// What Python shows of a list of messages. An object's class stands where LangChain writes it, since it may say whose message it is.
    mutating func shown(_ bytes: [UInt8], _ range: Range<Int>, _ side: Side) -> Outcome? {
        guard range.count < 1 << 20, bytes[range.lowerBound] != UInt8(ascii: "\""),
            let json = PythonValue.json(bytes, range, classes: true)
        else { return nil }
        return unpacked(json, side)
    }
}
