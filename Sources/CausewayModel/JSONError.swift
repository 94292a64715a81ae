/// Why a text is not the JSON it should be, and where: enough for a person to find the place.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Bytes before the place.
    package let offset: Int
    /// Counted from 1; lines end in a line feed.
    package let line: Int
    /// Counted from 1, in characters (not bytes) of the line.
    package let column: Int
    /// What was expected, in English. Never holds the text itself, which may be confidential: at most one character.
    package let reason: String

    package init(_ reason: String, at offset: Int, in bytes: [UInt8]) {
        let offset = min(offset, bytes.count)
        var line = 1
        var column = 1
        for byte in bytes[..<offset] {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.offset = offset
        self.line = line
        self.column = column
        self.reason = reason
    }

    package var description: String { "\(reason) (line \(line), column \(column), byte \(offset))" }
}
