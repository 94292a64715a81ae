/// Turns what files say into a `Configuration`, entry by entry, and collects every mistake on the way.
struct ConfigurationDecoder {
    let substitution: Substitution
    var configuration = Configuration()
    /// Where each value that was given comes from, by its key.
    var origins: [String: Origin] = [:]
    var findings: [Finding] = []

    mutating func decode(_ root: ConfigurationNode) {
        guard case .mapping(let members) = root.content else { return }
        let own = members.filter { $0.name == ConfigurationSchema.destinationsName }
        for member in own { decodeDestinations(member) }
        decodeTop(members.filter { $0.name != ConfigurationSchema.destinationsName }, substituting: true)
    }

    /// Sets one value from outside the files.
    mutating func set(_ key: String, _ text: String, from origin: Origin) {
        var node = ConfigurationNode(origin: origin, content: .scalar(.init(text: text, isQuoted: false)))
        for name in key.split(separator: ".").reversed() {
            node = ConfigurationNode(origin: origin, content: .mapping([.init(name: String(name), origin: origin, value: node)]))
        }
        // What comes from outside is taken as it is; a dollar in it means a dollar.
        guard case .mapping(let members) = node.content else { return }
        decodeTop(members, substituting: false)
    }

    private mutating func decodeTop(_ members: [ConfigurationNode.Member], substituting: Bool) {
        var values = configuration
        decode(members, ConfigurationSchema.top, at: "", into: &values, substituting: substituting)
        configuration = values
    }

    private mutating func report(_ origin: Origin, _ key: String, _ mistake: ValueMistake) {
        findings.append(Finding(severity: .error, origin: origin, key: key, problem: mistake.problem, remedy: mistake.remedy))
    }

    private mutating func decode<Root>(
        _ members: [ConfigurationNode.Member],
        _ entries: [ConfigurationEntry<Root>],
        at path: String,
        into root: inout Root,
        substituting: Bool = true
    ) {
        for member in members {
            let key = path.isEmpty ? member.name : "\(path).\(member.name)"
            guard let entry = entries.first(where: { $0.name == member.name }) else {
                reportUnknown(member, key: key, among: entries, atTop: path.isEmpty)
                continue
            }
            switch entry.content {
            case .section(let inner):
                if member.value.isNull { continue }
                guard case .mapping(let below) = member.value.content else {
                    let names = inner.map(\.name).joined(separator: ", ")
                    report(member.origin, key, ValueMistake("has keys below it, not a value", "write one of them: \(names)"))
                    continue
                }
                decode(below, inner, at: key, into: &root, substituting: substituting)
            case .value(let value):
                guard let scalar = scalar(member, key, substituting: substituting), !scalar.isNull else { continue }
                do throws(ValueMistake) {
                    try value.assign(scalar, &root)
                    origins[key] = member.value.origin
                } catch {
                    report(member.value.origin, key, error)
                }
            case .headers(let list):
                decodeHeaders(member, key, into: &root[keyPath: list])
            case .named(let path, _, let example):
                decodeNamed(member, key, example, into: &root[keyPath: path])
            case .list(let list):
                decodeList(member, key, list, into: &root)
            case .items(let items):
                if member.value.isNull { continue }
                guard case .list(let nodes) = member.value.content else {
                    report(member.origin, key, ValueMistake("takes a list", "write `\(member.name): \(items.example)`"))
                    continue
                }
                items.decode(&self, nodes, key, &root)
                origins[key] = member.value.origin
            case .tokens(let path):
                decodeTokens(member, key, into: &root[keyPath: path])
            case .later:
                report(member.origin, key, ValueMistake("not there yet (\(entry.summary))", "remove the key; this version does without it"))
            }
        }
    }

    /// One element of a list of mappings; nil if it is none.
    mutating func decodeItem<Item>(
        _ node: ConfigurationNode,
        _ entries: [ConfigurationEntry<Item>],
        at key: String,
        _ empty: Item
    ) -> Item? {
        guard case .mapping(let members) = node.content else {
            let names = entries.map(\.name).joined(separator: ", ")
            report(node.origin, key, ValueMistake("takes keys and values", "write { … } with some of: \(names)"))
            return nil
        }
        var item = empty
        decode(members, entries, at: key, into: &item)
        origins[key] = node.origin
        return item
    }

