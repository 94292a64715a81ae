/// Places by numbers that say whose they are, such as a span's id: open addressing in memory that is used again.
struct NumberTable {
    private var keys: [UInt64] = []
    /// -1 where nothing is.
    private var places: [Int32] = []
    private var count = 0
    /// Whoever makes up ids cannot have them lie in one place.
    private let seed = UInt64.random(in: .min ... .max)

    /// Forgets everything, and has room for so many.
    mutating func reset(_ room: Int) {
        var size = 16
        while size < room * 2 { size *= 2 }
        // What a long trace needed is let go of again.
        if size > places.count || places.count > 64 && places.count > size * 8 {
            keys = [UInt64](repeating: 0, count: size)
            places = [Int32](repeating: -1, count: size)
        } else if count > 0 {
            for slot in places.indices { places[slot] = -1 }
        }
        count = 0
    }

    subscript(key: UInt64) -> Int? {
        get {
            guard count > 0 else { return nil }
            let place = places[slot(of: key)]
            return place < 0 ? nil : Int(place)
        }
        set {
            guard let newValue else { return }
            if (count + 1) * 2 > places.count { grow() }
            let slot = slot(of: key)
            if places[slot] < 0 { count += 1 }
            (keys[slot], places[slot]) = (key, Int32(newValue))
        }
    }

    private mutating func grow() {
        let (oldKeys, oldPlaces) = (keys, places)
        let size = max(16, oldPlaces.count * 2)
        keys = [UInt64](repeating: 0, count: size)
        places = [Int32](repeating: -1, count: size)
        for (key, place) in zip(oldKeys, oldPlaces) where place >= 0 {
            let slot = slot(of: key)
            (keys[slot], places[slot]) = (key, place)
        }
    }

    /// Where the key is, or where there is room for it.
    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        let product = (key ^ seed).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        let mixed = (product.high ^ product.low ^ seed).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
        var slot = Int(truncatingIfNeeded: mixed.high ^ mixed.low) & (places.count &- 1)
        while places[slot] >= 0, keys[slot] != key { slot = (slot &+ 1) & (places.count &- 1) }
        return slot
    }
}
