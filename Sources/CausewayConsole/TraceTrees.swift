package import CausewayModel
internal import CausewayOTLP

/// Builds the trees of the traces in payloads, in one pass over each payload and in memory that grows with the spans.
package struct TraceTrees: Sendable {
    private var traces: [TraceID: Trace] = [:]

    private struct Trace: Sendable {
        private(set) var steps: [Step] = []
        private var places: [SpanID: Int] = [:]

        mutating func add(_ step: Step) {
            if let place = places[step.spanID] {
                // What was made up for a span that was missing gives way to it.
                if steps[place].isSynthetic, !step.isSynthetic {
                    let sightings = steps[place].sightings
                    steps[place] = step
                    steps[place].sightings = sightings
                } else {
                    steps[place].sightings += 1
                }
            } else {
                places[step.spanID] = steps.count
                steps.append(step)
            }
        }
    }

    package init() {}

    /// Takes in the spans of a traces payload. A span that has come before is counted, not taken again.
    package mutating func add(_ payload: [UInt8]) {
        for resource in RequestView(payload, signal: .traces).resourceEntries {
            for scope in resource.scopeEntries(payload) {
                for span in scope.spans(payload) {
                    if let step = Step(span, in: payload) { traces[step.traceID, default: Trace()].add(step) }
                }
            }
        }
    }

    /// The tree of every trace, the one that began first in front.
    package var trees: [TraceTree] {
        traces.map { TraceTree($0, $1.steps) }.sorted {
            ($0.totals.startNanoseconds, $0.traceID.high, $0.traceID.low) < ($1.totals.startNanoseconds, $1.traceID.high, $1.traceID.low)
        }
    }

    package func tree(of traceID: TraceID) -> TraceTree? { traces[traceID].map { TraceTree(traceID, $0.steps) } }
}
