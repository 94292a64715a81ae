internal import CausewayModel
internal import CausewayOTLP

// Values: whether they are what a member may have, and how they are written.

extension AgentEventDecoder {
    /// Whether a value is what the member's description says.
    func check(_ entry: AgentEventTable.Entry, _ node: Int) throws(AgentEventMistake) {
        guard !isRight(entry, node) else { return }
        throw AgentEventMistake(.member, "\(entry.path) is \(shown(node)); write \(Self.wanted(entry.field.form))")
    }

    private func isRight(_ entry: AgentEventTable.Entry, _ node: Int) -> Bool {
        let kind = outline.kind(node)
        return switch entry.kind {
        case .text, .time: kind == .string || kind == .number
        case .word: kind == .string && entry.words?[outline.bytes, outline.inside(node)] != nil
        case .id: kind == .string && !outline.inside(node).isEmpty || kind == .number
        case .count: kind == .number && (outline.integer(node) ?? -1) >= 0
        case .integer: kind == .number && outline.integer(node) != nil
        case .number: kind == .number && outline.double(node) != nil
        case .amount: kind == .number && (outline.double(node) ?? -1) >= 0
        case .duration: kind == .number && 0...Double(AgentEventField.longestDuration) ~= outline.double(node) ?? -1
        case .flag: kind == .bool
        case .texts: kind == .string || kind == .array && areAll(node, .string)
        case .content: true
        case .list: kind == .array
        case .map: kind == .object
        // What stands for the object is looked at as that member.
        case .object: kind == .object || entry.short >= 0 && kind != .array
        case .listOfObjects: kind == .array && areAll(node, .object)
        }
    }

    private static func wanted(_ form: AgentEventField.Form) -> String {
        switch form {
        case .text: "a text"
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .id: "a text that is not empty"
        case .time: "a time: RFC 3339 text, or nanoseconds since 1970"
        case .count: "a whole number, 0 or more"
        case .integer: "a whole number"
        case .number: "a number"
        case .amount: "a number, 0 or more"
        case .duration: "milliseconds, from 0 to \(AgentEventField.longestDuration)"
        case .flag: "true or false"
        case .texts: "a list of texts"
        case .content: ""
        case .list: "a list"
        case .map, .object: "an object"
        case .listOfObjects: "a list of objects"
        }
    }

    /// Whether all elements of a list are of one kind.
    private func areAll(_ list: Int, _ kind: JSONOutline.Kind) -> Bool {
        var next = outline.firstChild(list)
        while let element = next {
            guard outline.kind(element) == kind else { return false }
            next = outline.next(element, in: list)
        }
        return true
    }

    /// A value for a message: short, and without anything that could break a line.
    func shown(_ node: Int) -> String {
        let text = outline.bytes[outline.source(node)].prefix(40)
        let word = String(decoding: text, as: UTF8.self).unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
        return String(String.UnicodeScalarView(word)) + (outline.source(node).count > 40 ? "…" : "")
    }

    /// The bytes of a text or number, and where they are.
    mutating func bytes(_ node: Int) -> (source: [UInt8], range: Range<Int>) {
        if outline.kind(node) != .string { return (outline.bytes, outline.source(node)) }
        if outline.isPlain(node) { return (outline.bytes, outline.inside(node)) }
        let start = scratch.count
        outline.text(node, to: &scratch)
        return (scratch, start..<scratch.count)
    }

    mutating func string(_ node: Int) -> String {
        let (source, range) = bytes(node)
        return String(decoding: source[range], as: UTF8.self)
    }

    mutating func write(_ entry: AgentEventTable.Entry, _ node: Int, _ number: Int) {
        guard isNew(entry) else { return }
        switch entry.kind {
        case .count, .integer: attributes.attribute(number, entry.key, int: outline.integer(node) ?? 0)
        case .number, .amount: attributes.attribute(number, entry.key, double: outline.double(node) ?? 0)
        case .flag: attributes.attribute(number, entry.key, bool: outline.bool(node) ?? false)
        case .texts: writeTexts(entry.key, node, number)
        default: writeText(entry.key, node, number)
        }
        switch entry.mark {
        case .outcome: line.hasOutcome = true
        case .retryCount: line.result.hasRetryCount = true
        case .willRetry: if type == .retry, outline.bool(node) == false { line.result.isLastTry = true }
        case .none, .shared, .toolArguments, .failure: break
        }
    }

