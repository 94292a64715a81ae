/// The attributes of a message with what is known about their keys, read in one go into memory that is used again.
package struct KeyedAttributes {
    /// An attribute and which known key it has.
    package struct Entry {
        package let view: AttributeView
        /// A number of the index; -1 for a key that is not in it.
        package let id: Int
        /// Where the key goes on behind a known beginning; its end if the whole key is known.
        package let rest: Int
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    package mutating func read(_ list: AttributeList, _ index: KeyIndex, _ payload: [UInt8]) {
        entries.removeAll(keepingCapacity: true)
        var list = list
        while let view = list.next(payload) {
            let match = index.match(view.key, payload)
            entries.append(Entry(view: view, id: match?.id ?? -1, rest: match?.rest ?? view.key.lowerBound))
        }
    }
}
