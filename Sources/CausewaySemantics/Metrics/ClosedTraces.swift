internal import CausewayModel

/// Traces whose request was counted from a root that was made in place of the real one: should that come after all, it is no other request.
///
/// Bounded: of those that were closed longest ago nothing is known any more.
struct ClosedTraces: Sendable {
    private var traces: Set<TraceID> = []
    /// In the order in which they were closed; where the next one goes when it is full.
    private(set) var order: [TraceID] = []
    private var place = 0

    static let limit = 1024

    func contains(_ trace: TraceID?) -> Bool {
        guard !traces.isEmpty, let trace else { return false }
        return traces.contains(trace)
    }

    mutating func insert(_ trace: TraceID) {
        guard traces.insert(trace).inserted else { return }
        guard order.count == Self.limit else { return order.append(trace) }
        traces.remove(order[place])
        order[place] = trace
        place = (place + 1) % Self.limit
    }
}
