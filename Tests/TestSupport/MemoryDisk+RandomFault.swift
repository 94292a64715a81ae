extension MemoryDisk {
    /// Makes the disk nearly full, or some operations of one kind fail; says which.
    package func setRandomFault<Random: RandomNumberGenerator>(of codes: [Int32], using random: inout Random) -> String {
        if Double.random(in: 0..<1, using: &random) < 0.2 {
            setCapacity(usedBytes + Int.random(in: 0...20_000, using: &random))
            return "the disk is nearly full"
        }
        let operations = ["write", "sync", "open", "fsync directory", "truncate", "unlink", "read", "rename", "any"]
        let wanted = operations[Int.random(in: 0...(operations.count - 1), using: &random)]
        let isShort = Double.random(in: 0..<1, using: &random) < 0.2
        let fault: Fault = isShort ? .short : .error(codes[Int.random(in: 0...(codes.count - 1), using: &random)])
        let first = Int.random(in: 0...3, using: &random)
        let isForEver = Double.random(in: 0..<1, using: &random) < 0.3
        let last = isForEver ? Int.max : first + Int.random(in: 0...2, using: &random)
        let met = Counter()
        setFault { _, operation, _ in
            guard wanted == "any" || operation == wanted else { return nil }
            return (first...last).contains(met.next() - 1) ? fault : nil
        }
        return "fault \(fault) at \(wanted) \(first)...\(last)"
    }
}
