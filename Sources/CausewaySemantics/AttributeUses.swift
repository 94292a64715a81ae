/// What becomes of each attribute of an item.
///
/// Of the first 64, and few items have more, two bits say it: to begin with a new item costs nothing, and what goes is found at once.
struct AttributeUses {
    private var understood: UInt64 = 0
    private var dropped: UInt64 = 0
    /// Of those behind the first 64.
    private var rest: [Facts.Use] = []
    private var count = 0

    /// All of them are kept.
    @inline(__always)
    mutating func begin(_ count: Int) {
        (understood, dropped, self.count) = (0, 0, count)
        if !rest.isEmpty { rest.removeAll(keepingCapacity: true) }
        if count > 64 { for _ in 64..<count { rest.append(.kept) } }
    }

    subscript(entry: Int) -> Facts.Use {
        @inline(__always)
        get {
            precondition(entry >= 0 && entry < count)
            guard entry < 64 else { return rest[entry - 64] }
            let bit: UInt64 = 1 << UInt64(entry)
            return dropped & bit != 0 ? .dropped : understood & bit != 0 ? .understood : .kept
        }
        @inline(__always)
        set {
            precondition(entry >= 0 && entry < count)
            guard entry < 64 else {
                rest[entry - 64] = newValue
                return
            }
            let bit: UInt64 = 1 << UInt64(entry)
            dropped &= ~bit
            understood &= ~bit
            switch newValue {
            case .kept: break
            case .understood: understood |= bit
            case .dropped: dropped |= bit
            }
        }
    }

    /// Hands out the attributes that do not stay, in their order.
    @inline(__always)
    func forEachGone(_ body: (Int) -> Void) {
        var gone = understood | dropped
        while gone != 0 {
            body(gone.trailingZeroBitCount)
            gone &= gone &- 1
        }
        for (place, use) in rest.enumerated() where use != .kept { body(place + 64) }
    }
}
