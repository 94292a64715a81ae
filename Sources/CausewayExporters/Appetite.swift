/// How much at once a destination has shown to take, learned from its answers.
///
/// Kept beside the shipments, because these go back to the log when there is trouble: without a memory, a search for a bad item that is
/// interrupted often enough would begin at the whole batch for ever.
struct Appetite: Equatable, Sendable {
    /// Bytes of a request. Stays as it is: a destination's limit does, too.
    private(set) var bytes = Int.max
    /// Items of a request, while one is looked for that the destination objects to.
    private(set) var items = Int.max

    /// Less than this is not learned for good: whole batches would stay tiny after one odd answer.
    static let leastBytes = 16 << 10

    /// A single item always goes: what was learned of several says nothing about it. The pieces of a search are as small as they must be.
    func allows(_ shipment: Shipment) -> Bool {
        shipment.itemCount == 1 || ((shipment.itemCount <= items || shipment.search != nil) && shipment.likelyBytes <= bytes)
    }

    mutating func tooLarge(bytes refused: Int, items count: Int) {
        guard count > 1 else { return }
        if refused / 2 >= Self.leastBytes { bytes = min(bytes, refused / 2) } else { suspect(items: count) }
    }

    mutating func suspect(items count: Int) { items = min(items, max((count + 1) / 2, 1)) }

    /// Part of the search is done.
    mutating func accepted() { items = items > .max / 2 ? .max : items * 2 }

    /// The search has ended with the item that was looked for.
    mutating func foundCulprit() { items = .max }
}
