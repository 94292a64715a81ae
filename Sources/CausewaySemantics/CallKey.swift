internal import CausewayModel
internal import CausewayOTLP

/// The secret under which calls are hashed.
package struct CallKey: Sendable {
    let first: UInt64
    let second: UInt64

    package init(_ first: UInt64, _ second: UInt64) {
        self.first = first
        self.second = second
    }

    /// Sixteen bytes, as they are kept; nil for any other number of them.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        func word(_ part: ArraySlice<UInt8>) -> UInt64 {
            part.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.init(word(bytes[..<8]), word(bytes[8...]))
    }

    package var bytes: [UInt8] {
        [first, second].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }
    }

    /// One that nobody knows.
    package static func random() -> CallKey { CallKey(.random(in: .min ... .max), .random(in: .min ... .max)) }
}

/// Says whether two calls are the same: a keyed hash of what is called and of the arguments' meaning.
///
/// White space and the order of members make no difference, nor does how a number or a character is written. The text is read once, from
/// its beginning to its end; what is no JSON is hashed as the bytes it is.
struct CallHash {
    private let key: CallKey
    private var text: [UInt8] = []

    init(_ key: CallKey) { self.key = key }

    /// Sixteen hexadecimal digits.
    mutating func hash(_ name: ArraySlice<UInt8>, _ arguments: [UInt8], _ range: Range<Int>) -> [UInt8] {
        let called = KeyedHash.of(Array(name), 0..<name.count, key.first, key.second)
        var index = range.lowerBound
        var meaning = self.meaning(arguments, &index, range.upperBound, 0)
        skipSpace(arguments, &index, range.upperBound)
        if index != range.upperBound { meaning = nil }
        return hexadecimal(
            mix(called, meaning ?? KeyedHash.of(arguments, range, key.first, key.second))
        )
    }

    /// Of the value that begins at `index`; nil if there is none.
    private mutating func meaning(
        _ bytes: [UInt8],
        _ index: inout Int,
        _ end: Int,
        _ depth: Int
    )
        -> UInt64?
    {
        skipSpace(bytes, &index, end)
        guard index < end, depth <= JSONOutline.depthLimit else { return nil }
        switch bytes[index] {
        case UInt8(ascii: "\""): return string(bytes, &index, end).map { mix(5, $0) }
        case UInt8(ascii: "["):
            index += 1
            var sum: UInt64 = 6
            guard !closes(UInt8(ascii: "]"), bytes, &index, end) else { return sum }
            while true {
                guard let element = meaning(bytes, &index, end, depth + 1) else { return nil }
                sum = mix(sum, element)
                if closes(UInt8(ascii: "]"), bytes, &index, end) { return sum }
                guard index < end, bytes[index] == UInt8(ascii: ",") else { return nil }
                index += 1
            }
        case UInt8(ascii: "{"):
            index += 1
            // A sum has no order.
            var sum: UInt64 = 7
            guard !closes(UInt8(ascii: "}"), bytes, &index, end) else { return mix(sum, 7) }
            while true {
                skipSpace(bytes, &index, end)
                guard index < end, bytes[index] == UInt8(ascii: "\""), let name = string(bytes, &index, end)
                else { return nil }
                skipSpace(bytes, &index, end)
                guard index < end, bytes[index] == UInt8(ascii: ":") else { return nil }
                index += 1
                guard let value = meaning(bytes, &index, end, depth + 1) else { return nil }
                sum &+= mix(name, value)
                if closes(UInt8(ascii: "}"), bytes, &index, end) { return mix(sum, 7) }
                guard index < end, bytes[index] == UInt8(ascii: ",") else { return nil }
                index += 1
            }
        case UInt8(ascii: "t"): return word("true", bytes, &index, end) ? 2 : nil
        case UInt8(ascii: "f"): return word("false", bytes, &index, end) ? 3 : nil
        case UInt8(ascii: "n"): return word("null", bytes, &index, end) ? 1 : nil
        default:
            guard let after = JSONNumber.end(of: bytes, from: index, before: end) else { return nil }
            defer { index = after }
            // 1, 1.0 and 1e0 are one number.
            return mix(4, JSONNumber.double(bytes, index..<after)?.bitPattern ?? 0)
        }
    }

    /// Of the text of the string at `index`.
    private mutating func string(_ bytes: [UInt8], _ index: inout Int, _ end: Int) -> UInt64? {
        let start = index + 1
        var place = ByteScan.special(bytes, from: start, to: end)
        guard place < end else { return nil }
        if bytes[place] == UInt8(ascii: "\"") {
            index = place + 1
            return KeyedHash.of(bytes, start..<place, key.first, key.second)
        }
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: bytes[start..<place])
        while true {
            place = ByteScan.unescape(bytes, from: place, to: end, into: &text)
            guard place < end else { return nil }
            if bytes[place] == UInt8(ascii: "\"") { break }
            // A control character may not stand there, nor an escape that nobody knows.
            guard JSONEscapes.isEscape(bytes, place, end) else { return nil }
            JSONText.unescape(bytes, at: &place, before: end, to: &text)
        }
        index = place + 1
        return KeyedHash.of(text, text.indices, key.first, key.second)
    }

    private func closes(_ byte: UInt8, _ bytes: [UInt8], _ index: inout Int, _ end: Int) -> Bool {
        skipSpace(bytes, &index, end)
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private func word(_ word: String, _ bytes: [UInt8], _ index: inout Int, _ end: Int) -> Bool {
        guard bytes.begins(with: word, at: index..<end) else { return false }
        index += word.utf8.count
        return true
    }

    private func skipSpace(_ bytes: [UInt8], _ index: inout Int, _ end: Int) {
        while index < end,
            bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09
        { index += 1 }
    }

    private func mix(_ a: UInt64, _ b: UInt64) -> UInt64 { KeyedHash.of(a, b, key.first, key.second) }

    private func hexadecimal(_ value: UInt64) -> [UInt8] {
        (0..<16).map { Self.digits[Int(value >> UInt64(60 - 4 * $0) & 15)] }
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
