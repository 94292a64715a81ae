internal import CausewayOTLP

/// The members of one object, ready to be found by the bytes of their names.
final class AgentEventTable: Sendable {
    /// A member. An object and not a value: whoever looks at one copies nothing.
    final class Entry: Sendable {
        let field: AgentEventField
        let name: String
        /// With the names of the objects around it: what messages call it.
        let path: String
        let kind: Kind
        let act: Act
        /// The attribute's key as bytes; empty where it becomes none.
        let key: [UInt8]
        /// Which of the keys that are known it is; -1 for none of them.
        let keyPlace: Int
        /// Of an object, and of a list of objects.
        let members: AgentEventTable?
        /// Of an object: the place of the member that is meant by a value that is none.
        let short: Int
        /// Of a word.
        let words: WordTable<Bool>?
        let mark: Mark

        init(_ field: AgentEventField, path outer: String) {
            self.field = field
            name = field.name
            path = outer + field.name
            kind = Kind(field.form)
            act = Act(field.target)
            var members: AgentEventTable?
            var short = -1
            switch field.form {
            case .object(let inner, let shortName, _):
                members = AgentEventTable(inner, path: "\(path).")
                short = shortName.flatMap { name in inner.firstIndex { $0.name == name } } ?? -1
            case .listOfObjects(let inner): members = AgentEventTable(inner, path: "\(path).")
            default: break
            }
            if case .word(let list) = field.form { words = WordTable(list.map { ($0, true) }) } else { words = nil }
            (self.members, self.short) = (members, short)
            let key =
                switch field.target {
                case .attribute(let key), .seconds(let key), .resource(let key), .prefix(let key), .subject(let key), .identity(let key):
                    key
                case .members, .role: ""
                }
            self.key = Array(key.utf8)
            keyPlace = AttributeKeySet.place(self.key)
            mark = Mark(key: key, name: field.name)
        }
    }

    /// What a value has to be: the description's form without what it holds.
    enum Kind {
        case text, word, id, time, count, integer, number, amount, duration, flag, texts, content, list, map, object, listOfObjects

        init(_ form: AgentEventField.Form) {
            self =
                switch form {
                case .text: .text
                case .word: .word
                case .id: .id
                case .time: .time
                case .count: .count
                case .integer: .integer
                case .number: .number
                case .amount: .amount
                case .duration: .duration
                case .flag: .flag
                case .texts: .texts
                case .content: .content
                case .list: .list
                case .map: .map
                case .object: .object
                case .listOfObjects: .listOfObjects
                }
        }
    }

    /// What is done with a value: the description's target without the key.
    enum Act {
        case attribute, seconds, resource, prefix, subject, identity, members
        case role(AgentEventField.Role)

        init(_ target: AgentEventField.Target) {
            self =
                switch target {
                case .attribute: .attribute
                case .seconds: .seconds
                case .resource: .resource
                case .prefix: .prefix
                case .subject: .subject
                case .identity: .identity
                case .members: .members
                case .role(let role): .role(role)
                }
        }
    }

    /// What else a line has to know about some members.
    enum Mark {
        case none, outcome, willRetry, toolArguments, failure
        /// Another member may say the same; the first that does counts.
        case shared
        /// It is shared, too.
        case retryCount

        init(key: String, name: String) {
            self =
                switch key {
                case "causeway.outcome": .outcome
                case "causeway.retry.will_retry": .willRetry
                case "gen_ai.tool.call.arguments": .toolArguments
                case "causeway.timeout.limit_ms", "causeway.failure.retry_state", "causeway.failure.fallback": .shared
                case "causeway.retry.count": .retryCount
                default: name == "failure" ? .failure : .none
                }
        }
    }

    let entries: [Entry]
    /// What stands in front of its members' names in messages.
    let path: String
    private let index: KeyIndex

    init(_ fields: [AgentEventField], path: String = "") {
        precondition(fields.count <= 64, "which members were seen is one word")
        self.path = path
        index = KeyIndex(fields.map(\.name))
        entries = fields.map { Entry($0, path: path) }
    }

    /// The place of the member with this name; -1 for one that is not known.
    @inline(__always)
    func find(_ range: Range<Int>, _ bytes: [UInt8]) -> Int { range.isEmpty ? -1 : index.find(range, bytes) }

    var names: [String] { entries.map(\.name) }

    /// By type, in the order of its cases.
    static let types: [AgentEventTable] = AgentEventType.allCases.map { AgentEventTable(AgentEventSchema.fields(of: $0)) }
    static let places: WordTable<Int> = WordTable(AgentEventType.allCases.enumerated().map { ($1.rawValue, $0) })

    /// Whether a request may say this attribute for its whole trace.
    static func isIdentity(_ key: [UInt8]) -> Bool { !key.isEmpty && identityKeys.find(key.indices, key) >= 0 }

    private static let identityKeys: KeyIndex = {
        var keys: Set<String> = [String(decoding: AgentEventDecoder.Keys.tenant, as: UTF8.self)]
        func gather(_ table: AgentEventTable) {
            for entry in table.entries {
                if case .identity(let key) = entry.field.target { keys.insert(key) }
                if let members = entry.members { gather(members) }
            }
        }
        for table in types { gather(table) }
        return KeyIndex(keys.sorted())
    }()
}
