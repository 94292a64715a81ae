import Testing

@testable import CausewayModel

/// RFC 8259, no more and no less.
struct JSONScannerTests {
    private func tokens(_ text: String) throws -> [String] { try tokens(Array(text.utf8)) }

    private func tokens(_ bytes: [UInt8], depthLimit: Int = 100) throws -> [String] {
        var scanner = JSONScanner(bytes, depthLimit: depthLimit)
        var all: [String] = []
        while true {
            switch try scanner.next() {
            case .end: return all
            case .beginObject: all.append("{")
            case .endObject: all.append("}")
            case .beginArray: all.append("[")
            case .endArray: all.append("]")
            case .key(let text): all.append(text.string(from: bytes) + ":")
            case .string(let text): all.append("\"" + text.string(from: bytes))
            case .number(let range): all.append(String(decoding: bytes[range], as: UTF8.self))
            case .bool(let value): all.append(value ? "true" : "false")
            case .null: all.append("null")
            }
        }
    }

    @Test func `a text comes out token by token, commas, colons and white space left out`() throws {
        #expect(
            try tokens(" {\"a\" : [1, -2.5e+3 ,true,false,null, \"x\"],\r\n\t\"b\":{}, \"a\":[] } ")
                == ["{", "a:", "[", "1", "-2.5e+3", "true", "false", "null", "\"x", "]", "b:", "{", "}", "a:", "[", "]", "}"]
        )
    }

    @Test(arguments: ["0", "-0", "10", "0.5", "1e9", "1E-9", "1.25e+07", "\"\"", "true", "null", "[]", "{}"])
    func `a single value is a whole text`(text: String) throws {
        #expect(try tokens(text).joined().isEmpty == false)
    }

    @Test(arguments: [
        ("", "expected a value, found the end of the text (line 1, column 1, byte 0)"),
        ("  ", "expected a value, found the end of the text (line 1, column 3, byte 2)"),
        ("{\"a\":1,}", "expected a member name in quotes, found '}' (line 1, column 8, byte 7)"),
        ("[1,]", "expected a value, found ']' (line 1, column 4, byte 3)"),
        ("[1 2]", "expected ',' or ']', found '2' (line 1, column 4, byte 3)"),
        ("{\"a\" 1}", "expected ':' after the member name, found '1' (line 1, column 6, byte 5)"),
        ("{\"a\":1 \"b\":2}", "expected ',' or '}', found '\"' (line 1, column 8, byte 7)"),
        ("{a:1}", "expected a member name in quotes, found 'a' (line 1, column 2, byte 1)"),
        ("{'a':1}", "expected a member name in quotes, found ''' (line 1, column 2, byte 1)"),
        ("[1}", "expected ',' or ']', found '}' (line 1, column 3, byte 2)"),
        ("{\"a\":1]", "expected ',' or '}', found ']' (line 1, column 7, byte 6)"),
        ("1 2", "expected the end of the text, found '2' (line 1, column 3, byte 2)"),
        ("{}x", "expected the end of the text, found 'x' (line 1, column 3, byte 2)"),
        ("{\n \"ü\": tru\n}", "expected a value, found 't' (line 2, column 7, byte 9)"),
        ("nul", "expected a value, found 'n' (line 1, column 1, byte 0)"),
        ("True", "expected a value, found 'T' (line 1, column 1, byte 0)"),
        ("NaN", "expected a value, found 'N' (line 1, column 1, byte 0)"),
        ("/* */ 1", "expected a value, found '/' (line 1, column 1, byte 0)"),
        ("+1", "expected a value, found '+' (line 1, column 1, byte 0)"),
        ("\u{A0}1", "expected a value, found byte 0xC2 (line 1, column 1, byte 0)"),
        ("01", "malformed number (line 1, column 1, byte 0)"),
        ("-", "malformed number (line 1, column 1, byte 0)"),
        ("1.", "malformed number (line 1, column 1, byte 0)"),
        (".5", "expected a value, found '.' (line 1, column 1, byte 0)"),
        ("1e", "malformed number (line 1, column 1, byte 0)"),
        ("1e+", "malformed number (line 1, column 1, byte 0)"),
        ("0x10", "expected the end of the text, found 'x' (line 1, column 2, byte 1)"),
        ("\"a", "a string that is not closed (line 1, column 1, byte 0)"),
        ("\"a\\", "a string that is not closed (line 1, column 1, byte 0)"),
        ("\"a\\x\"", "unknown escape in a string (line 1, column 3, byte 2)"),
        ("\"a\\u12G4\"", "expected four hexadecimal digits after '\\u' (line 1, column 3, byte 2)"),
        ("\"a\\u12\"", "expected four hexadecimal digits after '\\u' (line 1, column 3, byte 2)"),
        ("\"a\nb\"", "a control character in a string must be escaped (line 1, column 3, byte 2)"),
        ("\"a\0b\"", "a control character in a string must be escaped (line 1, column 3, byte 2)"),
        ("\u{FEFF}{}", "JSON must not begin with a byte order mark (line 1, column 1, byte 0)"),
        ("{\0", "JSON must be UTF-8, this looks like UTF-16 or UTF-32 (line 1, column 1, byte 0)"),
    ])
    func `what is not JSON is refused with the place and what was expected`(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try tokens(text) }
        #expect(error?.description == message)
    }

    @Test func `every prefix of a text that is an object is refused`() {
        let text = Array("{\"a\":[1,{\"b\\u00e9\":\"x\"},true,null],\"c\":-1.5e3}".utf8)
        for length in 0..<text.count { #expect(throws: JSONError.self) { try tokens(Array(text[..<length])) } }
    }

    @Test func `nesting has a limit`() throws {
        let nested = { (depth: Int) in Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(try tokens(nested(100)).count == 200)
        let error = #expect(throws: JSONError.self) { try tokens(nested(101)) }
        #expect(error?.reason == "nested deeper than 100 levels")
        #expect(throws: JSONError.self) { try tokens([UInt8](repeating: UInt8(ascii: "["), count: 100_000)) }
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\ude82""#, "🚂"),
        (#""\u0000""#, "\0"),
        (#""a\u007fb""#, "a\u{7F}b"),
    ])
    func `escapes stand for their characters`(text: String, meaning: String) throws {
        #expect(try tokens(text) == ["\"" + meaning])
    }

    @Test(arguments: [
        (#"\ud83d"#, "\u{FFFD}"),
        (#"\ude82"#, "\u{FFFD}"),
        (#"\ud83dx"#, "\u{FFFD}x"),
        (#"\ud83d\n"#, "\u{FFFD}\n"),
        (#"\ud83d\ud83d\ude82"#, "\u{FFFD}🚂"),
        (#"\ude82\ud83d"#, "\u{FFFD}\u{FFFD}"),
        (#"\ud83d\u0041"#, "\u{FFFD}A"),
    ])
    func `half a surrogate pair becomes U+FFFD and is reported`(content: String, meaning: String) throws {
        let bytes = Array("\"\(content)\"".utf8)
        var scanner = JSONScanner(bytes)
        guard case .string(let text) = try scanner.next() else {
            Issue.record("no string")
            return
        }
        var output: [UInt8] = []
        #expect(text.append(from: bytes, to: &output))
        #expect(String(decoding: output, as: UTF8.self) == meaning)
    }

    @Test func `bytes that are not UTF-8 become U+FFFD inside a string and are an error outside`() throws {
        let bytes: [UInt8] = [0x22, 0x61, 0xFF, 0xC3, 0xA9, 0xE2, 0x82, 0x22]
        #expect(try tokens(bytes) == ["\"a\u{FFFD}é\u{FFFD}"])
        #expect(throws: JSONError.self) { try tokens([0x5B, 0xFF, 0x5D]) }
    }

    @Test func `what is skipped is still checked`() throws {
        var scanner = JSONScanner(Array("{\"a\":{\"b\":[1,{\"c\":[]}]},\"d\":2}".utf8))
        _ = try scanner.next()
        _ = try scanner.next()
        try scanner.skip(try scanner.next())
        guard case .key(let name) = try scanner.next() else {
            Issue.record("no key")
            return
        }
        #expect(name.string(from: scanner.bytes) == "d")

        var broken = JSONScanner(Array("[[1,,2]]".utf8))
        _ = try broken.next()
        let first = try broken.next()
        #expect(throws: JSONError.self) { try broken.skip(first) }
    }
}
