internal import CausewayModel
internal import CausewayOTLP

/// Text into JSON strings and out of them.
enum JSONEscapes {
    /// Appends the text that the inside of a checked JSON string stands for. Half a surrogate pair becomes U+FFFD.
    static func resolve(_ bytes: [UInt8], _ range: Range<Int>, to output: inout [UInt8]) {
        var index = range.lowerBound
        while true {
            index = ByteScan.unescape(bytes, from: index, to: range.upperBound, into: &output)
            if index < range.upperBound, bytes[index] != UInt8(ascii: "\\") {
                output.append(bytes[index])
                index += 1
                continue
            }
            guard index + 1 < range.upperBound else { return }
            JSONText.unescape(bytes, at: &index, before: range.upperBound, to: &output)
        }
    }

    /// Whether what begins at `index` is an escape that JSON has, whole.
    static func isEscape(_ bytes: [UInt8], _ index: Int, _ end: Int) -> Bool {
        guard index + 1 < end, bytes[index] == UInt8(ascii: "\\") else { return false }
        switch bytes[index + 1] {
        case UInt8(ascii: "u"):
            guard index + 6 <= end else { return false }
            for place in index + 2..<index + 6 where Hexadecimal.digit(bytes[place]) == nil {
                return false
            }
            return true
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        default: return false
        }
    }

    /// Appends UTF-8 text as a JSON string, quotes included.
    static func quote(_ bytes: [UInt8], _ range: Range<Int>, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var good = range.lowerBound
        var index = ByteScan.special(bytes, from: good, to: range.upperBound)
        while index < range.upperBound {
            let byte = bytes[index]
            output.append(contentsOf: bytes[good..<index])
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape(byte, &output)
            case 0x0A: escape(UInt8(ascii: "n"), &output)
            case 0x0D: escape(UInt8(ascii: "r"), &output)
            case 0x09: escape(UInt8(ascii: "t"), &output)
            default: output += Array("\\u00".utf8) + Array(Hexadecimal.text([byte]).utf8)
            }
            good = index + 1
            index = ByteScan.special(bytes, from: good, to: range.upperBound)
        }
        output.append(contentsOf: bytes[good..<range.upperBound])
        output.append(UInt8(ascii: "\""))
    }

    private static func escape(_ letter: UInt8, _ output: inout [UInt8]) {
        output.append(UInt8(ascii: "\\"))
        output.append(letter)
    }

    static func quote(_ text: String, to output: inout [UInt8]) {
        let bytes = Array(text.utf8)
        quote(bytes, bytes.indices, to: &output)
    }
}
