import CausewayModel

/// A JSON text reduced to what it says: members in order of their names, numbers as doubles.
indirect enum JSONMeaning: Hashable {
    case null, bool(Bool), number(UInt64), string(String)
    case array([JSONMeaning])
    case object([String: JSONMeaning])

    init(_ text: [UInt8]) throws { self.init(try JSONValue(parsing: text, depthLimit: 300)) }

    init(_ value: JSONValue) {
        self =
            switch value {
            case .null: .null
            case .bool(let value): .bool(value)
            case .number(let number): .number((number.double ?? .nan).bitPattern)
            case .string(let text): .string(text)
            case .array(let elements): .array(elements.map(JSONMeaning.init))
            case .object(let members): .object(Dictionary(members.map { ($0.name, JSONMeaning($0.value)) }) { $1 })
            }
    }
}
