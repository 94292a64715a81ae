internal import CausewayOTLP

/// The secret under which calls are hashed.
package struct CallKey: Sendable {
    let first: UInt64
    let second: UInt64

    package init(_ first: UInt64, _ second: UInt64) {
        self.first = first
        self.second = second
    }

    /// One that nobody knows.
    package static func random() -> CallKey { CallKey(.random(in: .min ... .max), .random(in: .min ... .max)) }
}

/// Says whether two calls are the same: a keyed hash of what is called and of the arguments' meaning.
///
/// White space and the order of members make no difference, nor does how a number or a character is written.
struct CallHash {
    private let key: CallKey
    private var outline = JSONOutline()
    private var text: [UInt8] = []

    init(_ key: CallKey) { self.key = key }

    /// Sixteen hexadecimal digits.
    mutating func hash(_ name: ArraySlice<UInt8>, _ arguments: [UInt8], _ range: Range<Int>) -> [UInt8] {
        let called = KeyedHash.of(Array(name), 0..<name.count, key.first, key.second)
        let meaning = outline.read(arguments, range) ? self.meaning(0) : KeyedHash.of(arguments, range, key.first, key.second)
        outline.forget()
        return hexadecimal(mix(called, meaning))
    }

    /// Of a text that lies outlined already.
    mutating func hash(_ name: ArraySlice<UInt8>, _ outline: JSONOutline) -> [UInt8] {
        self.outline = outline
        defer { self.outline.forget() }
        return hexadecimal(mix(KeyedHash.of(Array(name), 0..<name.count, key.first, key.second), meaning(0)))
    }

    private mutating func meaning(_ node: Int) -> UInt64 {
        switch outline.kind(node) {
        case .null: return 1
        case .bool: return outline.bool(node) == true ? 2 : 3
        case .number:
            // 1, 1.0 and 1e0 are one number.
            return mix(4, outline.double(node)?.bitPattern ?? 0)
        case .string, .escaped: return mix(5, string(node))
        case .array:
            var sum: UInt64 = 6
            var next = outline.firstChild(node)
            while let element = next {
                sum = mix(sum, meaning(element))
                next = outline.next(element, in: node)
            }
            return sum
        case .object:
            // A sum has no order.
            var sum: UInt64 = 7
            var next = outline.firstChild(node)
            while let name = next {
                sum &+= mix(string(name), meaning(name + 1))
                next = outline.next(name + 1, in: node)
            }
            return mix(sum, 7)
        }
    }

    private mutating func string(_ node: Int) -> UInt64 {
        if outline.isPlain(node) { return KeyedHash.of(outline.bytes, outline.inside(node), key.first, key.second) }
        text.removeAll(keepingCapacity: true)
        outline.text(node, to: &text)
        return KeyedHash.of(text, text.indices, key.first, key.second)
    }

    private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 { KeyedHash.of(a, b, key.first, key.second) }

    private func hexadecimal(_ value: UInt64) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return (0..<16).map { digits[Int(value >> UInt64(60 - 4 * $0) & 15)] }
    }
}
