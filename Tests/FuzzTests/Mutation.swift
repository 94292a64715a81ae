/// Bytes made from others as a fuzzer makes them, by the dice it is given.
struct Mutation<Dice: RandomNumberGenerator> {
    var dice: Dice

    /// One of `seeds` with up to eight changes, which may bring in parts of the others.
    mutating func mutant(of seeds: [[UInt8]]) -> [UInt8] {
        var bytes = seeds.randomElement(using: &dice) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &dice) { change(&bytes, seeds) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ seeds: [[UInt8]]) {
        guard !bytes.isEmpty else {
            bytes = noise()
            return
        }
        let place = Int.random(in: bytes.indices, using: &dice)
        switch Int.random(in: 0..<8, using: &dice) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &dice)
        case 2: bytes.insert(contentsOf: noise(), at: place)
        case 3: bytes.removeSubrange(part(of: bytes))
        case 4: bytes.insert(contentsOf: bytes[part(of: bytes)], at: place)
        case 5:
            guard let other = seeds.randomElement(using: &dice), !other.isEmpty else { return }
            bytes.insert(contentsOf: other[part(of: other)], at: place)
        case 6: overwrite(&bytes, at: place)
        default: bytes.removeSubrange(place...)
        }
    }

    /// A number that lies at some limit, in some width and order.
    private mutating func overwrite(_ bytes: inout [UInt8], at place: Int) {
        let numbers: [UInt64] = [
            0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 1 << 31 - 1, 1 << 31, 1 << 32 - 1, 1 << 62, 1 << 63 - 1, 1 << 63, .max,
        ]
        let number = numbers.randomElement(using: &dice)! &+ UInt64.random(in: 0...1, using: &dice)
        let width = [1, 2, 4, 8].randomElement(using: &dice)!
        var encoded = (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        if Bool.random(using: &dice) { encoded.reverse() }
        for (offset, byte) in encoded.enumerated() where place + offset < bytes.count { bytes[place + offset] = byte }
    }

    private mutating func part(of bytes: [UInt8]) -> Range<Int> {
        let start = Int.random(in: bytes.indices, using: &dice)
        let longest = Bool.random(using: &dice) ? 16 : bytes.count
        return start..<min(bytes.count, start + Int.random(in: 1...longest, using: &dice))
    }

    private mutating func noise() -> [UInt8] {
        (0..<Int.random(in: 1...16, using: &dice)).map { _ in UInt8.random(in: 0...255, using: &dice) }
    }
}
