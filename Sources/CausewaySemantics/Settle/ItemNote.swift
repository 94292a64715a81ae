// A note's bytes are a piece of protobuf, so that notes laid one behind the other are one note:
//
//   9, 11, 13, 15   as in a Span: attributes, events and links that are added, the status that it gets
//   2001 varint     marks (ItemNote.Marks)        2002 string     the key of an attribute that goes, repeated
//   2003 message    what sampling asks (SamplingFacts)

package import CausewayModel
internal import CausewayOTLP

/// What settling adds to one stored item. The item itself is never changed: readers lay its notes over it.
package struct ItemNote: Equatable, Sendable {
    /// What readers do with an item, beside what they show of it.
    package struct Marks: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The same span came before; only who asks for duplicates gets it.
        package static let redelivered = Marks(rawValue: 1 << 0)
        /// A log record that is part of a span now: not sent to who gets that span.
        package static let folded = Marks(rawValue: 1 << 1)
        /// Stands for a span that never came; only who asks for such gets it.
        package static let synthetic = Marks(rawValue: 1 << 2)
    }

    package var marks: Marks = []
    /// Nil where nobody samples.
    package var sampling: SamplingFacts?
    /// Keys of attributes that go.
    package private(set) var removed: [[UInt8]] = []
    /// Fields of a Span that are added.
    private(set) var fields = WireWriter()

    package init() {}

    package var isEmpty: Bool { marks.isEmpty && sampling == nil && removed.isEmpty && fields.bytes.isEmpty }

    /// Sets an attribute, in place of what has its key.
    package mutating func set(_ key: String, _ value: AttributeValue) {
        switch value {
        case .string(let text): fields.attribute(9, key, word: text)
        case .int(let int): fields.attribute(9, key, int: int)
        case .double(let double): fields.attribute(9, key, double: double)
        case .bool(let bool): fields.attribute(9, key, bool: bool)
        case .empty, .bytes, .array, .map: fields.attribute(9, Array(key.utf8), value)
        }
    }

    package mutating func remove(_ key: String) { removed.append(Array(key.utf8)) }

    package mutating func set(_ status: StatusRecord) {
        var contents = WireWriter()
        if !status.message.isEmpty { contents.field(2, Array(status.message.utf8)) }
        if status.code != .unset { contents.varint(3, Int64(status.code.rawValue)) }
        fields.field(15, contents.bytes)
    }

    package mutating func add(_ event: EventRecord) {
        var contents = WireWriter()
        contents.fixed(1, event.timeNanoseconds)
        contents.field(2, Array(event.name.utf8))
        for attribute in event.attributes { contents.attribute(3, Array(attribute.key.utf8), attribute.value) }
        fields.field(11, contents.bytes)
    }

    package mutating func add(_ link: LinkRecord) {
        var contents = WireWriter()
        contents.field(1, link.traceID.bytes)
        contents.field(2, link.spanID.bytes)
        if !link.traceState.isEmpty { contents.field(3, Array(link.traceState.utf8)) }
        for attribute in link.attributes { contents.attribute(4, Array(attribute.key.utf8), attribute.value) }
        fields.field(13, contents.bytes)
    }

    /// Whole fields of a Span as they are.
    mutating func add(fields more: [UInt8]) { fields.append(more) }

    /// What may be said twice.
    var withoutEvents: ItemNote {
        var note = self
        note.fields = WireWriter()
        var reader = FieldReader(0..<fields.bytes.count)
        while let field = reader.next(fields.bytes) {
            if field.number == 9 || field.number == 15 { note.fields.append(field.range, of: fields.bytes) }
        }
        return note
    }

    /// What it decides about counting.
    var countingFlags: SettleSpan.Flags {
        var flags: SettleSpan.Flags = marks.contains(.redelivered) ? .redelivered : []
        var reader = FieldReader(0..<fields.bytes.count)
        while let field = reader.next(fields.bytes) {
            guard field.number == 9 else { continue }
            var list = AttributeList(of: field.range, field: 9)
            guard let attribute = list.next(fields.bytes) else { continue }
            for key in ["causeway.duplicate_of", "causeway.usage.rollup"] where fields.bytes.holds(key, at: attribute.key) {
                flags.insert(.doesNotCount)
            }
        }
        return flags
    }

    // MARK: Bytes

    private enum Number {
        static let marks = 2001
        static let removed = 2002
        static let sampling = 2003
    }

    package var encoded: [UInt8] {
        if marks.isEmpty, removed.isEmpty, sampling == nil { return fields.bytes }
        var writer = WireWriter()
        if !marks.isEmpty { writer.varint(Number.marks, Int64(marks.rawValue)) }
        for key in removed { writer.field(Number.removed, key) }
        if let sampling { writer.field(Number.sampling, sampling.encoded) }
        writer.append(fields.bytes)
        return writer.bytes
    }

    /// Reads one note, or several that speak of one item, in the order in which they were made. What this version does not know is left
    /// out.
    package init(_ bytes: [UInt8]) {
        var reader = FieldReader(0..<bytes.count)
        while let field = reader.next(bytes) {
            switch (field.number, field.type) {
            case (9, .lengthDelimited), (11, .lengthDelimited), (13, .lengthDelimited), (15, .lengthDelimited):
                fields.append(field.range, of: bytes)
            case (Number.marks, .varint): marks.formUnion(Marks(rawValue: UInt8(truncatingIfNeeded: field.value)))
            case (Number.removed, .lengthDelimited): removed.append([UInt8](bytes[field.contents]))
            // The newest knows most.
            case (Number.sampling, .lengthDelimited): sampling = SamplingFacts([UInt8](bytes[field.contents]))
            default: break
            }
        }
    }
}

