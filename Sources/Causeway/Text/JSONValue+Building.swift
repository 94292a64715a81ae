internal import CausewayModel

// What makes JSON texts readable where they are put together.
extension JSONValue {
    static func integer(_ value: Int) -> JSONValue { .number(JSONNumber(Int64(value))) }

    static func members(_ members: [(String, JSONValue)]) -> JSONValue { .object(members.map { JSONMember($0.0, $0.1) }) }

    /// On one line, or for people to read.
    func text(isPretty: Bool = false) -> String {
        var writer = JSONWriter(pretty: isPretty)
        writer.value(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
