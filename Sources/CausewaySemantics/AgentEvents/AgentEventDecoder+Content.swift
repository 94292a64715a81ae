internal import CausewayModel
internal import CausewayOTLP

// Messages, places and failures.

extension AgentEventDecoder {
    /// Whether a value is a message or a list of them.
    func isMessages(_ node: Int) -> Bool {
        switch outline.kind(node) {
        case .object: outline.member("role", of: node) != nil
        case .array: outline.firstChild(node).map { outline.kind($0) == .object && outline.member("role", of: $0) != nil } ?? false
        default: false
        }
    }

    /// Messages as they came, in a list; anything else is what one said.
    mutating func writeMessages(_ node: Int, _ key: [UInt8], role: String) {
        guard isNew(key) else { return }
        let kind = outline.kind(node)
        if kind == .array, isMessages(node) || outline.firstChild(node) == nil {
            attributes.attribute(number, key, text: outline.source(node), of: outline.bytes)
            return
        }
        var json: [UInt8] = []
        if isMessages(node) {
            json.append(UInt8(ascii: "["))
            outline.copy(node, to: &json)
        } else {
            json += Array("[{\"role\":\"\(role)\",\"parts\":[{\"type\":\"text\",\"content\":".utf8)
            if kind == .string { outline.copy(node, to: &json) } else { JSONEscapes.quote(outline.bytes, outline.source(node), to: &json) }
            json += Array("}]".utf8)
            if role == "assistant" { json += Array(",\"finish_reason\":\"stop\"".utf8) }
            json.append(UInt8(ascii: "}"))
        }
        json.append(UInt8(ascii: "]"))
        attributes.attribute(number, key, text: json)
    }

    mutating func takeParameters(_ entry: AgentEventTable.Entry, _ node: Int) throws(AgentEventMistake) {
        guard let members = entry.members else { return }
        var next = outline.firstChild(node)
        while let name = next {
            let value = name + 1
            next = outline.next(value, in: node)
            if outline.kind(value) == .null { continue }
            let place = outline.isPlain(name) ? members.find(outline.inside(name), outline.bytes) : -1
            if place >= 0 {
                try take(members.entries[place], value)
            } else {
                text.removeAll(keepingCapacity: true)
                text += Keys.request
                outline.text(name, to: &text)
                if isNew(text) { writeValue(text, value, number) }
            }
        }
    }

    mutating func takeResource(_ node: Int) {
        var next = outline.firstChild(node)
        while let name = next {
            let value = name + 1
            next = outline.next(value, in: node)
            var key: [UInt8] = []
            outline.text(name, to: &key)
            guard !key.isEmpty, outline.kind(value) != .null else { continue }
            describe(keyed(key, value, number: 1), replacing: key == Keys.service)
        }
    }

    /// Host and port, and the address without what may be secret: user, query and fragment.
    mutating func takeEndpoint(_ node: Int) {
        let (source, range) = bytes(node)
        let end = range.upperBound
        // Behind the scheme, if there is one.
        var start = range.lowerBound
        var scheme = start..<start
        let colon = source[range].firstIndex { !Self.isOfScheme($0) } ?? end
        if colon + 2 < end, source.holds("://", at: colon..<colon + 3) { (scheme, start) = (start..<colon, colon + 3) }
        let hasScheme = !scheme.isEmpty
        func first(of letters: String, from start: Int) -> Int {
            source[start..<end].firstIndex { letters.utf8.contains($0) } ?? end
        }
        let authority = start..<first(of: "/?#", from: start)
        let path = authority.upperBound..<first(of: "?#", from: authority.upperBound)
        // What stands before the last `@` is who asks.
        let shown = (source[authority].lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? authority.lowerBound)..<authority.upperBound
        var host = shown
        var port: Int64?
        if let bracket = source[host].lastIndex(of: UInt8(ascii: "]")) {
            if bracket + 1 < host.upperBound, source[bracket + 1] == UInt8(ascii: ":") {
                port = Self.port(source, bracket + 2..<host.upperBound)
            }
            host = source[host.lowerBound] == UInt8(ascii: "[") ? host.lowerBound + 1..<bracket : host.lowerBound..<bracket + 1
        } else if let colon = source[host].lastIndex(of: UInt8(ascii: ":")), let number = Self.port(source, colon + 1..<host.upperBound) {
            port = number
            host = host.lowerBound..<colon
        }
        guard !host.isEmpty else { return }
        if isNew(Keys.serverAddress) { attributes.attribute(number, Keys.serverAddress, text: host, of: source) }
        if port == nil, hasScheme { port = source.holds("https", at: scheme) ? 443 : source.holds("http", at: scheme) ? 80 : nil }
        if let port, isNew(Keys.serverPort) { attributes.attribute(number, Keys.serverPort, int: port) }
        guard hasScheme, isNew(Keys.url) else { return }
        text.removeAll(keepingCapacity: true)
        text += source[scheme]
        text += Keys.schemeEnd
        text += source[shown]
        text += source[path]
        attributes.attribute(number, Keys.url, text: text)
    }

