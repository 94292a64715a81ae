internal import CausewayOTLP

/// Content that came in events beside the attributes: the conventions' details event, and one event for each message.
extension Facts {
    /// Reads messages from a span's events, or from the event that a log record is.
    mutating func readMessageEvents() {
        switch kind {
        case .span: if !events.isEmpty { readSpanEvents() }
        case .log: readLogEvent()
        case .point: break
        }
    }

    private mutating func readSpanEvents() {
        var messages: [EventView] = []
        var conversation = EventConversation()
        for event in events where payload.begins(with: Self.gen, at: event.name) {
            if payload.holds("gen_ai.client.inference.operation.details", at: event.name) {
                if readDetails(event.attributes) { drops.append(event.range) }
            } else if conversation.add(event.name, event.attributes, payload) {
                messages.append(event)
            }
        }
        current = 0xF000
        var isRead = true
        for (field, json, reading) in conversation.sides() {
            let fact = converted(json, json.indices, reading, original: nil)
            guard !fact.isNone, current < slots[Int(field.rawValue)].rank else {
                isRead = false
                continue
            }
            put(field, fact)
            if case .outputMessages = reading { noteFinishReasons() }
        }
        // Messages that an attribute says as well, or that nobody understands, stay where they are.
        guard isRead else { return }
        for event in messages { leave(EventConversation.keys, outOf: event) }
    }

    private static let gen = Array("gen_ai.".utf8)

    /// The attributes of a details event are those of the span; true if the span says all of them then. Of a log record it is what the
    /// body has.
    private mutating func readDetails(_ details: AttributeList) -> Bool {
        var list = details
        var isRead = true
        current = 0xE000
        while let attribute = list.next(payload) {
            guard let match = index.keys.match(attribute.key, payload), match.rest == attribute.key.upperBound,
                match.id < Field.allCases.count, let field = Field(rawValue: UInt8(match.id))
            else {
                isRead = false
                continue
            }
            let reading = Self.reading(field)
            let fact: Fact
            switch reading {
            case .content, .inputMessages, .outputMessages, .systemInstructions, .toolDefinitions, .documents:
                fact = content(attribute.value, reading)
            default: fact = read(attribute.value, reading) ?? .none
            }
            guard !fact.isNone else {
                isRead = false
                continue
            }
            if slots[Int(field.rawValue)].fact.isNone {
                // A list as it came has its bytes in the event.
                if case .encoded(let range) = fact, range.isEmpty {
                    isRead = false
                } else {
                    put(field, fact)
                    if case .outputMessages = reading { noteFinishReasons() }
                }
            } else if !isSame(fact, slots[Int(field.rawValue)].fact) {
                isRead = false
            }
        }
        return isRead
    }

    static func reading(_ field: Field) -> Reading {
        switch field {
        case .outputMessages: .outputMessages
        case .systemInstructions: .systemInstructions
        default: Reading(field.form)
        }
    }

    /// One message in a log record: its body, or its attributes.
    private mutating func readLogEvent() {
        guard let log, payload.begins(with: Self.gen, at: name), log.body != .empty else { return }
        if case .map(let range) = log.body, payload.holds("gen_ai.client.inference.operation.details", at: name) {
            if readDetails(AttributeList(map: range)) { dropBody() }
            return
        }
        var conversation = EventConversation()
        guard conversation.add(name, body: log.body, payload) else { return }
        current = 0xF000
        for (field, json, reading) in conversation.sides() {
            let fact = converted(json, json.indices, reading, original: nil)
            guard !fact.isNone, current < slots[Int(field.rawValue)].rank else { return }
            put(field, fact)
            if case .outputMessages = reading { noteFinishReasons() }
        }
        dropBody()
    }

    /// A log record's body, if it is a map or JSON text.
    func bodyJSON() -> JSONOutline? {
        guard let log else { return nil }
        var outline = JSONOutline()
        switch log.body {
        case .string(let range): return outline.read(payload, range) ? outline : nil
        case .map:
            var text: [UInt8] = []
            ValueText.append(log.body, payload, to: &text)
            return outline.read(text, text.indices) ? outline : nil
        default: return nil
        }
    }

