internal import CausewayModel

/// The messages of OTLP whose JSON form Causeway reads and writes.
enum Message: Int, CaseIterable, Sendable {
    case tracesRequest, resourceSpans, scopeSpans, span, spanEvent, spanLink, spanStatus
    case metricsRequest, resourceMetrics, scopeMetrics, metric, gauge, sum, histogram, exponentialHistogram, summary
    case numberDataPoint, histogramDataPoint, exponentialHistogramDataPoint, buckets, summaryDataPoint, valueAtQuantile, exemplar
    case logsRequest, resourceLogs, scopeLogs, logRecord
    case resource, entityRef, scope, keyValue, anyValue, arrayValue, keyValueList

    /// The whole request of a signal.
    static func request(of signal: Signal) -> Message {
        switch signal {
        case .traces: .tracesRequest
        case .metrics: .metricsRequest
        case .logs: .logsRequest
        }
    }
}

/// One field of a message: how it is called in JSON, how it is numbered and encoded in protobuf.
struct FieldSchema: Sendable {
    /// The protobuf type, and for `bytes` whether JSON has it as base64 or, for ids, in hexadecimal.
    enum Kind: Hashable, Sendable {
        case string, base64, id, bool, enumeration
        case int32, sint32, uint32, int64, uint64, fixed32, fixed64, sfixed64, double
        case message(Message)
    }

    /// Whether a default value (zero, empty, false) says something.
    enum Presence: Hashable, Sendable {
        /// A default is the same as nothing, and is not written.
        case implicit
        /// Written even when default: zero is a value.
        case optional
        /// As `optional`, and at most one of the members may be given.
        case oneof
    }

    let number: Int
    let name: String
    let kind: Kind
    let isRepeated: Bool
    let presence: Presence
    /// The name's bytes, as they stand in JSON.
    let key: [UInt8]

    private init(_ number: Int, _ name: String, _ kind: Kind, isRepeated: Bool, presence: Presence) {
        self.number = number
        self.name = name
        self.kind = kind
        self.isRepeated = isRepeated
        self.presence = presence
        key = Array(name.utf8)
    }

    static func one(_ number: Int, _ name: String, _ kind: Kind, _ presence: Presence = .implicit) -> FieldSchema {
        FieldSchema(number, name, kind, isRepeated: false, presence: presence)
    }

    static func many(_ number: Int, _ name: String, _ kind: Kind) -> FieldSchema {
        FieldSchema(number, name, kind, isRepeated: true, presence: .implicit)
    }
}

/// The fields of one message. No message has more than one oneof, nor more than 64 fields.
struct MessageSchema: Sendable {
    let fields: [FieldSchema]
    /// Position in `fields` by field number, -1 where there is none.
    private let byNumber: [Int]

    init(_ fields: [FieldSchema]) {
        self.fields = fields
        var byNumber = [Int](repeating: -1, count: 1 + (fields.map(\.number).max() ?? 0))
        for (index, field) in fields.enumerated() { byNumber[field.number] = index }
        self.byNumber = byNumber
    }

    func index(ofNumber number: Int) -> Int? {
        guard number < byNumber.count, byNumber[number] >= 0 else { return nil }
        return byNumber[number]
    }

    /// The field with this JSON name. The search begins at `hint`: senders write fields in a steady order.
    func index(ofName range: Range<Int>, in bytes: [UInt8], hint: Int) -> Int? {
        for step in 0..<fields.count {
            let index = hint + step < fields.count ? hint + step : hint + step - fields.count
            if Self.equal(fields[index].key, bytes, range) { return index }
        }
        return nil
    }

    private static func equal(_ key: [UInt8], _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        guard key.count == range.count else { return false }
        for index in 0..<key.count where key[index] != bytes[range.lowerBound + index] { return false }
        return true
    }

    /// Every message's schema, at the message's raw value.
    static let all = Message.allCases.map { MessageSchema(fields(of: $0)) }

