package import CausewayModel

/// The attributes of a message in a payload, read one by one: of a span, an event, a resource, a map, and so on.
package struct AttributeList {
    /// The contents of the message that has them; nil if it is not there, as a resource may be.
    package let owner: Range<Int>?
    /// The number of the field in which the owner keeps its attributes.
    package let field: Int
    private var fields: FieldReader

    package init(of owner: Range<Int>?, field: Int) {
        self.owner = owner
        self.field = field
        fields = FieldReader(owner ?? 0..<0)
    }

    /// The entries of a map (`kvlist_value`).
    package init(map: Range<Int>) { self.init(of: map, field: 1) }

    /// The next attribute, in the order they were written.
    package mutating func next(_ payload: [UInt8]) -> AttributeView? {
        let bytes = payload.span
        while let field = fields.next(bytes) {
            if field.number == self.field, field.type == .lengthDelimited { return AttributeView(field, bytes) }
        }
        return nil
    }

    /// The value of the first attribute with this key. Keys should be unique; nothing makes them so.
    package func value(_ key: String, _ payload: [UInt8]) -> ValueView? {
        var list = AttributeList(of: owner, field: field)
        while let attribute = list.next(payload) {
            if payload.holds(key, at: attribute.key) { return attribute.value }
        }
        return nil
    }
}

/// One attribute in a payload.
package struct AttributeView {
    /// The whole field, tag included, in the message that has the attribute.
    package let range: Range<Int>
    package let contents: Range<Int>
    /// The bytes of the key.
    package let key: Range<Int>
    /// The field that holds the key, tag included; if it is left out, the place for it at the end.
    let keyField: Range<Int>
    package let value: ValueView

    init(_ field: WireField, _ bytes: Span<UInt8>) { self.init(field.range, field.contents.lowerBound, bytes) }

    /// `inside`: where its contents begin.
    init(_ range: Range<Int>, _ inside: Int, _ bytes: Span<UInt8>) {
        self.range = range
        contents = inside..<range.upperBound
        if let plain = PlainAttribute(bytes, contents) {
            key = plain.key
            keyField = contents.lowerBound..<plain.key.upperBound
            value = ValueView(plain, bytes)
            return
        }
        var (key, keyField, value) = (0..<0, range.upperBound..<range.upperBound, ValueView.empty)
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): (key, keyField) = (field.contents, field.range)
            case (2, .lengthDelimited): value = ValueView(field.contents, bytes)
            default: break
            }
        }
        (self.key, self.keyField, self.value) = (key, keyField, value)
    }
}

/// The value of an attribute, or the body of a log record, in a payload.
package enum ValueView: Equatable, Sendable {
    /// Nothing set; also what an index into the string table of profiles counts as (OTLP: treat as absent).
    case empty
    case string(Range<Int>)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    /// The contents of the list: see `elements`.
    case array(Range<Int>)
    /// The contents of the map: see `AttributeList(map:)`.
    case map(Range<Int>)
    case bytes(Range<Int>)

    @inline(__always)
    init(_ plain: PlainAttribute, _ bytes: Span<UInt8>) {
        guard plain.tag != ValueTag.string else {
            self = .string(plain.value)
            return
        }
        var number: UInt64 = 0
        let (bits, mask) = plain.tag == ValueTag.double ? (8 as UInt64, 0xFF as UInt8) : (7, 0x7F)
        for index in plain.value.reversed() { number = number << bits | UInt64(bytes[index] & mask) }
        switch plain.tag {
        case ValueTag.double: self = .double(Double(bitPattern: number))
        case ValueTag.bool: self = .bool(number != 0)
        default: self = .int(Int64(bitPattern: number))
        }
    }

    /// Reads an AnyValue with these contents.
    package init(_ contents: Range<Int>, _ payload: [UInt8]) { self.init(contents, payload.span) }

    init(_ contents: Range<Int>, _ bytes: Span<UInt8>) {
        self = .empty
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (1, .lengthDelimited): self = .string(field.contents)
            case (2, .varint): self = .bool(field.value != 0)
            case (3, .varint): self = .int(Int64(bitPattern: field.value))
            case (4, .fixed64): self = .double(Double(bitPattern: field.value))
            case (5, .lengthDelimited): self = .array(field.contents)
            case (6, .lengthDelimited): self = .map(field.contents)
            case (7, .lengthDelimited): self = .bytes(field.contents)
            default: break
            }
        }
    }

    /// The values of a list with these contents.
    package static func elements(of array: Range<Int>, _ payload: [UInt8]) -> [ValueView] {
        payload.messages(in: array, field: 1).map { ValueView($0.contents, payload) }
    }

    /// The text if it is a string.
    package func string(_ payload: [UInt8]) -> String? {
        guard case .string(let range) = self else { return nil }
        return payload.text(range)
    }

    /// The value as one of our own, all the way down.
    package func copied(_ payload: [UInt8]) -> AttributeValue {
        switch self {
        case .empty: return .empty
        case .string(let range): return .string(payload.text(range))
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .bytes(let range): return .bytes(Array(payload[range]))
        case .array(let range): return .array(Self.elements(of: range, payload).map { $0.copied(payload) })
        case .map(let range): return .map(AttributeList(map: range).copied(payload))
        }
    }
}

extension AttributeList {
    /// The attributes as our own.
    package func copied(_ payload: [UInt8]) -> [Attribute] {
        var list = AttributeList(of: owner, field: field)
        var attributes: [Attribute] = []
        while let attribute = list.next(payload) {
            attributes.append(Attribute(payload.text(attribute.key), attribute.value.copied(payload)))
        }
        return attributes
    }
}
