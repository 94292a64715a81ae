internal import CausewayOTLP

/// The members of one object, ready to be found by the bytes of their names.
final class AgentEventTable: Sendable {
    struct Entry: Sendable {
        let field: AgentEventField
        /// The attribute's key as bytes; empty where it becomes none.
        let key: [UInt8]
        /// Of an object, and of a list of objects.
        let members: AgentEventTable?
        /// Of an object: the place of the member that is meant by a value that is none.
        let short: Int
        /// Of a word.
        let words: WordTable<Bool>?
        let name: String
        /// Another member may say the same; the first that does counts.
        let isShared: Bool
    }

    private static let shared: Set<String> = [
        "causeway.timeout.limit_ms", "causeway.failure.retry_state", "causeway.failure.fallback", "causeway.retry.count",
    ]

    let entries: [Entry]
    private let index: KeyIndex

    init(_ fields: [AgentEventField]) {
        precondition(fields.count <= 64, "which members were seen is one word")
        index = KeyIndex(fields.map(\.name))
        entries = fields.map { field in
            var members: AgentEventTable?
            var short = -1
            var words: WordTable<Bool>?
            switch field.form {
            case .object(let inner, let shortName, _):
                members = AgentEventTable(inner)
                short = shortName.flatMap { name in inner.firstIndex { $0.name == name } } ?? -1
            case .listOfObjects(let inner): members = AgentEventTable(inner)
            case .word(let list): words = WordTable(list.map { ($0, true) })
            case .text, .id, .time, .count, .integer, .number, .amount, .duration, .flag, .texts, .content, .list, .map: break
            }
            let key =
                switch field.target {
                case .attribute(let key), .seconds(let key), .resource(let key), .prefix(let key), .subject(let key), .identity(let key):
                    key
                case .members, .role: ""
                }
            return Entry(
                field: field,
                key: Array(key.utf8),
                members: members,
                short: short,
                words: words,
                name: field.name,
                isShared: Self.shared.contains(key)
            )
        }
    }

    /// The place of the member with this name; -1 for one that is not known.
    @inline(__always)
    func find(_ range: Range<Int>, _ bytes: [UInt8]) -> Int { range.isEmpty ? -1 : index.find(range, bytes) }

    var names: [String] { entries.map(\.name) }

    /// By type, in the order of its cases.
    static let types: [AgentEventTable] = AgentEventType.allCases.map { AgentEventTable(AgentEventSchema.fields(of: $0)) }
    static let places: WordTable<Int> = WordTable(AgentEventType.allCases.enumerated().map { ($1.rawValue, $0) })
}
