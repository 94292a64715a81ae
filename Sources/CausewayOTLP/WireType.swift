/// How a protobuf field's value is laid out, as the low three bits of its tag say. Groups (3, 4) are not among them:
/// OTLP has none and nobody sends them.
package enum WireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}
