internal import CausewayExporters
internal import CausewayModel
internal import CausewaySemantics
internal import CausewaySpool

extension PayloadPlan {
    /// The same, with derived metrics in the names and the form of histograms that the destination reads; or without them.
    func renderingMetrics(_ demand: MetricDemand) -> PayloadPlan {
        var plan = self
        let rendering = demand.rendering
        let shaped: @Sendable (Rendered) -> Rendered = { rendered in
            guard let rendering else { return rendered }
            var shaped = rendered
            shaped.pieces = rendered.pieces.map { rendering.rendered($0) }
            return shaped
        }
        plan.render = { [render] parts in
            guard let first = parts.first, first.frame.signal == Signal.metrics.rawValue else { return render(parts) }
            guard demand.takesDerived else {
                let derived = parts.filter { $0.frame.flags.contains(.derived) }
                var rendered = shaped(render(parts.filter { !$0.frame.flags.contains(.derived) }))
                if !derived.isEmpty { rendered.filtered["derived_metrics", default: []] += derived.map(\.range) }
                return rendered
            }
            return shaped(render(parts))
        }
        plan.reduce = { [reduce] part, bytes in
            let rendered = reduce(part, bytes)
            return part.frame.signal == Signal.metrics.rawValue ? rendered.map(shaped) : rendered
        }
        return plan
    }
}
