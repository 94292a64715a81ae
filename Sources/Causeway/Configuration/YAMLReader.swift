internal import Yams

/// Reads one YAML file into a `ConfigurationNode`. The only place that knows the YAML library.
struct YAMLReader {
    /// The name by which messages call the file.
    let name: String
    /// Aliases can make a small file unfold into a huge one.
    private var nodesLeft = 20_000

    init(name: String) { self.name = name }

    /// The top mapping, or what makes the file unreadable; an empty file is an empty mapping.
    static func read(_ bytes: [UInt8], name: String) -> Result<ConfigurationNode, Mistake> {
        var reader = YAMLReader(name: name)
        return Result { () throws(Mistake) in try reader.read(bytes) }
    }

    /// What makes a file unreadable as a whole.
    struct Mistake: Error { var finding: Finding }

    private mutating func read(_ bytes: [UInt8]) throws(Mistake) -> ConfigurationNode {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw mistake(1, "not UTF-8 text", "save the file as UTF-8")
        }
        let root: Node?
        do {
            // The basic resolver leaves every scalar as it is written; what type it has is decided by the key it belongs to.
            root = try Yams.compose(yaml: text, Resolver.basic)
        } catch let error as YamlError {
            throw describe(error, in: text)
        } catch {
            throw mistake(1, "cannot be read as YAML", "correct the file")
        }
        let empty = ConfigurationNode(origin: .file(name, line: 1), content: .mapping([]))
        guard let root else { return empty }
        let node = try convert(root)
        if node.isNull { return empty }
        guard case .mapping = node.content else {
            throw mistake(root.mark?.line ?? 1, "no keys in it", "write keys like `spool:` (causeway config example prints a whole file)")
        }
        return node
    }

    private mutating func convert(_ node: Node) throws(Mistake) -> ConfigurationNode {
        let line = node.mark?.line ?? 1
        nodesLeft -= 1
        guard nodesLeft > 0 else { throw mistake(line, "more than 20000 values, aliases unfolded", "write less into one file") }
        let origin = Origin.file(name, line: line)
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return ConfigurationNode(origin: origin, content: .scalar(.init(text: scalar.string, isQuoted: !isPlain)))
        case .sequence(let sequence):
            var list: [ConfigurationNode] = []
            for element in sequence { list.append(try convert(element)) }
            return ConfigurationNode(origin: origin, content: .list(list))
        case .mapping(let mapping):
            var members: [ConfigurationNode.Member] = []
            for (key, value) in mapping {
                let place = Origin.file(name, line: key.mark?.line ?? line)
                guard case .scalar(let name) = key else {
                    throw mistake(key.mark?.line ?? line, "a key that is not a word", "write `name: value`")
                }
                var value = try convert(value)
                // An alias carries the place of its anchor; whoever wrote the key is to be told about the key's line.
                if case .scalar = value.content { value.origin = place }
                members.append(.init(name: name.string, origin: place, value: value))
            }
            return ConfigurationNode(origin: origin, content: .mapping(members))
        case .alias:
            throw mistake(line, "an alias without its anchor", "define the anchor first")
        }
    }

    private func describe(_ error: YamlError, in text: String) -> Mistake {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            if problem.hasPrefix("Maximum nesting level") { return mistake(mark.line, "nested too deeply", "write fewer levels") }
            return mistake(mark.line, "not YAML: \(problem)", remedy(at: mark.line, of: text))
        case .duplicatedKeysInMapping(let duplicates, let context):
            return mistake(context.mark.line, "the same key twice: \(duplicates.joined(separator: ", "))", "keep one of them")
        case .reader(let problem, _, _, _):
            return mistake(1, "not YAML: \(problem)", "remove control characters from the file")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return mistake(1, "cannot be read as YAML", "correct the file")
        }
    }

    /// Between braces a `${` begins a mapping, which is the mistake most easily made.
    private func remedy(at line: Int, of text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let hasReference = lines.dropFirst(max(0, line - 2)).prefix(2).contains { $0.contains("${") }
        return hasReference ? "put quotes around a value with ${…}" : "correct this line or the one before"
    }

    private func mistake(_ line: Int, _ problem: String, _ remedy: String) -> Mistake {
        Mistake(finding: Finding(severity: .error, origin: .file(name, line: line), key: "", problem: problem, remedy: remedy))
    }
}
