internal import CausewayModel
internal import CausewayOTLP

/// Texts by number, each once: what spans of a table call their agents, users and models.
///
/// Zero is no text. Nothing is taken out; who fills it makes a new one of what is still in use now and then.
struct TextTable {
    private var bytes: [UInt8] = []
    /// Where each text ends; it begins where the one before ends.
    private var ends: [Int] = [0]
    private var hashes: [UInt64] = [0]
    /// Numbers by hash, open addressing; zero is free.
    private var slots = [UInt32](repeating: 0, count: 64)
    private let key: (UInt64, UInt64)

    init(_ key: (UInt64, UInt64) = (.random(in: .min ... .max), .random(in: .min ... .max))) {
        self.key = key
    }

    var memoryBytes: Int {
        bytes.capacity + ends.capacity * 8 + hashes.capacity * 8 + slots.capacity * 4
    }

    mutating func number(_ source: [UInt8], _ range: Range<Int>) -> UInt32 {
        guard !range.isEmpty else { return 0 }
        let hash = KeyedHash.of(source, range, key.0, key.1)
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[place] != 0 {
            let number = Int(slots[place])
            if hashes[number] == hash, holds(number, source, range) { return UInt32(number) }
            place = (place + 1) & (slots.count - 1)
        }
        bytes.append(contentsOf: source[range])
        ends.append(bytes.count)
        hashes.append(hash)
        slots[place] = UInt32(ends.count - 1)
        if ends.count * 2 > slots.count { grow() }
        return UInt32(ends.count - 1)
    }

    mutating func number(_ text: String) -> UInt32 {
        let source = Array(text.utf8)
        return number(source, source.indices)
    }

    func range(_ number: UInt32) -> Range<Int> {
        number == 0 ? 0..<0 : ends[Int(number) - 1]..<ends[Int(number)]
    }

    func text(_ number: UInt32) -> String { String(decoding: bytes[range(number)], as: UTF8.self) }

    /// The number in this table of a text of another one.
    mutating func number(_ number: UInt32, of other: TextTable) -> UInt32 {
        self.number(other.bytes, other.range(number))
    }

    private func holds(_ number: Int, _ source: [UInt8], _ range: Range<Int>) -> Bool {
        let start = ends[number - 1]
        return ends[number] - start == range.count && ByteScan.isEqual(bytes, start, source, range.lowerBound, range.count)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for number in 1..<ends.count {
            var place = Int(truncatingIfNeeded: hashes[number]) & (slots.count - 1)
            while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = UInt32(number)
        }
    }
}
