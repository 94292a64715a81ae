package import CausewayModel

/// What became of a received body: the request that is kept, and what is to be said about the rest.
package struct Admitted: Sendable {
    /// A valid request. The very array that came if nothing had to change.
    package var payload: [UInt8]
    /// Spans, log records or data points in it.
    package var items: Int
    /// Items that were left out, each for a reason in `refusals`.
    package var refused: Int
    package var refusals: [Refusal: Int]
    /// Strings that were not UTF-8 and now hold U+FFFD where they were not.
    package var repairedStrings: Int
    /// Ids of log records, links and exemplars that were left out because their length is not that of an id.
    package var clearedIDs: Int

    package init(
        payload: [UInt8],
        items: Int,
        refused: Int = 0,
        refusals: [Refusal: Int] = [:],
        repairedStrings: Int = 0,
        clearedIDs: Int = 0
    ) {
        (self.payload, self.items, self.refused, self.refusals) = (payload, items, refused, refusals)
        (self.repairedStrings, self.clearedIDs) = (repairedStrings, clearedIDs)
    }

    /// For the `error_message` of a partial success; nil if nothing was refused.
    package func refusedReason(_ signal: Signal) -> String? {
        guard refused > 0 else { return nil }
        let reasons = refusals.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.explanation)" }
        let name = signal.itemsName.replacing("_", with: " ")
        return "\(refused) of \(items + refused) \(name) refused: \(reasons.joined(separator: "; "))."
    }
}

/// Why one item is refused while its neighbours are kept.
package enum Refusal: UInt8, CaseIterable, Sendable {
    /// OTLP: 16 bytes, not all zero.
    case traceID
    /// OTLP: 8 bytes, not all zero.
    case spanID
    /// OTLP: empty for a root. Eight zero bytes are let through and mean the same; some SDKs send them.
    case parentSpanID
    /// In stored frames an empty item stands for one that was removed, so none may come in.
    case empty
    case tooDeep
    case repeated

    /// A word for metrics.
    package var reason: String {
        switch self {
        case .traceID: "trace_id"
        case .spanID: "span_id"
        case .parentSpanID: "parent_span_id"
        case .empty: "empty"
        case .tooDeep: "too_deep"
        case .repeated: "repeated_field"
        }
    }

    package var explanation: String {
        switch self {
        case .traceID: "with a trace id that is not 16 bytes, or all zero"
        case .spanID: "with a span id that is not 8 bytes, or all zero"
        case .parentSpanID: "with a parent span id of neither 0 nor 8 bytes"
        case .empty: "without any content"
        case .tooDeep: "with values nested too deeply"
        case .repeated: "with a field twice that may be given once"
        }
    }
}

/// Checks a received body in one pass and leaves out or repairs what must not go on.
///
/// Bytes that are no request throw. An item that is none is left out alone. A string that is not UTF-8 is repaired, because one
/// such string makes strict decoders refuse a whole request. All else stays byte for byte: unknown fields, duplicate keys, NULs.
///
/// Ids are asked of spans only. OTLP tells receivers to take a log record with an unusable id as one that belongs to no span, so
/// there, and in links and exemplars, an id of a wrong length is left out (some backends refuse a request for it) and an
/// all-zero one, which everybody can read, stays.
package func admit(_ body: [UInt8], signal: Signal, maxLevels: Int = 100) throws(OTLPError) -> Admitted {
    var walk = AdmissionWalk(maxLevels: maxLevels)
    try walk.request(body, signal)
    return Admitted(
        payload: walk.patch.applied(to: body),
        items: walk.items - walk.refused,
        refused: walk.refused,
        refusals: walk.refusals,
        repairedStrings: walk.repairedStrings,
        clearedIDs: walk.clearedIDs
    )
}

/// The pass over a body. Each message costs one call of `message`, which is what bounds the levels.
private struct AdmissionWalk {
    let rules = WireRules.shared
    let maxLevels: Int
    var patch = Patch()
    var items = 0
    var refused = 0
    var refusals: [Refusal: Int] = [:]
    var repairedStrings = 0
    var clearedIDs = 0
    /// About the item being walked over.
    private var ids = SeenIDs()

    init(maxLevels: Int) { self.maxLevels = maxLevels }

    mutating func request(_ body: [UInt8], _ signal: Signal) throws(OTLPError) {
        let row =
            switch signal {
            case .traces: rules.requests.traces
            case .metrics: rules.requests.metrics
            case .logs: rules.requests.logs
            }
        try message(body.span, 0..<body.count, row: row, level: 1)
    }

