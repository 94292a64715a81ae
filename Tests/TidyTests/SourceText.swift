/// A Swift source taken apart into code, comments and string literals, so that a rule about one is not met by another.
struct SourceText {
    /// The source with comments and the contents of literals left out; lines are where they were.
    private(set) var code = ""
    /// Each comment without its marks: one for a line comment, one for a whole block.
    private(set) var comments: [String] = []
    /// The contents of each literal, interpolations left out.
    private(set) var literals: [String] = []

    init(_ text: String) {
        source = Array(text.utf8)
        while at < source.count { takeCode(until: nil) }
        code = String(decoding: kept, as: UTF8.self)
    }

    var lines: [Substring] { code.split(separator: "\n", omittingEmptySubsequences: false) }

    /// Whether `word` stands in the code by itself, not as a part of a longer name.
    func says(_ word: String) -> Bool {
        code.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == word }
    }

    private let source: [UInt8]
    private var at = 0
    private var kept: [UInt8] = []

    private func isNext(_ first: Unicode.Scalar, _ second: Unicode.Scalar? = nil) -> Bool {
        guard at < source.count, source[at] == UInt8(ascii: first) else { return false }
        guard let second else { return true }
        return at + 1 < source.count && source[at + 1] == UInt8(ascii: second)
    }

    /// Up to the end, or to the parenthesis that ends an interpolation.
    private mutating func takeCode(until end: UInt8?) {
        var depth = 0
        while at < source.count {
            if isNext("/", "/") {
                takeLineComment()
            } else if isNext("/", "*") {
                takeBlockComment()
            } else if isNext("\"") || (isNext("#") && hashesBeforeQuote() > 0) {
                takeLiteral()
            } else {
                let byte = source[at]
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == end {
                    if depth == 0 { return }
                    depth -= 1
                }
                kept.append(byte)
                at += 1
            }
        }
    }

    private mutating func takeLineComment() {
        var end = at
        while end < source.count, source[end] != UInt8(ascii: "\n") { end += 1 }
        let comment = String(decoding: source[at..<end], as: UTF8.self)
        comments.append(String(comment.drop { $0 == "/" }))
        at = end
    }

    private mutating func takeBlockComment() {
        var depth = 0
        var content: [UInt8] = []
        repeat {
            if isNext("/", "*") {
                depth += 1
                at += 2
            } else if isNext("*", "/") {
                depth -= 1
                at += 2
            } else {
                if source[at] == UInt8(ascii: "\n") { kept.append(source[at]) }
                content.append(source[at])
                at += 1
            }
        } while depth > 0 && at < source.count
        comments.append(String(decoding: content, as: UTF8.self))
    }

    /// How many `#` stand before the quotation mark of a raw literal here; 0 when this is none.
    private func hashesBeforeQuote() -> Int {
        var end = at
        while end < source.count, source[end] == UInt8(ascii: "#") { end += 1 }
        return end < source.count && source[end] == UInt8(ascii: "\"") ? end - at : 0
    }

    private mutating func takeLiteral() {
        let hashes = hashesBeforeQuote()
        at += hashes
        let isLong = isNext("\"", "\"") && source[at...].dropFirst(2).first == UInt8(ascii: "\"")
        let mark = [UInt8](repeating: UInt8(ascii: "\""), count: isLong ? 3 : 1)
        at += mark.count
        let end = mark + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let escape = [UInt8(ascii: "\\")] + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        var content: [UInt8] = []
        kept += mark
        while at < source.count, !source[at...].starts(with: end) {
            if source[at...].starts(with: escape) {
                at += escape.count
                if isNext("(") {
                    at += 1
                    takeCode(until: UInt8(ascii: ")"))
                }
            } else {
                if source[at] == UInt8(ascii: "\n") { kept.append(source[at]) }
                content.append(source[at])
            }
            at += 1
        }
        at += end.count
        kept += mark
        literals.append(String(decoding: content, as: UTF8.self))
    }
}