    private static func fields(of message: Message) -> [FieldSchema] {
        switch message {
        case .tracesRequest: [.many(1, "resourceSpans", .message(.resourceSpans))]
        case .metricsRequest: [.many(1, "resourceMetrics", .message(.resourceMetrics))]
        case .logsRequest: [.many(1, "resourceLogs", .message(.resourceLogs))]
        case .resourceSpans: resourceEntry("scopeSpans", .scopeSpans)
        case .resourceMetrics: resourceEntry("scopeMetrics", .scopeMetrics)
        case .resourceLogs: resourceEntry("scopeLogs", .scopeLogs)
        case .scopeSpans: scopeEntry("spans", .span)
        case .scopeMetrics: scopeEntry("metrics", .metric)
        case .scopeLogs: scopeEntry("logRecords", .logRecord)
        case .span: span
        case .spanEvent:
            [
                .one(1, "timeUnixNano", .fixed64), .one(2, "name", .string), .many(3, "attributes", .message(.keyValue)),
                .one(4, "droppedAttributesCount", .uint32),
            ]
        case .spanLink:
            [
                .one(1, "traceId", .id), .one(2, "spanId", .id), .one(3, "traceState", .string),
                .many(4, "attributes", .message(.keyValue)), .one(5, "droppedAttributesCount", .uint32), .one(6, "flags", .fixed32),
            ]
        case .spanStatus: [.one(2, "message", .string), .one(3, "code", .enumeration)]
        case .metric: metric
        case .gauge: [.many(1, "dataPoints", .message(.numberDataPoint))]
        case .sum:
            [
                .many(1, "dataPoints", .message(.numberDataPoint)), .one(2, "aggregationTemporality", .enumeration),
                .one(3, "isMonotonic", .bool),
            ]
        case .histogram:
            [.many(1, "dataPoints", .message(.histogramDataPoint)), .one(2, "aggregationTemporality", .enumeration)]
        case .exponentialHistogram:
            [.many(1, "dataPoints", .message(.exponentialHistogramDataPoint)), .one(2, "aggregationTemporality", .enumeration)]
        case .summary: [.many(1, "dataPoints", .message(.summaryDataPoint))]
        case .numberDataPoint: numberDataPoint
        case .histogramDataPoint: histogramDataPoint
        case .exponentialHistogramDataPoint: exponentialHistogramDataPoint
        case .buckets: [.one(1, "offset", .sint32), .many(2, "bucketCounts", .uint64)]
        case .summaryDataPoint: summaryDataPoint
        case .valueAtQuantile: [.one(1, "quantile", .double), .one(2, "value", .double)]
        case .exemplar: exemplar
        case .logRecord: logRecord
        case .resource:
            [
                .many(1, "attributes", .message(.keyValue)), .one(2, "droppedAttributesCount", .uint32),
                .many(3, "entityRefs", .message(.entityRef)),
            ]
        case .entityRef:
            [.one(1, "schemaUrl", .string), .one(2, "type", .string), .many(3, "idKeys", .string), .many(4, "descriptionKeys", .string)]
        case .scope:
            [
                .one(1, "name", .string), .one(2, "version", .string), .many(3, "attributes", .message(.keyValue)),
                .one(4, "droppedAttributesCount", .uint32),
            ]
        case .keyValue: [.one(1, "key", .string), .one(2, "value", .message(.anyValue)), .one(3, "keyStrindex", .int32)]
        case .anyValue: anyValue
        case .arrayValue: [.many(1, "values", .message(.anyValue))]
        case .keyValueList: [.many(1, "values", .message(.keyValue))]
        }
    }

    private static func resourceEntry(_ scopes: String, _ scope: Message) -> [FieldSchema] {
        [.one(1, "resource", .message(.resource)), .many(2, scopes, .message(scope)), .one(3, "schemaUrl", .string)]
    }

    private static func scopeEntry(_ items: String, _ item: Message) -> [FieldSchema] {
        [.one(1, "scope", .message(.scope)), .many(2, items, .message(item)), .one(3, "schemaUrl", .string)]
    }

    private static let span: [FieldSchema] = [
        .one(1, "traceId", .id), .one(2, "spanId", .id), .one(3, "traceState", .string), .one(4, "parentSpanId", .id),
        .one(5, "name", .string), .one(6, "kind", .enumeration), .one(7, "startTimeUnixNano", .fixed64),
        .one(8, "endTimeUnixNano", .fixed64), .many(9, "attributes", .message(.keyValue)), .one(10, "droppedAttributesCount", .uint32),
        .many(11, "events", .message(.spanEvent)), .one(12, "droppedEventsCount", .uint32), .many(13, "links", .message(.spanLink)),
        .one(14, "droppedLinksCount", .uint32), .one(15, "status", .message(.spanStatus)), .one(16, "flags", .fixed32),
    ]