    private mutating func decodeDestinations(_ member: ConfigurationNode.Member) {
        if member.value.isNull { return }
        guard case .mapping(let members) = member.value.content else {
            return report(member.origin, member.name, ValueMistake("has names below it, not a value", "write `NAME: { endpoint: … }`"))
        }
        for one in members {
            let key = "\(member.name).\(one.name)"
            guard Self.isDestinationName(one.name) else {
                let remedy = "use letters, digits, `_` and `-`, at most 64, a letter or digit first"
                report(one.origin, key, ValueMistake("\(shown(one.name)) cannot be a destination's name", remedy))
                continue
            }
            if one.value.isNull {
                report(
                    one.origin,
                    key,
                    ValueMistake("a destination with nothing said about it", "write endpoint: https://HOST, or remove it")
                )
                continue
            }
            guard case .mapping(let below) = one.value.content else {
                report(one.origin, key, ValueMistake("has keys below it, not a value", "write { endpoint: https://HOST }"))
                continue
            }
            var destination = Configuration.Destination(name: one.name)
            apply(profileOf: below, to: &destination)
            origins[key] = one.origin
            decode(below, ConfigurationSchema.destination, at: key, into: &destination)
            configuration.destinations.append(destination)
        }
        configuration.destinations.sort { $0.name < $1.name }
    }

    /// What suits the backend holds until the user says otherwise. A profile that is none is told of where it is read.
    private mutating func apply(profileOf members: [ConfigurationNode.Member], to destination: inout Configuration.Destination) {
        guard case .scalar(let scalar)? = members.last(where: { $0.name == "profile" })?.value.content,
            let name = try? substitution.apply(to: scalar.text), let profile = Configuration.Destination.Profile(rawValue: name),
            let backend = profile.backend
        else { return }
        var decoder = ConfigurationDecoder(substitution: substitution)
        decoder.decode(backend.settings, ConfigurationSchema.destination, at: backend.name, into: &destination)
        precondition(decoder.findings.isEmpty, "profiles/\(backend.name).yaml: \(decoder.findings[0].problem)")
    }

