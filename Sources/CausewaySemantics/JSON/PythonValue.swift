internal import CausewayModel

/// What Python shows of a value (`{'base': 'EUR', 'strict': True, 'note': None}`), as the JSON it would be; an object of some class
/// (`Call(name='x', count=1)`) becomes its members.
enum PythonValue {
    private static let depthLimit = 64

    /// The members of an object of this class; nil if it is none, or holds anything but such values.
    static func members(of name: String, _ bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
        let text = bytes.trimmed(range)
        guard bytes[text].starts(with: Array((name + "(").utf8)) else { return nil }
        var reader = Reader(bytes: bytes, index: text.lowerBound, end: text.upperBound)
        guard reader.value(0), reader.index == reader.end else { return nil }
        return reader.output
    }

    /// Nil if it is no dictionary or list, or holds anything but texts, numbers, truth values and more of these. `classes`: an object
    /// becomes its class and its members (`{"id":["Call"],"kwargs":{…}}`).
    static func json(_ bytes: [UInt8], _ range: Range<Int>, classes: Bool = false) -> [UInt8]? {
        let text = bytes.trimmed(range)
        guard let first = bytes[text].first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
        var reader = Reader(bytes: bytes, index: text.lowerBound, end: text.upperBound, namesClasses: classes)
        guard reader.value(0), reader.index == reader.end else { return nil }
        return reader.output
    }

    private struct Reader {
        let bytes: [UInt8]
        var index: Int
        let end: Int
        var namesClasses = false
        var output: [UInt8] = []

        mutating func value(_ depth: Int) -> Bool {
            skipSpace()
            guard index < end, depth < depthLimit else { return false }
            switch bytes[index] {
            case UInt8(ascii: "{"): return list(UInt8(ascii: "}"), depth, isObject: true)
            case UInt8(ascii: "["): return list(UInt8(ascii: "]"), depth, isObject: false)
            case UInt8(ascii: "("): return list(UInt8(ascii: ")"), depth, isObject: false)
            case UInt8(ascii: "'"), UInt8(ascii: "\""): return string()
            case UInt8(ascii: "T") where word("True", "true"): return true
            case UInt8(ascii: "F") where word("False", "false"): return true
            case UInt8(ascii: "N") where word("None", "null"): return true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): return object(depth)
            default:
                guard let after = JSONNumber.end(of: bytes, from: index, before: end) else { return false }
                output += bytes[index..<after]
                index = after
                return true
            }
        }

        private mutating func list(_ close: UInt8, _ depth: Int, isObject: Bool) -> Bool {
            output.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
            index += 1
            var isFirst = true
            while true {
                skipSpace()
                guard index < end else { return false }
                if bytes[index] == close {
                    index += 1
                    output.append(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
                    return true
                }
                if !isFirst {
                    guard bytes[index] == UInt8(ascii: ",") else { return false }
                    index += 1
                    skipSpace()
                    // A comma may stand before the end.
                    if index < end, bytes[index] == close { continue }
                    output.append(UInt8(ascii: ","))
                }
                isFirst = false
                if isObject {
                    guard index < end, bytes[index] == UInt8(ascii: "'") || bytes[index] == UInt8(ascii: "\""), string() else {
                        return false
                    }
                    skipSpace()
                    guard index < end, bytes[index] == UInt8(ascii: ":") else { return false }
                    index += 1
                    output.append(UInt8(ascii: ":"))
                }
                guard value(depth + 1) else { return false }
            }
        }

        /// A class and, in parentheses, `name=value` for each member.
        private mutating func object(_ depth: Int) -> Bool {
            let name = identifier()
            guard index < end, bytes[index] == UInt8(ascii: "(") else { return false }
            index += 1
            if namesClasses {
                output += Array("{\"id\":[".utf8)
                JSONEscapes.quote(bytes, name, to: &output)
                output += Array("],\"kwargs\":".utf8)
            }
            output.append(UInt8(ascii: "{"))
            var isFirst = true
            while true {
                skipSpace()
                guard index < end else { return false }
                if bytes[index] == UInt8(ascii: ")") {
                    index += 1
                    output.append(UInt8(ascii: "}"))
                    if namesClasses { output.append(UInt8(ascii: "}")) }
                    return true
                }
                if !isFirst {
                    guard bytes[index] == UInt8(ascii: ",") else { return false }
                    index += 1
                    skipSpace()
                    output.append(UInt8(ascii: ","))
                }
                isFirst = false
                let name = identifier()
                guard !name.isEmpty, index < end, bytes[index] == UInt8(ascii: "=") else { return false }
                index += 1
                JSONEscapes.quote(bytes, name, to: &output)
                output.append(UInt8(ascii: ":"))
                guard value(depth + 1) else { return false }
            }
        }

        private mutating func identifier() -> Range<Int> {
            let start = index
            while index < end {
                switch bytes[index] {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "."): index += 1
                default: return start..<index
                }
            }
            return start..<index
        }

        private mutating func string() -> Bool {
            let quote = bytes[index]
            var text: [UInt8] = []
            index += 1
            while index < end, bytes[index] != quote {
                guard bytes[index] == UInt8(ascii: "\\") else {
                    text.append(bytes[index])
                    index += 1
                    continue
                }
                guard index + 1 < end else { return false }
                switch bytes[index + 1] {
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "t"): text.append(0x09)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(bytes[index + 1])
                // `\xe9` and the like: Python shows them of text that is not printable; not worth guessing.
                default: return false
                }
                index += 2
            }
            guard index < end else { return false }
            index += 1
            JSONEscapes.quote(text, text.indices, to: &output)
            return true
        }

        private mutating func word(_ word: String, _ json: String) -> Bool {
            guard end - index >= word.utf8.count, bytes[index..<index + word.utf8.count].elementsEqual(word.utf8) else { return false }
            index += word.utf8.count
            output += Array(json.utf8)
            return true
        }

        private mutating func skipSpace() {
            while index < end, bytes[index] <= 0x20 { index += 1 }
        }
    }
}
