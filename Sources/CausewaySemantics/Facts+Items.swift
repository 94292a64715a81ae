internal import CausewayOTLP

/// From an item to what changes in it.
extension Facts {
    /// Its attributes were read with it.
    mutating func begin(_ view: SpanView) {
        kind = .span
        name = view.name
        span = view
        (startNanoseconds, endNanoseconds) = (view.startNanoseconds, view.endNanoseconds)
        begin(field: 9)
        found |= ambient | index.spanNames.matches(view.name, payload)
        if view.eventCount > 0 {
            events = view.events(payload)
            for event in events { found |= index.events.matches(event.name, payload) }
        }
    }

    mutating func begin(_ record: LogRecordView) {
        kind = .log
        span = nil
        log = record
        (startNanoseconds, endNanoseconds) = (record.timeNanoseconds, record.timeNanoseconds)
        begin(record.attributes)
        name = record.eventName
        // Rust's tracing calls an event by where it stands in the source.
        if name.isEmpty || payload.begins(with: "event ", at: name), let entry = entry("event.name"),
            case .string(let range) = attributes.entries[entry].view.value
        {
            name = range
        }
        found |= ambient | index.events.matches(name, payload)
    }

    /// Reads the item and says what changes.
    mutating func understand() {
        decode()
        settleOperation()
        readContent()
        settleProvider()
        settleUsage()
        settleFailure()
        settleRetries()
        settleCost()
        summarize()
        mark()
        write()
    }

    mutating func sortDrops() {
        guard drops.count > 1 else { return }
        var isSorted = true
        for index in 1..<drops.count where drops[index].lowerBound < drops[index - 1].lowerBound {
            isSorted = false
            break
        }
        if !isSorted { drops.sort { $0.lowerBound < $1.lowerBound } }
    }

    /// What the item is when no dialect said so: by who it is about, by its name, by what it has.
    private mutating func settleOperation() {
        if operation == nil || operation == .step, kind == .span {
            if isKnown(.toolName), isKnown(.toolCallID) || isKnown(.toolArguments) || isKnown(.toolResult) {
                operation = .executeTool
            } else if operation == nil {
                operation = byName()
            }
        }
        // A retriever that a framework runs as one of its steps.
        if operation == .step, saidOperation == .retrieval { operation = .retrieval }
        if operation == nil, kind == .span, isKnown(.requestModel) || isKnown(.responseModel) { operation = .chat }
        guard let operation, kind != .point else { return }
        current = .max - 1
        if let name = Operation.nameBytes[Int(operation.rawValue)] {
            put(Field.operationName, name)
        } else if saidOperation?.countsUsage == true, !operation.countsUsage {
            // It would be believed: a prompt's template is no call of a model.
            forget(.operationName)
        }
        if kind == .span, let type = Operation.stepTypeBytes[Int(operation.rawValue)] { put(Field.stepType, type) }
    }

    /// What the source's own word for it means.
    private var saidOperation: Operation? {
        guard case .text(let range) = slots[Int(Field.operationName.rawValue)].fact else { return nil }
        return Operation(named: payload, range)
    }

    private func byName() -> Operation? {
        for (start, operation) in Self.namedSo where payload.begins(with: start, at: name) { return operation }
        return nil
    }

    private static let namedSo: [([UInt8], Operation)] = [
        ("chat ", Operation.chat), ("call_llm", .chat), ("embeddings ", .embeddings), ("execute_tool ", .executeTool),
        ("tool:", .executeTool), ("invoke_agent", .invokeAgent), ("create_agent", .createAgent), ("agent_run", .invokeAgent),
        ("invocation", .invokeAgent), ("invoke_workflow", .invokeWorkflow), ("workflow:", .invokeWorkflow), ("retrieval ", .retrieval),
    ].map { (Array($0.0.utf8), $0.1) }

    /// A field that says these bytes; the attribute that has its key says the same or goes.
    private mutating func put(_ field: Field, _ bytes: [UInt8]) {
        let slot = slots[Int(field.rawValue)]
        switch slot.fact {
        case .text(let range) where payload.holds(bytes, at: range): return
        default: break
        }
        let fact = make(bytes)
        fill(field, Slot(fact: fact, rank: 0, source: slot.source))
    }