    /// Reads what stands in a log record's body behind these words as a field; the body goes.
    mutating func takeBody(as field: Field, _ reading: Reading, behind words: String) {
        guard let log, case .string(let range) = log.body, payload.begins(with: Array(words.utf8), at: range) else { return }
        let rest = payload.trimmed(range.lowerBound + words.utf8.count..<range.upperBound)
        guard !rest.isEmpty, current < slots[Int(field.rawValue)].rank else { return }
        let fact = converted(payload, rest, reading, original: rest)
        guard !fact.isNone else { return }
        put(field, fact)
        dropBody()
    }

    /// Leaves the body out: attributes say it.
    mutating func dropBody() {
        if let body = bodyField() { drops.append(body) }
    }

    private func bodyField() -> Range<Int>? {
        guard let log else { return nil }
        var fields = FieldReader(log.contents)
        while let field = fields.next(payload) {
            if field.number == 5 { return field.range }
        }
        return nil
    }
}

/// Messages gathered from events, each on the side where it belongs.
private struct EventConversation {
    private var input: [UInt8] = []
    private var output: [UInt8] = []

    /// The attributes of an event that its message says; an index is its place among the others.
    static let keys = [
        "gen_ai.event.content", "message", "content", "gen_ai.prompt", "gen_ai.completion", "tool.result", "finish_reason", "role", "index",
        "gen_ai.system", "gen_ai.provider.name", "event.name", "tool_calls", "id",
    ]

    /// Takes the message of a span's event; false if it is none.
    mutating func add(_ name: Range<Int>, _ attributes: AttributeList, _ payload: [UInt8]) -> Bool {
        guard let (role, isOutput) = Self.role(name, payload) else { return false }
        // What the message is may be JSON in one attribute, or stand in several.
        for key in ["gen_ai.event.content", "message", "content", "gen_ai.prompt", "gen_ai.completion"] {
            guard case .string(let range)? = attributes.value(key, payload), !range.isEmpty else { continue }
            var reason: Range<Int>?
            if case .string(let text)? = attributes.value("finish_reason", payload) { reason = text }
            if key == "content", let whole = Self.message(of: attributes, payload) {
                add(role, isOutput, text: whole, whole.indices, reason, isWhole: true)
                return true
            }
            add(
                role,
                isOutput,
                text: payload,
                range,
                reason,
                isWhole: key == "gen_ai.event.content" || key == "message" && Self.isMessage(payload, range)
            )
            // Strands: what came of the calls stands beside them.
            if case .string(let results)? = attributes.value("tool.result", payload), !results.isEmpty {
                add("tool", isOutput, text: payload, results, nil, isWhole: false)
            }
            return true
        }
        // A model that only calls tools says nothing.
        guard let whole = Self.message(of: attributes, payload) else { return false }
        add(role, isOutput, text: whole, whole.indices, nil, isWhole: true)
        return true
    }

    /// Whether a text is a message with all that belongs to it, and not only what it says.
    private static func isMessage(_ payload: [UInt8], _ range: Range<Int>) -> Bool {
        guard payload[range].first == UInt8(ascii: "{"), let outline = JSONOutline(Array(payload[range])) else { return false }
        return outline.member("role", of: 0) != nil
    }

