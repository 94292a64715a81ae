import CausewayModel
import CausewayOTLP
import Testing

@testable import CausewaySemantics

struct MetricRenderingTests {
    /// Two calls of a model, an embedding and a tool, as they stand in the log.
    private static let stored: [UInt8] = {
        var measurements = Measurements()
        measurements.take([
            SettledTelemetry.span(
                SettledTelemetry.call([Attribute("gen_ai.response.time_to_first_chunk", 0.2)], input: 100, output: 10),
                milliseconds: 1500
            ),
            SettledTelemetry.span(
                SettledTelemetry.call([Attribute("gen_ai.usage.cache_read.input_tokens", 7)], input: 5, output: 1),
                milliseconds: 30
            ),
            SettledTelemetry.span([
                Attribute("gen_ai.operation.name", "embeddings"), Attribute("gen_ai.provider.name", "openai"),
                Attribute("gen_ai.usage.input_tokens", 3),
            ]),
            SettledTelemetry.span(SettledTelemetry.tool("t")),
        ])
        return measurements.frames(startNanoseconds: 10, timeNanoseconds: 20, instance: "log")[0].payload
    }()

    private func rendered(_ generation: MetricRendering.Generation, _ histograms: MetricRendering.Histograms = .explicit) -> MeasuredPoints
    {
        MeasuredPoints(MetricRendering(generation: generation, histograms: histograms).rendered(Self.stored))
    }

    @Test func `the second generation has one token metric by type, and durations of all operations in one`() {
        let points = rendered(.second)
        let tokens = points["gen_ai.client.token.usage"]
        #expect(Set(tokens.compactMap { $0.attributes["gen_ai.token.type"] }) == ["input", "output"])
        #expect(points.sum("gen_ai.client.token.usage", ["gen_ai.token.type": "input"]) == 108)
        #expect(points.count("gen_ai.client.operation.duration") == 3)
        #expect(points.sum("gen_ai.client.operation.time_to_first_chunk") == 0.2)
        #expect(points["causeway.call.tokens"].isEmpty)
        #expect(points.sum("causeway.tokens", ["gen_ai.token.type": "cache_read"]) == 7)
        let bounds = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1_048_576, 4_194_304, 16_777_216, 67_108_864].map { Double($0) }
        #expect(tokens.allSatisfy { $0.bounds == bounds && $0.buckets.count == 15 && $0.exemplars == 1 })
        let chat = tokens.first { $0.attributes["gen_ai.token.type"] == "input" && $0.attributes["gen_ai.operation.name"] == "chat" }!
        #expect(chat.buckets == [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test func `the third generation splits tokens into counters with a modality, and inference from other operations`() {
        let points = rendered(.third)
        #expect(points["gen_ai.client.token.usage"].isEmpty && points["gen_ai.client.operation.time_to_first_chunk"].isEmpty)
        let input = points["gen_ai.client.inference.usage.input_tokens"]
        #expect(input.allSatisfy { $0.kind == .sum && $0.attributes["gen_ai.token.modality"] == "unknown" })
        #expect(input.allSatisfy { $0.attributes["gen_ai.token.type"] == nil })
        #expect(points.sum("gen_ai.client.inference.usage.input_tokens") == 108)
        #expect(points.sum("gen_ai.client.inference.usage.output_tokens") == 11)
        #expect(points.sum("gen_ai.client.inference.usage.cache_read.input_tokens") == 7)
        #expect(points.count("gen_ai.client.inference.operation.input_tokens") == 3)
        #expect(points.count("gen_ai.client.inference.duration") == 2 && points.count("gen_ai.client.operation.duration") == 1)
        #expect(points.sum("gen_ai.client.inference.time_to_first_chunk") == 0.2)
    }

    @Test func `the first generation says gen_ai.system`() {
        let points = rendered(.first)
        for point in points["gen_ai.client.operation.duration"] + points["gen_ai.client.token.usage"] {
            #expect(point.attributes["gen_ai.system"] == "openai" && point.attributes["gen_ai.provider.name"] == nil)
        }
        #expect(points["gen_ai.client.operation.time_to_first_chunk"].isEmpty)
    }

    @Test func `histograms are exponential where that is wanted, with the same counts and sums`() {
        let (explicit, exponential) = (rendered(.second), rendered(.second, .exponential))
        for point in explicit.points where point.kind == .histogram {
            let other = exponential.points.first { $0.name == point.name && $0.attributes == point.attributes }!
            #expect(other.kind == .exponentialHistogram && other.count == point.count && other.value == point.value)
            #expect(other.exemplars == point.exemplars)
        }
        #expect(explicit.points.count == exponential.points.count)
    }

    @Test func `a series that counts from a beginning says where that was`() {
        var conversion = MetricConversion(to: .cumulative)
        let first = MeasuredPoints(MetricRendering().rendered(conversion.converted(Self.stored, tenant: "")))
        let calls = first["causeway.tool.calls"]
        #expect(calls.map(\.value) == [0, 1] && calls.map(\.time) == [10, 20] && calls.map(\.start) == [10, 10])
        #expect(first["gen_ai.execute_tool.duration"].map(\.count) == [0, 1])
        let second = MeasuredPoints(MetricRendering().rendered(conversion.converted(Self.stored, tenant: "")))
        #expect(second["causeway.tool.calls"].map(\.value) == [2])
    }

    @Test func `what sources send stays byte for byte`() {
        let payload = TelemetryRecord(
            resource: [],
            scope: ScopeRecord(name: "sdk"),
            items: .metrics([
                MetricRecord(
                    name: "causeway.tokens",
                    data: .sum([MetricPoint(timeNanoseconds: 1, value: .int(1))], temporality: .delta, monotonic: true)
                )
            ])
        ).encoded()
        #expect(MetricRendering(generation: .third, histograms: .exponential).rendered(payload) == payload)
    }

    @Test func `what is rendered is well formed for whoever reads OTLP`() throws {
        var conversion = MetricConversion(to: .cumulative)
        let cumulative = conversion.converted(Self.stored, tenant: "")
        for payload in [Self.stored, cumulative] {
            for generation in [MetricRendering.Generation.first, .second, .third] {
                for histograms in [MetricRendering.Histograms.explicit, .exponential] {
                    let rendered = MetricRendering(generation: generation, histograms: histograms).rendered(payload)
                    let admitted = try admit(rendered, signal: .metrics)
                    #expect(admitted.refused == 0 && admitted.payload == rendered)
                }
            }
        }
    }
}
