import CausewayModel
import CausewayOTLP
import Testing

@testable import CausewaySemantics

struct MetricConversionTests {
    private func sum(
        _ values: [(value: MetricNumber, start: UInt64, time: UInt64)],
        _ temporality: Temporality = .delta,
        monotonic: Bool = true,
        _ attributes: [Attribute] = []
    ) -> [UInt8] {
        request(
            .sum(
                values.map {
                    MetricPoint(attributes: attributes, startNanoseconds: $0.start, timeNanoseconds: $0.time, value: $0.value)
                },
                temporality: temporality,
                monotonic: monotonic
            )
        )
    }

    private func request(_ data: MetricRecord.Data) -> [UInt8] {
        TelemetryRecord(
            resource: [Attribute("service.name", "shop")],
            scope: ScopeRecord(name: "sdk"),
            items: .metrics([MetricRecord(name: "calls", unit: "1", data: data)])
        ).encoded()
    }

    private func points(_ payload: [UInt8]) -> [MeasuredPoints.Point] { MeasuredPoints(payload).points }

    /// Derived deltas of a tool that was called so often.
    private func derived(_ calls: Int, _ measurements: inout Measurements, start: UInt64, time: UInt64, name: String = "a") -> [UInt8] {
        for _ in 0..<calls { measurements.take([SettledTelemetry.span(SettledTelemetry.tool(name), milliseconds: 300)]) }
        defer { measurements.written() }
        return measurements.frames(startNanoseconds: start, timeNanoseconds: time, instance: "log").first?.payload ?? []
    }

    @Test func `deltas become counts since the beginning, each series with a start time of its own`() {
        var conversion = MetricConversion(to: .cumulative)
        var measurements = Measurements()
        let first = points(conversion.converted(derived(2, &measurements, start: 10, time: 20), tenant: ""))
        let second = points(conversion.converted(derived(3, &measurements, start: 20, time: 30), tenant: ""))
        let other = points(conversion.converted(derived(1, &measurements, start: 30, time: 40, name: "b"), tenant: ""))
        for (found, value, start, time) in [(first, 2.0, 10, 20), (second, 5, 10, 30), (other, 1, 30, 40)] {
            let calls = found.first { $0.name == "causeway.tool.calls" }!
            #expect(calls.value == value && calls.start == start && calls.time == time && calls.temporality == 2)
            let duration = found.first { $0.name == "gen_ai.execute_tool.duration" }!
            #expect(Double(duration.count) == value && duration.buckets.reduce(0, +) == duration.count && duration.start == start)
        }
        // Of another tenant nothing is added to it.
        let acme = points(conversion.converted(derived(1, &measurements, start: 40, time: 50), tenant: "acme"))
        #expect(acme.first { $0.name == "causeway.tool.calls" }?.value == 1)
    }

    @Test func `what sources send stays byte for byte, unless the destination demands another temporality`() {
        let payload = sum([(.int(3), 1, 2)])
        var derivedOnly = MetricConversion(to: .cumulative)
        #expect(derivedOnly.converted(payload, tenant: "") == payload)
        var everything = MetricConversion(to: .cumulative, everything: true)
        #expect(points(everything.converted(payload, tenant: "")).map(\.temporality) == [2])
        var delta = MetricConversion(to: .delta, everything: true)
        #expect(delta.converted(payload, tenant: "") == payload)
        let gauge = request(.gauge([MetricPoint(timeNanoseconds: 5, value: .int(1))]))
        #expect(everything.converted(gauge, tenant: "") == gauge)
    }

    @Test func `counts since a beginning become deltas, also over a restart of their source`() {
        var conversion = MetricConversion(to: .delta, everything: true)
        var found: [MeasuredPoints.Point] = []
        for point: (MetricNumber, UInt64, UInt64) in [
            (.int(5), 1, 10), (.int(7), 1, 20), (.int(7), 1, 30), (.int(2), 35, 40), (.int(1), 35, 50), (.int(4), 35, 60),
        ] {
            found += points(conversion.converted(sum([point], .cumulative), tenant: ""))
        }
        #expect(found.map(\.value) == [5, 2, 0, 2, 1, 3])
        #expect(found.map(\.start) == [1, 10, 20, 35, 40, 50] && found.map(\.time) == [10, 20, 30, 40, 50, 60])
        #expect(found.allSatisfy { $0.temporality == 1 && $0.value >= 0 })
        // Told late, or twice: nothing new.
        #expect(points(conversion.converted(sum([(.int(3), 35, 55)], .cumulative), tenant: "")).isEmpty)
    }

    @Test func `of a count whose beginning nobody knows only the growth is told`() {
        var conversion = MetricConversion(to: .delta, everything: true)
        let first = conversion.converted(sum([(.int(500), 0, 10)], .cumulative), tenant: "")
        // The item is still there, as an empty message, which rendering leaves out.
        #expect(RequestView(first, signal: .metrics).itemCount == 1 && points(first).isEmpty)
        #expect(RequestView(MetricRendering().rendered(first), signal: .metrics).itemCount == 0)
        #expect(points(conversion.converted(sum([(.int(520), 0, 20)], .cumulative), tenant: "")).map(\.value) == [20])
    }

