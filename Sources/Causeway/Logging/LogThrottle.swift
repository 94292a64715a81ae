/// Lets a message through the first time and then once in an interval, and counts what it held back.
struct LogThrottle {
    /// The least time between two lines of one message, in nanoseconds.
    let interval: UInt64
    /// Messages remembered at most; beyond, the one that was quiet longest is forgotten.
    let capacity: Int
    private var entries: [String: Entry] = [:]

    private struct Entry {
        var written: UInt64
        var suppressed = 0
    }

    init(interval: UInt64 = 10_000_000_000, capacity: Int = 512) {
        self.interval = interval
        self.capacity = capacity
    }

    /// How many were held back since the last line, or nil when this one is held back too.
    mutating func admit(_ key: String, at now: UInt64) -> Int? {
        if let entry = entries[key] {
            if now < entry.written &+ interval {
                entries[key]?.suppressed += 1
                return nil
            }
            entries[key] = Entry(written: now)
            return entry.suppressed
        }
        if entries.count >= capacity, let quietest = entries.min(by: { $0.value.written < $1.value.written }) {
            entries[quietest.key] = nil
        }
        entries[key] = Entry(written: now)
        return 0
    }
}
