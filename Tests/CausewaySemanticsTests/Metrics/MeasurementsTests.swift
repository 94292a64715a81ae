import CausewayModel
import CausewayOTLP
import Testing

@testable import CausewaySemantics

struct MeasurementsTests {
    @Test func `a model call gives duration, tokens by kind and time to the first chunk, with its trace as an example`() {
        var measurements = Measurements()
        measurements.take([
            SettledTelemetry.span(
                SettledTelemetry.call([
                    Attribute("gen_ai.response.model", "m1-large"), Attribute("server.address", "api.example"),
                    Attribute("server.port", 443), Attribute("gen_ai.response.time_to_first_chunk", 0.25),
                    Attribute("gen_ai.usage.cache_read.input_tokens", 40), Attribute("gen_ai.usage.reasoning.output_tokens", 4),
                    Attribute("gen_ai.usage.image.input_tokens", 30), Attribute("causeway.cost.total", 0.5),
                ]),
                milliseconds: 1500
            )
        ])
        let points = measurements.points()
        let call: [String: AttributeValue] = [
            "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "m1",
            "gen_ai.response.model": "m1-large", "server.address": "api.example", "server.port": 443,
        ]
        let duration = points["gen_ai.client.operation.duration"]
        #expect(duration.map(\.value) == [1.5] && duration.map(\.count) == [1] && duration.map(\.attributes) == [call])
        #expect(duration.map(\.exemplars) == [1] && duration.map(\.temporality) == [1])
        #expect(duration[0].start == 10 && duration[0].time == 20)
        #expect(duration[0].resource == ["service.name": "shop", "service.instance.id": "log-1"])
        #expect(points.sum("gen_ai.client.operation.time_to_first_chunk") == 0.25)
        #expect(points.sum("causeway.call.tokens", ["gen_ai.token.type": "input"]) == 100)
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "input"]) == 100)
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "input", "gen_ai.token.modality": "image"]) == 30)
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "input", "gen_ai.token.modality": "unknown"]) == 70)
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "cache_read"]) == 40)
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "reasoning"]) == 4)
        #expect(points.sum("causeway.cost", ["gen_ai.request.model": "m1"]) == 0.5)
        #expect(points["causeway.unpriced.calls"].isEmpty)
        #expect(points.sum("causeway.step.duration", ["causeway.step.type": "model_call"]) == 1.5)
    }

    @Test(arguments: ["causeway.usage.rollup", "causeway.duplicate_of", "causeway.redelivered"])
    func `what sums up other spans, or was seen before, counts no tokens, no money and no calls`(mark: String) {
        var measurements = Measurements()
        let value: AttributeValue = mark.hasSuffix("of") ? "00000000000000ff" : true
        let marked = [Attribute(mark, value), Attribute("causeway.cost.total", 1.0)]
        measurements.take([
            SettledTelemetry.span(SettledTelemetry.call(marked)), SettledTelemetry.span(SettledTelemetry.call(marked), status: .error),
        ])
        let points = measurements.points()
        for name in ["causeway.tokens", "causeway.call.tokens", "causeway.cost", "gen_ai.client.operation.duration"] {
            #expect(points[name].isEmpty, "\(name)")
        }
    }

    @Test func `tools count by how they ended, failures by what and why, timeouts apart`() {
        var measurements = Measurements()
        let failed = [
            Attribute("causeway.failure.category", "tool"), Attribute("causeway.failure.code", "timeout"),
            Attribute("causeway.timeout.by", "client"), Attribute("error.type", "Timeout"),
        ]
        measurements.take([
            SettledTelemetry.span(SettledTelemetry.tool("search")), SettledTelemetry.span(SettledTelemetry.tool("search")),
            SettledTelemetry.span(SettledTelemetry.tool("search", failed), status: .error),
        ])
        let points = measurements.points()
        #expect(points.sum("causeway.tool.calls", ["causeway.outcome": "success", "gen_ai.tool.name": "search"]) == 2)
        #expect(points.sum("causeway.tool.calls", ["causeway.outcome": "failure", "causeway.failure.code": "timeout"]) == 1)
        #expect(points.count("gen_ai.execute_tool.duration") == 3)
        #expect(points.count("gen_ai.execute_tool.duration", ["error.type": "Timeout"]) == 1)
        #expect(points.sum("causeway.failures", ["causeway.failure.category": "tool", "gen_ai.tool.name": "search"]) == 1)
        #expect(points.sum("causeway.timeouts", ["causeway.timeout.by": "client"]) == 1)
    }

    @Test func `a request counts once, with its totals and where its time went`() {
        var measurements = Measurements()
        measurements.take(
            SettledTelemetry.payload(
                [
                    SettledTelemetry.span(
                        [
                            Attribute("gen_ai.operation.name", "invoke_agent"), Attribute("gen_ai.agent.name", "clerk"),
                            Attribute("gen_ai.agent.version", "2.1"), Attribute("causeway.config.id", "c7"),
                            Attribute("causeway.experiment.variant", "b"), Attribute("faas.coldstart", true),
                            Attribute("causeway.outcome", "partial"), Attribute("causeway.request.steps", 9),
                            Attribute("causeway.time.model_ms", 1500.0), Attribute("causeway.time.idle_ms", 5000),
                            Attribute("causeway.usage.rollup", true), Attribute("causeway.cost.total", 3.0),
                        ],
                        milliseconds: 2000,
                        parent: nil
                    )
                ],
                resource: [Attribute("service.name", "shop"), Attribute("deployment.environment.name", "live")]
            ),
            signal: .traces,
            tenant: "acme",
            receivedNanoseconds: 1
        )
        let points = measurements.points("acme")
        let request: [String: AttributeValue] = [
            "gen_ai.agent.name": "clerk", "gen_ai.agent.version": "2.1", "causeway.config.id": "c7", "causeway.outcome": "partial",
            "causeway.experiment.variant": "b", "faas.coldstart": true, "deployment.environment.name": "live",
            "causeway.tenant.id": "acme",
        ]
        #expect(points["causeway.agent.requests"].map(\.attributes) == [request])
        #expect(points["causeway.agent.requests"].map(\.value) == [1])
        #expect(points.sum("causeway.agent.request.duration") == 2)
        #expect(points.sum("causeway.agent.steps") == 9)
        #expect(points.sum("causeway.time.share", ["causeway.time.kind": "model"]) == 0.75)
        // No share is more than all.
        #expect(points.sum("causeway.time.share", ["causeway.time.kind": "idle"]) == 1)
        #expect(points["causeway.cost"].isEmpty)
    }

    @Test func `tries again are counted from events, or where there are none from what the span says`() {
        var measurements = Measurements()
        func retry(_ attempt: Int64) -> EventRecord {
            EventRecord(
                name: "causeway.retry",
                timeNanoseconds: 1,
                attributes: [Attribute("causeway.retry.attempt", .int(attempt)), Attribute("causeway.retry.reason", "rate_limited")]
            )
        }
        measurements.take([
            SettledTelemetry.span(SettledTelemetry.call([Attribute("causeway.retry.count", 2)]), events: [retry(1), retry(2)]),
            SettledTelemetry.span(SettledTelemetry.call([Attribute("causeway.retry.count", 30)]), events: (1...16).map { retry($0) }),
            SettledTelemetry.span(SettledTelemetry.tool("t", [Attribute("causeway.retry.attempt", 2)])),
            SettledTelemetry.span(SettledTelemetry.tool("t", [Attribute("causeway.retry.attempt", 1)])),
        ])
        let points = measurements.points()
        #expect(points.sum("causeway.retries", ["gen_ai.request.model": "m1"]) == 32)
        #expect(points.sum("causeway.retries", ["causeway.retry.reason": "rate_limited"]) == 18)
        #expect(points.sum("causeway.retries", ["gen_ai.tool.name": "t"]) == 1)
    }

    @Test func `of tries that are spans of their own each counts once, whoever tells of it`() {
        var measurements = Measurements()
        let events = [1, 2].map { number in
            EventRecord(
                name: "causeway.retry",
                timeNanoseconds: 1,
                attributes: [Attribute("causeway.retry.attempt", .int(Int64(number)))]
            )
        }
        measurements.take([
            SettledTelemetry.span(SettledTelemetry.tool("t", [Attribute("causeway.retry.attempt", 1)])),
            SettledTelemetry.span(SettledTelemetry.tool("t", [Attribute("causeway.retry.attempt", 2)])),
            SettledTelemetry.span(
                SettledTelemetry.tool("t", [Attribute("causeway.retry.attempt", 3), Attribute("causeway.retry.count", 2)]),
                events: events
            ),
        ])
        #expect(measurements.points().sum("causeway.retries") == 2)
    }

    @Test func `what an agent says it has cost is not added to what its calls cost`() {
        var measurements = Measurements()
        let cost = Attribute("causeway.cost.total", 2.0)
        measurements.take([
            SettledTelemetry.span(
                [Attribute("gen_ai.operation.name", "invoke_agent"), cost, Attribute("causeway.outcome", "success")],
                parent: nil
            ),
            SettledTelemetry.span(SettledTelemetry.call([cost])),
            SettledTelemetry.span(SettledTelemetry.tool("t", [Attribute("causeway.cost.tool", 0.5)])),
        ])
        #expect(measurements.points().sum("causeway.cost") == 2.5)
    }

    @Test func `feedback counts from events and from log records`() {
        var measurements = Measurements()
        let said = [Attribute("causeway.feedback.kind", "thumbs"), Attribute("causeway.feedback.label", "up")]
        measurements.take([
            SettledTelemetry.span([], events: [EventRecord(name: "causeway.feedback", timeNanoseconds: 1, attributes: said)])
        ])
        var record = LogRecord(timeNanoseconds: 1, observedNanoseconds: 1)
        record.attributes = said
        measurements.take(
            TelemetryRecord(
                resource: [Attribute("service.name", "shop")],
                scope: ScopeRecord(name: ""),
                items: .logs([record, LogRecord(timeNanoseconds: 1, observedNanoseconds: 1)])
            ).encoded(),
            signal: .logs,
            tenant: "",
            receivedNanoseconds: 1
        )
        #expect(measurements.points().sum("causeway.feedback", ["causeway.feedback.label": "up"]) == 2)
    }

    @Test func `what a source sends itself is not derived for it, until it has not sent it for an hour`() {
        let own = TelemetryRecord(
            resource: [Attribute("service.name", "shop")],
            scope: ScopeRecord(name: "sdk"),
            items: .metrics([
                MetricRecord(
                    name: "gen_ai.client.token.usage",
                    data: .histogram([HistogramPoint(startNanoseconds: 1, timeNanoseconds: 2, count: 1)], temporality: .delta)
                )
            ])
        ).encoded()
        for (derive, isDerived) in [(Measurements.Derive.auto, false), (.on, true)] {
            var measurements = Measurements(derive: derive)
            measurements.take(own, signal: .metrics, tenant: "", receivedNanoseconds: 1)
            measurements.take([SettledTelemetry.span(SettledTelemetry.call())], at: 2)
            #expect(measurements.points()["causeway.tokens"].isEmpty == !isDerived)
            #expect(measurements.points()["gen_ai.client.operation.duration"].count == 1)
            // Another's are derived.
            measurements.take(
                SettledTelemetry.payload([SettledTelemetry.span(SettledTelemetry.call())], resource: [Attribute("service.name", "other")]),
                signal: .traces,
                tenant: "",
                receivedNanoseconds: 3
            )
            #expect(!measurements.points()["causeway.tokens"].isEmpty)
            measurements.written()
            measurements.take([SettledTelemetry.span(SettledTelemetry.call())], at: Measurements.ownMetricNanoseconds + 2)
            #expect(measurements.points().sum("causeway.tokens", ["gen_ai.token.type": "input"]) == 100)
        }
    }

    @Test func `a million tool names are so many series as are allowed, and one for the rest`() throws {
        var measurements = Measurements(maxSeries: 100)
        for batch in 0..<20 {
            measurements.take((0..<500).map { SettledTelemetry.span(SettledTelemetry.tool("tool-\(batch)-\($0)")) })
        }
        let points = measurements.points()
        #expect(points.points.count <= 103 && measurements.seriesCount <= 103)
        // Nothing is lost: what found no room is counted all the same.
        #expect(points.sum("causeway.tool.calls") == 10_000 && points.count("gen_ai.execute_tool.duration") == 10_000)
        let rest = points.points.filter { $0.attributes == ["otel.metric.overflow": true] }
        #expect(!rest.isEmpty && rest.allSatisfy { $0.resource["service.name"] == nil })
        let overflow = try #require(measurements.takeOverflows().first)
        #expect(overflow.widest == "gen_ai.tool.name" && overflow.measurements > 9000)
        #expect(measurements.takeOverflows().isEmpty)
    }

    @Test func `tenants are kept apart, and so many that there is no room are measured when others are written`() {
        var measurements = Measurements(maxSeries: 20)
        var total = 0.0
        for number in 0..<500 {
            measurements.take([SettledTelemetry.span(SettledTelemetry.tool("a"))], tenant: "t\(number)", at: UInt64(number + 1))
            guard measurements.isFull else { continue }
            for frame in measurements.frames(startNanoseconds: 1, timeNanoseconds: 2, instance: "") {
                total += MeasuredPoints(frame.payload).sum("causeway.tool.calls")
            }
            measurements.written()
            measurements.forgetQuiet()
            #expect(measurements.seriesCount <= 200)
        }
        for frame in measurements.frames(startNanoseconds: 1, timeNanoseconds: 2, instance: "") {
            let points = MeasuredPoints(frame.payload)
            #expect(points.points.count == frame.items)
            total += points.sum("causeway.tool.calls")
        }
        #expect(total == 500)
    }

    @Test func `only attributes that are allowed tell series apart, and those without which a metric says nothing`() {
        var measurements = Measurements(allowed: MetricAttributeSet([.tool]))
        measurements.take([
            SettledTelemetry.span(SettledTelemetry.tool("a", [Attribute("gen_ai.agent.name", "x")])),
            SettledTelemetry.span(SettledTelemetry.tool("a", [Attribute("gen_ai.agent.name", "y")])),
        ])
        #expect(measurements.points()["gen_ai.execute_tool.duration"].map(\.attributes) == [["gen_ai.tool.name": "a"]])
        #expect(measurements.points()["causeway.step.duration"].map(\.attributes) == [["causeway.step.type": "tool_call"]])
    }

    @Test func `what is written is not written again, and what a restart reads is what was known`() {
        var measurements = Measurements(maxSeries: 5)
        measurements.take([SettledTelemetry.span(SettledTelemetry.tool("a")), SettledTelemetry.span(SettledTelemetry.tool("b"))], at: 5)
        #expect(!measurements.isEmpty)
        measurements.written()
        #expect(measurements.isEmpty && measurements.points().points.isEmpty)
        var again = Measurements(maxSeries: 5)
        again.restore(measurements.state)
        #expect(again.state == measurements.state && again.seriesCount == measurements.seriesCount && again.isEmpty)
        // The room that was taken is taken.
        again.take([SettledTelemetry.span(SettledTelemetry.tool("c"))], at: 6)
        #expect(again.points()["causeway.tool.calls"].map(\.attributes) == [["otel.metric.overflow": true]])
    }

    @Test func `clocks that jump and numbers that are none make no negative measurement`() {
        var measurements = Measurements()
        var backwards = SettledTelemetry.span(
            SettledTelemetry.call([Attribute("gen_ai.response.time_to_first_chunk", .double(.nan))], input: -5, output: 1)
        )
        backwards.endNanoseconds = backwards.startNanoseconds - 1_000_000
        measurements.take([backwards])
        let points = measurements.points()
        #expect(points.sum("gen_ai.client.operation.duration") == 0 && points.count("gen_ai.client.operation.duration") == 1)
        #expect(points["gen_ai.client.operation.time_to_first_chunk"].isEmpty)
        #expect(points.sum("causeway.tokens") == 1)
        #expect(points.points.allSatisfy { $0.value >= 0 })
    }

    @Test func `what another bridge has measured is not measured again`() {
        var measurements = Measurements()
        measurements.take(
            SettledTelemetry.payload([SettledTelemetry.span(SettledTelemetry.call())]),
            signal: .traces,
            tenant: "",
            receivedNanoseconds: 1,
            isUnderstoodElsewhere: true
        )
        #expect(measurements.isEmpty)
    }

    @Test(arguments: 1...40)
    func `the metrics of random spans are an independent count over them`(seed: Int) {
        var random = Repeatable(UInt64(seed))
        func pick<T>(_ list: [T]) -> T { list.randomElement(using: &random)! }
        var measurements = Measurements()
        var found: [String: Double] = [:]
        var expected: [String: Double] = [:]
        func expect(_ key: String, _ value: Double) { if value != 0 { expected[key, default: 0] += value } }
        func collect() {
            for tenant in ["", "acme"] {
                for point in measurements.points(tenant).points {
                    let tool = point.attributes["gen_ai.tool.name"].map { "\($0)" } ?? ""
                    let model = point.attributes["gen_ai.request.model"].map { "\($0)" } ?? ""
                    let type = point.attributes["gen_ai.token.type"].map { "\($0)" } ?? ""
                    found["\(tenant) \(point.name) \(tool)\(model)\(type)", default: 0] += point.value
                    if point.kind == .histogram {
                        found["\(tenant) \(point.name) \(tool)\(model)\(type) n", default: 0] += Double(point.count)
                    }
                }
            }
            measurements.written()
        }
        for _ in 0..<30 {
            let tenant = pick(["", "acme"])
            let spans = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                let milliseconds = Double(Int.random(in: 0...5000, using: &random))
                let isMarked = Int.random(in: 0..<4, using: &random) == 0
                let mark = isMarked ? [Attribute(pick(["causeway.duplicate_of", "causeway.redelivered"]), .bool(true))] : []
                let name = pick(["a", "b", "c"])
                if Bool.random(using: &random) {
                    if !isMarked {
                        let key = "string(\"\(name)\")"
                        expect("\(tenant) causeway.tool.calls \(key)", 1)
                        expect("\(tenant) gen_ai.execute_tool.duration \(key) n", 1)
                        expect("\(tenant) gen_ai.execute_tool.duration \(key)", milliseconds / 1000)
                    }
                    return SettledTelemetry.span(SettledTelemetry.tool(name, mark), milliseconds: milliseconds)
                }
                let (input, output) = (Int64.random(in: 0...9000, using: &random), Int64.random(in: 0...900, using: &random))
                let isRollup = Int.random(in: 0..<4, using: &random) == 0
                if !isMarked && !isRollup {
                    let key = "string(\"\(name)\")"
                    expect("\(tenant) causeway.tokens \(key)string(\"input\")", Double(input))
                    expect("\(tenant) causeway.tokens \(key)string(\"output\")", Double(output))
                    expect("\(tenant) causeway.call.tokens \(key)string(\"input\")", Double(input))
                    expect("\(tenant) gen_ai.client.operation.duration \(key) n", 1)
                }
                let rollup = isRollup ? [Attribute("causeway.usage.rollup", true)] : []
                return SettledTelemetry.span(
                    SettledTelemetry.call(mark + rollup, model: name, input: input, output: output),
                    milliseconds: milliseconds
                )
            }
            measurements.take(spans, tenant: tenant)
            if Int.random(in: 0..<5, using: &random) == 0 { collect() }
        }
        collect()
        #expect(!expected.isEmpty)
        for (key, value) in expected { #expect(abs((found[key] ?? 0) - value) < 1e-6, "\(key)") }
    }
}