    @Test func `histograms are added and taken apart in both directions`() {
        func histogram(_ counts: [UInt64], _ time: UInt64, _ temporality: Temporality) -> [UInt8] {
            let total = counts.reduce(0, +)
            return request(
                .histogram(
                    [
                        HistogramPoint(
                            startNanoseconds: temporality == .delta ? time - 10 : 1,
                            timeNanoseconds: time,
                            count: total,
                            sum: Double(total),
                            bucketCounts: counts,
                            bounds: [1, 2]
                        )
                    ],
                    temporality: temporality
                )
            )
        }
        var up = MetricConversion(to: .cumulative, everything: true)
        var down = MetricConversion(to: .delta, everything: true)
        var sums: [UInt64] = [0, 0, 0]
        for (step, counts) in [[1, 0, 2], [0, 0, 0], [3, 1, 0]].map({ $0.map { UInt64($0) } }).enumerated() {
            let delta = histogram(counts, UInt64(20 + step * 10), .delta)
            let cumulative = up.converted(delta, tenant: "")
            for place in sums.indices { sums[place] += counts[place] }
            #expect(points(cumulative).map(\.buckets) == [sums] && points(cumulative).map(\.value) == [Double(sums.reduce(0, +))])
            #expect(points(down.converted(cumulative, tenant: "")).map(\.buckets) == [counts])
        }
        // With other bounds it is another beginning.
        let other = request(
            .histogram(
                [HistogramPoint(startNanoseconds: 50, timeNanoseconds: 60, count: 1, sum: 1, bucketCounts: [1, 0], bounds: [9])],
                temporality: .delta
            )
        )
        let begun = points(up.converted(other, tenant: ""))[0]
        #expect(begun.buckets == [1, 0] && begun.start == 40)
    }

    @Test func `exponential histograms of different scales are added`() {
        var fine = PointFields(.exponentialHistogram)
        (fine.scale, fine.positive, fine.count, fine.sum) = (2, .init(offset: -3, counts: [1, 2, 3, 4]), 10, 10)
        var coarse = PointFields(.exponentialHistogram)
        (coarse.scale, coarse.positive, coarse.count, coarse.sum, coarse.zeros) = (0, .init(offset: 0, counts: [5]), 6, 5, 1)
        var both = fine
        let isAdded = both.add(coarse, nil)
        #expect(isAdded && both.scale == 0 && both.count == 16 && both.zeros == 1)
        // Buckets -3 to -1 of scale 2 lie in bucket -1 of scale 0, bucket 0 in bucket 0.
        #expect(both.positive == .init(offset: -1, counts: [6, 9]))
        let isTaken = both.subtract(fine)
        #expect(isTaken && both.positive.counts == [0, 5] && both.count == 6)
    }

    @Test(arguments: [MetricNumber.int(-1), .double(-0.5), .double(.nan), .double(.infinity)])
    func `no counter ever goes back, and none is spoilt by what is no number`(bad: MetricNumber) {
        var conversion = MetricConversion(to: .cumulative, everything: true)
        let isDouble = if case .double = bad { true } else { false }
        let good: MetricNumber = isDouble ? .double(2) : .int(2)
        _ = conversion.converted(sum([(good, 1, 2)]), tenant: "")
        let found = conversion.converted(sum([(bad, 2, 3), (good, 3, 4)]), tenant: "")
        #expect(points(found).map(\.value) == [4])
        #expect(RequestView(found, signal: .metrics).itemCount == 2)
    }

    @Test func `clocks that go back move no point before the one that was told`() {
        var conversion = MetricConversion(to: .cumulative, everything: true)
        let found = [(1, 100), (100, 90), (90, 80)].flatMap {
            points(conversion.converted(sum([(.int(1), UInt64($0.0), UInt64($0.1))]), tenant: ""))
        }
        #expect(found.map(\.value) == [1, 2, 3])
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.time < $1.time } && found.allSatisfy { $0.start == 1 })
    }

    @Test func `a restart that reads what was known goes on as if there had been none`() {
        var measurements = Measurements()
        var one = MetricConversion(to: .cumulative, everything: true)
        var payloads = (1...6).map { derived($0, &measurements, start: UInt64($0) * 10, time: UInt64($0) * 10 + 10) }
        payloads.append(sum([(.double(1.5), 1, 200)]))
        for payload in payloads.prefix(3) { _ = one.converted(payload, tenant: "acme") }
        var two = MetricConversion(to: .cumulative, everything: true)
        two.restore(one.state)
        #expect(two.state == one.state)
        for payload in payloads.dropFirst(3) {
            #expect(one.converted(payload, tenant: "acme") == two.converted(payload, tenant: "acme"))
        }
    }

    @Test func `after a reset everything begins anew, and not before what was told`() {
        var conversion = MetricConversion(to: .cumulative, everything: true)
        _ = conversion.converted(sum([(.int(9), 1, 100)]), tenant: "")
        conversion.reset(at: 50)
        let found = points(conversion.converted(sum([(.int(1), 90, 120)]), tenant: ""))[0]
        #expect(found.value == 1 && found.start == 100 && found.time == 120)
    }

    @Test func `so many series that there is no room are forgotten, and begin anew behind what was told of them`() {
        var conversion = MetricConversion(to: .cumulative, everything: true, maxSeries: 100)
        for number in 0..<500 {
            _ = conversion.converted(
                sum([(.int(1), 1, UInt64(number + 2))], .delta, monotonic: true, [Attribute("n", .int(Int64(number)))]),
                tenant: ""
            )
            #expect(conversion.seriesCount <= 100)
        }
        let found = points(conversion.converted(sum([(.int(1), 1, 600)], .delta, monotonic: true, [Attribute("n", 0)]), tenant: ""))[0]
        #expect(found.value == 1 && found.start > 2)
    }

    @Test func `equal series are one, whatever the order of their attributes`() {
        var conversion = MetricConversion(to: .cumulative, everything: true)
        let (a, b) = (Attribute("a", "1"), Attribute("b", "2"))
        _ = conversion.converted(sum([(.int(1), 1, 2)], .delta, monotonic: true, [a, b]), tenant: "")
        #expect(points(conversion.converted(sum([(.int(1), 2, 3)], .delta, monotonic: true, [b, a]), tenant: "")).map(\.value) == [2])
    }
}
