/// How a protobuf field's value is laid out, as the low three bits of its tag say. Groups (3, 4) are not among them:
/// OTLP has none and nobody sends them.
enum WireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}

extension FieldSchema.Kind {
    /// The layout of a single value; repeated numbers are packed into one length-delimited field.
    var wireType: WireType {
        switch self {
        case .string, .base64, .id, .message: .lengthDelimited
        case .bool, .enumeration, .int32, .sint32, .uint32, .int64, .uint64: .varint
        case .fixed64, .sfixed64, .double: .fixed64
        case .fixed32: .fixed32
        }
    }
}
