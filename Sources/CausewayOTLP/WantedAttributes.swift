/// The values of those attributes of a message that somebody wants to know, read in one go into memory that is used again.
///
/// At most 64 keys, each known by its number.
package struct WantedAttributes: Sendable {
    private let keys: KeyIndex
    private var values: [ValueView]
    /// A bit for each key that was there.
    package private(set) var present: UInt64 = 0

    package init(_ keys: [String]) {
        precondition(keys.count <= 64)
        self.keys = KeyIndex(keys)
        values = [ValueView](repeating: .empty, count: keys.count)
    }

    package mutating func removeAll() { present = 0 }

    /// Nil for one that is not there.
    package subscript(key: Int) -> ValueView? {
        get { has(key) ? values[key] : nil }
        set {
            guard let newValue else { return }
            values[key] = newValue
            present |= 1 << UInt64(key)
        }
    }

    package func has(_ key: Int) -> Bool { present & 1 << UInt64(key) != 0 }

    /// Of equal keys the first counts.
    package mutating func read(_ list: AttributeList, _ payload: [UInt8]) {
        var list = list
        while let attribute = list.next(payload) {
            let id = keys.find(attribute.key, payload)
            if id >= 0, !has(id) { self[id] = attribute.value }
        }
    }

    /// A span with its attributes, in one pass over its fields; what was here before is forgotten.
    package mutating func read(_ field: WireField, _ payload: [UInt8]) -> SpanView {
        present = 0
        return SpanView(field, payload) { attribute, bytes in
            guard let plain = PlainAttribute(bytes, attribute.contents) else {
                let view = AttributeView(attribute, bytes)
                let id = keys.find(view.key, payload)
                if id >= 0, !has(id) { self[id] = view.value }
                return
            }
            // Most are of no interest: their values are not even looked at.
            let id = keys.find(plain.key, payload)
            guard id >= 0, present & 1 << UInt64(id) == 0 else { return }
            values[id] = ValueView(plain, bytes)
            present |= 1 << UInt64(id)
        }
    }
}

extension ScopeEntryView {
    /// Where the spans of a traces payload lie; without those that are empty because they were removed.
    package func spanFields(_ payload: [UInt8]) -> [WireField] {
        payload.messages(in: contents, field: 2).filter { !$0.contents.isEmpty }
    }
}