    /// A message whose members stand in attributes of the event, if it has more of them than its content.
    private static func message(of attributes: AttributeList, _ payload: [UInt8]) -> [UInt8]? {
        var members: [UInt8] = []
        for key in ["tool_calls", "id"] {
            guard case .string(let range)? = attributes.value(key, payload), !range.isEmpty else { continue }
            members += Array("\(members.isEmpty ? "{" : ",")\"\(key)\":".utf8)
            if key == "tool_calls", JSONOutline(Array(payload[range])) != nil {
                members += payload[range]
            } else {
                JSONEscapes.quote(payload, range, to: &members)
            }
        }
        guard !members.isEmpty else { return nil }
        if case .string(let range)? = attributes.value("content", payload), !range.isEmpty {
            members += Array(",\"content\":".utf8)
            JSONEscapes.quote(payload, range, to: &members)
        }
        return members + [UInt8(ascii: "}")]
    }

    /// Takes the message in a log record's body.
    mutating func add(_ name: Range<Int>, body: ValueView, _ payload: [UInt8]) -> Bool {
        guard let (role, isOutput) = Self.role(name, payload) else { return false }
        var text: [UInt8] = []
        if case .string(let range) = body { text = Array(payload[range]) } else { ValueText.append(body, payload, to: &text) }
        add(role, isOutput, text: text, text.indices, nil, isWhole: true)
        return true
    }

    private mutating func add(_ role: String, _ isOutput: Bool, text: [UInt8], _ range: Range<Int>, _ reason: Range<Int>?, isWhole: Bool) {
        var message: [UInt8] = []
        let outline =
            text[range].first == UInt8(ascii: "{") || text[range].first == UInt8(ascii: "[") ? JSONOutline(Array(text[range])) : nil
        if isWhole, let outline, outline.kind(0) == .object {
            let id = outline.member("id", of: 0)
            let isTool = role == "tool" && id != nil
            let inner = outline.member("message", of: 0)
            message += Array("{\"role\":\"\(role)\"".utf8)
            var members = [(outline, 0)]
            if let inner { members.append((outline, inner)) }
            for (outline, object) in members {
                var next = outline.firstChild(object)
                while let key = next {
                    let value = key + 1
                    next = outline.next(value, in: object)
                    guard !outline.isKey(key, "role"), !outline.isKey(key, "message"), !outline.isKey(key, "index") else { continue }
                    message.append(UInt8(ascii: ","))
                    if isTool, outline.isKey(key, "id") {
                        message += Array("\"tool_call_id\"".utf8)
                    } else {
                        outline.copy(key, to: &message)
                    }
                    message.append(UInt8(ascii: ":"))
                    outline.copy(value, to: &message)
                }
            }
            if let reason, outline.member("finish_reason", of: 0) == nil {
                message += Array(",\"finish_reason\":".utf8)
                JSONEscapes.quote(text, reason, to: &message)
            }
            message.append(UInt8(ascii: "}"))
        } else if let outline, let list = Self.messages(outline) {
            // Not one message: all of them.
            if isOutput { append(list, to: &output) } else { append(list, to: &input) }
            return
        } else {
            message += Array("{\"role\":\"\(role)\",\"content\":".utf8)
            if outline != nil { message += text[range] } else { JSONEscapes.quote(text, range, to: &message) }
            if let reason {
                message += Array(",\"finish_reason\":".utf8)
                JSONEscapes.quote(text, reason, to: &message)
            }
            message.append(UInt8(ascii: "}"))
        }
        if isOutput { append(message, to: &output) } else { append(message, to: &input) }
    }

    /// The messages of a list of them, without what stands around.
    private static func messages(_ outline: JSONOutline) -> [UInt8]? {
        let elements = outline.elements(0)
        guard !elements.isEmpty, elements.allSatisfy({ outline.kind($0) == .object && outline.member("role", of: $0) != nil }) else {
            return nil
        }
        var list: [UInt8] = []
        for element in elements {
            if !list.isEmpty { list.append(UInt8(ascii: ",")) }
            outline.copy(element, to: &list)
        }
        return list
    }

    private func append(_ message: [UInt8], to list: inout [UInt8]) {
        list.append(list.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
        list += message
    }

    func sides() -> [(Field, [UInt8], Reading)] {
        var sides: [(Field, [UInt8], Reading)] = []
        if !input.isEmpty { sides.append((.inputMessages, input + [UInt8(ascii: "]")], .inputMessages)) }
        if !output.isEmpty { sides.append((.outputMessages, output + [UInt8(ascii: "]")], .outputMessages)) }
        return sides
    }

    private static func role(_ name: Range<Int>, _ payload: [UInt8]) -> (String, isOutput: Bool)? {
        switch payload.text(name) {
        case "gen_ai.system.message": ("system", false)
        case "gen_ai.user.message", "gen_ai.content.prompt": ("user", false)
        case "gen_ai.assistant.message": ("assistant", false)
        case "gen_ai.tool.message": ("tool", false)
        case "gen_ai.choice", "gen_ai.content.completion": ("assistant", true)
        default: nil
        }
    }
}
