import CausewayModel
import CausewayOTLP
import CausewaySemantics
import Testing

struct PointMergingTests {
    private func understood(_ data: MetricRecord.Data) -> Understood {
        let metric = MetricRecord(name: "strands.tool.call_count", unit: "Count", data: data)
        let record = TelemetryRecord(resource: [], scope: ScopeRecord(name: "app"), items: .metrics([metric]))
        return understand(record.encoded(), signal: .metrics, options: Changes.options)
    }

    private func point(_ tool: String, _ id: String?, _ value: MetricNumber, start: UInt64 = 5, time: UInt64 = 9) -> MetricPoint {
        var attributes = [Attribute("tool_name", .string(tool))]
        if let id { attributes.append(Attribute("tool_use_id", .string(id))) }
        return MetricPoint(attributes: attributes, startNanoseconds: start, timeNanoseconds: time, value: value)
    }

    private func points(_ understood: Understood) -> [DataPointView] {
        let scope = RequestView(understood.payload, signal: .metrics).resourceEntries[0].scopeEntries(understood.payload)[0]
        return scope.metrics(understood.payload).flatMap { Array($0.data?.points(understood.payload) ?? []) }
    }

    @Test func `series that only an id told apart become one with their sum, their first beginning and their last moment`() {
        let after = understood(
            .sum(
                [
                    point("a", "1", .int(2)), point("b", "2", .int(5)), point("a", "3", .int(4), start: 3, time: 11),
                    point("a", nil, .int(1)),
                ],
                temporality: .cumulative,
                monotonic: true
            )
        )
        let merged = points(after)
        #expect(merged.map(\.value) == [.int(7), .int(5)])
        #expect(merged.map(\.startNanoseconds) == [3, 5])
        #expect(merged.map(\.timeNanoseconds) == [11, 9])
        #expect(merged.allSatisfy { $0.attributes.copied(after.payload).map(\.key) == ["gen_ai.tool.name"] })
        #expect(after.mergedItems == 2)
        #expect(after.unboundedAttributes == 3)
    }

    @Test(arguments: Capture.all)
    func `no item goes but a point that became part of another`(capture: Capture) throws {
        let before = try capture.payload
        let after = understand(before, signal: capture.signal, options: Changes.options)
        #expect(
            RequestView(after.payload, signal: capture.signal).itemCount
                == RequestView(before, signal: capture.signal).itemCount - after.mergedItems
        )
    }

    @Test func `histograms become one bucket by bucket`() {
        func histogram(_ id: String, _ bounds: [Double], _ counts: [UInt64], _ sum: Double) -> HistogramPoint {
            var point = HistogramPoint(
                attributes: [Attribute("tool_use_id", .string(id))],
                startNanoseconds: 1,
                timeNanoseconds: 2,
                count: counts.reduce(0, +),
                sum: sum,
                bucketCounts: counts,
                bounds: bounds
            )
            (point.min, point.max) = (sum / 4, sum)
            return point
        }
        let after = understood(
            .histogram(
                [histogram("1", [1], [1, 2], 4), histogram("2", [1], [3, 0], 2), histogram("3", [2], [1, 1], 8)],
                temporality: .delta
            )
        )
        let merged = points(after)
        // One with other bounds cannot be added to them.
        #expect(merged.map(\.count) == [6, 2])
        #expect(merged.map(\.sum) == [6, 8])
        #expect(after.mergedItems == 1)
    }

    @Test func `a gauge's points stay apart, and so do points of which nothing was left out`() {
        let gauge = understood(.gauge([point("a", "1", .int(2)), point("a", "2", .int(4))]))
        #expect(points(gauge).count == 2)
        #expect(points(gauge)[0].attributes.value("tool_use_id", gauge.payload) != nil)
        #expect(gauge.unboundedAttributes == 0)
        let twice = understood(
            .sum([point("a", nil, .int(2)), point("a", nil, .int(4))], temporality: .delta, monotonic: true)
        )
        #expect(points(twice).count == 2)
        #expect(twice.mergedItems == 0)
    }
}
