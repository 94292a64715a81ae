internal import CausewayOTLP

/// What a dialect's code can ask and say.
extension Facts {
    /// Whether the dialect was found on the item.
    package func has(_ dialect: any Dialect.Type) -> Bool {
        index.dialects.firstIndex { $0 == dialect }.map { found & 1 << UInt64($0) != 0 } ?? false
    }

    /// Whether the item comes from the dialect, so that no other has more to say about it.
    package func isPrimary(_ dialect: any Dialect.Type) -> Bool { index.dialects[primary] == dialect }

    /// Whether the item is a span without a parent.
    package var isRoot: Bool { span.map { $0.parentSpanID == nil } ?? false }

    package func has(_ key: String) -> Bool { entry(key) != nil }

    /// The text of an attribute, if it has one.
    package func text(_ key: String) -> String? {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value else { return nil }
        return payload.text(range)
    }

    /// What an attribute's text means, in capitals if it is not known as it stands.
    func word<Value>(_ key: String, in table: WordTable<Value>) -> Value? {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value
        else { return nil }
        if let found = table[payload, range] { return found }
        guard range.count < 64 else { return nil }
        let capitals = payload[range].map { 0x61...0x7A ~= $0 ? $0 - 0x20 : $0 }
        return table[capitals, capitals.indices]
    }

    /// Says who runs the model, if the first of these attributes that is there has the conventions' own word for it; both go.
    mutating func takeCanonicalProvider(_ key: String, or other: String) -> Bool {
        guard let entry = entry(key) ?? entry(other),
            case .string(let range) = attributes.entries[entry].view.value,
            Provider.isCanonical(payload, range)
        else { return false }
        guard current < slots[Int(Field.provider.rawValue)].rank else { return true }
        put(.provider, .text(range))
        drop(key)
        drop(other)
        return true
    }

    /// The number of an attribute; also one written as text.
    package mutating func number(_ key: String) -> Double? {
        guard let entry = entry(key) else { return nil }
        switch read(attributes.entries[entry].view.value, .number) {
        case .double(let value): return value
        default: return nil
        }
    }

    package func flag(_ key: String) -> Bool? {
        guard let entry = entry(key) else { return nil }
        switch attributes.entries[entry].view.value {
        case .bool(let value): return value
        case .string(let range): return payload.text(range).lowercased() == "true"
        case .int(let value): return value != 0
        default: return nil
        }
    }

    /// The name of the span, log event or metric.
    package var nameText: String { payload.text(name) }

    package func nameBegins(_ start: String) -> Bool { payload.begins(with: start, at: name) }

    package func isKnown(_ field: Field) -> Bool { !slots[Int(field.rawValue)].fact.isNone }

    /// The text of a field that is known so far.
    package func text(_ field: Field) -> String? {
        switch slots[Int(field.rawValue)].fact {
        case .text(let range): payload.text(range)
        case .made(let range): scratch.text(range)
        default: nil
        }
    }

    package func int(_ field: Field) -> Int64? {
        if case .int(let value) = slots[Int(field.rawValue)].fact { value } else { nil }
    }

    package func double(_ field: Field) -> Double? {
        switch slots[Int(field.rawValue)].fact {
        case .double(let value): value
        case .int(let value): Double(value)
        default: nil
        }
    }

    /// Reads the attribute with this key as a field. What another said with more weight stays said; this attribute then stays too.
    package mutating func take(_ key: String, as field: Field, _ reading: Reading? = nil, else order: UInt16 = 0) {
        guard let entry = entry(key), uses[entry] != .dropped else { return }
        take(entry, field, reading ?? Reading(field.form), rank: current + order)
    }

    /// Says a field that no attribute alone says; `sources` are the attributes it was made from, which go.
    package mutating func set(_ field: Field, _ text: String, from sources: [String] = [], else order: UInt16 = 0) {
        set(field, make(Array(text.utf8)), sources, order)
    }

    package mutating func set(_ field: Field, _ value: Int64, from sources: [String] = [], else order: UInt16 = 0) {
        set(field, .int(value), sources, order)
    }

    package mutating func set(_ field: Field, _ value: Double, from sources: [String] = [], else order: UInt16 = 0) {
        set(field, .double(value), sources, order)
    }

    package mutating func set(_ field: Field, _ value: Bool, from sources: [String] = [], else order: UInt16 = 0) {
        set(field, .bool(value), sources, order)
    }

    private mutating func set(_ field: Field, _ fact: Fact, _ sources: [String], _ order: UInt16) {
        guard current + order < slots[Int(field.rawValue)].rank else { return }
        put(field, fact, order)
        for source in sources { drop(source) }
    }

    mutating func put(_ field: Field, _ fact: Fact, _ order: UInt16 = 0) {
        let slot = slots[Int(field.rawValue)]
        guard current + order < slot.rank else { return }
        outvote(field, slot)
        fill(field, Slot(fact: fact, rank: current + order, source: -1))
    }

    /// Leaves an attribute out: all of it is said otherwise.
    package mutating func drop(_ key: String) {
        if let entry = entry(key) { uses[entry] = .dropped }
    }

    /// Decides what the item is, unless a surer sign did. `order`: 0 a discriminator, 1 an operation's name, 2 a span's name.
    package mutating func set(_ operation: Operation, order: UInt8 = 0) {
        guard order < operationRank else { return }
        self.operation = operation
        operationRank = order
    }

    /// Says something for which there is no field.
    mutating func add(_ key: String, _ text: String) { added.attribute(attributesField, Array(key.utf8), text: Array(text.utf8)) }

    /// The number of the attribute with this key.
    func entry(_ key: String) -> Int? {
        guard keys.filter.mayHold(key.utf8.span) else { return nil }
        let count = key.utf8.count
        for number in attributes.entries.indices {
            let range = attributes.entries[number].view.key
            if range.count == count, payload.begins(with: key, at: range) { return number }
        }
        return nil
    }

    func entry(_ key: [UInt8]) -> Int? {
        guard keys.filter.mayHold(key.span) else { return nil }
        for (number, entry) in attributes.entries.enumerated() where payload.holds(key, at: entry.view.key) { return number }
        return nil
    }

    mutating func make(_ bytes: [UInt8]) -> Fact {
        let start = scratch.count
        scratch.append(contentsOf: bytes)
        return .made(start..<scratch.count)
    }

    /// The operation's own name counts less than a dialect's discriminator.
    mutating func noteOperation(_ entry: Int, rank: UInt16) {
        guard case .string(let range) = attributes.entries[entry].view.value, let known = Operation(named: payload, range) else {
            return
        }
        set(known, order: 1)
    }
}
