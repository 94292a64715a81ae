internal import CausewayModel
internal import CausewayOTLP

/// What lies where in a JSON text: one pass finds every value, and from then on the text is walked without being read again.
///
/// Its memory is used again for the next text. A text that is not JSON, or is nested deeper or has more values than is sane, has no
/// outline; whoever asked then takes it for plain text.
package struct JSONOutline: Sendable {
    package enum Kind: UInt8, Sendable {
        case object, array, number, bool, null
        /// A string whose bytes are its text, and one with escapes.
        case string, escaped
    }

    private struct Node {
        var kind: Kind
        /// Where the value lies; of strings what lies between the quotes.
        var start: Int32
        var end: Int32
        /// The node behind this value and all that is in it.
        var next: Int32
    }

    /// Deeper than anybody's messages, shallow enough for the stack of whoever follows it.
    static let depthLimit = 64
    static let nodeLimit = 1 << 20

    package private(set) var bytes: [UInt8] = []
    private var nodes: [Node] = []
    private var open: [Int32] = []

    package init() {}

    package init?(_ bytes: [UInt8]) {
        guard read(bytes, bytes.indices) else { return nil }
    }

    /// Finds the values of the text at `range`; the first is node 0.
    package mutating func read(_ source: [UInt8], _ range: Range<Int>) -> Bool {
        nodes.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
        guard source.count < Int(Int32.max) else { return false }
        guard outline(source, range) else {
            nodes.removeAll(keepingCapacity: true)
            return false
        }
        bytes = source
        return true
    }

    /// Lets go of the text.
    mutating func forget() {
        bytes = []
        nodes.removeAll(keepingCapacity: true)
    }

    private mutating func outline(_ source: [UInt8], _ range: Range<Int>) -> Bool {
        let bytes = source.span
        let end = range.upperBound
        var index = range.lowerBound
        var needsKey = false
        while true {
            // A value, or the key of a member.
            index = Self.skipSpace(bytes, index, end)
            guard index < end, nodes.count < Self.nodeLimit else { return false }
            let byte = bytes[index]
            if needsKey, byte != UInt8(ascii: "\"") { return false }
            switch byte {
            case UInt8(ascii: "\""):
                guard let (close, isPlain) = ByteScan.endOfString(source, index + 1, end) else { return false }
                add(isPlain ? .string : .escaped, index + 1, close)
                index = close + 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard open.count < Self.depthLimit else { return false }
                let isObject = byte == UInt8(ascii: "{")
                open.append(Int32(nodes.count))
                add(isObject ? .object : .array, index, index)
                index = Self.skipSpace(bytes, index + 1, end)
                guard index < end else { return false }
                if bytes[index] != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    needsKey = isObject
                    continue
                }
                index = close(index)
            case UInt8(ascii: "t"): guard word("true", .bool, bytes, &index, end) else { return false }
            case UInt8(ascii: "f"): guard word("false", .bool, bytes, &index, end) else { return false }
            case UInt8(ascii: "n"): guard word("null", .null, bytes, &index, end) else { return false }
            case UInt8(ascii: "-"), 0x30...0x39:
                guard let after = JSONNumber.end(of: source, from: index, before: end) else { return false }
                add(.number, index, after)
                index = after
            default: return false
            }
            if needsKey {
                index = Self.skipSpace(bytes, index, end)
                guard index < end, bytes[index] == UInt8(ascii: ":") else { return false }
                index += 1
                needsKey = false
                continue
            }
            // What closes, then a comma or the end.
            while true {
                index = Self.skipSpace(bytes, index, end)
                guard let container = open.last else { return index == end }
                guard index < end else { return false }
                let isObject = nodes[Int(container)].kind == .object
                if bytes[index] == UInt8(ascii: ",") {
                    index += 1
                    needsKey = isObject
                    break
                }
                guard bytes[index] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
                index = close(index)
            }
        }
    }

    private mutating func add(_ kind: Kind, _ start: Int, _ end: Int) {
        // Fewer bytes than an Int32 counts, and no more nodes than bytes.
        nodes.append(
            Node(
                kind: kind,
                start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: end),
                next: Int32(truncatingIfNeeded: nodes.count &+ 1)
            )
        )
    }

    private mutating func close(_ index: Int) -> Int {
        let container = Int(open.removeLast())
        nodes[container].end = Int32(index + 1)
        nodes[container].next = Int32(nodes.count)
        return index + 1
    }

    private mutating func word(_ word: String, _ kind: Kind, _ bytes: Span<UInt8>, _ index: inout Int, _ end: Int) -> Bool {
        let start = index
        for byte in word.utf8 {
            guard index < end, bytes[index] == byte else { return false }
            index += 1
        }
        add(kind, start, index)
        return true
    }

    @inline(__always)
    private static func skipSpace(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end, bytes[index] <= 0x20 {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return index
            }
        }
        return index
    }
}

