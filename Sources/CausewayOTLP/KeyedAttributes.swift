/// The attributes of a message with what is known about their keys, read in one go into memory that is used again.
///
/// One of these is always read with the same index: what is remembered of keys comes from there.
package struct KeyedAttributes {
    /// An attribute: where it is, where its key is, and its value.
    package struct View {
        /// The whole field, tag included, in the message that has the attribute.
        package let range: Range<Int>
        /// The bytes of the key.
        package let key: Range<Int>
        package let value: ValueView
        /// How long tag and length are.
        private let headLength: UInt8

        package var contents: Range<Int> { range.lowerBound &+ Int(headLength)..<range.upperBound }

        @inline(__always)
        fileprivate init(_ range: Range<Int>, _ inside: Int, key: Range<Int>, _ value: ValueView) {
            self.range = range
            self.key = key
            self.value = value
            headLength = UInt8(truncatingIfNeeded: inside &- range.lowerBound)
        }
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

        @inline(__always)
        fileprivate init(_ view: View, _ key: KeySequences.Key) {
            self.view = view
            (knownKey, knownLength) = (key.id, key.knownLength)
        }

        /// A number of the index; -1 for a key that is not in it.
        @inlinable @inline(__always) package var id: Int { Int(knownKey) }
        /// Where the key goes on behind a known beginning; its end if the whole key is known.
        package var rest: Int { view.key.lowerBound &+ Int(knownLength) }
        /// Whether the whole key is known.
        @inlinable @inline(__always) package var isWhole: Bool { Int(knownLength) == view.key.count && knownKey >= 0 }
    }

    package private(set) var entries: [Entry] = []
    /// Which sequence of keys these have, a number below `sequenceLimit`: equal ones have the same until `isNewSequence` says that it means
    /// another one from now on. Nil for one that is not remembered.
    package private(set) var sequence: Int?
    package private(set) var isNewSequence = false
    private var sequences = KeySequences()
    /// Where the attributes are, before they are read.
    private var fields: [Field] = []
    /// Of the lengths of their keys: what leads to the sequence that they may have.
    private var signature = 0

    private struct Field {
        var range: Range<Int>
        /// Where the contents begin.
        var inside: Int
    }

    package static var sequenceLimit: Int { KeySequences.limit }
    /// No sequence that is remembered has more keys.
    package static var sequenceLength: Int { KeySequences.longest }

    package init() {}

    /// Reads all attributes of a list.
    package mutating func read(_ list: AttributeList, _ index: KeyIndex, _ payload: [UInt8]) {
        begin()
        if let owner = list.owner {
            let bytes = payload.span
            var fields = FieldReader(owner)
            while let field = fields.next(bytes) {
                if field.number == list.field, field.type == .lengthDelimited { add(field, bytes) }
            }
        }
        finish(index, payload)
    }

    /// Reads a span and its attributes, in one pass over its fields.
    package mutating func read(_ field: WireField, _ index: KeyIndex, _ payload: [UInt8]) -> SpanView {
        begin()
        let span = SpanView(field, payload) { attribute, bytes in add(attribute, bytes) }
        finish(index, payload)
        return span
    }

    @inline(__always)
    private mutating func begin() {
        fields.removeAll(keepingCapacity: true)
        signature = 0
    }

    @inline(__always)
    private mutating func add(_ field: WireField, _ bytes: Span<UInt8>) {
        let inside = field.contents.lowerBound
        // As nearly all are: the key comes first, and its length is one byte.
        signature = signature &* 31 &+ (inside &+ 1 < field.range.upperBound ? Int(bytes[inside &+ 1]) : 0)
        fields.append(Field(range: field.range, inside: inside))
    }

    private mutating func finish(_ index: KeyIndex, _ payload: [UInt8]) {
        entries.removeAll(keepingCapacity: true)
        let count = fields.count
        let place = (signature ^ signature >> 7) & (KeySequences.limit - 1)
        if let start = sequences.find(place, count: count), readAsBefore(start, payload) {
            (sequence, isNewSequence) = (place, false)
            return
        }
        // From where they are others on.
        while entries.count < count { entries.append(Self.entry(fields[entries.count], index, payload)) }
        guard count <= KeySequences.longest else {
            sequence = nil
            return
        }
        (sequence, isNewSequence) = (place, true)
        sequences.begin(place, count: count)
        for entry in entries { sequences.add(entry.view.key, of: payload, id: entry.knownKey, knownLength: entry.knownLength) }
    }

    /// Reads attributes whose keys are those that are remembered from `start` on; false at the first that has another one.
    @inline(__always)
    private mutating func readAsBefore(_ start: Int, _ payload: [UInt8]) -> Bool {
        let bytes = payload.span
        for number in fields.indices {
            let field = fields[number]
            let known = sequences.keys[start &+ number]
            let length = Int(known.length)
            let key = field.inside &+ 2..<field.inside &+ 2 &+ length
            // Key, its tag and its length, and the tag of the value.
            guard length < 0x80, key.upperBound < field.range.upperBound, bytes[field.inside] == 0x0A,
                bytes[field.inside &+ 1] == UInt8(truncatingIfNeeded: length), bytes[key.upperBound] == 0x12,
                ByteScan.isSame(bytes, key.lowerBound, sequences.pool.span, Int(known.start), length)
            else { return false }
            let view: View
            if let plain = PlainAttribute(bytes, key: key, field.range.upperBound) {
                view = View(field.range, field.inside, key: key, ValueView(plain, bytes))
            } else {
                let long = AttributeView(field.range, field.inside, bytes)
                // A key may come twice in one attribute; then the last counts.
                guard long.key == key else { return false }
                view = View(field.range, field.inside, key: key, long.value)
            }
            entries.append(Entry(view, known))
        }
        return true
    }

    private static func entry(_ field: Field, _ index: KeyIndex, _ payload: [UInt8]) -> Entry {
        let bytes = payload.span
        let view: View
        if let plain = PlainAttribute(bytes, field.inside..<field.range.upperBound) {
            view = View(field.range, field.inside, key: plain.key, ValueView(plain, bytes))
        } else {
            let long = AttributeView(field.range, field.inside, bytes)
            view = View(field.range, field.inside, key: long.key, long.value)
        }
        var rest = view.key.upperBound
        let id = index.look(view.key, payload, &rest)
        return Entry(view, id, id >= 0 ? rest : view.key.lowerBound)
    }
}
