internal import Synchronization

/// Bytes in flight in memory, shared by everything that holds telemetry between socket and disk or disk and socket.
package final class Budget: Sendable {
    /// The most that may be reserved at once, in bytes.
    package let limit: Int
    private let used = Atomic<Int>(0)

    package init(limit: Int) { self.limit = limit }

    package var usedBytes: Int { used.load(ordering: .relaxed) }

    /// Takes `bytes` if they are free.
    package func reserve(_ bytes: Int) -> Bool {
        let before = used.wrappingAdd(bytes, ordering: .relaxed).oldValue
        if before + bytes <= limit { return true }
        used.wrappingSubtract(bytes, ordering: .relaxed)
        return false
    }

    package func release(_ bytes: Int) { used.wrappingSubtract(bytes, ordering: .relaxed) }
}
