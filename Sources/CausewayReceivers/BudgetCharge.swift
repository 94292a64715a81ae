internal import Synchronization
internal import CausewayPlatform

/// What one request holds of the budget. Given back when released, and in any case with the last reference.
final class BudgetCharge: Sendable {
    let budget: Budget
    private let held = Atomic<Int>(0)

    init(_ budget: Budget) { self.budget = budget }

    deinit { release() }

    var heldBytes: Int { held.load(ordering: .relaxed) }

    /// Takes so many bytes more if they are free.
    func grow(by bytes: Int) -> Bool {
        guard budget.reserve(bytes) else { return false }
        held.wrappingAdd(bytes, ordering: .relaxed)
        return true
    }

    func shrink(by bytes: Int) {
        held.wrappingSubtract(bytes, ordering: .relaxed)
        budget.release(bytes)
    }

    /// Gives back everything; harmless when repeated.
    func release() { budget.release(held.exchange(0, ordering: .relaxed)) }
}
