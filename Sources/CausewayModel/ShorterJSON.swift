/// Cuts text to a number of bytes so that JSON stays JSON: long strings inside it are shortened, and where that is not enough, elements
/// and members are left out from the middle. What is no JSON is cut at the end of a character.
package enum ShorterJSON {
    /// Stands where something was left out.
    package static let mark = "…"

    /// The text in at most `limit` bytes; nil when it has no more than that anyway. `limit` is at least 16.
    package static func shortened(_ text: [UInt8], to limit: Int) -> [UInt8]? {
        guard text.count > limit else { return nil }
        let limit = max(limit, 16)
        if let first = text.first(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || first == UInt8(ascii: "\""),
            let value = try? JSONValue(parsing: text)
        {
            return json(value, limit)
        }
        return cut(text, to: limit)
    }

    /// The beginning of a text, with the mark, in at most `limit` bytes.
    package static func cut(_ text: [UInt8], to limit: Int) -> [UInt8] {
        let mark = [UInt8](Self.mark.utf8)
        guard text.count > limit, limit >= mark.count else { return text.count > limit ? [] : text }
        var end = limit - mark.count
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return text[..<end] + mark
    }

    private static func json(_ value: JSONValue, _ limit: Int) -> [UInt8] {
        // The longest strings go first: they are what was said at length. Halving converges quickly and needs no plan.
        var longest = 0
        visit(value) { longest = max(longest, $0.utf8.count) }
        var allowed = longest
        var shorter = value
        while allowed > 16 {
            allowed /= 2
            shorter = shortened(value, strings: allowed)
            let bytes = written(shorter)
            if bytes.count <= limit { return best(value, limit, from: allowed, to: allowed * 2) ?? bytes }
        }
        // Structure alone is too much: first and last elements say more than those between them.
        var kept = 64
        while kept >= 1 {
            let bytes = written(thinned(shorter, keeping: kept))
            if bytes.count <= limit { return bytes }
            kept /= 2
        }
        switch value {
        case .array: return Array("[]".utf8)
        case .object: return Array("{}".utf8)
        case .null, .bool, .number, .string: return Array("\"\(mark)\"".utf8)
        }
    }

    /// The most that strings may keep between a length that fits and one that does not.
    private static func best(_ value: JSONValue, _ limit: Int, from fits: Int, to tooLong: Int) -> [UInt8]? {
        var (low, high) = (fits, tooLong)
        var found: [UInt8]?
        for _ in 0..<4 {
            let middle = (low + high) / 2
            let bytes = written(shortened(value, strings: middle))
            if bytes.count <= limit { (low, found) = (middle, bytes) } else { high = middle }
        }
        return found
    }

    private static func written(_ value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(value)
        return writer.bytes
    }

    private static func visit(_ value: JSONValue, _ string: (String) -> Void) {
        switch value {
        case .string(let text): string(text)
        case .array(let elements): for element in elements { visit(element, string) }
        case .object(let members): for member in members { visit(member.value, string) }
        case .null, .bool, .number: break
        }
    }

    private static func shortened(_ value: JSONValue, strings limit: Int) -> JSONValue {
        switch value {
        case .string(let text):
            text.utf8.count <= limit ? value : .string(String(decoding: cut(Array(text.utf8), to: limit), as: UTF8.self))
        case .array(let elements): .array(elements.map { shortened($0, strings: limit) })
        case .object(let members): .object(members.map { JSONMember($0.name, shortened($0.value, strings: limit)) })
        case .null, .bool, .number: value
        }
    }

    private static func thinned(_ value: JSONValue, keeping count: Int) -> JSONValue {
        switch value {
        case .array(let elements): .array(ends(elements, count).map { thinned($0, keeping: count) })
        case .object(let members): .object(ends(members, count).map { JSONMember($0.name, thinned($0.value, keeping: count)) })
        case .null, .bool, .number, .string: value
        }
    }

    private static func ends<Element>(_ elements: [Element], _ count: Int) -> [Element] {
        elements.count <= count ? elements : Array(elements.prefix((count + 1) / 2)) + elements.suffix(count / 2)
    }
}
