internal import CausewayOTLP

/// All dialects' tables in one, made once: what an attribute's key means, and whom it gives away.
package struct DialectIndex: Sendable {
    /// A set of dialects, by their places in the list.
    typealias Set = UInt64

    /// Whom the presence of a key gives away.
    struct KeySigns: Sendable {
        var presence: Set
        /// What counts only beside another sign.
        var beside: Set
        /// Some of its values are signs too.
        var hasValues: Bool
    }

    struct CompiledRule: Sendable {
        let dialect: UInt8
        let field: Field
        let reading: Reading
        /// Lower wins: the dialect's place in the list, then the rule's own order.
        let rank: UInt16
    }

    let dialects: [any Dialect.Type]
    /// What the dialects are called.
    let names: [[UInt8]]
    /// What says so on a span, encoded.
    let marks: [[UInt8]]
    let conventions: [TokenConvention]
    /// The keys of all fields first, in the order of `Field`; then those of rules and signs.
    let keys: KeyIndex
    /// By key: which dialects have a rule for it, and where these begin in `rules`, in the dialects' order. Of two the first counts.
    private(set) var readers: [Set] = []
    private(set) var ruleStarts: [Int] = []
    private(set) var rules: [CompiledRule] = []
    /// By key: whom its presence gives away, and whom which values.
    private(set) var signs: [KeySigns] = []
    private(set) var valueSigns: [[(value: [UInt8], dialects: Set)]] = []
    private(set) var spanNames = NameSigns()
    private(set) var events = NameSigns()
    private(set) var metricNames = NameSigns()
    private(set) var scopes = NameSigns()
    private(set) var resources: [(key: String, value: [UInt8], dialects: Set)] = []
    private(set) var metrics: [[UInt8]: [(dialect: Int, rule: MetricRule)]] = [:]

    /// Of the dialects in the list, behind the words in which agent events come already.
    package static let shared = DialectIndex([AgentEvents.self] + CausewaySemantics.dialects)

    package init(_ dialects: [any Dialect.Type]) {
        precondition(dialects.count < 63, "a set of dialects is one word")
        precondition(Facts.fieldCount == Field.allCases.count && Facts.fieldCount <= 128, "every field has its place")
        self.dialects = dialects
        self.names = dialects.map { Array($0.name.utf8) }
        self.conventions = dialects.map { $0.tokens }
        self.marks = dialects.map { dialect in
            var writer = WireWriter()
            writer.attribute(9, Array("causeway.source.dialect".utf8), text: Array(dialect.name.utf8))
            return writer.bytes
        }
        let sources = dialects.map { $0.rules } + [CommonKeys.rules]

        var keyNames = Field.allCases.map(\.key)
        var ids = Dictionary(uniqueKeysWithValues: keyNames.enumerated().map { ($1, $0) })
        func id(_ key: String) -> Int {
            if let known = ids[key] { return known }
            ids[key] = keyNames.count
            keyNames.append(key)
            return keyNames.count - 1
        }
        var byKey: [Int: [CompiledRule]] = [:]
        for (dialect, rules) in sources.enumerated() {
            for rule in rules {
                let key = id(rule.source)
                // What has a canonical key already stands above what has to be translated.
                let rank = key == Int(rule.target.rawValue) ? 0 : (dialect + 1) << 8 | Int(rule.order)
                let compiled = CompiledRule(dialect: UInt8(dialect), field: rule.target, reading: rule.reads, rank: UInt16(rank))
                byKey[key, default: []].append(compiled)
            }
        }
        var present: [Int: Set] = [:]
        var beside: [Int: Set] = [:]
        var values: [Int: [(value: [UInt8], dialects: Set)]] = [:]
        for (place, dialect) in dialects.enumerated() {
            let one: Set = 1 << UInt64(place)
            for sign in dialect.signs {
                switch sign {
                case .key(let key): present[id(key), default: 0] |= one
                case .beside(let key): beside[id(key), default: 0] |= one
                case .value(let key, let texts):
                    values[id(key), default: []] += texts.map { (Array($0.utf8), one) }
                case .spanName(let start): spanNames.add(start, one)
                case .event(let start): events.add(start, one)
                case .metric(let start): metricNames.add(start, one)
                case .scope(let start): scopes.add(start, one)
                case .resource(let key, let texts): resources += texts.map { (key, Array($0.utf8), one) }
                }
            }
            for rule in dialect.metrics { metrics[Array(rule.name.utf8), default: []].append((place, rule)) }
        }
        // A key that is known as a whole begins like those of a sign all the same.
        func spread(_ signs: inout [Int: Set]) {
            for (beginning, found) in signs where keyNames[beginning].hasSuffix(".") || keyNames[beginning].hasSuffix(":") {
                for (key, name) in keyNames.enumerated() where name.hasPrefix(keyNames[beginning]) { signs[key, default: 0] |= found }
            }
        }
        spread(&present)
        spread(&beside)
        for key in keyNames.indices {
            let start = rules.count
            var readers: Set = 0
            for rule in byKey[key, default: []] where readers & 1 << UInt64(rule.dialect) == 0 {
                readers |= 1 << UInt64(rule.dialect)
                rules.append(rule)
            }
            self.readers.append(readers)
            ruleStarts.append(start)
            signs.append(
                KeySigns(
                    presence: present[key, default: 0],
                    beside: beside[key, default: 0],
                    hasValues: values[key] != nil
                )
            )
            valueSigns.append(values[key, default: []])
        }
        keys = KeyIndex(keyNames)
    }
}

