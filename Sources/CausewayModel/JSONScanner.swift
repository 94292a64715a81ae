/// A strict reader of JSON text (RFC 8259), one token at a time, without building a tree.
///
/// - Nesting is limited, so no text can exhaust the stack of whoever follows its structure.
/// - Duplicate keys are handed out as they come; what they mean is for the reader to decide.
/// - Text is UTF-8 without a byte order mark. Inside strings, bytes that are not UTF-8 and `\u` escapes of half a
///   surrogate pair become U+FFFD, and the text says so when it is taken out: one bad byte should not cost a
///   batch of telemetry. Anywhere else they are errors.
/// - After an error the scanner must not be used again.
package struct JSONScanner: Sendable {
    /// One step through the text. Commas and colons are checked and left out.
    package enum Token: Hashable, Sendable {
        case beginObject
        case endObject
        case beginArray
        case endArray
        /// The name of a member; its value is the next token.
        case key(JSONText)
        case string(JSONText)
        /// Where the number stands; `JSONNumber` reads it.
        case number(Range<Int>)
        case bool(Bool)
        case null
        /// The text is complete, nothing but white space follows.
        case end
    }

    /// What the grammar allows next.
    private enum Expectation: Sendable {
        case start, value, keyOrEnd, key, elementOrEnd, commaOrEnd, nothing
    }

    package let bytes: [UInt8]
    /// Bytes read so far.
    package private(set) var offset = 0
    /// Where the last token began.
    package private(set) var tokenOffset = 0
    private let depthLimit: Int
    /// The open containers, outermost first; true for an object.
    private var containers: [Bool] = []
    private var expectation = Expectation.start

    package init(_ bytes: [UInt8], depthLimit: Int = 100) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// How many containers are open.
    package var depth: Int { containers.count }

    package mutating func next() throws(JSONError) -> Token {
        while true {
            skipWhiteSpace()
            tokenOffset = offset
            switch expectation {
            case .start:
                try refuseOtherEncodings()
                expectation = .value
            case .value:
                return try value()
            case .elementOrEnd:
                if offset < bytes.count, bytes[offset] == UInt8(ascii: "]") { return close() }
                return try value()
            case .keyOrEnd:
                if offset < bytes.count, bytes[offset] == UInt8(ascii: "}") { return close() }
                return try key()
            case .key:
                return try key()
            case .commaOrEnd:
                let inObject = containers[containers.count - 1]
                guard offset < bytes.count else { throw unexpected(inObject ? "',' or '}'" : "',' or ']'") }
                if bytes[offset] == UInt8(ascii: ",") {
                    offset += 1
                    expectation = inObject ? .key : .value
                } else if bytes[offset] == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    return close()
                } else {
                    throw unexpected(inObject ? "',' or '}'" : "',' or ']'")
                }
            case .nothing:
                guard offset == bytes.count else { throw unexpected("the end of the text") }
                return .end
            }
        }
    }

    /// Goes past the rest of the value whose first token was `token`.
    package mutating func skip(_ token: Token) throws(JSONError) {
        guard token == .beginObject || token == .beginArray else { return }
        let outside = containers.count - 1
        while containers.count > outside { _ = try next() }
    }

    /// An error at a place in this text, for readers that find fault with what the text says.
    package func error(_ reason: String, at offset: Int) -> JSONError { JSONError(reason, at: offset, in: bytes) }
}

extension JSONScanner {
    private mutating func skipWhiteSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private func refuseOtherEncodings() throws(JSONError) {
        guard bytes.count >= 2 else { return }
        switch (bytes[0], bytes[1]) {
        case (0xEF, 0xBB): throw error("JSON must not begin with a byte order mark", at: 0)
        case (0xFE, 0xFF), (0xFF, 0xFE), (0, _), (_, 0): throw error("JSON must be UTF-8, this looks like UTF-16 or UTF-32", at: 0)
        default: return
        }
    }

    private mutating func value() throws(JSONError) -> Token {
        guard offset < bytes.count else { throw unexpected("a value") }
        switch bytes[offset] {
        case UInt8(ascii: "\""):
            let text = try text()
            valueDone()
            return .string(text)
        case UInt8(ascii: "{"): return try open(isObject: true)
        case UInt8(ascii: "["): return try open(isObject: false)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: throw unexpected("a value")
        }
    }

    private mutating func key() throws(JSONError) -> Token {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw unexpected("a member name in quotes") }
        let name = try text()
        skipWhiteSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: ":") else { throw unexpected("':' after the member name") }
        offset += 1
        expectation = .value
        return .key(name)
    }

    private mutating func open(isObject: Bool) throws(JSONError) -> Token {
        guard containers.count < depthLimit else { throw error("nested deeper than \(depthLimit) levels", at: offset) }
        containers.append(isObject)
        offset += 1
        expectation = isObject ? .keyOrEnd : .elementOrEnd
        return isObject ? .beginObject : .beginArray
    }

    private mutating func close() -> Token {
        offset += 1
        let wasObject = containers.removeLast()
        valueDone()
        return wasObject ? .endObject : .endArray
    }

    private mutating func valueDone() { expectation = containers.isEmpty ? .nothing : .commaOrEnd }

    private mutating func number() throws(JSONError) -> Token {
        let start = offset
        guard let end = JSONNumber.end(of: bytes, from: start, before: bytes.count) else { throw error("malformed number", at: start) }
        offset = end
        valueDone()
        return .number(start..<end)
    }

    private mutating func literal(_ word: StaticString, _ token: Token) throws(JSONError) -> Token {
        let letters = Array(word.description.utf8)
        guard bytes[offset...].starts(with: letters) else { throw unexpected("a value") }
        offset += letters.count
        valueDone()
        return token
    }

    /// The string at `offset`; every escape in it is checked here, so that taking it out cannot fail.
    private mutating func text() throws(JSONError) -> JSONText {
        let start = offset + 1
        var index = start
        var isPlain = true
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                offset = index + 1
                return JSONText(range: start..<index, isPlain: isPlain)
            } else if byte == UInt8(ascii: "\\") {
                isPlain = false
                index = try escape(at: index)
            } else if byte < 0x20 {
                throw error("a control character in a string must be escaped", at: index)
            } else if byte < 0x80 {
                index += 1
            } else {
                let sequence = UTF8Text.sequence(at: index, before: bytes.count, in: bytes)
                if case .broken = sequence { isPlain = false }
                index += sequence.length
            }
        }
        throw error("a string that is not closed", at: offset)
    }

    private func escape(at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw error("a string that is not closed", at: offset) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            guard JSONText.hexadecimal(bytes, at: index + 2, before: bytes.count) != nil else {
                throw error("expected four hexadecimal digits after '\\u'", at: index)
            }
            return index + 6
        default:
            throw error("unknown escape in a string", at: index)
        }
    }

    private func unexpected(_ expected: String) -> JSONError {
        guard offset < bytes.count else { return error("expected \(expected), found the end of the text", at: offset) }
        let byte = bytes[offset]
        let found = 0x21...0x7E ~= byte ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x" + String(byte, radix: 16, uppercase: true)
        return error("expected \(expected), found \(found)", at: offset)
    }
}
