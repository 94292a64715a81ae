internal import CausewaySpool

/// Who is to blame for a refusal, the content or the destination: told by what else gets through.
///
/// A payload that is refused is divided until what is bad in it is alone. Each payload has a number of requests for that; when they are
/// spent, pieces that are refused are set aside as they are. A destination that takes nothing at all is to blame itself: it is left alone
/// for a while, and nothing is set aside.
struct Suspicion: Equatable, Sendable {
    enum Verdict: Equatable {
        /// Send its halves.
        case divide
        /// Nobody will take it.
        case setAside
        /// Back to the log: the destination may be to blame.
        case stepBack
    }

    /// The most requests that one payload may cost, whatever is in it: enough to tell 256 items apart that are all bad.
    static let requestsPerSearch = 512
    /// So many refusals, and nothing ever taken, are the destination's fault.
    static let patience = 16
    /// So many set aside in a row make what comes next its fault, too.
    static let longestRow = 8
    /// How often a single item is offered to a destination that takes nothing else, before it is set aside all the same: it may stand
    /// before all others.
    static let offers = 4

    /// How often a connection has to break over a payload, with others getting through in between, before it is divided; and over a last
    /// item, before that is set aside.
    static let resets = 3
    static let resetsOfLastItem = 4

    /// Something was taken since the destination last refused all that it was offered.
    private(set) var takesOthers = false
    private var refusalsInRow = 0
    private var asideInRow = 0
    /// Requests taken so far.
    private var taken: UInt64 = 0
    private var doubts: [ItemPlace: Doubt] = [:]
    private var searches: [Int: Search] = [:]
    private var nextSearch = 1
    /// Rises with each payload that something was found in.
    private var level = 0

    /// The first item of a shipment, by which it is known again when it comes back from the log in another shape.
    private struct ItemPlace: Hashable {
        var sequence: UInt64
        var ordinal: Int
    }

    private struct Doubt: Equatable {
        var taken: UInt64
        /// How often it failed while others got through.
        var proofs = 0
        var offers = 0
    }

    private struct Search: Equatable {
        var requests = 0
        /// Pieces without an outcome.
        var open = 1
        var taken = 0
        var aside = 0
    }

    private static let mostDoubts = 256

    /// Somebody is under suspicion: it pays to offer something else.
    var wantsOthers: Bool { !doubts.isEmpty }

    /// How many items a first request may have: fewer, the more often something was found lately.
    var firstItems: Int { level == 0 ? .max : max(4096 >> level, 16) }

    // What requests came to

    mutating func accepted(_ shipment: Shipment) {
        (takesOthers, refusalsInRow, asideInRow) = (true, 0, 0)
        taken += 1
        clear(shipment)
        if shipment.search == nil { level = max(level - 1, 0) }
        end(shipment) { $0.taken += 1 }
    }

    /// The destination objects to something in it.
    mutating func refused(_ shipment: inout Shipment) -> Verdict {
        refusalsInRow += 1
        if !takesOthers, shipment.itemCount == 1 || refusalsInRow >= Self.patience {
            let offers = doubt(shipment) { $0.offers += 1 }.offers
            if shipment.itemCount > 1 || offers < Self.offers { return .stepBack }
        }
        return search(&shipment)
    }

    /// The destination failed over it. A last item is asked about once more: between two requests a backend may have gone down.
    mutating func failed(_ shipment: inout Shipment) -> Verdict { failed(&shipment, proofs: shipment.itemCount == 1 ? 2 : 1) }

    /// The connection broke over it, which may be anybody's fault: it takes more to be believed than an answer does.
    mutating func brokeOff(_ shipment: inout Shipment) -> Verdict {
        if shipment.itemCount == 1 { return failed(&shipment, proofs: Self.resetsOfLastItem) }
        return failed(&shipment, proofs: shipment.search == nil ? Self.resets : 1)
    }

    private mutating func failed(_ shipment: inout Shipment, proofs: Int) -> Verdict {
        let now = taken
        let doubt = doubt(shipment) { doubt in
            if now > doubt.taken { (doubt.taken, doubt.proofs) = (now, doubt.proofs + 1) }
        }
        guard doubt.proofs >= proofs else { return .stepBack }
        let verdict = search(&shipment)
        if verdict == .divide { _ = self.doubt(shipment) { $0.proofs = 0 } }
        return verdict
    }

    /// A shipment was divided, for whatever reason, after it was sent or before.
    mutating func divided(_ shipment: Shipment) {
        if let id = shipment.search { searches[id]?.open += 1 }
    }

    /// A shipment has its outcome without having been sent, or goes back to the log.
    mutating func dropped(_ shipment: Shipment) { end(shipment, sent: false) { _ in } }

    mutating func setAside(_ shipment: Shipment) {
        asideInRow += 1
        clear(shipment)
        end(shipment, sent: false) { $0.aside += 1 }
    }

    private mutating func search(_ shipment: inout Shipment) -> Verdict {
        let id = shipment.search ?? nextSearch
        if shipment.search == nil { nextSearch += 1 }
        shipment.search = id
        var search = searches[id] ?? Search()
        search.requests += 1
        searches[id] = search
        if shipment.itemCount == 1 { return .setAside }
        // All that is open costs a request at least; a division costs one more.
        return search.requests + search.open + 1 <= Self.requestsPerSearch ? .divide : .setAside
    }

    private mutating func end(_ shipment: Shipment, sent: Bool = true, _ note: (inout Search) -> Void) {
        guard let id = shipment.search, var search = searches[id] else { return }
        if sent { search.requests += 1 }
        search.open -= 1
        note(&search)
        searches[id] = search.open > 0 ? search : nil
        guard search.open == 0, search.aside > 0 else { return }
        level = min(level + 1, 8)
        if search.taken == 0 && asideInRow >= Self.longestRow { (takesOthers, refusalsInRow) = (false, 0) }
    }

    private mutating func clear(_ shipment: Shipment) {
        guard !doubts.isEmpty else { return }
        for part in shipment.parts {
            doubts = doubts.filter { $0.key.sequence != part.frame.sequence || !part.items.contains($0.key.ordinal) }
        }
    }

    private mutating func doubt(_ shipment: Shipment, _ note: (inout Doubt) -> Void) -> Doubt {
        let place = ItemPlace(sequence: shipment.parts[0].frame.sequence, ordinal: shipment.parts[0].items.lowerBound)
        var doubt = doubts[place] ?? Doubt(taken: taken)
        note(&doubt)
        if doubts[place] == nil, doubts.count >= Self.mostDoubts, let oldest = doubts.keys.min(by: { $0.sequence < $1.sequence }) {
            doubts[oldest] = nil
        }
        doubts[place] = doubt
        return doubt
    }
}