    private static func isOfScheme(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static func port(_ bytes: [UInt8], _ range: Range<Int>) -> Int64? {
        guard !range.isEmpty, range.count <= 18 else { return nil }
        var number: Int64 = 0
        for index in range {
            guard bytes[index] &- 0x30 < 10 else { return nil }
            number = number * 10 + Int64(bytes[index] - 0x30)
        }
        return number
    }

    /// The name of a method; whatever is none might be the secret itself.
    mutating func takeAuth(_ node: Int) {
        let word = string(node).lowercased()
        let known = Self.authMethods.contains(word) ? word : "other"
        if isNew(Keys.auth) { attributes.attribute(number, Keys.auth, text: Array(known.utf8)) }
    }

    static let authMethods: Set<String> = [
        "none", "api_key", "bearer", "basic", "oauth2", "oidc", "jwt", "mtls", "iam", "sigv4", "hmac", "cookie", "service_account",
        "managed_identity", "workload_identity", "kerberos", "other",
    ]

    /// Category and code, each of its closed list.
    mutating func failureWords() throws(AgentEventMistake) -> (category: String, code: String)? {
        var category = line.category.map { string($0) }
        guard let node = line.code else { return category.map { ($0, "") } }
        var code = string(node)
        if let dot = code.firstIndex(of: "."), AgentEventSchema.categories.contains(String(code[..<dot])) {
            let named = String(code[..<dot])
            if let category, category != named {
                throw AgentEventMistake(.member, "failure: the category \(category) has no code \(code)")
            }
            category = named
            code = String(code[code.index(after: dot)...])
        }
        if code.hasPrefix("custom.") {
            guard code.utf8.count > 7, code.utf8.count <= 100 else {
                throw AgentEventMistake(.member, "failure: name the custom code, custom.<name>")
            }
            return (category ?? Self.category(of: type), code)
        }
        if let category {
            if Self.codes[category]?.contains(code) == true { return (category, code) }
        } else {
            let likely = Self.category(of: type)
            if Self.codes[likely]?.contains(code) == true { return (likely, code) }
            let fitting = AgentEventSchema.categories.filter { Self.codes[$0]?.contains(code) == true }
            if fitting.count == 1, let only = fitting.first { return (only, code) }
        }
        let list = (Self.codes[category ?? Self.category(of: type)] ?? []).joined(separator: ", ")
        throw AgentEventMistake(
            .member,
            "failure: \(category ?? Self.category(of: type)) has no code \(shown(node)); write one of \(list), or custom.<name>"
        )
    }

    static let codes: [String: [String]] = Dictionary(grouping: FailureCode.allCases, by: { $0.words.category })
        .mapValues { $0.map { $0.words.code } }

    static func category(of type: AgentEventType) -> String {
        switch type {
        case .modelCall, .embedding, .rerank: "model"
        case .toolCall, .retrieval: "tool"
        case .guardrail: "guardrail"
        default: "orchestration"
        }
    }
}
