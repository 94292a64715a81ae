package import CausewayModel

extension OTLPJSON {
    /// Writes a request as JSON: one line, or indented for people to read.
    ///
    /// Fields come in the order of the payload. A field that is default and says nothing is left out, a member of a oneof and an
    /// optional field are always written. 64-bit integers are strings, doubles that are no numbers are named. Unknown fields are dropped.
    package static func json(fromProtobuf payload: [UInt8], signal: Signal, pretty: Bool = false) throws(OTLPJSONError) -> [UInt8] {
        var encoding = JSONEncoding(payload, pretty: pretty)
        try encoding.message(.request(of: signal), payload.indices, depth: 1)
        return encoding.writer.bytes
    }
}

/// One walk through a request in protobuf that writes JSON as it goes.
///
/// Recursion follows the messages and is limited by `OTLPJSON.depthLimit`.
struct JSONEncoding {
    private(set) var writer: JSONWriter
    private let schemas = MessageSchema.all
    private var payload: [UInt8]
    /// The fields of the messages being written, innermost last.
    private var entries: [Entry] = []

    /// A known field of a message being written.
    private struct Entry {
        /// Its place in the schema.
        let index: Int
        let field: WireScanner.Field
    }

    init(_ payload: [UInt8], pretty: Bool) {
        self.payload = payload
        writer = JSONWriter(pretty: pretty)
        writer.reserve(2 * payload.count)
    }

    mutating func message(_ message: Message, _ range: Range<Int>, depth: Int) throws(OTLPJSONError) {
        guard depth <= OTLPJSON.depthLimit else {
            throw failure("messages nested deeper than \(OTLPJSON.depthLimit) levels", range.lowerBound)
        }
        let schema = schemas[message.rawValue]
        let first = entries.count
        try collect(schema, range)
        let end = entries.count
        var written: UInt64 = 0
        writer.beginObject()
        for place in first..<end {
            let index = entries[place].index
            guard written & 1 << UInt64(index) == 0 else { continue }
            written |= 1 << UInt64(index)
            let field = schema.fields[index]
            do throws(OTLPJSONError) {
                if field.isRepeated {
                    try elements(of: field, index, place..<end, depth: depth)
                } else {
                    try member(field, index, place..<end, depth: depth)
                }
            } catch { throw error.inside(field.name) }
        }
        writer.endObject()
        entries.removeSubrange(first...)
    }

    /// Puts the message's known fields onto `entries`. Of a oneof only the member given last stays.
    private mutating func collect(_ schema: MessageSchema, _ range: Range<Int>) throws(OTLPJSONError) {
        let first = entries.count
        var member: Int?
        var memberStart = first
        var changes = 0
        var scanner = WireScanner(range)
        while let found = try next(&scanner) {
            guard let index = schema.index(ofNumber: found.number) else { continue }
            let field = schema.fields[index]
            guard found.type == field.kind.wireType || field.isRepeated && found.type == .lengthDelimited else {
                throw failure("wrong wire type", found.content.lowerBound).inside(field.name)
            }
            if field.presence == .oneof {
                if let member, member != index {
                    memberStart = entries.count
                    changes += 1
                }
                member = index
            }
            entries.append(Entry(index: index, field: found))
        }
        guard changes > 0 else { return }
        let kept = entries[first...].indices.filter { $0 >= memberStart || schema.fields[entries[$0].index].presence != .oneof }
        entries.replaceSubrange(first..., with: kept.map { entries[$0] })
    }

    private mutating func next(_ scanner: inout WireScanner) throws(OTLPJSONError) -> WireScanner.Field? {
        do { return try scanner.next(in: payload) } catch { throw failure(error.reason, error.offset) }
    }

    private func failure(_ reason: String, _ offset: Int) -> OTLPJSONError { OTLPJSONError("\(reason) (byte \(offset))") }
}

