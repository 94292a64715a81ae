/// What `${env:NAME}`, `${NAME}`, `${env:NAME:-default}` and `${file:PATH}` in a value stand for, and `$$` for a plain dollar.
///
/// Works on single values after the file has been parsed, so that nothing put in can become a key. A default is taken as it
/// stands; it holds no further substitution.
struct Substitution: Sendable {
    let environment: [String: String]
    /// The bytes of a file, or why it cannot be read.
    let readFile: @Sendable (String) -> Result<[UInt8], Machine.FileMistake>

    func apply(to text: String) throws(ValueMistake) -> String {
        guard text.contains("$") else { return text }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            switch rest.first {
            case "$":
                result += "$"
                rest = rest.dropFirst()
            case "{":
                guard let end = rest.firstIndex(of: "}") else {
                    throw ValueMistake("`${` without its `}`", "close it, or write `$$` for a plain dollar")
                }
                result += try value(of: rest[rest.index(after: rest.startIndex)..<end])
                rest = rest[rest.index(after: end)...]
            default:
                result += "$"
            }
        }
        return result + rest
    }

    private func value(of reference: Substring) throws(ValueMistake) -> String {
        if reference.hasPrefix("file:") { return try contents(of: String(reference.dropFirst("file:".count))) }
        let body = reference.hasPrefix("env:") ? reference.dropFirst("env:".count) : reference
        let marker = body.firstRange(of: ":-")
        let name = marker.map { body[..<$0.lowerBound] } ?? body
        guard Self.isVariableName(name) else {
            throw ValueMistake(
                "${\(reference)} names no variable",
                "write ${env:NAME}, ${env:NAME:-default} or ${file:PATH}, or `$$` for a plain dollar"
            )
        }
        if let value = environment[String(name)], !(value.isEmpty && marker != nil) { return value }
        if let marker { return String(body[marker.upperBound...]) }
        throw ValueMistake("the environment variable \(name) is not set", "set it, or write ${env:\(name):-default}")
    }

    private func contents(of path: String) throws(ValueMistake) -> String {
        switch readFile(path) {
        case .failure(let mistake):
            throw ValueMistake("\(path) cannot be read (\(mistake.reason))", "check the path and its permissions")
        case .success(var bytes):
            while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ValueMistake("\(path) is not UTF-8 text", "put only the value into the file")
            }
            return text
        }
    }

    private static func isVariableName(_ name: Substring) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
