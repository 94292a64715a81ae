/// A part of what configuration files say, with the place of each part: what is left of YAML once it is read.
struct ConfigurationNode: Equatable, Sendable {
    var origin: Origin
    var content: Content

    enum Content: Equatable, Sendable {
        case scalar(Scalar)
        case list([ConfigurationNode])
        case mapping([Member])
    }

    /// One value. An unquoted one may be a number, a truth value or nothing at all; a quoted one is a text.
    struct Scalar: Equatable, Sendable {
        var text: String
        var isQuoted: Bool

        /// Nothing, in YAML's core schema: as if the key were not there.
        var isNull: Bool { !isQuoted && ["", "~", "null", "Null", "NULL"].contains(text) }
    }

    /// One key of a mapping.
    struct Member: Equatable, Sendable {
        var name: String
        /// Where the name stands.
        var origin: Origin
        var value: ConfigurationNode
    }

    var isNull: Bool {
        if case .scalar(let scalar) = content { return scalar.isNull }
        return false
    }

    /// This, overlaid by a later file: mappings are joined key by key, anything else is replaced.
    func merged(with later: ConfigurationNode) -> ConfigurationNode {
        guard case .mapping(var members) = content, case .mapping(let additions) = later.content else { return later }
        for addition in additions {
            if let index = members.firstIndex(where: { $0.name == addition.name }) {
                members[index].origin = addition.origin
                members[index].value = members[index].value.merged(with: addition.value)
            } else {
                members.append(addition)
            }
        }
        return ConfigurationNode(origin: later.origin, content: .mapping(members))
    }
}
