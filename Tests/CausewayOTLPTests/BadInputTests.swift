import CausewayModel
import CausewayOTLP
import Testing

/// Bytes that are no request, or nearly one. protobuf-c is the judge of what is.
struct BadInputTests {
    /// A request of each signal with something of everything.
    static let samples: [(Signal, [UInt8])] = {
        var span = SpanRecord(
            traceID: TraceID(high: 1, low: 2)!,
            spanID: SpanID(3)!,
            parentSpanID: SpanID(4),
            name: "näme",
            startNanoseconds: 5,
            endNanoseconds: 6
        )
        span.attributes = [
            Attribute("list", .array([1, 2.5, true, "x", .bytes([0, 255]), .map([Attribute("in", .empty)])])),
            Attribute("n", -1),
        ]
        span.events = [EventRecord(name: "e", timeNanoseconds: 7, attributes: [Attribute("k", "v")])]
        span.links = [LinkRecord(traceID: span.traceID, spanID: span.spanID, attributes: [])]
        span.status = StatusRecord(.error, message: "why")
        span.flags = 0x301
        var record = LogRecord(timeNanoseconds: 1, observedNanoseconds: 2)
        record.body = .map([Attribute("text", "hello")])
        record.traceID = span.traceID
        record.severity = 9
        let histogram = HistogramPoint(
            startNanoseconds: 1,
            timeNanoseconds: 2,
            count: 3,
            sum: 0,
            min: -1,
            bucketCounts: [1, 2],
            bounds: [0.5]
        )
        let metrics = [
            MetricRecord(name: "h", unit: "s", data: .histogram([histogram], temporality: .delta)),
            MetricRecord(
                name: "s",
                data: .sum([MetricPoint(timeNanoseconds: 3, value: .int(-4))], temporality: .cumulative, monotonic: true)
            ),
            MetricRecord(name: "g", data: .gauge([MetricPoint(timeNanoseconds: 3, value: .double(0))])),
        ]
        let scope = ScopeRecord(name: "scope", version: "1", attributes: [Attribute("s", 1)])
        return [TelemetryRecord.Items.spans([span]), .logs([record]), .metrics(metrics)].map {
            let telemetry = TelemetryRecord(resource: [Attribute("service.name", "tests")], scope: scope, items: $0)
            return (telemetry.signal, telemetry.encoded())
        }
    }()

