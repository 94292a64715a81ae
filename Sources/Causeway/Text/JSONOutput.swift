/// JSON that is only written, never read: schemas, log lines, small answers. Members keep their order.
indirect enum JSONOutput: Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    case string(String)
    case list([JSONOutput])
    case object([(String, JSONOutput)])

    /// On one line, or with two spaces for each level.
    func text(isPretty: Bool = false) -> String {
        var text = ""
        append(to: &text, indentation: isPretty ? 0 : nil)
        return text
    }

    private func append(to text: inout String, indentation: Int?) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .string(let value): Self.appendQuoted(value, to: &text)
        case .list(let elements):
            Self.appendGroup(elements, "[", "]", to: &text, indentation: indentation) { element, text, inner in
                element.append(to: &text, indentation: inner)
            }
        case .object(let members):
            Self.appendGroup(members, "{", "}", to: &text, indentation: indentation) { member, text, inner in
                Self.appendQuoted(member.0, to: &text)
                text += inner == nil ? ":" : ": "
                member.1.append(to: &text, indentation: inner)
            }
        }
    }

    private static func appendGroup<Part>(
        _ parts: [Part],
        _ open: String,
        _ close: String,
        to text: inout String,
        indentation: Int?,
        append: (Part, inout String, Int?) -> Void
    ) {
        text += open
        for (index, part) in parts.enumerated() {
            if index > 0 { text += "," }
            if let indentation { text += "\n" + String(repeating: "  ", count: indentation + 1) }
            append(part, &text, indentation.map { $0 + 1 })
        }
        if let indentation, !parts.isEmpty { text += "\n" + String(repeating: "  ", count: indentation) }
        text += close
    }

    static func appendQuoted(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default:
                if LogText.isHarmless(scalar) {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += LogText.escaped(scalar)
                }
            }
        }
        text += "\""
    }
}
