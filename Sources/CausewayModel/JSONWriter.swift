/// Writes JSON text, compact or for people to read, in the order in which it is told.
///
/// Whatever it is given, the text is valid UTF-8: broken text becomes U+FFFD. Control characters are escaped beyond what JSON
/// demands (DEL and U+0080 to U+009F too), because such text also ends up in terminals.
package struct JSONWriter: Sendable {
    package private(set) var bytes: [UInt8] = []
    private let isPretty: Bool
    private var depth = 0
    /// Nothing stands yet in the innermost container.
    private var isFirst = true
    /// A member's name was just written, its value comes next on the same line.
    private var hasKey = false

    package init(pretty: Bool = false) { isPretty = pretty }

    package mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }

    package mutating func endObject() { end(UInt8(ascii: "}")) }

    package mutating func beginArray() { begin(UInt8(ascii: "[")) }

    package mutating func endArray() { end(UInt8(ascii: "]")) }

    package mutating func key(_ name: String) {
        separate()
        let name = Array(name.utf8)
        quote(name.indices, of: name)
        bytes.append(UInt8(ascii: ":"))
        if isPretty { bytes.append(UInt8(ascii: " ")) }
        hasKey = true
    }

    package mutating func string(_ text: String) {
        let text = Array(text.utf8)
        string(text.indices, of: text)
    }

    /// A string from bytes that should be UTF-8.
    package mutating func string(_ range: Range<Int>, of text: [UInt8]) {
        separate()
        quote(range, of: text)
    }

    package mutating func integer(_ value: Int64) { word(String(value)) }

    package mutating func integer(_ value: UInt64) { word(String(value)) }

    /// The shortest text that reads back as the same double; `null` for what JSON has no number for.
    package mutating func double(_ value: Double) { word(value.isFinite ? value.description : "null") }

    package mutating func bool(_ value: Bool) { word(value ? "true" : "false") }

    package mutating func null() { word("null") }

    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .number(let number): word(number.text)
        case .string(let text): string(text)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let members):
            beginObject()
            for member in members {
                key(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    private mutating func word(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        isFirst = true
    }

    private mutating func end(_ bracket: UInt8) {
        depth -= 1
        if !isFirst { newLine() }
        bytes.append(bracket)
        isFirst = false
    }

    /// What stands between the last value and the next.
    private mutating func separate() {
        if hasKey {
            hasKey = false
            return
        }
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        if depth > 0 { newLine() }
        isFirst = false
    }

    private mutating func newLine() {
        guard isPretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { bytes.append(contentsOf: [0x20, 0x20]) }
    }

    private mutating func quote(_ range: Range<Int>, of text: [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var good = range.lowerBound
        var index = good
        while index < range.upperBound {
            let byte = text[index]
            if byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
                index += 1
                continue
            }
            let length: Int
            var escaped: [UInt8]?
            if byte < 0x80 {
                length = 1
                escaped = Self.escape(byte)
            } else {
                let sequence = UTF8Text.sequence(at: index, before: range.upperBound, in: text)
                length = sequence.length
                if case .broken = sequence {
                    escaped = UTF8Text.replacement
                } else if byte == 0xC2, text[index + 1] < 0xA0 {
                    escaped = Self.escape(text[index + 1])
                }
            }
            if let escaped {
                bytes.append(contentsOf: text[good..<index])
                bytes.append(contentsOf: escaped)
                good = index + length
            }
            index += length
        }
        bytes.append(contentsOf: text[good..<range.upperBound])
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case 0x08: Array("\\b".utf8)
        case 0x09: Array("\\t".utf8)
        case 0x0A: Array("\\n".utf8)
        case 0x0C: Array("\\f".utf8)
        case 0x0D: Array("\\r".utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
        default: Array("\\u00".utf8) + Array(Hexadecimal.text([byte]).utf8)
        }
    }
}
