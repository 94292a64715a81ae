/// What stands in the message of a failure beside words: a status, a class, a code.
enum FailureWording {
    /// A status with which a message begins (`429 Too Many Requests`, `(429) …`), or that it names (`Error code: 429`).
    static func status(in message: String) -> Int? {
        leadingStatus(message) ?? namedStatus(message)
    }

    private static func leadingStatus(_ message: String) -> Int? {
        let text = message.first == "(" ? message.dropFirst() : message[...]
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard digits.count == 3, let status = Int(digits), 400..<600 ~= status else { return nil }
        guard let next = text.dropFirst(3).first else { return status }
        return next == " " || next == ":" || next == ")" ? status : nil
    }

    /// Three digits behind a word that says what they are. The first such place in the message counts.
    private static func namedStatus(_ message: String) -> Int? {
        let text = Array(message.prefix(1024).lowercased().utf8)
        for place in text.indices where text[place] == UInt8(ascii: "4") || text[place] == UInt8(ascii: "5") {
            guard place >= 5, place + 3 <= text.count, text[place + 1...place + 2].allSatisfy({ 0x30...0x39 ~= $0 }),
                place + 3 == text.count || !isWord(text[place + 3]), intros.contains(where: { text[..<place].ends(with: $0) })
            else { continue }
            return text[place..<place + 3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        return nil
    }

    /// What stands before a status in the messages of clients.
    private static let intros: [[UInt8]] = [
        "error code: ", "error code ", "status code: ", "status code ", "status_code: ", "status_code=", "status_code: ", "statuscode: ",
        "statuscode=", "status: ", "status ", "http ", "http/1.1 ", "http/2 ", "http error ", "client error '", "server error '",
        "client error: ", "server error: ", "response code: ", "response code ", ": [", "\"code\": ", "\"code\":", "'code': ",
    ].map { Array($0.utf8) }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }

    /// The name of a class or a code with which a message begins (`ValueError: no such city`, `INVALID_ARGUMENT: …`).
    static func leadingType(_ message: String) -> String? {
        let word = message.prefix(96).prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ".") }
        guard word.count >= 5, let end = message.dropFirst(word.count).first, end == ":" || end == "(" else { return nil }
        return type(word)
    }

    /// What the code of a service is called, where its client puts it between words: Amazon's `An error occurred (X) when calling …`,
    /// a code in brackets before the message, the status of a call of gRPC.
    static func innerType(_ message: String) -> String? {
        let start = message.prefix(512)
        for (intro, end) in inner {
            guard let place = find(intro, in: start) else { continue }
            let word = start[place...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            guard word.count >= 5, end == nil || start[word.endIndex...].first == end else { continue }
            return String(word)
        }
        guard start.first == "(" else { return nil }
        let word = start.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0 == "_") }
        return word.count >= 5 && start[word.endIndex...].first == ")" ? String(word) : nil
    }

    private static let inner: [(String, Character?)] = [("An error occurred (", ")"), ("StatusCode.", nil)]

    private static func find(_ words: String, in text: Substring) -> Substring.Index? {
        let (text, words) = (text.utf8, Array(words.utf8))
        var start = text.startIndex
        while start < text.endIndex {
            if text[start...].starts(with: words) { return text.index(start, offsetBy: words.count) }
            start = text.index(after: start)
        }
        return nil
    }

    private static func type(_ word: Substring) -> String? {
        let name = word.split(separator: ".").last.map { String($0) } ?? String(word)
        let isClass = name.hasSuffix("Error") || name.hasSuffix("Exception") || name.hasSuffix("Timeout")
        let isCode = name.contains("_") && name.allSatisfy { $0.isUppercase || $0 == "_" }
        return isClass || isCode ? name : nil
    }

    /// What an error of JSON-RPC is, with the codes that MCP adds; nil if the type is none.
    static func code(rpc type: String, _ wording: String) -> FailureCode? {
        switch type {
        case "-32000": wording.contains("closed") || wording.contains("connect") ? .toolNetwork : .toolServerError
        case "-32001": .toolTimeout
        case "-32002", "-32601": .toolNotFound
        case "-32602" where wording.contains("unknown tool") || wording.contains("not found"): .toolNotFound
        case "-32600", "-32602", "-32700": .toolInvalidRequest
        case "-32603": .toolServerError
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(with other: [UInt8]) -> Bool { count >= other.count && suffix(other.count).elementsEqual(other) }
}