extension JSONEncoding {
    /// A field that is not repeated, whose entries lie in `places`: the last counts, and messages given in parts are put together.
    private mutating func member(_ field: FieldSchema, _ index: Int, _ places: Range<Int>, depth: Int) throws(OTLPJSONError) {
        var last = entries[places.lowerBound].field
        var count = 0
        for place in places where entries[place].index == index {
            last = entries[place].field
            count += 1
        }
        if case .message(let message) = field.kind, count > 1 {
            // protobuf's rule: parts of a message, one after the other, are the message.
            let parts = places.filter { entries[$0].index == index }
            let whole = parts.flatMap { payload[entries[$0].field.content] }
            writer.key(field.name)
            let outer = payload
            payload = whole
            try self.message(message, whole.indices, depth: depth + 1)
            payload = outer
            return
        }
        guard field.presence != .implicit || !isDefault(field.kind, last) else { return }
        writer.key(field.name)
        try value(field.kind, last, depth: depth)
    }

    private mutating func elements(of field: FieldSchema, _ index: Int, _ places: Range<Int>, depth: Int) throws(OTLPJSONError) {
        writer.key(field.name)
        writer.beginArray()
        var count = 0
        for place in places where entries[place].index == index {
            let found = entries[place].field
            if field.kind.wireType != .lengthDelimited, found.type == .lengthDelimited {
                try packed(field.kind, found.content)
                continue
            }
            do { try value(field.kind, found, depth: depth) } catch { throw error.inside(count) }
            count += 1
        }
        writer.endArray()
    }

    private mutating func packed(_ kind: FieldSchema.Kind, _ range: Range<Int>) throws(OTLPJSONError) {
        var scanner = WireScanner(range)
        do {
            while let bits = try scanner.nextPacked(kind.wireType, in: payload) { scalar(kind, bits) }
        } catch { throw failure(error.reason, error.offset) }
    }

    private func isDefault(_ kind: FieldSchema.Kind, _ field: WireScanner.Field) -> Bool {
        switch kind {
        case .message: false
        case .string, .base64, .id: field.content.isEmpty
        case .bool, .int64, .uint64, .fixed32, .fixed64, .sfixed64, .double: field.bits == 0
        // Their upper half counts for nothing.
        case .enumeration, .int32, .sint32, .uint32: UInt32(truncatingIfNeeded: field.bits) == 0
        }
    }

    private mutating func value(_ kind: FieldSchema.Kind, _ field: WireScanner.Field, depth: Int) throws(OTLPJSONError) {
        switch kind {
        case .message(let message): try self.message(message, field.content, depth: depth + 1)
        case .string: writer.string(field.content, of: payload)
        case .id: encoded { Hexadecimal.append($0, to: &$1) }
        case .base64: encoded { Base64.append($0, to: &$1) }
        default: scalar(kind, field.bits)
        }
        func encoded(_ encode: (ArraySlice<UInt8>, inout [UInt8]) -> Void) {
            var text: [UInt8] = []
            encode(payload[field.content], &text)
            writer.string(text.indices, of: text)
        }
    }

    private mutating func scalar(_ kind: FieldSchema.Kind, _ bits: UInt64) {
        switch kind {
        case .bool: writer.bool(bits != 0)
        case .enumeration, .int32: writer.integer(Int64(Int32(truncatingIfNeeded: bits)))
        case .sint32:
            let bits = UInt32(truncatingIfNeeded: bits)
            writer.integer(Int64(Int32(bitPattern: bits >> 1 ^ (0 &- bits & 1))))
        case .uint32, .fixed32: writer.integer(UInt64(UInt32(truncatingIfNeeded: bits)))
        case .int64, .sfixed64: writer.string(String(Int64(bitPattern: bits)))
        case .uint64, .fixed64: writer.string(String(bits))
        case .double: double(Double(bitPattern: bits))
        case .string, .base64, .id, .message: preconditionFailure("\(kind) is not a scalar")
        }
    }

    private mutating func double(_ value: Double) {
        if value.isFinite {
            writer.double(value)
        } else {
            writer.string(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
        }
    }
}
