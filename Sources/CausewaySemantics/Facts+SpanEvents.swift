internal import CausewayOTLP

/// Events of a span that say something a field has a place for.
extension Facts {
    /// The events with this name, in the order in which they came.
    func events(named name: String) -> [EventView] {
        events.isEmpty ? [] : events.filter { $0.name.count == name.utf8.count && payload.holds(name, at: $0.name) }
    }

    /// The text of an event's attribute.
    func text(_ key: String, of event: EventView) -> String? {
        guard case .string(let range)? = event.attributes.value(key, payload) else { return nil }
        return payload.text(range)
    }

    /// The number of an event's attribute; also one written as text.
    mutating func number(_ key: String, of event: EventView) -> Double? {
        guard let value = event.attributes.value(key, payload), case .double(let number)? = read(value, .number) else { return nil }
        return number
    }

    /// Reads an event's attribute as a field; true if the field says what the attribute said.
    mutating func take(_ key: String, of event: EventView, as field: Field, _ reading: Reading? = nil, else order: UInt16 = 0) -> Bool {
        guard let value = event.attributes.value(key, payload) else { return false }
        let reading = reading ?? Reading(field.form)
        let fact: Fact
        switch reading {
        case .content, .inputMessages, .outputMessages, .systemInstructions, .toolDefinitions, .documents: fact = content(value, reading)
        default: fact = read(value, reading) ?? .none
        }
        guard !fact.isNone else { return false }
        let slot = slots[Int(field.rawValue)]
        guard current + order < slot.rank else { return isSame(fact, slot.fact) }
        put(field, fact, order)
        return true
    }

    /// Leaves out of an event what a field says now; an event that has nothing else to say goes.
    mutating func leave(_ keys: [String], outOf event: EventView) {
        guard let place = events.firstIndex(where: { $0.range == event.range }) else { return }
        events.remove(at: place)
        drops.append(event.range)
        var rest = WireWriter()
        var says = false
        var fields = FieldReader(event.contents)
        while let field = fields.next(payload) {
            if field.number == 3 {
                var list = AttributeList(of: field.range, field: 3)
                if let attribute = list.next(payload), keys.contains(where: { payload.holds($0, at: attribute.key) }) { continue }
                says = true
            }
            rest.append(field.range, of: payload)
        }
        if says { added.field(11, rest.bytes) }
    }
}