    /// Who ran the model, if only a framework's name stood there: the model's name may tell.
    private mutating func settleProvider() {
        guard !isKnown(.provider), operation?.countsUsage == true || operation == nil else { return }
        guard let model = text(.requestModel) ?? text(.responseModel), let name = Provider.guess(model: model) else { return }
        current = .max - 1
        put(.provider, make(Array(name.utf8)))
    }

    /// Where the item comes from.
    private mutating func mark() {
        if attributesField == 9 {
            added.append(index.marks[primary])
        } else {
            added.attribute(attributesField, Self.dialectKey, text: index.names[primary])
        }
        if let generation { added.attribute(attributesField, Self.generationKey, word: generation) }
        if case .made(let range) = framework {
            added.attribute(attributesField, Self.frameworkKey, text: range, of: scratch)
        }
        if case .text(let range) = framework {
            added.attribute(attributesField, Self.frameworkKey, text: range, of: payload)
        }
    }

    private static let dialectKey = Array("causeway.source.dialect".utf8)
    private static let generationKey = Array("causeway.source.generation".utf8)
    private static let frameworkKey = Array("causeway.source.framework".utf8)

    /// Writes what is new and notes what goes.
    mutating func write() {
        for other in outvoted where !other.isSettled {
            uses[other.entry] = isSame(other.fact, slots[Int(other.field.rawValue)].fact) ? .dropped : .kept
        }
        for place in 0..<touched.count {
            let field = touched[place]
            let slot = slots[Int(field.rawValue)]
            guard !slot.fact.isNone, field != .totalTokens else { continue }
            if slot.source >= 0, attributes.entries[Int(slot.source)].id == Int(field.rawValue) {
                if uses[Int(slot.source)] == .dropped { continue }
                if isUnchanged(slot.fact, attributes.entries[Int(slot.source)].view.value) {
                    uses[Int(slot.source)] = .kept
                    continue
                }
            } else if keys.canonicalEntries[Int(field.rawValue)] >= 0 {
                let there = Int(keys.canonicalEntries[Int(field.rawValue)])
                // An attribute that nobody understood has the key; two of one name help nobody.
                if uses[there] == .kept {
                    if slot.source >= 0 { uses[Int(slot.source)] = .kept }
                    continue
                }
            }
            write(field, slot.fact)
        }
        let settled = uses
        settled.forEachGone { drops.append(attributes.entries[$0].view.range) }
    }

    private mutating func write(_ field: Field, _ fact: Fact) {
        let key = Field.keys[Int(field.rawValue)]
        switch fact {
        case .none, .pending: break
        case .text(let range): added.attribute(attributesField, key, text: range, of: payload)
        case .made(let range): added.attribute(attributesField, key, text: range, of: scratch)
        case .int(let value): added.attribute(attributesField, key, int: value)
        case .double(let value): added.attribute(attributesField, key, double: value)
        case .bool(let value): added.attribute(attributesField, key, bool: value)
        case .encoded(let range): added.attribute(attributesField, key, value: range, of: scratch)
        }
    }

    private func isUnchanged(_ fact: Fact, _ value: ValueView) -> Bool {
        switch (fact, value) {
        case (.text(let new), .string(let old)): new == old
        case (.int(let new), .int(let old)): new == old
        case (.double(let new), .double(let old)): new == old
        // Conventions of one version have an integer where those of another have a double.
        case (.double(let new), .int(let old)): new == Double(old)
        case (.bool(let new), .bool(let old)): new == old
        case (.encoded(let range), .array): range.isEmpty
        case (.made(let range), .string(let old)): range.count == old.count && scratch[range].elementsEqual(payload[old])
        default: false
        }
    }

    /// Whether two sources say the same.
    func isSame(_ left: Fact, _ right: Fact) -> Bool {
        switch (left, right) {
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.bool(let a), .bool(let b)): a == b
        case (.text, .text), (.text, .made), (.made, .text), (.made, .made): bytes(left).elementsEqual(bytes(right))
        default: false
        }
    }

    func bytes(_ fact: Fact) -> ArraySlice<UInt8> {
        switch fact {
        case .text(let range): payload[range]
        case .made(let range): scratch[range]
        default: []
        }
    }
}
