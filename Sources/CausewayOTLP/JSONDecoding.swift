package import CausewayModel

extension OTLPJSON {
    /// Reads a request.
    ///
    /// Strict where a sender and we could otherwise understand different things: a field given twice, two members of a oneof, an
    /// enumeration by name, an id that is not hexadecimal, a number that does not fit are errors. Names we do not know are ignored
    /// at any depth, the snake_case names among them; null is the same as absent.
    package static func protobuf(fromJSON body: [UInt8], signal: Signal) throws(OTLPJSONError) -> Decoded {
        var decoding = JSONDecoding(body)
        try decoding.request(.request(of: signal))
        return Decoded(payload: decoding.output, repairedStrings: decoding.repairedStrings)
    }
}

/// One walk through a request in JSON that writes protobuf as it goes.
///
/// Recursion follows the messages and is limited by `OTLPJSON.depthLimit`.
struct JSONDecoding {
    private var scanner: JSONScanner
    private let schemas = MessageSchema.all
    private(set) var output: [UInt8] = []
    private(set) var repairedStrings = 0

    init(_ body: [UInt8]) {
        // At most one array stands between a message and the next.
        scanner = JSONScanner(body, depthLimit: 2 * OTLPJSON.depthLimit)
        output.reserveCapacity(body.count / 2)
    }

    mutating func request(_ message: Message) throws(OTLPJSONError) {
        let token = try next()
        guard token == .beginObject else { throw mismatch("expected an object with an OTLP request", token) }
        try self.message(message, depth: 1)
        _ = try next()
    }

    private mutating func next() throws(OTLPJSONError) -> JSONScanner.Token {
        do { return try scanner.next() } catch { throw OTLPJSONError(error.description) }
    }

    /// The members of a message, after its opening brace.
    private mutating func message(_ message: Message, depth: Int) throws(OTLPJSONError) {
        guard depth <= OTLPJSON.depthLimit else { throw failure("messages nested deeper than \(OTLPJSON.depthLimit) levels") }
        let schema = schemas[message.rawValue]
        var seen: UInt64 = 0
        var oneofMember: String?
        var hint = 0
        while case .key(let name) = try next() {
            guard let index = index(of: name, in: schema, hint: hint) else {
                let token = try next()
                do { try scanner.skip(token) } catch { throw OTLPJSONError(error.description) }
                continue
            }
            hint = index + 1
            let field = schema.fields[index]
            do throws(OTLPJSONError) {
                let token = try next()
                if token == .null { continue }
                guard seen & 1 << UInt64(index) == 0 else { throw failure("given twice") }
                seen |= 1 << UInt64(index)
                if field.presence == .oneof {
                    if let oneofMember { throw failure("given beside \(oneofMember), of which only one may be") }
                    oneofMember = field.name
                }
                if field.isRepeated {
                    try elements(of: field, token, depth: depth)
                } else {
                    try value(of: field, token, isWritten: field.presence != .implicit, depth: depth)
                }
            } catch { throw error.inside(field.name) }
        }
    }

    private func index(of name: JSONText, in schema: MessageSchema, hint: Int) -> Int? {
        if name.isPlain { return schema.index(ofName: name.range, in: scanner.bytes, hint: hint) }
        var key: [UInt8] = []
        name.append(from: scanner.bytes, to: &key)
        return schema.index(ofName: key.indices, in: key, hint: hint)
    }

    private mutating func elements(of field: FieldSchema, _ first: JSONScanner.Token, depth: Int) throws(OTLPJSONError) {
        guard first == .beginArray else { throw mismatch("expected an array", first) }
        let isPacked = field.kind.wireType != .lengthDelimited
        var start: Int?
        var count = 0
        while true {
            do throws(OTLPJSONError) {
                let token = try next()
                if token == .endArray { break }
                if isPacked {
                    if start == nil {
                        appendTag(field.number, .lengthDelimited)
                        start = beginLength()
                    }
                    try scalar(field.kind, token)
                } else {
                    try value(of: field, token, isWritten: true, depth: depth)
                }
            } catch { throw error.inside(count) }
            count += 1
        }
        if let start { endLength(from: start) }
    }

