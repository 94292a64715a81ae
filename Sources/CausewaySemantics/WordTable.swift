internal import CausewayOTLP

/// Words that mean something, found among bytes without making text of them.
struct WordTable<Value: Sendable>: Sendable {
    private let index: KeyIndex
    private let values: [Value]

    init(_ words: [(String, Value)]) {
        index = KeyIndex(words.map(\.0))
        values = words.map(\.1)
    }

    subscript(bytes: [UInt8], range: Range<Int>) -> Value? {
        guard !range.isEmpty, range.count < 64 else { return nil }
        let found = index.find(range, bytes)
        return found >= 0 ? values[found] : nil
    }
}
