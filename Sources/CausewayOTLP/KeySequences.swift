/// The keys of messages that came before, in their order, with what was found out about them.
///
/// Programs say the same things in the same order, span after span: whoever has seen one knows the next one's keys by comparing them,
/// and need not look them up.
struct KeySequences: Sendable {
    /// A key and where it is known from.
    struct Key {
        /// Where it lies in `pool`.
        var start: Int32
        var length: Int32
        /// As `KeyedAttributes.Entry` has them.
        var id: Int32
        var knownLength: Int32
    }

    private struct Sequence {
        var start = 0
        var count = -1
    }

    /// So many are remembered, each in the place that its keys' lengths lead to.
    static let limit = 16
    /// Longer ones, as flattened lists make them, hardly come again.
    static let longest = 64
    /// What is remembered of keys is forgotten when it becomes more.
    private static let poolLimit = 1 << 16

    private var sequences: [Sequence] = []
    private(set) var keys: [Key] = []
    private(set) var pool: [UInt8] = []

    /// Where a sequence of so many keys may be, and where its keys begin; nil if none is there.
    @inline(__always)
    func find(_ place: Int, count: Int) -> Int? {
        guard !sequences.isEmpty, sequences[place].count == count else { return nil }
        return sequences[place].start
    }

    /// Begins a sequence of so many keys; they are added next.
    mutating func begin(_ place: Int, count: Int) {
        if sequences.isEmpty || pool.count > Self.poolLimit {
            sequences = [Sequence](repeating: Sequence(), count: Self.limit)
            keys.removeAll(keepingCapacity: true)
            pool.removeAll(keepingCapacity: true)
        }
        sequences[place] = Sequence(start: keys.count, count: count)
    }

    mutating func add(_ key: Range<Int>, of payload: [UInt8], id: Int32, knownLength: Int32) {
        keys.append(Key(start: Int32(truncatingIfNeeded: pool.count), length: Int32(key.count), id: id, knownLength: knownLength))
        pool.append(contentsOf: payload[key])
    }
}