/// What a destination's sampling asks of a trace, as it was known when the item was settled.
package struct SamplingFacts: Equatable, Sendable {
    /// Something in it failed for good.
    package var hasFailed = false
    /// From the first start to the last end.
    package var durationNanoseconds: UInt64 = 0
    /// In dollars.
    package var cost = 0.0
    /// Where the trace lies between 0 and 2³²: the same at every bridge, and for every item of the trace.
    package var place: UInt32 = 0
    /// The conditions on attributes that some item of it fulfils, by their fingerprints; ascending.
    package var conditions: [UInt64] = []

    package init() {}

    var encoded: [UInt8] {
        var writer = WireWriter()
        if hasFailed { writer.varint(1, 1) }
        if durationNanoseconds > 0 { writer.fixed(2, durationNanoseconds) }
        if cost != 0 { writer.fixed(3, cost.bitPattern) }
        if place != 0 { writer.varint(5, Int64(place)) }
        for condition in conditions { writer.fixed(4, condition) }
        return writer.bytes
    }

    init(_ bytes: [UInt8]) {
        var reader = FieldReader(0..<bytes.count)
        while let field = reader.next(bytes) {
            switch (field.number, field.type) {
            case (1, .varint): hasFailed = field.value != 0
            case (2, .fixed64): durationNanoseconds = field.value
            case (3, .fixed64): cost = Double(bitPattern: field.value)
            case (5, .varint): place = UInt32(truncatingIfNeeded: field.value)
            case (4, .fixed64): conditions.append(field.value)
            default: break
            }
        }
    }
}

extension WireWriter {
    /// An attribute of any value, as field `number` of the message that has it.
    mutating func attribute(_ number: Int, _ key: [UInt8], _ value: AttributeValue) {
        switch value {
        case .string(let text): attribute(number, key, text: Array(text.utf8))
        case .int(let int): attribute(number, key, int: int)
        case .double(let double): attribute(number, key, double: double)
        case .bool(let bool): attribute(number, key, bool: bool)
        case .empty, .bytes, .array, .map:
            var contents = WireWriter()
            contents.value(value)
            attribute(number, key, value: 0..<contents.bytes.count, of: contents.bytes)
        }
    }

    /// The contents of an AnyValue.
    private mutating func value(_ value: AttributeValue) {
        switch value {
        case .empty: break
        case .string(let text): field(1, Array(text.utf8))
        case .bool(let bool): varint(2, bool ? 1 : 0)
        case .int(let int): varint(3, int)
        case .double(let double): fixed(4, double.bitPattern)
        case .bytes(let bytes): field(7, bytes)
        case .array(let elements):
            var list = WireWriter()
            for element in elements {
                var contents = WireWriter()
                contents.value(element)
                list.field(1, contents.bytes)
            }
            field(5, list.bytes)
        case .map(let members):
            var map = WireWriter()
            for member in members { map.attribute(1, Array(member.key.utf8), member.value) }
            field(6, map.bytes)
        }
    }
}
