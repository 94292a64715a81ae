internal import CausewayModel
internal import CausewayOTLP
internal import CausewayPlatform

/// A trace's or a span's id as its sender writes it, made one that OTLP has: hexadecimal digits of the right number are the id, and of
/// anything else it is the first bytes of the SHA-256.
struct SenderID {
    /// The first eight bytes, which are all that a span's id has.
    var high: UInt64
    var low: UInt64
    var isHash: Bool

    /// `digits`: 32 of a trace, 16 of a span.
    init(_ bytes: [UInt8], _ range: Range<Int>, digits: Int) {
        if range.count == digits, let high = Self.hexadecimal(bytes, range.lowerBound) {
            if digits == 16, high != 0 {
                self.init(high: high, low: 0, isHash: false)
                return
            }
            if digits == 32, let low = Self.hexadecimal(bytes, range.lowerBound + 16), high | low != 0 {
                self.init(high: high, low: low, isHash: false)
                return
            }
        }
        let digest = SHA256.digest(bytes, range)
        self.init(high: Self.word(digest, 0), low: Self.word(digest, 8), isHash: true)
    }

    private init(high: UInt64, low: UInt64, isHash: Bool) { (self.high, self.low, self.isHash) = (high, low, isHash) }

    var trace: TraceID { TraceID(high: high, low: low) ?? TraceID(high: 0, low: 1)! }

    var span: SpanID { SpanID(high) ?? SpanID(1)! }

    private static func hexadecimal(_ bytes: [UInt8], _ start: Int) -> UInt64? {
        var value: UInt64 = 0
        for index in start..<start + 16 {
            guard let digit = Hexadecimal.digit(bytes[index]) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    /// Eight bytes, the first of them highest.
    static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
        return value
    }
}

/// The ids that came last: traces and parents repeat from line to line.
struct SenderIDs {
    private let digits: Int
    private var texts = ByteTable()
    private var ids: [SenderID] = []

    /// More than an agent has open at once, as a rule; then it begins anew.
    private static let limit = 256
    /// What is longer is not kept.
    private static let lengthLimit = 128

    init(digits: Int) { self.digits = digits }

    mutating func find(_ bytes: [UInt8], _ range: Range<Int>) -> SenderID {
        guard range.count <= Self.lengthLimit else { return SenderID(bytes, range, digits: digits) }
        if let known = texts.find(bytes, range) { return ids[known] }
        let id = SenderID(bytes, range, digits: digits)
        guard id.isHash else { return id }
        if ids.count >= Self.limit {
            texts.empty()
            ids.removeAll(keepingCapacity: true)
        }
        _ = texts.add(bytes, range)
        ids.append(id)
        return id
    }
}
