/// The effective configuration as YAML that can be read again, each value with where it comes from; secrets are masked.
struct ConfigurationPrinter {
    private let loaded: LoadedConfiguration
    private var lines: [(text: String, origin: Origin?)] = []

    static func text(_ loaded: LoadedConfiguration) -> String {
        var printer = ConfigurationPrinter(loaded)
        printer.add(ConfigurationSchema.top, of: loaded.configuration, at: "", depth: 0)
        printer.addDestinations()
        return printer.aligned()
    }

    private init(_ loaded: LoadedConfiguration) { self.loaded = loaded }

    private mutating func add<Root>(_ entries: [ConfigurationEntry<Root>], of root: Root, at path: String, depth: Int) {
        for entry in entries {
            let key = path.isEmpty ? entry.name : "\(path).\(entry.name)"
            switch entry.content {
            case .section(let inner):
                let before = lines.count
                add(line: "\(entry.name):", depth)
                add(inner, of: root, at: key, depth: depth + 1)
                if lines.count == before + 1 { lines.removeLast() }
            case .value(let value):
                guard let written = value.written(root) else { continue }
                add(line: "\(entry.name): \(value.isBare ? written : YAMLText.scalar(written))", depth, loaded.origins[key] ?? .standard)
            case .headers(let list):
                let headers = root[keyPath: list]
                if headers.isEmpty { continue }
                add(line: "\(entry.name):", depth)
                for header in headers {
                    add(
                        line: "\(YAMLText.scalar(header.name)): \"\(header.value)\"",
                        depth + 1,
                        loaded.origins["\(key).\(header.name)"] ?? .standard
                    )
                }
            case .named(let path, let isSecret, _):
                let texts = root[keyPath: path]
                if texts.isEmpty { continue }
                add(line: "\(entry.name):", depth)
                for one in texts {
                    let shown = isSecret ? "\"\(one.value)\"" : YAMLText.scalar(one.value.revealed())
                    add(line: "\(YAMLText.scalar(one.name)): \(shown)", depth + 1, loaded.origins["\(key).\(one.name)"] ?? .standard)
                }
            case .list(let list):
                let words = list.written(root)
                if words.isEmpty { continue }
                add(line: "\(entry.name): [\(words.map(YAMLText.scalar).joined(separator: ", "))]", depth, loaded.origins[key] ?? .standard)
            case .items(let items):
                let written = items.written(root)
                if written.isEmpty { continue }
                add(line: "\(entry.name):", depth)
                for (number, item) in written.enumerated() {
                    let texts = item.map { "\($0.name): \($0.isBare ? $0.text : YAMLText.scalar($0.text))" }
                    add(line: "- { \(texts.joined(separator: ", ")) }", depth + 1, loaded.origins["\(key)[\(number)]"] ?? .standard)
                }
            case .tokens(let path):
                let tokens = root[keyPath: path]
                if tokens.isEmpty { continue }
                add(line: "\(entry.name):", depth)
                var last: String?
                for token in tokens where token.tenant != last {
                    last = token.tenant
                    let origin = loaded.origins["\(key).\(LogText.harmless(token.tenant))"]
                    add(line: "\(YAMLText.scalar(token.tenant)): \"\(token.token)\"", depth + 1, origin ?? .standard)
                }
            case .later:
                continue
            }
        }
    }

    private mutating func addDestinations() {
        let name = ConfigurationSchema.destinationsName
        let destinations = loaded.configuration.destinations
        if destinations.isEmpty { return add(line: "\(name): {}", 0, .standard) }
        add(line: "\(name):", 0)
        for destination in destinations {
            add(line: "\(destination.name):", 1)
            add(ConfigurationSchema.destination, of: destination, at: "\(name).\(destination.name)", depth: 2)
        }
    }

    private mutating func add(line: String, _ depth: Int, _ origin: Origin? = nil) {
        lines.append((String(repeating: "  ", count: depth) + line, origin))
    }

    private func aligned() -> String {
        let width = min(60, lines.filter { $0.origin != nil }.map(\.text.count).max() ?? 0)
        return lines.map { text, origin in
            guard let origin else { return text + "\n" }
            return text + String(repeating: " ", count: max(0, width - text.count)) + "  # \(origin)\n"
        }.joined()
    }
}

/// Texts as YAML writes them.
enum YAMLText {
    /// Plain where that reads back as the same text, else in double quotes. A dollar is doubled, so that it stays one.
    static func scalar(_ text: String) -> String {
        let text = text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
        let isPlain =
            !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./:+@%".contains($0)) }
            && !text.hasSuffix(":") && !["-", "~", "null", "Null", "NULL"].contains(text) && text.first.map { !"-:@%".contains($0) } == true
        if isPlain { return text }
        var quoted = ""
        LogText.appendQuoted(text, to: &quoted)
        return quoted
    }
}

extension LoadedConfiguration {
    /// The effective values, each with where it comes from, as YAML; secrets masked.
    public var printed: String { ConfigurationPrinter.text(self) }
}
