internal import CausewayOTLP

/// Fields that are put together from several places.
extension Facts {
    /// The JSON of an attribute.
    package func json(_ key: String) -> JSONOutline? {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value else { return nil }
        var outline = JSONOutline()
        return outline.read(payload, range) ? outline : nil
    }

    /// The text of an attribute that may stand in JSON quotes.
    package func unquoted(_ key: String) -> String? {
        guard let text = text(key), text.hasPrefix("\"") else { return text(key) }
        return json(key).flatMap { $0.string(0) } ?? text
    }

    /// What the item is called says it.
    ///
    /// `beginning`: only what stands behind it, and nothing if the name does not begin so.
    package mutating func takeName(as field: Field, after beginning: String = "", else order: UInt16 = 0) {
        guard !isKnown(field), nameBegins(beginning), name.count > beginning.utf8.count else { return }
        put(field, .text(name.lowerBound + beginning.utf8.count..<name.upperBound), order)
    }

    /// A value inside JSON as a field.
    package mutating func take(_ outline: JSONOutline, _ node: Int, as field: Field, else order: UInt16 = 0) {
        guard current + order < slots[Int(field.rawValue)].rank else { return }
        let fact = converted(outline.bytes, outline.source(node), Self.reading(field), original: nil)
        if !fact.isNone { put(field, fact, order) }
    }

    /// A message whose members stand in attributes of their own; `isJSON` if the attribute's text is JSON.
    package mutating func take(
        message role: String,
        of members: [(name: String, key: String, isJSON: Bool)],
        as field: Field,
        _ reading: Reading
    ) {
        guard current < slots[Int(field.rawValue)].rank else { return }
        var json: [UInt8] = Array("{\"role\":\"\(role)\"".utf8)
        var taken: [Int] = []
        for member in members {
            guard let entry = entry(member.key) else { continue }
            json += Array(",\"\(member.name)\":".utf8)
            let value = attributes.entries[entry].view.value
            if member.isJSON, case .string(let range) = value, outline.read(payload, range) {
                json += payload[range]
            } else {
                ValueText.append(value, payload, to: &json)
            }
            taken.append(entry)
        }
        outline.forget()
        json.append(UInt8(ascii: "}"))
        let fact = converted(json, json.indices, reading, original: nil)
        guard !fact.isNone else { return }
        put(field, fact)
        if case .outputMessages = reading { noteFinishReasons() }
        for entry in taken { uses[entry] = .dropped }
    }

    /// A list of objects, each the attributes of one event of this name; the events go.
    package mutating func take(events name: String, as field: Field, else order: UInt16 = 0) {
        guard !events.isEmpty, current + order < slots[Int(field.rawValue)].rank else { return }
        var json: [UInt8] = [UInt8(ascii: "[")]
        var taken: [Range<Int>] = []
        let start = Array((name + ".").utf8)
        for event in events where payload.holds(name, at: event.name) {
            if !taken.isEmpty { json.append(UInt8(ascii: ",")) }
            json.append(UInt8(ascii: "{"))
            var isFirst = true
            var list = event.attributes
            while let attribute = list.next(payload) {
                if !isFirst { json.append(UInt8(ascii: ",")) }
                isFirst = false
                let key = attribute.key
                let name = payload.begins(with: start, at: key) ? key.lowerBound + start.count..<key.upperBound : key
                JSONEscapes.quote(payload, name, to: &json)
                json.append(UInt8(ascii: ":"))
                ValueText.append(attribute.value, payload, to: &json)
            }
            json.append(UInt8(ascii: "}"))
            taken.append(event.range)
        }
        json.append(UInt8(ascii: "]"))
        guard !taken.isEmpty else { return }
        let fact = converted(json, json.indices, Reading(field.form), original: nil)
        guard !fact.isNone else { return }
        put(field, fact, order)
        drops += taken
    }

    /// Message events of the conventions' first generation, as a JSON list in one attribute.
    package mutating func take(messageEvents key: String) {
        guard let outline = json(key), outline.kind(0) == .array else { return }
        var (input, output): ([UInt8], [UInt8]) = ([], [])
        for event in outline.elements(0) {
            guard let name = outline.member("event.name", of: event) else { return }
            let isChoice = outline.holds(name, "gen_ai.choice")
            var message: [UInt8] = [UInt8(ascii: "{")]
            let inner = isChoice ? outline.member("message", of: event) : nil
            for object in [inner ?? event] {
                var next = outline.firstChild(object)
                while let member = next {
                    let value = member + 1
                    next = outline.next(value, in: object)
                    guard
                        !["event.name", "gen_ai.system", "gen_ai.message.index", "index", "message"].contains(where: {
                            outline.isKey(member, $0)
                        })
                    else { continue }
                    if message.count > 1 { message.append(UInt8(ascii: ",")) }
                    let isID = outline.holds(name, "gen_ai.tool.message") && outline.isKey(member, "id")
                    if isID { message += Array("\"tool_call_id\"".utf8) } else { outline.copy(member, to: &message) }
                    message.append(UInt8(ascii: ":"))
                    outline.copy(value, to: &message)
                }
            }
            if isChoice, let reason = outline.member("finish_reason", of: event) {
                message += Array(",\"finish_reason\":".utf8)
                outline.copy(reason, to: &message)
            }
            message.append(UInt8(ascii: "}"))
            if isChoice {
                output += [output.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ",")] + message
            } else {
                input += [input.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ",")] + message
            }
        }
        var isWhole = true
        for (json, field, reading) in [(input, Field.inputMessages, Reading.inputMessages), (output, .outputMessages, .outputMessages)]
        where !json.isEmpty {
            let text = json + [UInt8(ascii: "]")]
            let fact = converted(text, text.indices, reading, original: nil)
            guard !fact.isNone, current < slots[Int(field.rawValue)].rank else {
                isWhole = false
                continue
            }
            put(field, fact)
            if case .outputMessages = reading { noteFinishReasons() }
        }
        if isWhole { drop(key) }
    }

    /// Money as a JSON object: `input`, `output`, `total`, each also with `_cost` behind. Zeros are what programs say that know no price.
    package mutating func takeCosts(_ key: String) {
        guard let costs = json(key), costs.kind(0) == .object else { return }
        var isWhole = true
        var next = costs.firstChild(0)
        while let name = next {
            let value = name + 1
            next = costs.next(value, in: 0)
            guard let amount = costs.double(value), amount > 0 else { continue }
            if costs.isKey(name, "total") || costs.isKey(name, "total_cost") {
                set(.costTotal, amount)
            } else if costs.isKey(name, "input") || costs.isKey(name, "input_cost") {
                set(.costInput, amount)
            } else if costs.isKey(name, "output") || costs.isKey(name, "output_cost") {
                set(.costOutput, amount)
            } else {
                isWhole = false
            }
        }
        if isWhole, isKnown(.costTotal) { drop(key) }
    }
}
