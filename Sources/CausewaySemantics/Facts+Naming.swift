internal import CausewayOTLP

/// What a dialect's code may ask beside attributes, and how it takes something back.
extension Facts {
    /// The name of the span, log event or metric, as text.
    package var itemName: String { payload.text(name) }

    /// What the status of the span says.
    package var statusMessage: String { span.map { payload.text($0.statusMessage.prefix(4096)) } ?? "" }

    package var isError: Bool { span?.statusCode == 2 }

    /// The beginning of an attribute's text: enough to see what it is about.
    func brief(_ key: String) -> String? {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value else { return nil }
        return payload.text(range.prefix(4096))
    }

    /// Whether an attribute is exactly this text.
    func holds(_ key: String, _ text: String) -> Bool {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value else { return false }
        return range.count == text.utf8.count && payload.holds(text, at: range)
    }

    /// Whether two attributes have the same text.
    func isSame(_ key: String, _ other: String) -> Bool {
        guard let one = entry(key), case .string(let left) = attributes.entries[one].view.value, let two = entry(other),
            case .string(let right) = attributes.entries[two].view.value
        else { return false }
        return payload[left].elementsEqual(payload[right])
    }

    /// The strings of an attribute that is a list of them.
    package func texts(_ key: String) -> [String]? {
        guard let entry = entry(key), case .array(let range) = attributes.entries[entry].view.value else { return nil }
        return ValueView.elements(of: range, payload).compactMap {
            if case .string(let text) = $0 { payload.text(text) } else { nil }
        }
    }

    /// What an attribute says is what another one said with more weight, though that does not show: it goes.
    mutating func settle(_ key: String) {
        guard let entry = entry(key) else { return }
        for place in outvoted.indices where outvoted[place].entry == entry { outvoted[place].isSettled = true }
        uses[entry] = .dropped
    }

    /// The attribute that said this said nothing after all: it goes.
    package mutating func forget(_ field: Field) {
        let slot = slots[Int(field.rawValue)]
        guard slot.rank != .max else { return }
        if slot.source >= 0 { uses[Int(slot.source)] = .dropped }
        slots[Int(field.rawValue)] = Slot()
        touched.remove(field)
    }

    /// What was taken for one field is another, read in its own way.
    package mutating func convert(_ field: Field, to other: Field, _ reading: Reading? = nil) {
        var slot = slots[Int(field.rawValue)]
        guard !slot.fact.isNone, !isKnown(other) else { return }
        if let reading {
            guard slot.source >= 0, let fact = read(attributes.entries[Int(slot.source)].view.value, reading), !fact.isNone else { return }
            slot.fact = fact
            slot.reading = reading
        }
        slots[Int(field.rawValue)] = Slot()
        touched.remove(field)
        fill(other, slot)
    }

    /// Says a field whatever others said: for values that are known to be wrong.
    package mutating func overrule(_ field: Field, _ text: String) {
        let slot = slots[Int(field.rawValue)]
        let fact = make(Array(text.utf8))
        if slot.source >= 0 { uses[Int(slot.source)] = .dropped }
        fill(field, Slot(fact: fact, rank: 0, source: -1))
    }

    /// Says a field with content in the JSON of whoever wrote it, whatever others said; false if it is not understood.
    package mutating func overrule(_ field: Field, json: [UInt8], _ reading: Reading) -> Bool {
        let fact = converted(json, json.indices, reading, original: nil)
        guard !fact.isNone else { return false }
        let slot = slots[Int(field.rawValue)]
        if slot.source >= 0 { uses[Int(slot.source)] = .dropped }
        fill(field, Slot(fact: fact, rank: 0, source: -1))
        if case .outputMessages = reading { noteFinishReasons() }
        return true
    }
}

extension Facts {
    /// What Python showed of a value in an attribute, as JSON.
    func python(_ key: String) -> JSONOutline? {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value, range.count < 1 << 16 else {
            return nil
        }
        return PythonValue.json(payload, range).flatMap { JSONOutline($0) }
    }
}

extension Facts {
    /// Says that it failed, and by what that shows.
    mutating func fail(_ operation: Operation, status: Int? = nil, type: String? = nil, message: String? = nil) {
        let evidence = FailureEvidence(
            operation: operation,
            isHTTP: status != nil,
            status: status,
            types: type.map { [$0] } ?? [],
            message: message ?? ""
        )
        let finding = evidence.finding()
        // A tool that answers with an error did not throw it.
        noted = finding.code == .toolException ? .toolReportedError : finding.code
        isNotedByWording = finding.isInferred
        failureText = message
    }
}

extension Facts {
    /// Says who runs the model, whatever others said.
    package mutating func overrule(provider name: String) {
        switch Provider.canonical(name) {
        case .provider(let word): overrule(.provider, word)
        case .framework: forget(.provider)
        }
    }
}
