package import CausewayModel

/// A metric in a payload.
package struct MetricView {
    /// The whole field in the scope entry, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    package private(set) var name = 0..<0
    package private(set) var description = 0..<0
    package private(set) var unit = 0..<0
    /// Nil if it has no data, or data of a kind that came later.
    package private(set) var data: MetricDataView?

    init(_ field: WireField, _ payload: [UInt8]) {
        range = field.range
        contents = field.contents
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            guard field.type == .lengthDelimited else { continue }
            switch field.number {
            case 1: name = field.contents
            case 2: description = field.contents
            case 3: unit = field.contents
            default:
                if let kind = MetricKind(rawValue: field.number) { data = MetricDataView(kind, field.contents, payload) }
            }
        }
    }

    /// Attributes about the metric itself, which do not tell its points apart.
    package var metadata: AttributeList { AttributeList(of: contents, field: 12) }
}

/// What kind of metric it is, by the number of the field in which a metric keeps such data.
package enum MetricKind: Int, CaseIterable, Sendable {
    case gauge = 5
    case sum = 7
    case histogram = 9
    case exponentialHistogram = 10
    case summary = 11

    /// The number of the field in which points of this kind keep their attributes.
    var attributesField: Int {
        switch self {
        case .gauge, .sum, .summary: 7
        case .histogram: 9
        case .exponentialHistogram: 1
        }
    }
}

/// The data points of a metric and what they have in common.
package struct MetricDataView {
    package let kind: MetricKind
    package let contents: Range<Int>
    /// A number of `Temporality`; 0 for gauges and summaries.
    package private(set) var temporality: Int32 = 0
    package private(set) var isMonotonic = false

    init(_ kind: MetricKind, _ contents: Range<Int>, _ payload: [UInt8]) {
        self.kind = kind
        self.contents = contents
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (2, .varint): temporality = Int32(truncatingIfNeeded: field.value)
            case (3, .varint): isMonotonic = field.value != 0
            default: break
            }
        }
    }

    /// The points; without those that are empty because they were removed.
    package func points(_ payload: [UInt8]) -> [DataPointView] {
        payload.messages(in: contents, field: 1).lazy.filter { !$0.contents.isEmpty }.map { DataPointView($0, kind, payload) }
    }
}

/// A data point in a payload: what points of all kinds have.
package struct DataPointView {
    /// The whole field in the metric's data, tag included.
    package let range: Range<Int>
    package let contents: Range<Int>
    package let kind: MetricKind
    package private(set) var startNanoseconds: UInt64 = 0
    package private(set) var timeNanoseconds: UInt64 = 0
    /// The value of a gauge or a sum.
    package private(set) var value: MetricNumber?
    /// How many measurements are in it, for the other kinds.
    package private(set) var count: UInt64 = 0
    /// Their sum, if it is known.
    package private(set) var sum: Double?
    package private(set) var flags: UInt32 = 0

    init(_ field: WireField, _ kind: MetricKind, _ payload: [UInt8]) {
        range = field.range
        contents = field.contents
        self.kind = kind
        let isNumber = kind == .gauge || kind == .sum
        let flagsField = kind == .histogram || kind == .exponentialHistogram ? 10 : 8
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (2, .fixed64): startNanoseconds = field.value
            case (3, .fixed64): timeNanoseconds = field.value
            case (4, .fixed64) where isNumber: value = .double(Double(bitPattern: field.value))
            case (6, .fixed64) where isNumber: value = .int(Int64(bitPattern: field.value))
            case (4, .fixed64): count = field.value
            case (5, .fixed64) where !isNumber: sum = Double(bitPattern: field.value)
            case (flagsField, .varint): flags = UInt32(truncatingIfNeeded: field.value)
            default: break
            }
        }
    }

    package var attributes: AttributeList { AttributeList(of: contents, field: kind.attributesField) }
}
