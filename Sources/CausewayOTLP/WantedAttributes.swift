/// The values of those attributes of a message that somebody wants to know, read in one go into memory that is used again.
///
/// At most 64 keys, each known by its number. The spans of one agent say much the same one after the other: an attribute that is, byte for
/// byte, what the span before had in its place is not read again.
package struct WantedAttributes: Sendable {
    private let keys: KeyIndex
    private var values: [ValueView]
    /// A bit for each key that was there.
    package private(set) var present: UInt64 = 0
    /// A bit for each key whose value may have become another one since this was last emptied. What is not `present` says nothing here.
    package private(set) var changed: UInt64 = .max
    /// The attributes of the span that was read last, in the payload that it was read from.
    private var last: [Last] = []
    /// A bit for each key whose value is not what `last` says, but what was put in its place.
    private var replaced: UInt64 = 0

    private struct Last {
        var start: Int
        /// -1 for one that does not count, because its key came before.
        var count: Int
        /// -1 for one that nobody wants to know.
        var id: Int
    }

    package init(_ keys: [String]) {
        precondition(keys.count <= 64)
        self.keys = KeyIndex(keys)
        values = [ValueView](repeating: .empty, count: keys.count)
    }

    /// What is read next lies in another payload.
    package mutating func begin() {
        (present, changed, replaced) = (0, .max, 0)
        last.removeAll(keepingCapacity: true)
    }

    /// Changes are told from here on.
    @inline(__always)
    package mutating func clearChanged() { changed = 0 }

    /// Nil for one that is not there.
    package subscript(key: Int) -> ValueView? {
        @inline(__always)
        get { has(key) ? values[key] : nil }
        set {
            guard let newValue else { return }
            let bit: UInt64 = 1 << UInt64(key)
            if values[key] != newValue {
                values[key] = newValue
                changed |= bit
            }
            present |= bit
            replaced |= bit
        }
    }

    @inline(__always)
    package func has(_ key: Int) -> Bool { present & 1 << UInt64(key) != 0 }

    /// Of equal keys the first counts.
    package mutating func read(_ list: AttributeList, _ payload: [UInt8]) {
        var list = list
        while let attribute = list.next(payload) {
            let id = keys.find(attribute.key, payload)
            if id >= 0, !has(id) { self[id] = attribute.value }
        }
    }

    /// A span with its attributes, in one pass over its fields; what was here before is forgotten. It lies in the same payload as the one
    /// before, or `begin` was called.
    package mutating func read(_ contents: Range<Int>, _ payload: [UInt8]) -> SpanHead {
        present = 0
        var head = SpanHead()
        var number = 0
        head.read(contents, payload) { attribute, key in
            defer { number &+= 1 }
            if number < last.count {
                let known = last[number]
                if known.count == attribute.count, Self.isSame(payload, attribute.lowerBound, known.start, known.count) {
                    guard known.id >= 0 else { return }
                    let bit: UInt64 = 1 << UInt64(known.id)
                    if present & bit == 0, replaced & bit == 0 {
                        present |= bit
                        return
                    }
                }
            } else {
                last.append(Last(start: 0, count: -1, id: -1))
            }
            last[number] = take(attribute, key, payload)
        }
        if number < last.count { last.removeSubrange(number...) }
        return head
    }

    /// Whether the attributes of so many bytes are the same. They mostly differ at their ends, where the values are.
    @inline(__always)
    private static func isSame(_ payload: [UInt8], _ one: Int, _ other: Int, _ count: Int) -> Bool {
        guard one >= 0, other >= 0, count >= 8, one <= payload.count &- count, other <= payload.count &- count else { return false }
        let bytes = unsafe payload.span.bytes
        var offset = count &- 8
        while offset > 0 {
            // Both parts lie in the payload.
            let left = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: one &+ offset, as: UInt64.self)
            let right = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: other &+ offset, as: UInt64.self)
            if left != right { return false }
            offset &-= 8
        }
        let left = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: one, as: UInt64.self)
        let right = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: other, as: UInt64.self)
        return left == right
    }

    private mutating func take(_ attribute: Range<Int>, _ key: Range<Int>, _ payload: [UInt8]) -> Last {
        let id = keys.find(key, payload)
        guard id >= 0 else { return Last(start: attribute.lowerBound, count: attribute.count, id: -1) }
        let bit: UInt64 = 1 << UInt64(id)
        guard present & bit == 0 else { return Last(start: 0, count: -1, id: id) }
        values[id] = AttributeView.value(payload, attribute)
        present |= bit
        changed |= bit
        replaced &= ~bit
        return Last(start: attribute.lowerBound, count: attribute.count, id: id)
    }
}
