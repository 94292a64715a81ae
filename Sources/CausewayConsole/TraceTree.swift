package import CausewayModel

/// The steps of one trace in the order in which a person reads them: each below its parent, siblings by their start.
package struct TraceTree: Sendable {
    package let traceID: TraceID
    /// Parents before their children.
    package let rows: [Row]
    package let totals: Totals

    /// A step and its place.
    package struct Row: Sendable {
        package let step: Step
        /// 0 for a root.
        package let depth: Int
        /// The last child of its parent, and likewise each ancestor below the root, outermost first. At most `indentLimit` of them.
        package let isLast: [Bool]
        package let root: Root
        /// There are model calls below, so its tokens repeat theirs.
        package let isRollup: Bool
    }

    /// Why a step stands at the top.
    package enum Root: Hashable, Sendable {
        /// It does not, its parent is above it.
        case none
        /// It has no parent.
        case real
        /// Its parent has not arrived.
        case orphan(parent: SpanID)
        /// Its ancestors name each other as parents; one of them has to be first.
        case circle
    }

    /// From here on deeper steps are not indented further.
    package static let indentLimit = 16

    /// The tree of one trace; `steps` are of this trace and each id occurs once.
    init(_ traceID: TraceID, _ steps: [Step]) {
        self.traceID = traceID
        let family = Family(steps)
        let order = family.order
        let isModelCall = { (place: Int) in steps[place].kind == .model || steps[place].kind == .embedding }
        let aboveModels = family.ancestors(of: steps.indices.filter(isModelCall))
        let aboveCosts = family.ancestors(of: steps.indices.filter { steps[$0].cost != nil })
        rows = order.map { placed in
            Row(
                step: steps[placed.place],
                depth: placed.depth,
                isLast: placed.isLast,
                root: family.roots[placed.place] ?? .none,
                isRollup: aboveModels[placed.place]
            )
        }
        var totals = Totals()
        for place in steps.indices { totals.add(steps[place], isAboveModels: aboveModels[place], isAboveCosts: aboveCosts[place]) }
        self.totals = totals
    }
}
