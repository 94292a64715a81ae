/// Protobuf written by hand, so that tests can write it wrong.
enum Wire {
    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func tag(_ number: UInt64, _ type: UInt64) -> [UInt8] { varint(number << 3 | type) }

    /// A field with a length: a string, bytes or a message.
    static func field(_ number: UInt64, _ contents: [UInt8]) -> [UInt8] {
        tag(number, 2) + varint(UInt64(contents.count)) + contents
    }

    static func field(_ number: UInt64, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }
    static func number(_ number: UInt64, _ value: UInt64) -> [UInt8] { tag(number, 0) + varint(value) }

    static func fixed64(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        tag(number, 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static let traceID = [UInt8](1...16)
    static let spanID = [UInt8](21...28)

    static func attribute(_ key: String, _ value: String) -> [UInt8] { attribute(key, Array(value.utf8)) }
    static func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] { field(1, key) + field(2, field(1, value)) }

    /// The contents of a span with right ids; a key each for its attributes.
    static func span(
        traceID: [UInt8] = traceID,
        spanID: [UInt8] = spanID,
        name: String = "step",
        attributes: [[UInt8]] = [],
        more: [UInt8] = []
    ) -> [UInt8] {
        field(1, traceID) + field(2, spanID) + field(5, name) + fixed64(7, 1) + fixed64(8, 2)
            + attributes.flatMap { field(9, $0) } + more
    }

    /// A request with one resource entry and one scope entry that holds these items.
    static func request(_ items: [[UInt8]]) -> [UInt8] {
        field(
            1,
            field(1, field(1, attribute("service.name", "tests"))) + field(2, field(1, field(1, "scope")) + items.flatMap { field(2, $0) })
        )
    }

    /// An AnyValue that is a list in a list, so many lists deep.
    static func lists(_ depth: Int) -> [UInt8] {
        var value: [UInt8] = []
        for _ in 0..<depth { value = field(5, field(1, value)) }
        return value
    }
}
