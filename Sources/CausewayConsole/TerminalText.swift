/// Text from telemetry made fit for a terminal: nothing in it moves the cursor, changes colours or reverses the direction of reading.
enum TerminalText {
    /// Control characters become their pictures (␛, ␊), other invisible format characters U+FFFD.
    static func harmless(_ text: String) -> String {
        if text.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return text }
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { output.append(harmless(scalar)) }
        return String(output)
    }

    private static func harmless(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        switch scalar.value {
        case 0x20...0x7E: return scalar
        case 0x00...0x1F: return Unicode.Scalar(0x2400 + scalar.value) ?? "\u{FFFD}"
        case 0x7F: return "\u{2421}"
        // Joiners, which emoji and several scripts need.
        case 0x200C, 0x200D: return scalar
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return "\u{FFFD}"
            default: return scalar
            }
        }
    }

    /// Columns that the text takes, as most terminals count.
    static func width(_ text: String) -> Int {
        var columns = 0
        for scalar in text.unicodeScalars {
            // Only text beyond letters and line drawing needs to be taken apart into characters, which is slow.
            guard isOneColumn(scalar) else { return text.reduce(0) { $0 + width($1) } }
            columns += 1
        }
        return columns
    }

    private static func isOneColumn(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x02FF, 0x2500...0x257F: true
        // Punctuation, arrows and symbols, without joiners, combining marks and what is drawn as a picture.
        case 0x2010...0x2027, 0x2190...0x2BFF: !scalar.properties.isEmojiPresentation
        default: false
        }
    }

    /// The text if it fits, else as much of it as fits with an ellipsis.
    static func shortened(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var output = ""
        var left = columns - 1
        for character in text {
            left -= width(character)
            guard left >= 0 else { break }
            output.append(character)
        }
        return output + "…"
    }

    static func padded(_ text: String, to columns: Int) -> String { text + String(repeating: " ", count: max(0, columns - width(text))) }

    static func rightAligned(_ text: String, to columns: Int) -> String {
        String(repeating: " ", count: max(0, columns - width(text))) + text
    }

    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        switch first.value {
        case 0x00...0x02FF: return 1
        case 0x0300...0x036F: return 0
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return first.properties.isEmojiPresentation ? 2 : 1
        }
    }
}
