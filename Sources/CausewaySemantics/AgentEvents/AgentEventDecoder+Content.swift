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
        line.keys.append(key)
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

    mutating func takeParameters(_ entry: AgentEventTable.Entry, _ node: Int, _ path: String) throws(AgentEventMistake) {
        guard let members = entry.members else { return }
        var next = outline.firstChild(node)
        while let name = next {
            let value = name + 1
            next = outline.next(value, in: node)
            if outline.kind(value) == .null { continue }
            let place = outline.isPlain(name) ? members.find(outline.inside(name), outline.bytes) : -1
            if place >= 0 {
                try take(members.entries[place], value, "\(path)parameters.")
            } else {
                var key = Keys.request
                outline.text(name, to: &key)
                guard !line.keys.contains(key) else { continue }
                line.keys.append(key)
                writeValue(key, value, number)
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
        let text = string(node)
        var rest = text[...]
        var scheme = ""
        if let colon = text.range(of: "://") {
            scheme = String(text[..<colon.lowerBound])
            rest = text[colon.upperBound...]
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let path = rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" }
        var host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        var port: Int64?
        if let bracket = host.lastIndex(of: "]") {
            port = host[bracket...].split(separator: ":").last.flatMap { Int64($0) }
            host = host[...bracket]
            if host.first == "[" { host = host.dropFirst().dropLast() }
        } else if let colon = host.lastIndex(of: ":"), let number = Int64(host[host.index(after: colon)...]) {
            port = number
            host = host[..<colon]
        }
        guard !host.isEmpty else { return }
        attributes.attribute(number, Keys.serverAddress, text: Array(host.utf8))
        if port == nil, !scheme.isEmpty { port = scheme == "https" ? 443 : scheme == "http" ? 80 : nil }
        if let port { attributes.attribute(number, Keys.serverPort, int: port) }
        guard !scheme.isEmpty else { return }
        let shown = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? authority
        attributes.attribute(number, Keys.url, text: Array("\(scheme)://\(shown)\(path)".utf8))
    }

    /// The name of a method; whatever is none might be the secret itself.
    mutating func takeAuth(_ node: Int) {
        let word = string(node).lowercased()
        let known = Self.authMethods.contains(word) ? word : "other"
        attributes.attribute(number, Keys.auth, text: Array(known.utf8))
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

extension String {
    /// Where a text first stands in this one.
    fileprivate func range(of text: String) -> Range<Index>? {
        let (own, other) = (Array(utf8), Array(text.utf8))
        guard own.count >= other.count else { return nil }
        for start in 0...own.count - other.count where own[start..<start + other.count].elementsEqual(other) {
            return utf8.index(startIndex, offsetBy: start)..<utf8.index(startIndex, offsetBy: start + other.count)
        }
        return nil
    }
}
