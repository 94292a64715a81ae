import CausewayModel
import CausewayOTLP
import Testing

struct MetricViewTests {
    /// For each kind of point: the fields of count or value, sum, flags and attributes.
    static let points: [(MetricKind, [UInt8], attributes: UInt64, flags: UInt64)] = [
        (.gauge, Wire.fixed64(6, UInt64(bitPattern: -5)), 7, 8),
        (.sum, Wire.fixed64(4, (2.5).bitPattern), 7, 8),
        (.histogram, Wire.fixed64(4, 9) + Wire.fixed64(5, (1.5).bitPattern), 9, 10),
        (.exponentialHistogram, Wire.fixed64(4, 9) + Wire.fixed64(5, (1.5).bitPattern), 1, 10),
        (.summary, Wire.fixed64(4, 9) + Wire.fixed64(5, (1.5).bitPattern), 7, 8),
    ]

    @Test(arguments: points.indices)
    func `a point shows its times, value, flags and attributes`(index: Int) throws {
        let (kind, value, attributes, flags) = Self.points[index]
        let point =
            Wire.fixed64(2, 11) + Wire.fixed64(3, 12) + value + Wire.number(flags, 1) + Wire.field(attributes, Wire.attribute("k", "v"))
        let metric =
            Wire.field(1, "name") + Wire.field(2, "what") + Wire.field(3, "By") + Wire.field(UInt64(kind.rawValue), Wire.field(1, point))
        let payload = Wire.request([metric + Wire.field(12, Wire.attribute("meta", "data"))])
        #expect(try admit(payload, signal: .metrics).payload == payload)
        #expect(Oracle.accepts(payload, .metrics))
        let view = RequestView(payload, signal: .metrics).resourceEntries[0].scopeEntries(payload)[0].metrics(payload)[0]
        #expect([view.name, view.description, view.unit].map(payload.text) == ["name", "what", "By"])
        #expect(view.metadata.copied(payload) == [Attribute("meta", "data")])
        let found = try #require(view.data?.points(payload).first)
        #expect(found.kind == kind && found.startNanoseconds == 11 && found.timeNanoseconds == 12 && found.flags == 1)
        #expect(found.attributes.copied(payload) == [Attribute("k", "v")])
        switch kind {
        case .gauge: #expect(found.value == .int(-5) && found.sum == nil)
        case .sum: #expect(found.value == .double(2.5) && found.sum == nil)
        case .histogram, .exponentialHistogram, .summary: #expect(found.value == nil && found.count == 9 && found.sum == 1.5)
        }
    }
}