    /// Strings as their text, anything else as its JSON.
    mutating func writeText(_ key: [UInt8], _ node: Int, _ number: Int) {
        if let range = outline.plain(node) { return attributes.attribute(number, key, text: range, of: outline.bytes) }
        let (source, range) = bytes(node)
        attributes.attribute(number, key, text: range, of: source)
    }

    mutating func writeNew(_ key: [UInt8], _ node: Int) {
        if isNew(key) { writeText(key, node, number) }
    }

    /// A list of texts, or the only one there is.
    private mutating func writeTexts(_ key: [UInt8], _ node: Int, _ number: Int) {
        let texts = (outline.kind(node) == .array ? outline.elements(node) : [node]).map { element in
            let (source, range) = bytes(element)
            return Array(source[range])
        }
        attributes.attribute(number, key, texts: texts)
    }

    mutating func keyed(_ key: [UInt8], _ node: Int, number: Int) -> AgentEventLine.KeyedBytes {
        var own = WireWriter()
        swap(&own, &attributes)
        writeValue(key, node, number)
        swap(&own, &attributes)
        return AgentEventLine.KeyedBytes(key: key, bytes: own.bytes)
    }

    mutating func identify(_ entry: AgentEventTable.Entry, _ node: Int) {
        line.result.identity.append(keyed(entry.key, node, number: 9))
    }

    /// A value of the sender's own: numbers and flags as they are, lists of one kind as lists, structure as its JSON.
    mutating func writeValue(_ key: [UInt8], _ node: Int, _ number: Int) {
        switch outline.kind(node) {
        case .null: break
        case .bool: attributes.attribute(number, key, bool: outline.bool(node) ?? false)
        case .number:
            if let integer = outline.integer(node), !isWrittenAsFraction(node) {
                attributes.attribute(number, key, int: integer)
            } else if let double = outline.double(node) {
                attributes.attribute(number, key, double: double)
            } else {
                writeText(key, node, number)
            }
        case .array:
            if outline.firstChild(node) != nil, areAll(node, .string) {
                writeTexts(key, node, number)
            } else {
                writeText(key, node, number)
            }
        case .string, .escaped, .object: writeText(key, node, number)
        }
    }

    func isWrittenAsFraction(_ node: Int) -> Bool {
        outline.bytes[outline.source(node)].contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
    }

    mutating func takeMap(_ node: Int, prefix: [UInt8], _ number: Int) {
        var next = outline.firstChild(node)
        while let name = next {
            let value = name + 1
            next = outline.next(value, in: node)
            text.removeAll(keepingCapacity: true)
            text += prefix
            outline.text(name, to: &text)
            writeOwn(value, number)
        }
    }

    /// An attribute whose key, in `text`, is the sender's own.
    private mutating func writeOwn(_ value: Int, _ number: Int) {
        guard !text.isEmpty, !text.begins(with: Keys.own, at: text.indices), outline.kind(value) != .null, isNew(text) else { return }
        if AgentEventTable.isIdentity(text) { line.result.ownKeys.append(text) }
        writeValue(text, value, number)
    }

    /// The sender's own attributes come last: what a member says has its key already.
    mutating func takeFree() {
        guard let free = line.free else { return }
        for attribute in line.result.identity { _ = isNew(attribute.key) }
        takeMap(free, prefix: [], number)
    }

    /// Of two that say the same about the resource the one that was meant for it counts.
    mutating func describe(_ attribute: AgentEventLine.KeyedBytes, replacing: Bool) {
        if let known = line.result.resource.firstIndex(where: { $0.key == attribute.key }) {
            if replacing { line.result.resource[known] = attribute }
        } else {
            line.result.resource.append(attribute)
        }
    }

    mutating func keepUnknown(_ key: Int, _ value: Int, of table: AgentEventTable) {
        var name = Array(table.path.utf8)
        outline.text(key, to: &name)
        line.result.unknown.append(String(decoding: name.prefix(60), as: UTF8.self))
        let whole = Keys.extra + name
        guard outline.kind(value) != .null, isNew(whole) else { return }
        writeValue(whole, value, number)
    }
}
