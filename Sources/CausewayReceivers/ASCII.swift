/// The little that HTTP asks of text, without Foundation.
extension StringProtocol {
    /// Compares as HTTP compares names: by bytes, upper and lower case of ASCII letters being equal.
    func equalsIgnoringCase(_ other: String) -> Bool {
        utf8.count == other.utf8.count && zip(utf8, other.utf8).allSatisfy { $0.asciiLowercased == $1.asciiLowercased }
    }

    /// Without the spaces and tabs at both ends.
    func trimmingWhitespace() -> SubSequence {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        let start = firstIndex { !isBlank($0) } ?? endIndex
        guard let last = lastIndex(where: { !isBlank($0) }) else { return self[endIndex...] }
        return self[start...last]
    }
}

extension UInt8 {
    var asciiLowercased: UInt8 { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self }
}
