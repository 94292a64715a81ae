internal import CausewayModel
internal import CausewayOTLP
internal import CausewaySemantics
internal import CausewaySpool
internal import Synchronization

/// What has come in and what was not kept, for the books: `decoded = from_receivers + refused_items + repeated`.
final class IntakeCounts: Sendable {
    struct Numbers: Equatable, Sendable {
        var decodedItems: [Signal: Int] = [:]
        /// Items that the log has acknowledged.
        var storedItems: [Signal: Int] = [:]
        /// By reason; the sender was told.
        var refusedItems: [RefusedKey: Int] = [:]
        var repairedStrings = 0
        /// Items in which a dialect was recognised, by its name.
        var understoodItems: [String: Int] = [:]
        /// Attributes left out of metrics because their values are without bound.
        var unboundedAttributes = 0
        /// Items that are in the log already; dropped, and their sender told that they are stored.
        var repeatedItems: [Signal: Int] = [:]
        /// Calls of models that got a price, and those that got none.
        var pricedCalls = 0
        var unpricedCalls: [UnpricedCall: Int] = [:]
        /// Items whose token counts contradict each other, or are none.
        var invalidUsage = 0

        /// Names of models come from outside: beyond so many they are counted together.
        static let maxUnpriced = 100

        mutating func add(_ unpriced: [UnpricedCall: Int]) {
            for (call, count) in unpriced {
                let name = UnpricedCall(provider: Self.label(call.provider), model: Self.label(call.model), reason: call.reason)
                let isKnown = unpricedCalls[name] != nil || unpricedCalls.count < Self.maxUnpriced
                unpricedCalls[isKnown ? name : UnpricedCall(provider: "other", model: "other", reason: call.reason), default: 0] += count
            }
        }

        private static func label(_ name: String) -> String { LogText.harmless(String(name.unicodeScalars.prefix(100))) }
    }

    struct RefusedKey: Hashable, Sendable {
        var signal: Signal
        var reason: String
    }

    private let numbers: Mutex<Numbers>
    /// As last kept on disk.
    private let kept: Mutex<Numbers?>

    /// `appended` items are in the log from earlier runs, and `earlier` was kept by the last one: counting goes on from there, so that the
    /// law holds over restarts. What was refused after it was kept, a run that was killed has forgotten.
    init(appended: [Signal: Int], earlier: Numbers? = nil) {
        var start = earlier ?? Numbers()
        start.storedItems = appended
        start.decodedItems = appended
        for (key, count) in start.refusedItems { start.decodedItems[key.signal, default: 0] += count }
        for (signal, count) in start.repeatedItems { start.decodedItems[signal, default: 0] += count }
        numbers = Mutex(start)
        kept = Mutex(start)
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
            numbers.pricedCalls += understood.priced
            numbers.invalidUsage += understood.invalidUsage
            numbers.add(understood.unpriced)
        }
    }

    /// Lines of agent events: those that are refused count as spans, which most of them would have become.
    func count(_ output: AgentEventOutput) {
        numbers.withLock { numbers in
            numbers.decodedItems[.traces, default: 0] += output.spanCount + output.partCount + output.rejectedLines
            numbers.decodedItems[.logs, default: 0] += output.recordCount
            numbers.repairedStrings += output.repairedLines
            for (reason, count) in output.rejections {
                numbers.refusedItems[RefusedKey(signal: .traces, reason: "event_\(reason.rawValue)"), default: 0] += count
            }
        }
    }

    /// Items of lines that could not be anybody's.
    func countUnstored(_ output: AgentEventOutput, reason: String) {
        numbers.withLock { numbers in
            numbers.refusedItems[RefusedKey(signal: .traces, reason: reason), default: 0] += output.spanCount + output.partCount
            numbers.refusedItems[RefusedKey(signal: .logs, reason: reason), default: 0] += output.recordCount
        }
    }

    func countStored(_ items: Int, _ signal: Signal) {
        guard items > 0 else { return }
        numbers.withLock { $0.storedItems[signal, default: 0] += items }
    }

    /// The numbers, if they have changed since the last call.
    func takeChanged() -> Numbers? {
        let now = snapshot
        return kept.withLock { kept in
            if kept == now { return nil }
            kept = now
            return now
        }
    }

    /// They could not be kept: next time again.
    func markChanged() { kept.withLock { $0 = nil } }

    func countRepeated(_ items: Int, _ signal: Signal) {
        if items > 0 { numbers.withLock { $0.repeatedItems[signal, default: 0] += items } }
    }

    /// Items that were good and found no room; their sender keeps them and comes again.
    func countUnstored(_ items: Int, _ signal: Signal, _ error: SpoolError) {
        guard items > 0 else { return }
        let reason =
            switch error {
            case .full: "spool_full"
            case .disk, .locked, .unreadable: "spool_failed"
            case .closed: "stopping"
            }
        numbers.withLock { $0.refusedItems[RefusedKey(signal: signal, reason: reason), default: 0] += items }
    }
}
