internal import Synchronization

/// Counts across threads.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    package var value: Int { count.load(ordering: .relaxed) }

    @discardableResult
    package func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
}
