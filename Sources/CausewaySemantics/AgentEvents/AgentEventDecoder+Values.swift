internal import CausewayModel
internal import CausewayOTLP

// Values: whether they are what a member may have, and how they are written.

extension AgentEventDecoder {
    /// Whether a value is what the member's description says.
    func check(_ entry: AgentEventTable.Entry, _ node: Int, _ path: String) throws(AgentEventMistake) {
        let kind = outline.kind(node)
        let isRight: Bool
        let wanted: String
        switch entry.field.form {
        case .text:
            isRight = kind == .string || kind == .number
            wanted = "a text"
        case .word(let words):
            isRight = kind == .string && entry.words?[outline.bytes, outline.inside(node)] != nil
            wanted = "one of \(words.joined(separator: ", "))"
        case .id:
            isRight = kind == .string && !outline.inside(node).isEmpty || kind == .number
            wanted = "a text that is not empty"
        case .time:
            isRight = kind == .string || kind == .number
            wanted = "a time: RFC 3339 text, or nanoseconds since 1970"
        case .count:
            isRight = kind == .number && (outline.integer(node) ?? -1) >= 0
            wanted = "a whole number, 0 or more"
        case .integer:
            isRight = kind == .number && outline.integer(node) != nil
            wanted = "a whole number"
        case .number:
            isRight = kind == .number && outline.double(node) != nil
            wanted = "a number"
        case .amount:
            isRight = kind == .number && (outline.double(node) ?? -1) >= 0
            wanted = "a number, 0 or more"
        case .duration:
            isRight = kind == .number && 0...Double(AgentEventField.longestDuration) ~= outline.double(node) ?? -1
            wanted = "milliseconds, from 0 to \(AgentEventField.longestDuration)"
        case .flag:
            isRight = kind == .bool
            wanted = "true or false"
        case .texts:
            isRight = kind == .string || kind == .array && outline.elements(node).allSatisfy { outline.kind($0) == .string }
            wanted = "a list of texts"
        case .content:
            isRight = true
            wanted = ""
        case .list:
            isRight = kind == .array
            wanted = "a list"
        case .map:
            isRight = kind == .object
            wanted = "an object"
        case .object:
            // What stands for the object is looked at as that member.
            isRight = kind == .object || entry.short >= 0 && kind != .array
            wanted = "an object"
        case .listOfObjects:
            isRight = kind == .array && outline.elements(node).allSatisfy { outline.kind($0) == .object }
            wanted = "a list of objects"
        }
        if !isRight { throw AgentEventMistake(.member, "\(path)\(entry.name) is \(shown(node)); write \(wanted)") }
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
        if entry.isShared, line.keys.contains(entry.key) { return }
        switch entry.field.form {
        case .count, .integer: attributes.attribute(number, entry.key, int: outline.integer(node) ?? 0)
        case .number, .amount: attributes.attribute(number, entry.key, double: outline.double(node) ?? 0)
        case .flag: attributes.attribute(number, entry.key, bool: outline.bool(node) ?? false)
        case .texts:
            let texts = texts(node)
            attributes.attribute(number, entry.key, texts: texts)
        default: writeText(entry.key, node, number)
        }
        line.keys.append(entry.key)
        if entry.key == Keys.outcome { line.hasOutcome = true }
        if entry.key == Keys.retryCount { line.result.hasRetryCount = true }
        if type == .retry, entry.key == Keys.willRetry, outline.bool(node) == false { line.result.isLastTry = true }
    }

    /// Strings as their text, anything else as its JSON.
    mutating func writeText(_ key: [UInt8], _ node: Int, _ number: Int) {
        let (source, range) = bytes(node)
        attributes.attribute(number, key, text: range, of: source)
    }

    mutating func texts(_ node: Int) -> [[UInt8]] {
        (outline.kind(node) == .array ? outline.elements(node) : [node]).map { element in
            let (source, range) = bytes(element)
            return Array(source[range])
        }
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
            let elements = outline.elements(node)
            if !elements.isEmpty, elements.allSatisfy({ outline.kind($0) == .string }) {
                let texts = texts(node)
                attributes.attribute(number, key, texts: texts)
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
            var key = prefix
            outline.text(name, to: &key)
            guard !key.isEmpty, !key.starts(with: Keys.own), !line.keys.contains(key), outline.kind(value) != .null else { continue }
            line.keys.append(key)
            writeValue(key, value, number)
        }
    }

    /// The sender's own attributes come last: what a member says has its key already.
    mutating func takeFree() {
        guard let free = line.free else { return }
        line.keys += line.result.identity.map(\.key)
        var fields = FieldReader(0..<attributes.bytes.count)
        while let field = fields.next(attributes.bytes) {
            var list = AttributeList(of: field.range, field: number)
            if let attribute = list.next(attributes.bytes) { line.keys.append(Array(attributes.bytes[attribute.key])) }
        }
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

    mutating func keepUnknown(_ key: Int, _ value: Int, _ path: String) {
        var name = Array(path.utf8)
        outline.text(key, to: &name)
        line.result.unknown.append(String(decoding: name.prefix(60), as: UTF8.self))
        let whole = Keys.extra + name
        guard !line.keys.contains(whole), outline.kind(value) != .null else { return }
        line.keys.append(whole)
        writeValue(whole, value, number)
    }
}
