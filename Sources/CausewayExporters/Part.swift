package import CausewaySpool

/// Neighbouring items of a frame that travel together: usually all of them.
package struct Part: Equatable, Sendable {
    package let frame: StoredFrame
    /// Ordinals in the frame.
    package let items: Range<Int>

    package init(_ frame: StoredFrame, items: Range<Int>) {
        self.frame = frame
        self.items = items
    }

    /// The frame's payload can go as it is.
    package var isWholeFrame: Bool { items == 0..<frame.items }

    package var range: ItemRange { ItemRange(sequence: frame.sequence, first: items.lowerBound, count: items.count) }

    /// Exact for a whole frame.
    var likelyBytes: Int { isWholeFrame ? frame.payload.count : frame.payload.count * items.count / max(frame.items, 1) }

    func prefix(_ count: Int) -> Part { Part(frame, items: items.prefix(count)) }
    func suffix(_ count: Int) -> Part { Part(frame, items: items.suffix(count)) }
}
