/// Where a JSON string stands in its text, without the quotes; taken out only when somebody wants it.
package struct JSONText: Hashable, Sendable {
    package let range: Range<Int>
    /// The bytes are the string as it is: no escapes, nothing to repair.
    package let isPlain: Bool

    init(range: Range<Int>, isPlain: Bool) {
        self.range = range
        self.isPlain = isPlain
    }

    /// Appends the string as UTF-8; says whether something in it had to become U+FFFD.
    @discardableResult
    package func append(from bytes: [UInt8], to output: inout [UInt8]) -> Bool {
        if isPlain {
            output.append(contentsOf: bytes[range])
            return false
        }
        var repaired = false
        var index = range.lowerBound
        while index < range.upperBound {
            var end = index
            while end < range.upperBound, bytes[end] != UInt8(ascii: "\\") { end += 1 }
            if UTF8Text.append(index..<end, of: bytes, to: &output) { repaired = true }
            index = end
            if index < range.upperBound, Self.unescape(bytes, at: &index, before: range.upperBound, to: &output) { repaired = true }
        }
        return repaired
    }

    package func string(from bytes: [UInt8]) -> String {
        if isPlain { return String(decoding: bytes[range], as: UTF8.self) }
        var output: [UInt8] = []
        append(from: bytes, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// Writes what the escape at `index` stands for, in a checked string that ends at `end`, and goes past it; says whether that was half a
    /// surrogate pair, which becomes U+FFFD.
    @discardableResult
    package static func unescape(_ bytes: [UInt8], at index: inout Int, before end: Int, to output: inout [UInt8]) -> Bool {
        let letter = bytes[index + 1]
        index += 2
        switch letter {
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            let unit = hexadecimal(bytes, at: index, before: end) ?? 0xFFFD
            index += 4
            if let scalar = Unicode.Scalar(unit) {
                append(scalar, to: &output)
            } else if let low = lowSurrogate(bytes, at: index, before: end), unit < 0xDC00,
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            {
                index += 6
                append(scalar, to: &output)
            } else {
                output.append(contentsOf: UTF8Text.replacement)
                return true
            }
        default: output.append(letter)
        }
        return false
    }

    private static func lowSurrogate(_ bytes: [UInt8], at index: Int, before end: Int) -> UInt32? {
        guard index + 6 <= end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u"),
            let unit = hexadecimal(bytes, at: index + 2, before: end), 0xDC00...0xDFFF ~= unit
        else { return nil }
        return unit
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        output.append(contentsOf: Array(String(scalar).utf8))
    }

    /// The four hexadecimal digits at `index`.
    static func hexadecimal(_ bytes: [UInt8], at index: Int, before end: Int) -> UInt32? {
        guard index + 4 <= end else { return nil }
        var value: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Hexadecimal.digit(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