    /// One value with its tag; nothing when it is a default and need not be written.
    private mutating func value(
        of field: FieldSchema,
        _ token: JSONScanner.Token,
        isWritten: Bool,
        depth: Int
    ) throws(OTLPJSONError) {
        let tag = output.count
        appendTag(field.number, field.kind.wireType)
        let content = output.count
        switch field.kind {
        case .message(let message):
            guard token == .beginObject else { throw mismatch("expected an object", token) }
            let start = beginLength()
            try self.message(message, depth: depth + 1)
            endLength(from: start)
            return
        case .string: try string(token)
        case .id: try id(token)
        case .base64: try base64(token)
        default: try scalar(field.kind, token)
        }
        // A default is all zeros: a zero varint, zero fixed bytes, or the length zero.
        if !isWritten, output[content...].allSatisfy({ $0 == 0 }) { output.removeSubrange(tag...) }
    }
}

extension JSONDecoding {
    private mutating func string(_ token: JSONScanner.Token) throws(OTLPJSONError) {
        guard case .string(let text) = token else { throw mismatch("expected a string", token) }
        if text.isPlain {
            appendVarint(UInt64(text.range.count))
            output.append(contentsOf: scanner.bytes[text.range])
            return
        }
        let start = beginLength()
        if text.append(from: scanner.bytes, to: &output) { repairedStrings += 1 }
        endLength(from: start)
    }

    private mutating func id(_ token: JSONScanner.Token) throws(OTLPJSONError) {
        guard case .string(let text) = token else { throw mismatch("expected a string of hexadecimal digits", token) }
        guard let bytes = Hexadecimal.bytes(scanner.bytes[text.range]) else {
            throw failure("expected pairs of hexadecimal digits (OTLP/JSON has ids in hexadecimal, not in base64)")
        }
        appendVarint(UInt64(bytes.count))
        output.append(contentsOf: bytes)
    }

    private mutating func base64(_ token: JSONScanner.Token) throws(OTLPJSONError) {
        guard case .string(let text) = token else { throw mismatch("expected a string in base64", token) }
        let (digits, range) = characters(of: text)
        guard let bytes = Base64.bytes(digits[range]) else { throw failure("expected base64") }
        appendVarint(UInt64(bytes.count))
        output.append(contentsOf: bytes)
    }

    /// A number or a boolean without a tag.
    private mutating func scalar(_ kind: FieldSchema.Kind, _ token: JSONScanner.Token) throws(OTLPJSONError) {
        switch kind {
        case .bool:
            guard case .bool(let value) = token else { throw mismatch("expected true or false", token) }
            appendVarint(value ? 1 : 0)
        case .enumeration:
            guard case .number = token else { throw mismatch("expected the number of the enumeration (names are not OTLP/JSON)", token) }
            appendVarint(UInt64(bitPattern: try signed(token, bits: 32)))
        case .int32: appendVarint(UInt64(bitPattern: try signed(token, bits: 32)))
        case .int64: appendVarint(UInt64(bitPattern: try signed(token, bits: 64)))
        case .sint32:
            let value = try signed(token, bits: 32)
            appendVarint(UInt64(UInt32(truncatingIfNeeded: value << 1 ^ value >> 63)))
        case .uint32: appendVarint(try unsigned(token, bits: 32))
        case .uint64: appendVarint(try unsigned(token, bits: 64))
        case .fixed32: appendFixed(try unsigned(token, bits: 32), count: 4)
        case .fixed64: appendFixed(try unsigned(token, bits: 64), count: 8)
        case .sfixed64: appendFixed(UInt64(bitPattern: try signed(token, bits: 64)), count: 8)
        case .double: appendFixed(try double(token).bitPattern, count: 8)
        case .string, .base64, .id, .message: preconditionFailure("\(kind) is not a scalar")
        }
    }

    private func signed(_ token: JSONScanner.Token, bits: Int) throws(OTLPJSONError) -> Int64 {
        let integer = try integer(token, "expected a \(bits)-bit integer")
        guard let value = integer.int64, bits == 64 || Int32(exactly: value) != nil else {
            throw misfit("expected a \(bits)-bit integer", integer)
        }
        return value
    }

