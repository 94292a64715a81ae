/// Which characters may reach a terminal or a log file as they are, and how the others are shown.
///
/// What comes from outside can hold control sequences that rewrite a screen, or marks that turn the reading direction.
enum LogText {
    static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1f, 0x7f...0x9f: false
        // Line separators, directional marks and overrides, byte order mark.
        case 0x2028...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0xfeff: false
        default: true
        }
    }

    /// `\u001b`; all harmful characters lie in the first plane.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }

    /// The same text with every harmful character shown instead of done.
    static func harmless(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if isHarmless(scalar) { result.unicodeScalars.append(scalar) } else { result += escaped(scalar) }
        }
        return result
    }

    /// In double quotes, with what YAML and JSON both understand as escapes.
    static func appendQuoted(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            default:
                if isHarmless(scalar) { output.unicodeScalars.append(scalar) } else { output += escaped(scalar) }
            }
        }
        output += "\""
    }
}
