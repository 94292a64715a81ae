/// Bytes as hexadecimal text, the form of trace and span ids in JSON, in links and on screens.
package enum Hexadecimal {
    /// The value of one digit in either case.
    package static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Appends two lower-case digits a byte.
    package static func append(_ bytes: ArraySlice<UInt8>, to output: inout [UInt8]) {
        for byte in bytes {
            for nibble in [byte >> 4, byte & 15] { output.append(nibble < 10 ? 0x30 + nibble : 0x61 - 10 + nibble) }
        }
    }

    package static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        append(bytes, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of a text in either case; nil for an odd number of digits and for anything else than digits.
    package static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 2)
        var index = text.startIndex
        while index < text.endIndex {
            guard let high = digit(text[index]), let low = digit(text[index + 1]) else { return nil }
            output.append(high << 4 | low)
            index += 2
        }
        return output
    }
}
