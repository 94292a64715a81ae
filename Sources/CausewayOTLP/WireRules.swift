internal import CCauseway

/// What may stand in each message of an OTLP request: for each field its wire type, what is inside and what to check.
///
/// Made once from the generated descriptors, so that what is walked here and what protobuf-c would unpack cannot differ.
struct WireRules: Sendable {
    /// What is inside a field.
    enum Kind: UInt8 {
        case unknown, varint, fixed32, fixed64, string, bytes, message
    }

    /// What a field means to whoever walks over a request.
    enum Role: UInt8 {
        case plain
        /// A span, a log record, a data point.
        case item
        case attribute
        case traceID, spanID, parentSpanID
        /// An id that a log record, a link or an exemplar may lack.
        case optionalTraceID, optionalSpanID
    }

    /// What there is to know about one field.
    struct Field: Sendable {
        var kind = Kind.unknown
        /// As on the wire, for an element that is not packed.
        var wireType: UInt8 = 0
        /// Repeated scalars come packed or one by one.
        var packable = false
        var role = Role.plain
        /// The row of the message inside.
        var row: UInt8 = 0
        /// One bit of those that may be set once in a message: a field, or all members of a oneof. 0 for repeated fields.
        var once: UInt32 = 0
    }

    /// Numbers of known fields lie below; the largest OTLP has is 16.
    static let width = 32

    private let fields: [Field]
    /// The rows of the three requests, by signal.
    let requests: (traces: Int, metrics: Int, logs: Int)
    let spanRow: Int

    static let shared = WireRules()

    @inline(__always)
    func field(_ number: Int, row: Int) -> Field {
        guard number < Self.width else { return Field() }
        return fields[row &* Self.width &+ number]
    }
}

extension WireRules {
    private init() {
        // string_as_bytes makes strings look like bytes to protobuf-c; OTLP has only these fields of bytes.
        let bytes: Set<String> = ["trace_id", "span_id", "parent_span_id", "bytes_value"]
        let items: Set<String> = ["spans", "log_records", "data_points"]

        var rows = unsafe [UnsafePointer<ProtobufCMessageDescriptor>]()
        func row(of descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> Int {
            if let known = unsafe rows.firstIndex(of: descriptor) { return known }
            unsafe rows.append(descriptor)
            return unsafe rows.count - 1
        }
        requests = unsafe (
            row(of: descriptor(of: otlp__export_trace_service_request__init)),
            row(of: descriptor(of: otlp__export_metrics_service_request__init)),
            row(of: descriptor(of: otlp__export_logs_service_request__init))
        )
        spanRow = unsafe row(of: descriptor(of: otlp__span__init))

        var table: [Field] = []
        var next = 0
        // Rows are appended while messages are found, until none is new.
        while unsafe next < rows.count {
            let message = unsafe rows[next].pointee
            let name = unsafe String(cString: message.short_name)
            next += 1
            var fields = [Field](repeating: Field(), count: Self.width)
            var oneofs: [UInt32: UInt32] = [:]
            for index in unsafe 0..<Int(message.n_fields) {
                let known = unsafe message.fields[index]
                let fieldName = unsafe String(cString: known.name)
                var field = unsafe Field(known, isString: !bytes.contains(fieldName))
                unsafe precondition(known.id < Self.width && index < 32)
                if unsafe known.label != PROTOBUF_C_LABEL_REPEATED {
                    field.once = 1 << UInt32(index)
                    if unsafe known.flags & PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue != 0 {
                        field.once = unsafe oneofs[known.quantifier_offset, default: field.once]
                        unsafe oneofs[known.quantifier_offset] = field.once
                    }
                }
                if field.kind == .message {
                    field.row = unsafe UInt8(row(of: known.descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)))
                }
                field.role =
                    switch (name, fieldName) {
                    case (_, _) where items.contains(fieldName): .item
                    case (_, "attributes"): .attribute
                    case ("Span", "trace_id"): .traceID
                    case ("Span", "span_id"): .spanID
                    case ("Span", "parent_span_id"): .parentSpanID
                    case (_, "trace_id"): .optionalTraceID
                    case (_, "span_id"): .optionalSpanID
                    default: .plain
                    }
                unsafe fields[Int(known.id)] = field
            }
            table += fields
        }
        fields = table
    }
}

extension WireRules.Field {
    fileprivate init(_ field: ProtobufCFieldDescriptor, isString: Bool) {
        switch unsafe field.type {
        case PROTOBUF_C_TYPE_MESSAGE: (kind, wireType) = (.message, 2)
        case PROTOBUF_C_TYPE_BYTES: (kind, wireType) = (isString ? .string : .bytes, 2)
        case PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64: (kind, wireType) = (.fixed64, 1)
        case PROTOBUF_C_TYPE_FLOAT, PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32: (kind, wireType) = (.fixed32, 5)
        case PROTOBUF_C_TYPE_STRING: preconditionFailure("a string without string_as_bytes")
        default: (kind, wireType) = (.varint, 0)
        }
        packable = unsafe field.label == PROTOBUF_C_LABEL_REPEATED && wireType != 2
    }
}

/// The descriptor of the message that `initialize` makes.
private func descriptor<Message>(
    of initialize: (UnsafeMutablePointer<Message>?) -> Void
) -> UnsafePointer<ProtobufCMessageDescriptor> {
    let message = UnsafeMutablePointer<Message>.allocate(capacity: 1)
    defer { unsafe message.deallocate() }
    unsafe initialize(message)
    return unsafe UnsafeRawPointer(message).assumingMemoryBound(to: ProtobufCMessage.self).pointee.descriptor
}
