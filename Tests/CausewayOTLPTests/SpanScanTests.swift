import CausewayModel
import CausewayOTLP
import Testing

struct SpanScanTests {
    private static let keys = KeyIndex(["gen_ai.tool.name", "count", "text"])

    /// The spans of a payload as they are scanned, beside how they are viewed.
    private func scans(_ payload: [UInt8]) -> [(scan: SpanScan, view: SpanView)] {
        RequestView(payload, signal: .traces).resourceEntries.flatMap { $0.scopeEntries(payload) }.flatMap { $0.spans(payload) }.map {
            view in
            var scan = SpanScan(keys: Self.keys)
            scan.read(view.contents, payload)
            return (scan, view)
        }
    }

    private func payload(_ attributes: [Attribute], _ status: StatusRecord = StatusRecord(.unset)) -> [UInt8] {
        var span = SpanRecord(
            traceID: TraceID(high: 0x0102_0304_0506_0708, low: 9)!,
            spanID: SpanID(0xA1B2_C3D4_E5F6_0718)!,
            parentSpanID: SpanID(3),
            name: "s",
            startNanoseconds: 5,
            endNanoseconds: 1 << 60
        )
        span.kind = .client
        span.attributes = attributes
        span.status = status
        return TelemetryRecord(resource: [], scope: ScopeRecord(name: "x"), items: .spans([span])).encoded()
    }

    @Test func `what every span has is read as a view shows it`() {
        let (scan, view) = scans(payload([], StatusRecord(.error, message: "no")))[0]
        #expect(TraceID(high: scan.head.traceHigh, low: scan.head.traceLow) == view.traceID && view.traceID != nil)
        #expect(scan.head.id == view.spanID?.value && scan.head.parent == 3)
        #expect(scan.head.start == 5 && scan.head.end == 1 << 60 && scan.head.kind == 3 && scan.head.status == 2)
        #expect(scan.known.isEmpty)
    }

    @Test(
        arguments: [
            "t", 7, -1, 0.5, true, .string(""), .array(["a"]), .map([Attribute("a", 1)]), .bytes([1]),
            .string(String(repeating: "x", count: 127)), .string(String(repeating: "x", count: 128)),
            .string(String(repeating: "x", count: 20_000)),
        ] as [AttributeValue]
    )
    func `attributes that were asked for are found, whatever they say and whatever lies beside them`(value: AttributeValue) {
        let bytes = payload([
            Attribute("other", value), Attribute("text", value), Attribute(String(repeating: "k", count: 300), value),
            Attribute("count", 2),
            Attribute("tex", 1), Attribute("texts", 1), Attribute("gen_ai.tool.name", "n"),
        ])
        let scan = scans(bytes)[0].scan
        #expect(scan.known.map(\.key) == [2, 1, 0])
        #expect(scan.known.map { $0.value(bytes).copied(bytes) } == [value, 2, "n"])
    }

    @Test func `an attribute written in another order is found all the same`() {
        // value before key, as a sender may write it
        let attribute: [UInt8] = [0x12, 2, 0x18, 7, 0x0A, 4] + Array("text".utf8)
        let span: [UInt8] = [0x12, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0x4A, UInt8(attribute.count)] + attribute
        var scan = SpanScan(keys: Self.keys)
        scan.read(0..<span.count, span)
        #expect(scan.known.map(\.key) == [2] && scan.known[0].value(span) == .int(7))
        #expect(scan.head.id == 1)
        // Nothing is left of it for the next one.
        scan.read(0..<0, span)
        #expect(scan.known.isEmpty && scan.head.id == 0)
    }

    @Test func `any bytes are read, and nothing outside of them`() {
        var random = SystemRandomNumberGenerator()
        let bytes = payload([Attribute("text", "t"), Attribute("count", 2)], StatusRecord(.ok))
        for _ in 0..<2000 {
            var broken = bytes
            for _ in 0..<3 { broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: .min ... .max, using: &random) }
            let start = Int.random(in: 0..<broken.count, using: &random)
            var scan = SpanScan(keys: Self.keys)
            scan.read(start..<Int.random(in: start...broken.count, using: &random), broken)
            for known in scan.known { _ = known.value(broken) }
        }
    }
}
