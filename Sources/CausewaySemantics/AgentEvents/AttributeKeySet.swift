internal import CausewayOTLP

/// The keys that a line's attributes have got so far.
///
/// Those that members of lines become are few and known beforehand: each is a bit. The sender's own are kept as they are.
struct AttributeKeySet {
    private var known = InlineArray<4, UInt64>(repeating: 0)
    private var others = ByteTable()

    /// Which known key this is; -1 for one that is not.
    static func place(_ key: [UInt8]) -> Int { key.isEmpty ? -1 : index.find(key.indices, key) }

    @inline(__always)
    mutating func removeAll() {
        known = InlineArray(repeating: 0)
        others.empty()
    }

    /// Puts in a key; false if it is there.
    mutating func add(_ key: [UInt8]) -> Bool {
        let place = Self.place(key)
        return place >= 0 ? add(place) : others.add(key, key.indices)
    }

    /// The same of a known one.
    @inline(__always)
    mutating func add(_ place: Int) -> Bool {
        let bit: UInt64 = 1 << UInt64(place & 63)
        guard known[place >> 6] & bit == 0 else { return false }
        known[place >> 6] |= bit
        return true
    }

    private static let index: KeyIndex = {
        var keys: Set<String> = []
        func gather(_ fields: [AgentEventField]) {
            for field in fields {
                switch field.target {
                case .attribute(let key), .seconds(let key), .subject(let key), .identity(let key): keys.insert(key)
                case .resource, .prefix, .members, .role: break
                }
                switch field.form {
                case .object(let inner, _, _), .listOfObjects(let inner): gather(inner)
                default: break
                }
            }
        }
        for type in AgentEventType.allCases { gather(AgentEventSchema.fields(of: type)) }
        for key in AgentEventDecoder.Keys.written { keys.insert(String(decoding: key, as: UTF8.self)) }
        // A key that ends so would stand for all that begin with it.
        keys = keys.filter { !$0.isEmpty && !$0.hasSuffix(".") && !$0.hasSuffix(":") }
        precondition(keys.count <= 256, "each known key has a bit")
        return KeyIndex(keys.sorted())
    }()
}
