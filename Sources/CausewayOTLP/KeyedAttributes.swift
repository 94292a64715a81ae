/// The attributes of a message with what is known about their keys, read in one go into memory that is used again.
package struct KeyedAttributes {
    /// An attribute: where it is, where its key is, and its value.
    package struct View {
        /// The whole field, tag included, in the message that has the attribute.
        package let range: Range<Int>
        /// The bytes of the key.
        package let key: Range<Int>
        package let value: ValueView
        /// How long tag and length are.
        fileprivate let headLength: UInt8

        package var contents: Range<Int> { range.lowerBound &+ Int(headLength)..<range.upperBound }
    }

    /// An attribute and which known key it has. They are read many times: one fills a line of the processor's cache.
    package struct Entry {
        package let view: View
        @usableFromInline let knownKey: Int32
        @usableFromInline let knownLength: Int32

        init(_ view: View, _ id: Int, _ rest: Int) {
            self.view = view
            knownKey = Int32(truncatingIfNeeded: id)
            knownLength = Int32(truncatingIfNeeded: rest &- view.key.lowerBound)
        }

        /// A number of the index; -1 for a key that is not in it.
        @inlinable package var id: Int { Int(knownKey) }
        /// Where the key goes on behind a known beginning; its end if the whole key is known.
        package var rest: Int { view.key.lowerBound &+ Int(knownLength) }
        /// Whether the whole key is known.
        @inlinable package var isWhole: Bool { Int(knownLength) == view.key.count && knownKey >= 0 }
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    package mutating func read(_ list: AttributeList, _ index: KeyIndex, _ payload: [UInt8]) {
        entries.removeAll(keepingCapacity: true)
        guard let owner = list.owner else { return }
        let bytes = payload.span
        var fields = FieldReader(owner)
        while let field = fields.next(bytes) {
            guard field.number == list.field, field.type == .lengthDelimited else { continue }
            let headLength = UInt8(truncatingIfNeeded: field.contents.lowerBound &- field.range.lowerBound)
            let view: View
            if let plain = PlainAttribute(bytes, field.contents) {
                view = View(range: field.range, key: plain.key, value: ValueView(plain, bytes), headLength: headLength)
            } else {
                let long = AttributeView(field, bytes)
                view = View(range: field.range, key: long.key, value: long.value, headLength: headLength)
            }
            var rest = view.key.upperBound
            let id = index.look(view.key, payload, &rest)
            entries.append(Entry(view, id, id >= 0 ? rest : view.key.lowerBound))
        }
    }
}
