import CausewayModel
import CausewayOTLP

@testable import CausewaySemantics

/// What a request of metrics says, for looking into it.
struct MeasuredPoints {
    struct Point: Equatable {
        var name: String
        var resource: [String: AttributeValue]
        var attributes: [String: AttributeValue]
        var temporality: Int32
        var kind: MetricKind
        var start: UInt64
        var time: UInt64
        /// Of a sum its value, of a histogram its sum.
        var value: Double
        var count: UInt64
        var buckets: [UInt64]
        var bounds: [Double]
        var exemplars: Int
    }

    private(set) var points: [Point] = []

    init(_ payload: [UInt8]) {
        for resource in RequestView(payload, signal: .metrics).resourceEntries {
            let about = Self.dictionary(resource.attributes.copied(payload))
            for scope in resource.scopeEntries(payload) {
                for metric in scope.metrics(payload) {
                    guard let data = metric.data else { continue }
                    for view in data.points(payload) {
                        let fields = PointFields(payload, view.contents, data.kind)
                        let number: Double =
                            switch view.value {
                            case .int(let value)?: Double(value)
                            case .double(let value)?: value
                            case nil: view.sum ?? 0
                            }
                        var exemplars = 0
                        var reader = FieldReader(0..<fields.rest.count)
                        while reader.next(fields.rest) != nil { exemplars += 1 }
                        points.append(
                            Point(
                                name: payload.text(metric.name),
                                resource: about,
                                attributes: Self.dictionary(view.attributes.copied(payload)),
                                temporality: data.temporality,
                                kind: data.kind,
                                start: view.startNanoseconds,
                                time: view.timeNanoseconds,
                                value: number,
                                count: view.count,
                                buckets: fields.buckets,
                                bounds: fields.bounds,
                                exemplars: exemplars
                            )
                        )
                    }
                }
            }
        }
    }

    static func dictionary(_ attributes: [Attribute]) -> [String: AttributeValue] {
        Dictionary(attributes.map { ($0.key, $0.value) }) { first, _ in first }
    }

    subscript(name: String) -> [Point] { points.filter { $0.name == name } }

    /// The sum of a metric's values in all series with these attributes.
    func sum(_ name: String, _ attributes: [String: AttributeValue] = [:]) -> Double {
        points.filter { point in point.name == name && attributes.allSatisfy { point.attributes[$0.key] == $0.value } }
            .reduce(0) { $0 + $1.value }
    }

    func count(_ name: String, _ attributes: [String: AttributeValue] = [:]) -> UInt64 {
        points.filter { point in point.name == name && attributes.allSatisfy { point.attributes[$0.key] == $0.value } }
            .reduce(0) { $0 + $1.count }
    }
}

/// Spans as they stand in the log when they are settled.
enum SettledTelemetry {
    static func span(
        _ attributes: [Attribute],
        milliseconds: Double = 1000,
        parent: UInt64? = 7,
        status: StatusCode = .unset,
        events: [EventRecord] = [],
        id: UInt64 = 1
    ) -> SpanRecord {
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: 2)!,
            spanID: SpanID(id)!,
            parentSpanID: parent.flatMap { SpanID($0) },
            name: "work",
            startNanoseconds: 1_000_000_000_000,
            endNanoseconds: 1_000_000_000_000 + UInt64(milliseconds * 1e6)
        )
        span.attributes = attributes
        span.status = StatusRecord(status)
        span.events = events
        return span
    }

    static func payload(_ spans: [SpanRecord], resource: [Attribute] = [Attribute("service.name", "shop")]) -> [UInt8] {
        TelemetryRecord(resource: resource, scope: ScopeRecord(name: "test"), items: .spans(spans)).encoded()
    }

    static func call(_ more: [Attribute] = [], model: String = "m1", input: Int64 = 100, output: Int64 = 10) -> [Attribute] {
        [
            Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.provider.name", "openai"),
            Attribute("gen_ai.request.model", .string(model)), Attribute("causeway.step.type", "model_call"),
            Attribute("gen_ai.usage.input_tokens", .int(input)), Attribute("gen_ai.usage.output_tokens", .int(output)),
        ] + more
    }

    static func tool(_ name: String, _ more: [Attribute] = []) -> [Attribute] {
        [
            Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", .string(name)),
            Attribute("causeway.step.type", "tool_call"),
        ] + more
    }
}

extension Measurements {
    mutating func take(_ spans: [SpanRecord], tenant: String = "", at now: UInt64 = 1) {
        take(SettledTelemetry.payload(spans), signal: .traces, tenant: tenant, receivedNanoseconds: now)
    }

    /// What would be written for a tenant.
    func points(_ tenant: String = "", start: UInt64 = 10, time: UInt64 = 20) -> MeasuredPoints {
        let frame = frames(startNanoseconds: start, timeNanoseconds: time, instance: "log-1").first { $0.tenant == tenant }
        return MeasuredPoints(frame?.payload ?? [])
    }
}
