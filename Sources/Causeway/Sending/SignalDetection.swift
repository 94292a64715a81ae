package import CausewayModel

/// Tells from the bytes of an OTLP request which signal it carries.
package enum SignalDetection {
    /// By the first known name at the top; nil when there is none.
    package static func signal(ofJSON body: [UInt8]) throws(JSONError) -> Signal? {
        var scanner = JSONScanner(body)
        var found: Signal?
        while true {
            let token = try scanner.next()
            if token == .end { return found }
            guard case .key(let name) = token, scanner.depth == 1, found == nil else { continue }
            switch name.string(from: body) {
            case "resourceSpans": found = .traces
            case "resourceMetrics": found = .metrics
            case "resourceLogs": found = .logs
            default: break
            }
        }
    }

    /// By the first item: the three requests look alike down to there (request 1: resource, 2: scope, 2: item), and so do
    /// their numbers; what tells them apart is how an item's first fields are written. Nil without a single item.
    package static func signal(ofProtobuf body: [UInt8]) -> Signal? {
        for resource in ProtobufFields(body, body.indices) where resource.number == 1 {
            guard let resourceRange = resource.content else { continue }
            for scope in ProtobufFields(body, resourceRange) where scope.number == 2 {
                guard let scopeRange = scope.content else { continue }
                for item in ProtobufFields(body, scopeRange) where item.number == 2 {
                    if let itemRange = item.content, let signal = signal(ofItem: body, itemRange) { return signal }
                }
            }
        }
        return nil
    }

    /// A span begins with ids of 16 and 8 bytes, a metric with its name; a log record has its time where these have bytes.
    private static func signal(ofItem body: [UInt8], _ range: Range<Int>) -> Signal? {
        let fields = Array(ProtobufFields(body, range))
        func field(_ number: Int) -> ProtobufFields.Field? { fields.first { $0.number == number } }
        if let first = field(1) {
            guard let content = first.content else { return .logs }
            return content.count == 16 && field(2)?.content?.count == 8 ? .traces : .metrics
        }
        // A log record without a time: when it was observed, or its severity. A span without ids is refused anyway.
        if let observed = field(11) { return observed.content == nil ? .logs : .metrics }
        return field(2).map { $0.content == nil } == true ? .logs : nil
    }
}

/// The fields of one protobuf message, up to the first that does not fit.
private struct ProtobufFields: Sequence, IteratorProtocol {
    struct Field {
        var number: Int
        /// Where a length-delimited field's bytes are; nil for a number.
        var content: Range<Int>?
    }

    private let bytes: [UInt8]
    private var rest: Range<Int>

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        rest = range
    }

    mutating func next() -> Field? {
        guard let tag = varint(), tag >> 3 > 0, tag >> 3 < 1 << 29 else { return nil }
        let number = Int(tag >> 3)
        switch tag & 7 {
        case 0: return varint() == nil ? nil : Field(number: number)
        case 1: return take(8) == nil ? nil : Field(number: number)
        case 2:
            guard let length = varint(), length <= UInt64(rest.count), let content = take(Int(length)) else { return nil }
            return Field(number: number, content: content)
        case 5: return take(4) == nil ? nil : Field(number: number)
        default: return nil
        }
    }

    private mutating func take(_ count: Int) -> Range<Int>? {
        guard count <= rest.count else { return nil }
        let taken = rest.lowerBound..<rest.lowerBound + count
        rest = taken.upperBound..<rest.upperBound
        return taken
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let range = take(1) else { return nil }
            let byte = bytes[range.lowerBound]
            value |= UInt64(byte & 0x7f) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
