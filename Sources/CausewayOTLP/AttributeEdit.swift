package import CausewayModel

/// What changes among the attributes of a message; what is not named stays as it is.
///
/// For each key the last word counts. Where a key is there more than once, a change is of all of them, and one is left.
package struct AttributeEdit: Hashable, Sendable {
    package enum Change: Hashable, Sendable {
        case set(AttributeValue)
        case remove
        /// The value stays, byte for byte, under this key; an attribute that has the key now goes.
        case rename(String)
    }

    /// By key, in the order in which keys were first named: new attributes are added in this order.
    package private(set) var changes: [(key: String, change: Change)] = []

    package init() {}

    package var isEmpty: Bool { changes.isEmpty }

    package mutating func set(_ key: String, _ value: AttributeValue) { note(key, .set(value)) }
    package mutating func remove(_ key: String) { note(key, .remove) }
    package mutating func rename(_ key: String, to new: String) { note(key, .rename(new)) }

    private mutating func note(_ key: String, _ change: Change) {
        if let index = changes.firstIndex(where: { $0.key == key }) {
            changes[index].change = change
        } else {
            changes.append((key, change))
        }
    }

    package static func == (left: AttributeEdit, right: AttributeEdit) -> Bool {
        left.changes.elementsEqual(right.changes) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        for (key, change) in changes {
            hasher.combine(key)
            hasher.combine(change)
        }
    }
}