extension DialectIndex {
    /// What a key means to the first of these dialects that knows it.
    @inline(__always)
    func rule(_ key: Int, among found: Set) -> CompiledRule? {
        let readers = readers[key]
        let first = readers & found
        guard first != 0 else { return nil }
        let before = readers & ((first & (0 &- first)) &- 1)
        return rules[ruleStarts[key] &+ before.nonzeroBitCount]
    }
}

/// Keys that many dialects share and that give none of them away; they are read on items that were recognised.
enum CommonKeys {
    static let rules: [Rule] = [
        Rule("session.id", .conversationID, .quotedText, else: 8),
        Rule("user.id", .userID, .quotedText),
        Rule("enduser.id", .userID, else: 8),
        Rule("error.type", .errorType),
        Rule("causeway.tenant.id", .tenantID),
        Rule("http.response.header.x-ratelimit-remaining-requests", .rateLimitRemaining),
        Rule("http.response.header.anthropic-ratelimit-requests-remaining", .rateLimitRemaining, else: 1),
        Rule("http.response.header.x-ratelimit-remaining", .rateLimitRemaining, else: 2),
        Rule("http.response.header.ratelimit-remaining", .rateLimitRemaining, else: 3),
        Rule("http.response.header.x-ratelimit-limit-requests", .rateLimitLimit),
        Rule("http.response.header.anthropic-ratelimit-requests-limit", .rateLimitLimit, else: 1),
        Rule("http.response.header.x-ratelimit-limit", .rateLimitLimit, else: 2),
        Rule("http.response.header.ratelimit-limit", .rateLimitLimit, else: 3),
        Rule("http.response.header.x-ratelimit-reset-requests", .rateLimitReset),
        Rule("http.response.header.anthropic-ratelimit-requests-reset", .rateLimitReset, else: 1),
        Rule("http.response.header.x-ratelimit-reset", .rateLimitReset, else: 2),
        Rule("http.response.header.ratelimit-reset", .rateLimitReset, else: 3),
    ]
}

extension [UInt8] {
    /// Whether the text at `range` begins with `start`.
    func begins(with start: [UInt8], at range: Range<Int>) -> Bool {
        range.count >= start.count && ByteScan.isEqual(self, range.lowerBound, start, 0, start.count)
    }

    /// Whether the text at `range` is `other`.
    func holds(_ other: [UInt8], at range: Range<Int>) -> Bool { range.count == other.count && begins(with: other, at: range) }
}
