internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySemantics
internal import CausewaySpool
internal import Synchronization

/// What has come in and what was not kept, for the books: `decoded = from_receivers + refused_items`.
final class IntakeCounts: Sendable {
    struct Numbers: Sendable {
        var decodedItems: [Signal: Int] = [:]
        /// By reason; the sender was told.
        var refusedItems: [RefusedKey: Int] = [:]
        var repairedStrings = 0
        /// Items in which a dialect was recognised, by its name.
        var understoodItems: [String: Int] = [:]
        /// Attributes left out of metrics because their values are without bound.
        var unboundedAttributes = 0
    }

    struct RefusedKey: Hashable, Sendable {
        var signal: Signal
        var reason: String
    }

    private let numbers: Mutex<Numbers>

    /// `appended` items are in the log from earlier runs: counting goes on from there, so that the law holds over restarts.
    init(appended: [Signal: Int]) {
        var start = Numbers()
        start.decodedItems = appended
        numbers = Mutex(start)
    }

    var snapshot: Numbers { numbers.withLock { $0 } }

    func count(_ admitted: Admitted, _ signal: Signal) {
        numbers.withLock { numbers in
            numbers.decodedItems[signal, default: 0] += admitted.items + admitted.refused
            numbers.repairedStrings += admitted.repairedStrings
            for (refusal, count) in admitted.refusals {
                numbers.refusedItems[RefusedKey(signal: signal, reason: refusal.reason), default: 0] += count
            }
        }
    }

    func count(_ understood: Understood) {
        guard !understood.items.isEmpty else { return }
        numbers.withLock { numbers in
            numbers.understoodItems.merge(understood.items, uniquingKeysWith: +)
            numbers.unboundedAttributes += understood.unboundedAttributes
        }
    }

    /// Items that were good and found no room; their sender keeps them and comes again.
    func countUnstored(_ items: Int, _ signal: Signal, _ error: SpoolError) {
        let reason =
            switch error {
            case .full: "spool_full"
            case .disk, .locked, .unreadable: "spool_failed"
            case .closed: "stopping"
            }
        numbers.withLock { $0.refusedItems[RefusedKey(signal: signal, reason: reason), default: 0] += items }
    }
}
