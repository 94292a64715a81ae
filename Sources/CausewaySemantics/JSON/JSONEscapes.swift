internal import CausewayModel
internal import CausewayOTLP

/// Text into JSON strings and out of them.
enum JSONEscapes {
    /// Appends the text that the inside of a checked JSON string stands for. Half a surrogate pair becomes U+FFFD.
    static func resolve(_ bytes: [UInt8], _ range: Range<Int>, to output: inout [UInt8]) {
        var index = range.lowerBound
        while index < range.upperBound {
            var end = ByteScan.special(bytes, from: index, to: range.upperBound)
            while end < range.upperBound, bytes[end] != UInt8(ascii: "\\") {
                end = ByteScan.special(bytes, from: end + 1, to: range.upperBound)
            }
            output.append(contentsOf: bytes[index..<end])
            index = end
            guard index + 1 < range.upperBound else { return }
            JSONText.unescape(bytes, at: &index, before: range.upperBound, to: &output)
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
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x0A: output += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case 0x0D: output += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
            case 0x09: output += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
            default: output += Array("\\u00".utf8) + Array(Hexadecimal.text([byte]).utf8)
            }
            good = index + 1
            index = ByteScan.special(bytes, from: good, to: range.upperBound)
        }
        output.append(contentsOf: bytes[good..<range.upperBound])
        output.append(UInt8(ascii: "\""))
    }

    static func quote(_ text: String, to output: inout [UInt8]) {
        let bytes = Array(text.utf8)
        quote(bytes, bytes.indices, to: &output)
    }
}
