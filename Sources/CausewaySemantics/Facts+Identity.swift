internal import CausewayOTLP

/// Whose an item is, told by members of a JSON object that says other things too.
extension Facts {
    /// Reads, for each field, the first of these members that is there; the object stays.
    mutating func takeIdentity(_ key: String, _ members: [(field: Field, names: [String])]) {
        guard beginsObject(key), let about = json(key), about.kind(0) == .object else { return }
        for (field, names) in members where !isKnown(field) {
            guard let value = about.member(names, of: 0) else { continue }
            if let text = about.string(value) ?? about.integer(value).map({ String($0) }), !text.isEmpty { set(field, text, else: 16) }
        }
    }

    /// Whether an attribute's text can be a JSON object at all.
    func beginsObject(_ key: String) -> Bool {
        guard let entry = entry(key), case .string(let range) = attributes.entries[entry].view.value,
            !range.isEmpty
        else { return false }
        return payload[range.lowerBound] == UInt8(ascii: "{")
    }
}
