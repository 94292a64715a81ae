import CausewayModel
import CausewayOTLP
import Testing

/// Requests of real instrumentations, whole.
struct CorpusTests {
    @Test func `there is a corpus of every signal`() {
        for signal in Signal.allCases { #expect(Fixtures.captures("pb").count { $0.signal == signal } > 30) }
    }

    @Test(arguments: Fixtures.captures("pb"))
    func `a request that is not edited leaves byte for byte as it came`(file: Fixtures.Capture) throws {
        let body = try file.bytes
        let admitted = try admit(body, signal: file.signal)
        #expect(admitted.payload == body)
        #expect(admitted.refused == 0 && admitted.repairedStrings == 0 && admitted.clearedIDs == 0)
        #expect(admitted.items == RequestView(body, signal: file.signal).itemCount)
        #expect(PayloadEditor(body).edited() == body)
    }

    @Test(arguments: Fixtures.captures("pb"))
    func `a view shows what protobuf-c unpacks`(file: Fixtures.Capture) throws {
        let payload = try file.bytes
        for entry in RequestView(payload, signal: file.signal).resourceEntries {
            for scopeEntry in entry.scopeEntries(payload) {
                switch file.signal {
                case .traces:
                    for span in scopeEntry.spans(payload) {
                        let unpacked = try #require(Oracle.repackedSpan(Array(payload[span.contents])))
                        #expect(try oneItem(.spans([span.record(payload)])) == without(empty: 15, unpacked))
                    }
                case .logs:
                    for record in scopeEntry.logRecords(payload) {
                        let unpacked = try #require(Oracle.repackedLogRecord(Array(payload[record.contents])))
                        #expect(oneItem(.logs([record.record(payload)])) == without(empty: 5, unpacked))
                    }
                case .metrics:
                    for metric in scopeEntry.metrics(payload) {
                        guard let record = metric.record(payload) else { continue }
                        #expect(oneItem(.metrics([record])) == Oracle.repackedMetric(Array(payload[metric.contents])))
                    }
                }
            }
        }
    }

    @Test(arguments: Fixtures.captures("pb"))
    func `parts that cover all items hold every item once, unchanged`(file: Fixtures.Capture) throws {
        let payload = try file.bytes
        let request = RequestView(payload, signal: file.signal)
        let all = itemBytes(payload, file.signal)
        #expect(all.count == request.itemCount)
        for cut in 0...request.itemCount {
            let first = request.payload(items: 0..<cut)
            let second = request.payload(items: cut..<request.itemCount)
            #expect(itemBytes(first, file.signal) == Array(all[..<cut]))
            #expect(itemBytes(second, file.signal) == Array(all[cut...]))
            #expect(itemBytes(first + second, file.signal) == all)
            // Still a request, and nothing in it that was not there.
            #expect(try admit(first + second, signal: file.signal).payload == first + second)
        }
    }

    /// The bytes of the only item of a request that holds nothing else.
    private func oneItem(_ items: TelemetryRecord.Items) -> [UInt8] {
        let encoded = TelemetryRecord(resource: [], scope: ScopeRecord(name: ""), items: items).encoded()
        let entry = RequestView(encoded, signal: .traces).resourceEntries[0].scopeEntries(encoded)[0]
        return Array(encoded[(entry.scope?.upperBound ?? entry.contents.lowerBound)..<entry.contents.upperBound]).contentsOfFirstField
    }

    /// SDKs send a status or a body with nothing in it; our own records leave it out.
    private func without(empty number: Int, _ item: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        var fields = FieldReader(0..<item.count)
        while let field = fields.next(item) {
            if field.number != number || !field.contents.isEmpty { kept += item[field.range] }
        }
        return kept
    }

    private func itemBytes(_ payload: [UInt8], _ signal: Signal) -> [[UInt8]] {
        RequestView(payload, signal: signal).resourceEntries.flatMap { $0.scopeEntries(payload) }.flatMap { entry in
            switch signal {
            case .traces: entry.spans(payload).map { Array(payload[$0.range]) }
            case .logs: entry.logRecords(payload).map { Array(payload[$0.range]) }
            case .metrics: entry.metrics(payload).flatMap { $0.data?.points(payload) ?? [] }.map { Array(payload[$0.range]) }
            }
        }
    }
}

extension [UInt8] {
    /// The contents of the length-delimited field these bytes begin with.
    var contentsOfFirstField: [UInt8] {
        var fields = FieldReader(0..<count)
        return fields.next(self).map { Array(self[$0.contents]) } ?? []
    }
}

extension MetricView {
    /// As a record of our own; nil for what we never make: exponential histograms, summaries, points with exemplars.
    func record(_ payload: [UInt8]) -> MetricRecord? {
        guard let data, let temporality = Temporality(rawValue: data.temporality) else { return nil }
        let points = data.points(payload)
        let record: MetricRecord.Data
        switch data.kind {
        case .gauge, .sum:
            guard !points.contains(where: { $0.holdsField(5, payload) }) else { return nil }
            let points = points.compactMap { point in
                point.value.map {
                    MetricPoint(
                        attributes: point.attributes.copied(payload),
                        startNanoseconds: point.startNanoseconds,
                        timeNanoseconds: point.timeNanoseconds,
                        value: $0
                    )
                }
            }
            record = data.kind == .gauge ? .gauge(points) : .sum(points, temporality: temporality, monotonic: data.isMonotonic)
        case .histogram, .exponentialHistogram, .summary: return nil
        }
        return MetricRecord(name: payload.text(name), description: payload.text(description), unit: payload.text(unit), data: record)
    }
}

extension DataPointView {
    func holdsField(_ number: Int, _ payload: [UInt8]) -> Bool {
        var fields = FieldReader(contents)
        while let field = fields.next(payload) {
            if field.number == number { return true }
        }
        return false
    }
}