    private mutating func decodeNamed(
        _ member: ConfigurationNode.Member,
        _ key: String,
        _ example: String,
        into list: inout [Configuration.Destination.Named]
    ) {
        if member.value.isNull { return }
        guard case .mapping(let members) = member.value.content else {
            return report(member.origin, key, ValueMistake("has names below it, not a value", "write \(example)"))
        }
        for one in members {
            let key = "\(key).\(LogText.harmless(one.name))"
            guard let scalar = scalar(one, key, substituting: true) else { continue }
            guard scalar.text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f }) else {
                report(one.value.origin, key, ValueMistake("a line break or control character in it", "remove it"))
                continue
            }
            list.removeAll { $0.name == one.name }
            list.append(.init(name: one.name, value: Secret(scalar.text)))
            origins[key] = one.value.origin
        }
    }

    private mutating func decodeHeaders(
        _ member: ConfigurationNode.Member,
        _ key: String,
        into headers: inout [Configuration.Destination.Header]
    ) {
        if member.value.isNull { return }
        guard case .mapping(let members) = member.value.content else {
            return report(
                member.origin,
                key,
                ValueMistake("has headers' names below it, not a value", "write { authorization: \"Bearer …\" }")
            )
        }
        for one in members {
            let key = "\(key).\(one.name)"
            guard let scalar = scalar(one, key, substituting: true) else { continue }
            do throws(ValueMistake) {
                let header = try Configuration.Destination.Header(checkedName: one.name, value: scalar.text)
                guard !headers.contains(where: { $0.name.lowercased() == header.name.lowercased() }) else {
                    throw ValueMistake("the same header twice", "keep one of them; upper and lower case are the same")
                }
                headers.append(header)
                origins[key] = one.value.origin
            } catch {
                report(one.origin, key, error)
            }
        }
    }

    private mutating func decodeList<Root>(
        _ member: ConfigurationNode.Member,
        _ key: String,
        _ list: ConfigurationEntry<Root>.List,
        into root: inout Root
    ) {
        if member.value.isNull { return }
        guard case .list(let nodes) = member.value.content else {
            return report(member.origin, key, ValueMistake("takes a list", "write `\(member.name): \(list.example)`"))
        }
        var texts: [String] = []
        for node in nodes {
            let one = ConfigurationNode.Member(name: member.name, origin: node.origin, value: node)
            guard let scalar = scalar(one, key, substituting: true) else { return }
            texts.append(scalar.text)
        }
        do throws(ValueMistake) {
            try list.assign(texts, &root)
            origins[key] = member.value.origin
        } catch {
            report(member.value.origin, key, error)
        }
    }

    private mutating func decodeTokens(
        _ member: ConfigurationNode.Member,
        _ key: String,
        into tokens: inout [Configuration.Tenants.Token]
    ) {
        if member.value.isNull { return }
        guard case .mapping(let members) = member.value.content else {
            return report(member.origin, key, ValueMistake("has tenants' names below it, not a value", "write { NAME: \"${env:TOKEN}\" }"))
        }
        for one in members {
            let key = "\(key).\(LogText.harmless(one.name))"
            guard TenantResolution.isName(one.name) else {
                report(one.origin, key, ValueMistake("not a tenant's name", "write 1 to 128 bytes of printable text"))
                continue
            }
            guard let scalar = scalar(one, key, substituting: true) else { continue }
            let words = scalar.text.split { $0 == " " || $0 == "\t" || $0.isNewline }.map(String.init)
            guard !words.isEmpty else {
                report(one.value.origin, key, ValueMistake("no token", "write \(one.name): \"${env:TOKEN}\", or remove it"))
                continue
            }
            guard words.allSatisfy({ $0.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } }) else {
                report(one.value.origin, key, ValueMistake("a character that no token may have", "use letters, digits and marks of ASCII"))
                continue
            }
            for word in words {
                guard !tokens.contains(where: { $0.token.revealed() == word }) else {
                    report(one.value.origin, key, ValueMistake("a token that is there already", "give each tenant tokens of its own"))
                    continue
                }
                tokens.append(Configuration.Tenants.Token(tenant: one.name, token: Secret(word)))
            }
            origins[key] = one.value.origin
        }
        tokens.sort { $0.tenant < $1.tenant }
    }

    /// The one value behind a key with everything put in; nil, and reported, when it is something else.
    private mutating func scalar(_ member: ConfigurationNode.Member, _ key: String, substituting: Bool) -> ConfigurationNode.Scalar? {
        guard case .scalar(var scalar) = member.value.content else {
            let found = if case .list = member.value.content { "a list" } else { "a mapping" }
            report(member.origin, key, ValueMistake("takes one value, not \(found)", "write `\(member.name): VALUE`"))
            return nil
        }
        guard substituting else { return scalar }
        do throws(ValueMistake) {
            scalar.text = try substitution.apply(to: scalar.text)
            return scalar
        } catch {
            report(member.value.origin, key, error)
            return nil
        }
    }

    private mutating func reportUnknown<Root>(
        _ member: ConfigurationNode.Member,
        key: String,
        among entries: [ConfigurationEntry<Root>],
        atTop: Bool
    ) {
        let names = entries.filter { if case .later = $0.content { false } else { true } }.map(\.name)
        let all = atTop ? names + [ConfigurationSchema.destinationsName] : names
        if let near = nearest(to: member.name, among: all) {
            report(member.origin, key, ValueMistake("unknown key", "did you mean \(near)?"))
        } else {
            report(member.origin, key, ValueMistake("unknown key", "known here: \(all.joined(separator: ", "))"))
        }
    }

    /// A name becomes a file name in the spool and a label in metrics.
    static func isDestinationName(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first.isNumber, name.utf8.count <= 64 else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    }
}

extension Configuration.Destination.Header {
    /// A header that may go over the wire and does not contradict what the bridge says itself.
    init(checkedName name: String, value: String) throws(ValueMistake) {
        let isToken = !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0)) }
        guard isToken else { throw ValueMistake("not a header's name", "use letters, digits and `-`") }
        guard !Self.reserved.contains(name.lowercased()) else {
            throw ValueMistake("this header is the bridge's own", "remove it")
        }
        guard value.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f || $0 == "\t" }) else {
            throw ValueMistake("a line break or control character in a header's value", "remove it")
        }
        self.init(name: name, value: Secret(value))
    }

    private static let reserved: Set<String> = [
        "host", "content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "expect", "te", "upgrade",
        "causeway-via", "causeway-frames",
    ]
}
