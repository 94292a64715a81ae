/// A regular expression as tables of prices have them, to find models by: literals, classes, repetition, groups, alternatives, `^`, `$`
/// and looking ahead. Nothing that can take long is followed: after some thousand steps it does not match.
struct NamePattern: Sendable {
    private indirect enum Node: Sendable {
        case bytes([Bool])
        case sequence([Node])
        case either([Node])
        case times(Node, least: Int, most: Int)
        case start, end
        case ahead(Node, negated: Bool)
    }

    /// Something in a pattern that is not understood.
    struct Mistake: Error {}

    private let root: Node
    private static let maxSteps = 20_000

    init(_ text: String) throws(Mistake) {
        var parser = Parser(bytes: Array(text.utf8))
        root = try parser.alternatives(depth: 0)
        guard parser.index == parser.bytes.count else { throw Mistake() }
    }

    /// Whether it is found in the text; `atStart`: only at its beginning.
    func matches(_ text: [UInt8], atStart: Bool = false) -> Bool {
        var steps = 0
        for start in 0...(atStart ? 0 : text.count) {
            if Self.match(root, text, start, &steps, { _, _ in true }) { return true }
        }
        return false
    }

    private static func match(
        _ node: Node,
        _ text: [UInt8],
        _ index: Int,
        _ steps: inout Int,
        _ then: (Int, inout Int) -> Bool
    ) -> Bool {
        steps += 1
        guard steps < maxSteps else { return false }
        switch node {
        case .bytes(let set): return index < text.count && set[Int(text[index])] && then(index + 1, &steps)
        case .start: return index == 0 && then(index, &steps)
        case .end: return index == text.count && then(index, &steps)
        case .sequence(let nodes): return matchAll(nodes[...], text, index, &steps, then)
        case .either(let nodes):
            for node in nodes where match(node, text, index, &steps, then) { return true }
            return false
        case .ahead(let node, let negated):
            return match(node, text, index, &steps, { _, _ in true }) != negated && then(index, &steps)
        case .times(let node, let least, let most):
            if most > 0 {
                let rest = Node.times(node, least: max(0, least - 1), most: most - 1)
                let isMore = match(node, text, index, &steps) { next, steps in
                    // What matches nothing would be matched forever.
                    next > index && match(rest, text, next, &steps, then)
                }
                if isMore { return true }
            }
            return least == 0 && then(index, &steps)
        }
    }

    private static func matchAll(
        _ nodes: ArraySlice<Node>,
        _ text: [UInt8],
        _ index: Int,
        _ steps: inout Int,
        _ then: (Int, inout Int) -> Bool
    ) -> Bool {
        guard let first = nodes.first else { return then(index, &steps) }
        return match(first, text, index, &steps) { next, steps in matchAll(nodes.dropFirst(), text, next, &steps, then) }
    }

    private struct Parser {
        let bytes: [UInt8]
        var index = 0

        private func at(_ character: Character) -> Bool { index < bytes.count && bytes[index] == character.asciiValue }

        mutating func alternatives(depth: Int) throws(Mistake) -> Node {
            guard depth < 20, bytes.count <= 1024 else { throw Mistake() }
            var branches: [Node] = []
            while true {
                var nodes: [Node] = []
                while index < bytes.count, !at("|"), !at(")") { nodes.append(try repeated(depth)) }
                branches.append(.sequence(nodes))
                guard at("|") else { return branches.count == 1 ? branches[0] : .either(branches) }
                index += 1
            }
        }

        private mutating func repeated(_ depth: Int) throws(Mistake) -> Node {
            let node = try atom(depth)
            if at("*") || at("+") || at("?") {
                let (least, most) = at("?") ? (0, 1) : (at("+") ? 1 : 0, 600)
                index += 1
                if at("?") || at("+") { throw Mistake() }
                return .times(node, least: least, most: most)
            }
            guard at("{") else { return node }
            index += 1
            let least = try number()
            var most = least
            if at(",") {
                index += 1
                most = at("}") ? 600 : try number()
            }
            guard at("}"), least <= most else { throw Mistake() }
            index += 1
            return .times(node, least: least, most: most)
        }

        private mutating func number() throws(Mistake) -> Int {
            var value = 0
            let start = index
            while index < bytes.count, 0x30...0x39 ~= bytes[index], value < 600 {
                value = value * 10 + Int(bytes[index] - 0x30)
                index += 1
            }
            guard index > start, value <= 600 else { throw Mistake() }
            return value
        }

