package import CausewayModel
internal import CausewayOTLP

/// A note and the ordinal of the item that it speaks of.
package struct NotedItem: Equatable, Sendable {
    package var item: Int
    package var note: ItemNote

    package init(item: Int, note: ItemNote) {
        self.item = item
        self.note = note
    }
}

/// Lays notes over a stored payload: the same items in the same order, those that are spoken of with what their notes add. What the marks
/// mean is the reader's business. Without notes the very array that was given.
package func applying(_ notes: [NotedItem], to payload: [UInt8], signal: Signal) -> [UInt8] {
    // A log record takes attributes only; a metric's point is never spoken of.
    guard !notes.isEmpty, signal != .metrics else { return payload }
    var additions: [Int: Addition] = [:]
    for noted in notes { additions[noted.item, default: Addition()].take(noted.note) }
    var editor = PayloadEditor(payload)
    let attributesField = signal == .traces ? 9 : 6
    var ordinal = 0
    for resource in RequestView(payload, signal: signal).resourceEntries {
        for scope in resource.scopeEntries(payload) {
            var fields = FieldReader(scope.contents)
            while let item = fields.next(payload) {
                guard item.number == 2, item.type == .lengthDelimited else { continue }
                defer { ordinal += 1 }
                // One that was removed in place has nothing to add to.
                guard let addition = additions[ordinal], !item.contents.isEmpty else { continue }
                addition.apply(to: item.contents, attributesField, payload, &editor)
            }
        }
    }
    return editor.edited()
}

/// What all notes on one item come to.
private struct Addition {
    /// By key, the last word of each: the contents of the attribute, nil where it goes.
    private var attributes: [(key: [UInt8], contents: [UInt8]?)] = []
    private var status: [UInt8]?
    /// Events and links.
    private var others = WireWriter()

    mutating func take(_ note: ItemNote) {
        for key in note.removed { say(key, nil) }
        let bytes = note.fields.bytes
        var reader = FieldReader(0..<bytes.count)
        while let field = reader.next(bytes) {
            switch field.number {
            case 9:
                var list = AttributeList(of: field.range, field: 9)
                guard let attribute = list.next(bytes) else { continue }
                say([UInt8](bytes[attribute.key]), [UInt8](bytes[field.contents]))
            case 15: status = [UInt8](bytes[field.range])
            default: others.append(field.range, of: bytes)
            }
        }
    }

    private mutating func say(_ key: [UInt8], _ contents: [UInt8]?) {
        if let place = attributes.firstIndex(where: { $0.key == key }) {
            attributes[place].contents = contents
        } else {
            attributes.append((key, contents))
        }
    }

    func apply(to item: Range<Int>, _ attributesField: Int, _ payload: [UInt8], _ editor: inout PayloadEditor) {
        var list = AttributeList(of: item, field: attributesField)
        while let attribute = list.next(payload) {
            if attributes.contains(where: { $0.key.count == attribute.key.count && payload[attribute.key].elementsEqual($0.key) }) {
                editor.remove(attribute.range, in: item)
            }
        }
        var added = WireWriter()
        for attribute in attributes { if let contents = attribute.contents { added.field(attributesField, contents) } }
        if attributesField == 9 {
            if let status {
                var fields = FieldReader(item)
                while let field = fields.next(payload) { if field.number == 15 { editor.remove(field.range, in: item) } }
                added.append(status)
            }
            added.append(others.bytes)
        }
        editor.append(added.bytes, to: item)
    }
}