extension JSONOutline {
    package var isEmpty: Bool { nodes.isEmpty }

    /// Strings with and without escapes are one kind to whoever asks.
    package func kind(_ node: Int) -> Kind { nodes[node].kind == .escaped ? .string : nodes[node].kind }

    /// Whether the bytes of a string are its text.
    func isPlain(_ node: Int) -> Bool { nodes[node].kind == .string }

    /// The text of a value as it stands, quotes included.
    package func source(_ node: Int) -> Range<Int> {
        let node = nodes[node]
        let isString = node.kind == .string || node.kind == .escaped
        return isString ? Int(node.start) - 1..<Int(node.end) + 1 : Int(node.start)..<Int(node.end)
    }

    /// Where the text of a value that is no string, or of a string without escapes, lies; nil if it has to be made.
    @inline(__always)
    func plain(_ node: Int) -> Range<Int>? {
        let node = nodes[node]
        return node.kind == .escaped ? nil : Int(node.start)..<Int(node.end)
    }

    /// What lies between the quotes of a string, escapes and all.
    package func inside(_ node: Int) -> Range<Int> { Int(nodes[node].start)..<Int(nodes[node].end) }

    /// The first element of an array, or the key of the first member of an object.
    package func firstChild(_ node: Int) -> Int? {
        let next = Int(nodes[node].next)
        return node + 1 < next ? node + 1 : nil
    }

    /// The element behind this one.
    package func next(_ node: Int, in container: Int) -> Int? {
        let next = Int(nodes[node].next)
        return next < Int(nodes[container].next) ? next : nil
    }

    package func elements(_ array: Int) -> [Int] {
        guard nodes[array].kind == .array else { return [] }
        var found: [Int] = []
        var node = firstChild(array)
        while let element = node {
            found.append(element)
            node = next(element, in: array)
        }
        return found
    }

    /// The value of the member with this name; of several the last. Nil also for null.
    package func member(_ name: String, of object: Int) -> Int? {
        guard nodes[object].kind == .object else { return nil }
        var found: Int?
        var node = firstChild(object)
        while let key = node {
            let value = Int(nodes[key].next)
            if isKey(key, name), nodes[value].kind != .null { found = value }
            node = next(value, in: object)
        }
        return found
    }

    /// The first of these members that is there.
    package func member(_ names: [String], of object: Int) -> Int? {
        for name in names {
            if let found = member(name, of: object) { return found }
        }
        return nil
    }

    func isKey(_ key: Int, _ name: String) -> Bool {
        let node = nodes[key]
        let count = name.utf8.count
        guard Int(node.end - node.start) == count else { return false }
        var index = Int(node.start)
        for byte in name.utf8 {
            if bytes[index] != byte { return false }
            index += 1
        }
        return true
    }

    /// Whether a string is exactly this word.
    package func holds(_ node: Int, _ word: String) -> Bool { nodes[node].kind == .string && isKey(node, word) }

    package func string(_ node: Int?) -> String? {
        guard let node, kind(node) == .string else { return nil }
        var text: [UInt8] = []
        self.text(node, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    package func integer(_ node: Int?) -> Int64? {
        guard let node else { return nil }
        guard let range = number(node) else { return nil }
        return JSONNumber.integer(bytes, range).int64
    }

    package func double(_ node: Int?) -> Double? {
        guard let node else { return nil }
        guard let range = number(node) else { return nil }
        return JSONNumber.double(bytes, range)
    }

    /// Where a number stands; also one in a string.
    private func number(_ node: Int) -> Range<Int>? {
        let range = inside(node)
        switch nodes[node].kind {
        // It was looked at when the outline was made.
        case .number: return range
        case .string, .escaped:
            return !range.isEmpty && JSONNumber.end(of: bytes, from: range.lowerBound, before: range.upperBound) == range.upperBound
                ? range : nil
        case .object, .array, .bool, .null: return nil
        }
    }

    package func bool(_ node: Int?) -> Bool? {
        guard let node, nodes[node].kind == .bool else { return nil }
        return bytes[Int(nodes[node].start)] == UInt8(ascii: "t")
    }

    /// Appends a string's text, escapes resolved.
    package func text(_ node: Int, to output: inout [UInt8]) {
        let range = inside(node)
        if nodes[node].kind == .string {
            output.append(contentsOf: bytes[range])
        } else {
            JSONEscapes.resolve(bytes, range, to: &output)
        }
    }

    /// Appends a value as it stands.
    package func copy(_ node: Int, to output: inout [UInt8]) { output.append(contentsOf: bytes[source(node)]) }
}
