/// What people can read in an answer, for logs and the ledger.
package enum PlainWords {
    package static let longest = 200

    /// The printable text in `body`, on one line, cut short; nil when there is none.
    package static func found(in body: [UInt8]) -> String? {
        let words = shortened(String(decoding: body.prefix(4 * longest), as: UTF8.self))
        return words.isEmpty ? nil : words
    }

    /// The printable part of what somebody else wrote, on one line, cut short.
    static func shortened(_ text: String) -> String {
        let printable = text.unicodeScalars.prefix(4 * longest).map { isPrintable($0) ? Character($0) : " " }
        return String(String(printable).split(separator: " ").joined(separator: " ").prefix(longest))
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: scalar != "\u{FFFD}"
        }
    }
}
