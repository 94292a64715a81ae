internal import CausewayModel
internal import CausewayOTLP

// The fields of OTLP's data points, as far as we make them ourselves.
extension WireWriter {
    /// Numbers of eight bytes in one field.
    mutating func packed(_ number: Int, _ values: [UInt64]) {
        guard !values.isEmpty else { return }
        header(field: number, values.count * 8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(values.count * 8)
        for value in values { for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(place * 8))) } }
        append(bytes)
    }

    mutating func packed(_ number: Int, _ values: [Double]) { packed(number, values.map(\.bitPattern)) }

    /// Numbers of any length in one field.
    mutating func packedVarints(_ number: Int, _ values: [UInt64]) {
        guard !values.isEmpty else { return }
        var bytes: [UInt8] = []
        for value in values {
            var rest = value
            while rest >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        field(number, bytes)
    }

    /// A `sint32`.
    mutating func zigzag(_ number: Int, _ value: Int32) {
        varint(number, Int64(UInt32(bitPattern: value << 1 ^ value >> 31)))
    }
}

/// One measurement that stands for those of its point: where it happened.
struct PointExemplar: Equatable, Sendable {
    var traceID: TraceID
    var spanID: SpanID?
    var timeNanoseconds: UInt64
    var value: Double

    var contents: [UInt8] {
        var writer = WireWriter()
        writer.fixed(2, timeNanoseconds)
        writer.fixed(3, value.bitPattern)
        if let spanID { writer.field(4, spanID.bytes) }
        writer.field(5, traceID.bytes)
        return writer.bytes
    }
}