    private func unsigned(_ token: JSONScanner.Token, bits: Int) throws(OTLPJSONError) -> UInt64 {
        let integer = try integer(token, "expected an unsigned \(bits)-bit integer")
        guard let value = integer.uint64, bits == 64 || value <= UInt32.max else {
            throw misfit("expected an unsigned \(bits)-bit integer", integer)
        }
        return value
    }

    /// An integer, as a number or as a string that holds one.
    private func integer(_ token: JSONScanner.Token, _ expected: String) throws(OTLPJSONError) -> JSONNumber.Integer {
        switch token {
        case .number(let range): return JSONNumber.integer(scanner.bytes, range)
        case .string(let text):
            let (digits, range) = characters(of: text)
            guard JSONNumber.end(of: digits, from: range.lowerBound, before: range.upperBound) == range.upperBound else {
                throw failure("\(expected), found a string that is not a number")
            }
            return JSONNumber.integer(digits, range)
        default: throw mismatch(expected, token)
        }
    }

    /// A double, as a number, as a string that holds one, or by one of the names of what JSON has no numbers for.
    private func double(_ token: JSONScanner.Token) throws(OTLPJSONError) -> Double {
        let value: Double?
        switch token {
        case .number(let range): value = JSONNumber.double(scanner.bytes, range)
        case .string(let text):
            let (digits, range) = characters(of: text)
            switch String(decoding: digits[range], as: UTF8.self) {
            case "NaN": return .nan
            case "Infinity": return .infinity
            case "-Infinity": return -.infinity
            default: break
            }
            guard JSONNumber.end(of: digits, from: range.lowerBound, before: range.upperBound) == range.upperBound else {
                throw failure("expected a number, found a string that is neither one nor \"NaN\", \"Infinity\" or \"-Infinity\"")
            }
            value = JSONNumber.double(digits, range)
        default: throw mismatch("expected a number", token)
        }
        guard let value else { throw failure("a number beyond the range of doubles") }
        return value
    }

    /// A string's bytes and where they are: in the body itself unless it has escapes.
    private func characters(of text: JSONText) -> ([UInt8], Range<Int>) {
        if text.isPlain { return (scanner.bytes, text.range) }
        var bytes: [UInt8] = []
        text.append(from: scanner.bytes, to: &bytes)
        return (bytes, bytes.indices)
    }
}

extension JSONDecoding {
    private func failure(_ reason: String) -> OTLPJSONError { OTLPJSONError(scanner.error(reason, at: scanner.tokenOffset).description) }

    private func mismatch(_ expected: String, _ token: JSONScanner.Token) -> OTLPJSONError {
        let found =
            switch token {
            case .beginObject: "an object"
            case .beginArray: "an array"
            case .string: "a string"
            case .number: "a number"
            case .bool: "a boolean"
            case .null: "null"
            case .endObject, .endArray, .key, .end: "nothing"
            }
        return failure("\(expected), found \(found)")
    }

    private func misfit(_ expected: String, _ integer: JSONNumber.Integer) -> OTLPJSONError {
        let found =
            switch integer {
            case .negative: "a negative number that does not fit"
            case .fraction: "a fraction"
            case .positive, .tooLarge: "a number too large"
            }
        return failure("\(expected), found \(found)")
    }
}

extension JSONDecoding {
    private mutating func appendTag(_ number: Int, _ type: WireType) { appendVarint(UInt64(number) << 3 | UInt64(type.rawValue)) }

    private mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }

    private mutating func appendFixed(_ value: UInt64, count: Int) {
        for place in 0..<count { output.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place))) }
    }

    /// Leaves one byte for a length that is not known yet; answers where what it measures begins.
    private mutating func beginLength() -> Int {
        output.append(0)
        return output.count
    }

    /// Fills in the length. What does not fit one byte moves the content: each byte at most once for each message around it.
    private mutating func endLength(from start: Int) {
        let length = output.count - start
        if length < 0x80 {
            output[start - 1] = UInt8(length)
            return
        }
        output[start - 1] = UInt8(truncatingIfNeeded: length) | 0x80
        var rest = length >> 7
        var more: [UInt8] = []
        while rest >= 0x80 {
            more.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        more.append(UInt8(rest))
        output.insert(contentsOf: more, at: start)
    }
}
