/// Signals whose path is not there, while others' are: they wait, and do not stand in the way of the others. Times are of the boot-time
/// clock.
struct MutedSignals: Equatable {
    private var ends: [UInt8: UInt64] = [:]
    private var taken: Set<UInt8> = []

    var all: [UInt8] { ends.keys.sorted() }

    /// Whether a refusal can be about the path of `signal` alone.
    func takesOthers(than signal: UInt8) -> Bool { taken.contains { $0 != signal } }

    /// Those of which nothing is sent.
    func quiet(_ now: UInt64) -> Set<UInt8> { Set(ends.filter { $0.value > now }.keys) }

    func isQuiet(_ signal: UInt8, _ now: UInt64) -> Bool { ends[signal].map { $0 > now } ?? false }

    /// Returns whether it was not muted before.
    mutating func mute(_ signal: UInt8, until end: UInt64) -> Bool { ends.updateValue(end, forKey: signal) == nil }

    /// The signal is taken. Returns whether it was muted.
    mutating func took(_ signal: UInt8) -> Bool {
        taken.insert(signal)
        return ends.removeValue(forKey: signal) != nil
    }
}