    /// What is taken here protobuf-c takes too. What is refused here and not there must be one of the listed exceptions.
    private func compare(_ body: [UInt8], _ signal: Signal) {
        do throws(OTLPError) {
            let admitted = try admit(body, signal: signal)
            #expect(Oracle.accepts(admitted.payload, signal), "\(body)")
            if admitted.refused == 0 { #expect(Oracle.accepts(body, signal), "\(body)") }
            // What was let in once is let in again as it is.
            let again = try admit(admitted.payload, signal: signal)
            #expect(again.payload == admitted.payload && again.items == admitted.items && again.refused == 0, "\(body)")
            #expect(RequestView(admitted.payload, signal: signal).itemCount == admitted.items)
        } catch {
            switch error.fault {
            // protobuf-c takes the last of two, and of a number the lowest 64 bits.
            case .repeated, .varintTooLong, .tooDeep: break
            // It takes anything for a bool (`bool_value`, field 2, and `is_monotonic`, field 3).
            case .wrongWireType where [2, 3].contains(body[error.offset] >> 3): break
            // It overlooks a zero that is written in more than one byte.
            case .fieldNumber where body[error.offset] >= 0x80: break
            case .truncated, .lengthBeyondEnd, .lengthTooLong, .fieldNumber, .wireType, .wrongWireType, .packedLength:
                #expect(!Oracle.accepts(body, signal), "\(error): \(body)")
            }
            #expect(error.offset >= 0 && error.offset <= body.count)
        }
    }

    @Test func `a request cut off anywhere is refused unless what is left is one`() {
        for (signal, body) in Self.samples {
            for length in 0..<body.count { compare(Array(body[..<length]), signal) }
            #expect(throws: OTLPError.self) { try admit(Array(body.dropLast()), signal: signal) }
        }
    }

    @Test func `a request with any bit flipped does no harm`() {
        for (signal, body) in Self.samples {
            for bit in 0..<body.count * 8 {
                var flipped = body
                flipped[bit / 8] ^= 1 << (bit % 8)
                compare(flipped, signal)
            }
        }
    }

    @Test func `garbage does no harm`() {
        var random = Seeded(1)
        for round in 0..<20_000 {
            let (signal, body) = Self.samples[round % 3]
            var garbled = round.isMultiple(of: 2) ? body : []
            if garbled.isEmpty {
                garbled = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...40, using: &random) }
            }
            for _ in 0..<Int.random(in: 1...4, using: &random) where !garbled.isEmpty {
                let place = Int.random(in: 0..<garbled.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: garbled[place] = UInt8.random(in: 0...255, using: &random)
                case 1: garbled.insert(UInt8.random(in: 0...255, using: &random), at: place)
                default: garbled.remove(at: place)
                }
            }
            compare(garbled, signal)
        }
    }

    @Test func `views of bytes that were never admitted end early and read nothing outside`() {
        var random = Seeded(2)
        for round in 0..<5_000 {
            let (signal, body) = Self.samples[round % 3]
            var garbled = body
            for _ in 0..<3 { garbled[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            let request = RequestView(garbled, signal: signal)
            for entry in request.resourceEntries {
                _ = entry.attributes.copied(garbled)
                for scopeEntry in entry.scopeEntries(garbled) {
                    for span in scopeEntry.spans(garbled) {
                        _ = span.attributes.copied(garbled)
                        _ = span.events(garbled).map { $0.attributes.copied(garbled) }
                        _ = span.links(garbled).count
                    }
                    _ = scopeEntry.logRecords(garbled).map { $0.body.copied(garbled) }
                    _ = scopeEntry.metrics(garbled).compactMap { $0.data?.points(garbled).count }
                }
            }
            _ = request.payload(items: 0..<request.itemCount / 2)
        }
    }

    struct Malformed: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        let fault: OTLPError.Fault
        let offset: Int
        var testDescription: String { name }
    }

    static let malformed = [
        Malformed(name: "group", body: [0x0B, 0x0C], fault: .wireType, offset: 0),
        Malformed(name: "unknown group", body: Wire.tag(99, 3) + Wire.tag(99, 4), fault: .wireType, offset: 0),
        Malformed(name: "wire type 6", body: Wire.tag(9, 6), fault: .wireType, offset: 0),
        Malformed(name: "field number 0", body: Wire.field(0, "x"), fault: .fieldNumber, offset: 0),
        Malformed(name: "field number beyond 29 bits", body: Wire.field(1 << 29, "x"), fault: .fieldNumber, offset: 0),
        Malformed(name: "tag in six bytes", body: [0x8A, 0x80, 0x80, 0x80, 0x80, 0x00, 0x00], fault: .fieldNumber, offset: 0),
        Malformed(name: "length beyond the end", body: [0x0A, 0x05, 0x00], fault: .lengthBeyondEnd, offset: 1),
        Malformed(name: "length beyond what contains it", body: [0x0A, 0x02, 0x0A, 0x04, 0x0A, 0x00], fault: .lengthBeyondEnd, offset: 3),
        Malformed(name: "length of 2^63", body: [0x0A] + Wire.varint(1 << 63), fault: .lengthTooLong, offset: 1),
        Malformed(name: "length of 2^64 - 1", body: [0x0A] + Wire.varint(.max), fault: .lengthTooLong, offset: 1),
        Malformed(name: "length of 2^32 - 1", body: [0x0A] + Wire.varint(1 << 32 - 1), fault: .lengthBeyondEnd, offset: 1),
        Malformed(name: "length in six bytes", body: [0x0A, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], fault: .lengthTooLong, offset: 1),
        Malformed(
            name: "number in eleven bytes",
            body: [0x78] + [UInt8](repeating: 0x80, count: 10) + [0x00],
            fault: .varintTooLong,
            offset: 1
        ),
        Malformed(name: "number of 65 bits", body: [0x78] + [UInt8](repeating: 0xFF, count: 9) + [0x02], fault: .varintTooLong, offset: 1),
        Malformed(name: "number without end", body: [0x78, 0xFF], fault: .truncated, offset: 1),
        Malformed(name: "half a fixed number", body: [0x79, 0, 0, 0], fault: .truncated, offset: 0),
        Malformed(name: "a known field with another type", body: Wire.number(1, 5), fault: .wrongWireType, offset: 0),
        Malformed(name: "two resources", body: Wire.field(1, Wire.field(1, "") + Wire.field(1, "")), fault: .repeated, offset: 4),
        Malformed(name: "text", body: Array("hello".utf8), fault: .wireType, offset: 2),
    ]

    @Test(arguments: malformed)
    func `what is no request is refused with the place and the reason`(sample: Malformed) {
        #expect { try admit(sample.body, signal: .traces) } throws: { error in
            guard let error = error as? OTLPError else { return false }
            #expect(error.fault == sample.fault && error.offset == sample.offset)
            #expect(error.description.contains("at byte \(sample.offset)"))
            return true
        }
    }

    @Test func `numbers written longer than need be are read`() throws {
        // Tag and length of the request's only field in five bytes each.
        let body: [UInt8] = [0x8A, 0x80, 0x80, 0x80, 0x00, 0x80, 0x80, 0x80, 0x80, 0x00]
        #expect(try admit(body, signal: .traces).payload == body)
        #expect(Oracle.accepts(body, .traces))
    }

    @Test func `a packed list that holds half a number is refused`() {
        let point = Wire.fixed64(3, 1) + Wire.field(6, [1, 2, 3])
        let body = Wire.request([Wire.field(9, Wire.field(1, point))])
        #expect { try admit(body, signal: .metrics) } throws: { ($0 as? OTLPError)?.fault == .packedLength }
    }

    @Test(.timeLimit(.minutes(1)), arguments: Signal.allCases)
    func `values ten thousand deep are an error in every place, not a crash`(signal: Signal) {
        let deep = Wire.lists(10_000)
        let attribute = Wire.field(1, "k") + Wire.field(2, deep)
        let maps = (0..<10_000).reduce([UInt8]()) { inner, _ in Wire.field(6, Wire.field(1, Wire.field(1, "k") + Wire.field(2, inner))) }
        for number: UInt64 in 1...16 {
            for value in [deep, maps, attribute] {
                let admitted = try? admit(Wire.request([Wire.field(number, value)]), signal: signal)
                if let admitted { #expect(admitted.items == 0 || Oracle.accepts(admitted.payload, signal)) }
            }
        }
    }
}