    private mutating func message(_ bytes: Span<UInt8>, _ contents: Range<Int>, row: Int, level: Int) throws(OTLPError) {
        let end = contents.upperBound
        var position = contents.lowerBound
        var seen: UInt32 = 0
        while position < end {
            let start = position
            let tag = try wireTag(bytes, &position, end)
            let field = rules.field(tag >> 3, row: row)
            let type = UInt8(truncatingIfNeeded: tag & 7)
            if field.kind != .unknown {
                guard field.wireType == type || field.packable && type == 2 else { throw OTLPError(fault: .wrongWireType, offset: start) }
                guard seen & field.once == 0 else { throw OTLPError(fault: .repeated, offset: start) }
                seen |= field.once
            }
            switch type {
            case 0: _ = try wireVarint(bytes, &position, end)
            case 1: try skip(8, &position, end, from: start)
            case 5: try skip(4, &position, end, from: start)
            default:
                let length = try wireLength(bytes, &position, end)
                let inside = position..<position &+ length
                position &+= length
                switch field.kind {
                case .unknown: break
                case .string:
                    if !isUTF8(bytes, inside) { repair(bytes, inside, field: tag >> 3, from: start, in: contents) }
                case .message:
                    if field.role == .attribute, level &+ 1 < maxLevels, isPlainAttribute(bytes, inside) {
                        break
                    } else if field.role == .item {
                        try item(bytes, inside, row: Int(field.row), level: level, from: start, in: contents)
                    } else {
                        guard level < maxLevels else { throw OTLPError(fault: .tooDeep, offset: start) }
                        try message(bytes, inside, row: Int(field.row), level: level &+ 1)
                    }
                case .bytes:
                    if field.role != .plain { id(bytes, inside, field.role, from: start, in: contents) }
                case .fixed32, .fixed64, .varint: try packed(bytes, inside, field.kind)
                }
            }
        }
    }

    /// Whether there is nothing to look into or to repair. A short cut only: what is no such attribute is walked over.
    @inline(__always)
    private func isPlainAttribute(_ bytes: Span<UInt8>, _ inside: Range<Int>) -> Bool {
        guard let attribute = PlainAttribute(bytes, inside), isUTF8(bytes, attribute.key) else { return false }
        return attribute.tag != ValueTag.string || isUTF8(bytes, attribute.value)
    }

    /// Out of line: hardly ever needed, and it would make `message` bigger.
    @inline(never)
    private mutating func repair(_ bytes: Span<UInt8>, _ inside: Range<Int>, field: Int, from start: Int, in contents: Range<Int>) {
        let text = String(decoding: inside.map { bytes[$0] }, as: UTF8.self)
        patch.replace(start..<inside.upperBound, in: contents) { output in
            Varint.appendHeader(field: field, length: text.utf8.count, to: &output)
            output.append(contentsOf: text.utf8)
        }
        repairedStrings += 1
    }

    @inline(never)
    private mutating func item(
        _ bytes: Span<UInt8>,
        _ inside: Range<Int>,
        row: Int,
        level: Int,
        from start: Int,
        in contents: Range<Int>
    ) throws(OTLPError) {
        items += 1
        let before = (repairedStrings, clearedIDs)
        ids = SeenIDs()
        var refusal = inside.isEmpty ? Refusal.empty : nil
        do throws(OTLPError) {
            guard level < maxLevels else { throw OTLPError(fault: .tooDeep, offset: start) }
            try message(bytes, inside, row: row, level: level + 1)
            if row == rules.spanRow, refusal == nil { refusal = ids.refusal }
        } catch {
            switch error.fault {
            case .tooDeep: refusal = .tooDeep
            case .repeated: refusal = .repeated
            case .truncated, .lengthBeyondEnd, .lengthTooLong, .varintTooLong, .fieldNumber, .wireType, .wrongWireType, .packedLength:
                throw error
            }
        }
        guard let refusal else { return }
        refused += 1
        refusals[refusal, default: 0] += 1
        (repairedStrings, clearedIDs) = before
        patch.remove(start..<inside.upperBound, in: contents)
    }

    @inline(never)
    private mutating func id(_ bytes: Span<UInt8>, _ inside: Range<Int>, _ role: WireRules.Role, from start: Int, in contents: Range<Int>) {
        switch role {
        case .traceID: ids.traceID = inside.count == 16 && !isZero(bytes, inside)
        case .spanID: ids.spanID = inside.count == 8 && !isZero(bytes, inside)
        case .parentSpanID: ids.parentSpanID = inside.count == 8 || inside.isEmpty
        case .optionalTraceID, .optionalSpanID:
            guard !inside.isEmpty, inside.count != (role == .optionalTraceID ? 16 : 8) else { return }
            patch.remove(start..<inside.upperBound, in: contents)
            clearedIDs += 1
        case .plain, .item, .attribute: break
        }
    }

    private func isZero(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where bytes[index] != 0 { return false }
        return true
    }

    @inline(never)
    private func packed(_ bytes: Span<UInt8>, _ inside: Range<Int>, _ kind: WireRules.Kind) throws(OTLPError) {
        switch kind {
        case .fixed64 where !inside.count.isMultiple(of: 8), .fixed32 where !inside.count.isMultiple(of: 4):
            throw OTLPError(fault: .packedLength, offset: inside.lowerBound)
        case .varint:
            var position = inside.lowerBound
            while position < inside.upperBound { _ = try wireVarint(bytes, &position, inside.upperBound) }
        case .unknown, .fixed32, .fixed64, .string, .bytes, .message: break
        }
    }

    @inline(__always)
    private func skip(_ count: Int, _ position: inout Int, _ end: Int, from start: Int) throws(OTLPError) {
        guard count <= end &- position else { throw OTLPError(fault: .truncated, offset: start) }
        position &+= count
    }
}

/// Whether the ids that a span must have, or may have, are there and right.
private struct SeenIDs {
    var traceID = false
    var spanID = false
    var parentSpanID = true

    var refusal: Refusal? {
        if !traceID { return .traceID }
        if !spanID { return .spanID }
        return parentSpanID ? nil : .parentSpanID
    }
}
