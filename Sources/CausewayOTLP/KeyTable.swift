/// A few keys, to find attributes by: one piece of memory, no strings to keep alive while comparing.
struct KeyTable {
    private var bytes: [UInt8] = []
    /// Where each key ends; it begins where the one before ends.
    private var ends: [Int] = []

    init(_ keys: some Sequence<String>) {
        for key in keys {
            bytes.append(contentsOf: key.utf8)
            ends.append(bytes.count)
        }
    }

    /// Which key lies at `range` of the payload.
    func index(at range: Range<Int>, _ payload: [UInt8]) -> Int? {
        var start = 0
        for (index, end) in ends.enumerated() {
            if end - start == range.count, holds(start, range, payload) { return index }
            start = end
        }
        return nil
    }

    @inline(__always)
    private func holds(_ start: Int, _ range: Range<Int>, _ payload: [UInt8]) -> Bool {
        // From the end: keys mostly begin alike.
        for offset in stride(from: range.count &- 1, through: 0, by: -1)
        where bytes[start &+ offset] != payload[range.lowerBound &+ offset] {
            return false
        }
        return true
    }
}