    private static let metric: [FieldSchema] = [
        .one(1, "name", .string), .one(2, "description", .string), .one(3, "unit", .string), .one(5, "gauge", .message(.gauge), .oneof),
        .one(7, "sum", .message(.sum), .oneof), .one(9, "histogram", .message(.histogram), .oneof),
        .one(10, "exponentialHistogram", .message(.exponentialHistogram), .oneof), .one(11, "summary", .message(.summary), .oneof),
        .many(12, "metadata", .message(.keyValue)),
    ]

    private static let numberDataPoint: [FieldSchema] = [
        .one(2, "startTimeUnixNano", .fixed64), .one(3, "timeUnixNano", .fixed64), .one(4, "asDouble", .double, .oneof),
        .many(5, "exemplars", .message(.exemplar)), .one(6, "asInt", .sfixed64, .oneof), .many(7, "attributes", .message(.keyValue)),
        .one(8, "flags", .uint32),
    ]

    private static let histogramDataPoint: [FieldSchema] = [
        .one(2, "startTimeUnixNano", .fixed64), .one(3, "timeUnixNano", .fixed64), .one(4, "count", .fixed64),
        .one(5, "sum", .double, .optional), .many(6, "bucketCounts", .fixed64), .many(7, "explicitBounds", .double),
        .many(8, "exemplars", .message(.exemplar)), .many(9, "attributes", .message(.keyValue)), .one(10, "flags", .uint32),
        .one(11, "min", .double, .optional), .one(12, "max", .double, .optional),
    ]

    private static let exponentialHistogramDataPoint: [FieldSchema] = [
        .many(1, "attributes", .message(.keyValue)), .one(2, "startTimeUnixNano", .fixed64), .one(3, "timeUnixNano", .fixed64),
        .one(4, "count", .fixed64), .one(5, "sum", .double, .optional), .one(6, "scale", .sint32), .one(7, "zeroCount", .fixed64),
        .one(8, "positive", .message(.buckets)), .one(9, "negative", .message(.buckets)), .one(10, "flags", .uint32),
        .many(11, "exemplars", .message(.exemplar)), .one(12, "min", .double, .optional), .one(13, "max", .double, .optional),
        .one(14, "zeroThreshold", .double),
    ]

    private static let summaryDataPoint: [FieldSchema] = [
        .one(2, "startTimeUnixNano", .fixed64), .one(3, "timeUnixNano", .fixed64), .one(4, "count", .fixed64), .one(5, "sum", .double),
        .many(6, "quantileValues", .message(.valueAtQuantile)), .many(7, "attributes", .message(.keyValue)), .one(8, "flags", .uint32),
    ]

    private static let exemplar: [FieldSchema] = [
        .one(2, "timeUnixNano", .fixed64), .one(3, "asDouble", .double, .oneof), .one(4, "spanId", .id), .one(5, "traceId", .id),
        .one(6, "asInt", .sfixed64, .oneof), .many(7, "filteredAttributes", .message(.keyValue)),
    ]

    private static let logRecord: [FieldSchema] = [
        .one(1, "timeUnixNano", .fixed64), .one(2, "severityNumber", .enumeration), .one(3, "severityText", .string),
        .one(5, "body", .message(.anyValue)), .many(6, "attributes", .message(.keyValue)), .one(7, "droppedAttributesCount", .uint32),
        .one(8, "flags", .fixed32), .one(9, "traceId", .id), .one(10, "spanId", .id), .one(11, "observedTimeUnixNano", .fixed64),
        .one(12, "eventName", .string),
    ]

    private static let anyValue: [FieldSchema] = [
        .one(1, "stringValue", .string, .oneof), .one(2, "boolValue", .bool, .oneof), .one(3, "intValue", .int64, .oneof),
        .one(4, "doubleValue", .double, .oneof), .one(5, "arrayValue", .message(.arrayValue), .oneof),
        .one(6, "kvlistValue", .message(.keyValueList), .oneof), .one(7, "bytesValue", .base64, .oneof),
        .one(8, "stringValueStrindex", .int32, .oneof),
    ]
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