        private mutating func atom(_ depth: Int) throws(Mistake) -> Node {
            if at("^") { return skip(.start) }
            if at("$") { return skip(.end) }
            if at(".") { return skip(.bytes([Bool](repeating: true, count: 256))) }
            if at("[") { return .bytes(try set()) }
            if at("\\") { return .bytes(try escape()) }
            if at("(") {
                index += 1
                var ahead: Bool?
                if at("?") {
                    index += 1
                    if at("!") { ahead = true } else if at("=") { ahead = false } else if !at(":") { throw Mistake() }
                    index += 1
                }
                let inner = try alternatives(depth: depth + 1)
                guard at(")") else { throw Mistake() }
                index += 1
                return ahead.map { .ahead(inner, negated: $0) } ?? inner
            }
            if at("*") || at("+") || at("?") || at("{") { throw Mistake() }
            var set = [Bool](repeating: false, count: 256)
            set[Int(bytes[index])] = true
            index += 1
            return .bytes(set)
        }

        private mutating func skip(_ node: Node) -> Node {
            index += 1
            return node
        }

        /// What stands behind a backslash.
        private mutating func escape() throws(Mistake) -> [Bool] {
            index += 1
            guard index < bytes.count else { throw Mistake() }
            let byte = bytes[index]
            index += 1
            let isDigit = (0..<256).map { 0x30...0x39 ~= $0 }
            let isWord = (0..<256).map { 0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == 0x5F }
            let isSpace = (0..<256).map { $0 == 0x20 || 0x09...0x0D ~= $0 }
            switch byte {
            case UInt8(ascii: "d"): return isDigit
            case UInt8(ascii: "D"): return isDigit.map { !$0 }
            case UInt8(ascii: "w"): return isWord
            case UInt8(ascii: "W"): return isWord.map { !$0 }
            case UInt8(ascii: "s"): return isSpace
            case UInt8(ascii: "S"): return isSpace.map { !$0 }
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: throw Mistake()
            default: return (0..<256).map { $0 == Int(byte) }
            }
        }

        private mutating func set() throws(Mistake) -> [Bool] {
            index += 1
            var found = [Bool](repeating: false, count: 256)
            let isNegated = at("^")
            if isNegated { index += 1 }
            var isFirst = true
            while index < bytes.count, isFirst || !at("]") {
                isFirst = false
                if at("\\") {
                    let escaped = try escape()
                    for value in 0..<256 where escaped[value] { found[value] = true }
                    continue
                }
                let low = bytes[index]
                index += 1
                if at("-"), index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "]") {
                    let high = bytes[index + 1]
                    guard low <= high, high != UInt8(ascii: "\\") else { throw Mistake() }
                    for value in low...high { found[Int(value)] = true }
                    index += 2
                } else {
                    found[Int(low)] = true
                }
            }
            guard at("]") else { throw Mistake() }
            index += 1
            return isNegated ? found.map { !$0 } : found
        }
    }
}

/// What a model's or a provider's name has to be like.
indirect enum NameClause: Sendable {
    case startsWith([UInt8]), endsWith([UInt8]), contains([UInt8]), equals([UInt8])
    case pattern(NamePattern)
    case any([NameClause]), all([NameClause])
    /// Of a form that is not known: matches nothing.
    case never

    /// `name` is in lower case.
    func matches(_ name: [UInt8]) -> Bool {
        switch self {
        case .startsWith(let text): name.starts(with: text)
        case .endsWith(let text): name.count >= text.count && name.suffix(text.count).elementsEqual(text)
        case .equals(let text): name == text
        case .contains(let text): Self.contains(name, text)
        case .pattern(let pattern): pattern.matches(name)
        case .any(let clauses): clauses.contains { $0.matches(name) }
        case .all(let clauses): clauses.allSatisfy { $0.matches(name) }
        case .never: false
        }
    }

    private static func contains(_ name: [UInt8], _ text: [UInt8]) -> Bool {
        guard let first = text.first else { return true }
        guard name.count >= text.count else { return false }
        for start in 0...(name.count - text.count) where name[start] == first {
            if name[start..<start + text.count].elementsEqual(text) { return true }
        }
        return false
    }

    var byteCount: Int {
        switch self {
        case .startsWith(let text), .endsWith(let text), .contains(let text), .equals(let text): 48 + text.count
        case .pattern: 2048
        case .any(let clauses), .all(let clauses): clauses.reduce(48) { $0 + $1.byteCount + 8 }
        case .never: 0
        }
    }
}
