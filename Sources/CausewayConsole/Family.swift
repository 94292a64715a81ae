internal import CausewayModel

/// Who is whose child among the steps of a trace, by their places in a list.
///
/// Everything takes time in proportion to the steps and nothing recurses: a trace may be as deep as it has spans.
struct Family {
    /// Why the step at a place stands at the top.
    private(set) var roots: [Int: TraceTree.Root] = [:]
    private var parents: [Int?]
    /// Each in order of start.
    private var children: [[Int]]
    private var topLevel: [Int] = []

    /// A place in the order of reading.
    struct Placed {
        let place: Int
        let depth: Int
        let isLast: [Bool]
    }

    init(_ steps: [Step]) {
        let places = Dictionary(steps.enumerated().map { ($1.spanID, $0) }) { first, _ in first }
        // Equal starts stay in the order of arrival.
        let byStart = steps.indices.sorted { (steps[$0].startNanoseconds, $0) < (steps[$1].startNanoseconds, $1) }
        parents = steps.map { step in step.parentSpanID.flatMap { places[$0] } }
        children = Array(repeating: [], count: steps.count)
        for place in steps.indices where parents[place] == nil {
            roots[place] = steps[place].parentSpanID.map { .orphan(parent: $0) } ?? .real
        }
        breakCircles(byStart)
        for place in byStart {
            if let parent = parents[place] { children[parent].append(place) } else { topLevel.append(place) }
        }
    }

    /// Makes the earliest step of each circle a root. A step has one parent, so walking up finds a circle or a root.
    private mutating func breakCircles(_ byStart: [Int]) {
        var walk = [Int](repeating: -1, count: parents.count)
        var rank = walk
        for (position, place) in byStart.enumerated() { rank[place] = position }
        for start in byStart {
            var place = start
            while walk[place] == -1 {
                walk[place] = start
                guard let parent = parents[place] else { break }
                place = parent
            }
            guard parents[place] != nil, walk[place] == start else { continue }
            // Back at a step of this very walk: go round once more and look for the earliest.
            let entry = place
            var earliest = place
            repeat {
                if rank[place] < rank[earliest] { earliest = place }
                guard let parent = parents[place] else { break }
                place = parent
            } while place != entry
            parents[earliest] = nil
            roots[earliest] = .circle
        }
    }

    /// All places, parents first.
    var order: [Placed] {
        var all: [Placed] = []
        var open = topLevel.reversed().map { Placed(place: $0, depth: 0, isLast: []) }
        while let next = open.popLast() {
            all.append(next)
            let below = children[next.place]
            for (index, child) in below.enumerated().reversed() {
                let isLast = (next.isLast + [index == below.count - 1]).suffix(TraceTree.indentLimit)
                open.append(Placed(place: child, depth: next.depth + 1, isLast: Array(isLast)))
            }
        }
        return all
    }

    /// For each place whether it is above one of `places`.
    func ancestors(of places: [Int]) -> [Bool] {
        var above = [Bool](repeating: false, count: parents.count)
        for place in places {
            var next = parents[place]
            while let parent = next, !above[parent] {
                above[parent] = true
                next = parents[parent]
            }
        }
        return above
    }
}
