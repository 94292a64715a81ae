import CausewayModel
import CausewayOTLP
import CausewayPlatform
import CausewaySpool
import TestSupport
import Testing

@testable import Causeway
@testable import CausewaySemantics

struct MetricsReportTests {
    private static let series: [DerivedSeries] = {
        var measurements = Measurements()
        func span(_ attributes: [Attribute], _ milliseconds: UInt64, parent: UInt64? = 9, status: StatusCode = .unset) -> SpanRecord {
            var span = MetricsLog.call("", milliseconds: milliseconds)
            span.attributes = attributes
            span.parentSpanID = parent.flatMap { SpanID($0) }
            span.status = StatusRecord(status)
            return span
        }
        func tool(_ name: String, _ milliseconds: UInt64, status: StatusCode = .unset) -> SpanRecord {
            span(
                [
                    Attribute("gen_ai.operation.name", "execute_tool"), Attribute("gen_ai.tool.name", .string(name)),
                    Attribute("causeway.cost.total", 0.00012), Attribute("causeway.step.type", "tool_call"),
                ],
                milliseconds,
                status: status
            )
        }
        let spans =
            (1...100).map { tool("search", UInt64($0) * 10) } + [tool("mail", 500, status: .error)]
            + [
                span([Attribute("causeway.outcome", "failure"), Attribute("gen_ai.agent.name", "clerk")], 101_000, parent: nil),
                span(
                    [
                        Attribute("gen_ai.operation.name", "chat"), Attribute("gen_ai.request.model", "m1"),
                        Attribute("gen_ai.usage.input_tokens", 100), Attribute("gen_ai.usage.output_tokens", 10),
                    ],
                    2000
                ),
            ]
        let payload = TelemetryRecord(resource: [], scope: ScopeRecord(name: ""), items: .spans(spans)).encoded()
        measurements.take(payload, signal: .traces, tenant: "", receivedNanoseconds: 1)
        var conversion = MetricConversion(to: .cumulative)
        for frame in measurements.frames(startNanoseconds: 1_000_000_000, timeNanoseconds: 61_000_000_000, instance: "x") {
            _ = conversion.converted(frame.payload, tenant: "")
        }
        return conversion.derivedSeries
    }()

    @Test func `tools come with calls, failures, percentiles, and their share of time and cost`() throws {
        let report = MetricsReport(.tool, Self.series)
        #expect(report.rows.map(\.name) == ["search", "mail"] && report.rows.map(\.calls) == [100, 1])
        #expect(report.rows.map(\.failed) == [0, 1])
        let p90 = try #require(report.rows[0].time.percentile(0.9, DerivedMetric.toolDuration.lattice))
        #expect(abs(p90 - 0.9) <= 0.9 * Lattice.relativeError)
        #expect(abs(report.rows[0].dollars - 0.012) < 1e-12)
        let line = try #require(report.text.split(separator: "\n").first { $0.hasPrefix("search") })
        #expect(line.contains("100") && line.contains("50 %") && line.contains("$0.012"))
        #expect(report.text.contains("mail") && report.text.contains("1 (100 %)"))
    }

    @Test func `models come with tokens, agents with outcomes, and a price that nobody knows is a question mark`() throws {
        let model = MetricsReport(.model, Self.series)
        #expect(model.rows.map(\.name) == ["m1"] && model.rows[0].tokens == ["input": 100, "output": 10])
        #expect(try #require(model.text.split(separator: "\n").first { $0.hasPrefix("m1") }).contains("?"))
        let agent = MetricsReport(.agent, Self.series)
        #expect(agent.rows.map(\.name) == ["clerk"] && agent.rows[0].failed == 1)
        #expect(MetricsReport(.step, Self.series).rows.map(\.name) == ["tool_call"])
    }

    @Test func `a program reads numbers, and null where nothing is known`() throws {
        guard case .object(let members) = MetricsReport(.tool, Self.series).json else { return #expect(Bool(false)) }
        #expect(members.map(\.name).contains("percentile_error"))
        let empty = MetricsReport(.tool, [])
        #expect(empty.rows.isEmpty && empty.text.contains("nothing measured"))
    }

    @Test(arguments: [(0.00012, "$0.00012"), (0.5, "$0.50"), (12.345, "$12.3"), (1.0, "$1"), (0.000000049, "$0.000000049")])
    func `money is written with at least two digits that count`(amount: Double, text: String) {
        #expect(MetricsReport.dollars(amount) == text)
    }

    @Test func `what is shown for scraping has Prometheus' names, buckets of the conventions, and tenants apart`() throws {
        var conversion = MetricConversion(to: .cumulative)
        for tenant in ["", "acme"] {
            var measurements = Measurements()
            measurements.take(
                TelemetryRecord(
                    resource: [Attribute("service.name", "shop")],
                    scope: ScopeRecord(name: ""),
                    items: .spans([MetricsLog.call("a")])
                )
                .encoded(),
                signal: .traces,
                tenant: tenant,
                receivedNanoseconds: 1
            )
            for frame in measurements.frames(startNanoseconds: 1, timeNanoseconds: 2, instance: "x") {
                _ = conversion.converted(frame.payload, tenant: tenant)
            }
        }
        let text = PrometheusText.text(DerivedMetricFamilies.families(conversion.derivedSeries))
        #expect(text.contains("# TYPE causeway_tool_calls_total counter\n"))
        #expect(text.contains("causeway_tool_calls_total{causeway_outcome=\"success\",gen_ai_tool_name=\"a\",service_name=\"shop\"} 1\n"))
        #expect(text.contains("causeway_tenant_id=\"acme\""))
        #expect(text.contains("gen_ai_execute_tool_duration_seconds_bucket{gen_ai_tool_name=\"a\",service_name=\"shop\",le=\"0.16\"} 1\n"))
        #expect(text.contains("gen_ai_execute_tool_duration_seconds_bucket{gen_ai_tool_name=\"a\",service_name=\"shop\",le=\"0.08\"} 0\n"))
        // A family is named once.
        let types = text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types).count == types.count)
    }
}
