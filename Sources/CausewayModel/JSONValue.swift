/// A whole JSON text as a tree, for small documents; what is large is read with `JSONScanner`.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    /// In the order of the text, duplicate names included.
    case object([JSONMember])

    /// Reads a text; see `JSONScanner` for what is accepted.
    package init(parsing bytes: [UInt8], depthLimit: Int = 100) throws(JSONError) {
        var scanner = JSONScanner(bytes, depthLimit: depthLimit)
        var open: [Container] = []
        var root = JSONValue.null
        while true {
            let finished: JSONValue
            switch try scanner.next() {
            case .end:
                self = root
                return
            case .beginObject, .beginArray:
                open.append(Container())
                continue
            case .key(let name):
                open[open.count - 1].names.append(name.string(from: bytes))
                continue
            case .endObject:
                let container = open.removeLast()
                finished = .object(zip(container.names, container.values).map { JSONMember($0, $1) })
            case .endArray: finished = .array(open.removeLast().values)
            case .string(let text): finished = .string(text.string(from: bytes))
            case .number(let range): finished = .number(JSONNumber(text: String(decoding: bytes[range], as: UTF8.self)))
            case .bool(let value): finished = .bool(value)
            case .null: finished = .null
            }
            if open.isEmpty { root = finished } else { open[open.count - 1].values.append(finished) }
        }
    }

    /// A container whose end has not been read yet.
    private struct Container {
        var names: [String] = []
        var values: [JSONValue] = []
    }

    /// The member of an object; of several with one name the last, as most readers have it.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    package subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    package var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    package var array: [JSONValue]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    package var integer: Int64? {
        guard case .number(let number) = self else { return nil }
        return number.integer.int64
    }

    package var double: Double? {
        guard case .number(let number) = self else { return nil }
        return number.double
    }
}

/// A name and its value in a JSON object.
package struct JSONMember: Hashable, Sendable {
    package var name: String
    package var value: JSONValue

    package init(_ name: String, _ value: JSONValue) {
        self.name = name
        self.value = value
    }
}
