/// Identities by number; zero is nobody.
struct IdentityTable {
    private var all = [SettleIdentity()]
    private var numbers: [SettleIdentity: UInt32] = [:]
    /// The number that was asked for last: spans of one trace mostly say the same.
    private var last = 0

    var memoryBytes: Int { all.count * 160 }

    mutating func number(_ identity: SettleIdentity) -> UInt32 {
        if all[last] == identity { return UInt32(last) }
        if let known = numbers[identity] {
            last = Int(known)
            return known
        }
        last = all.count
        all.append(identity)
        numbers[identity] = UInt32(all.count - 1)
        return UInt32(all.count - 1)
    }

    subscript(number: UInt32) -> SettleIdentity { all[Int(number)] }
}
