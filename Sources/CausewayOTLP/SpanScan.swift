/// What every span has, and where those of its attributes are whose keys somebody asks for.
///
/// Read in one pass and with no more than that: of an attribute that nobody asks for only the key is looked at. One of these serves span
/// after span, so that reading one asks for no memory.
package struct SpanScan {
    /// An attribute that was asked for.
    package struct Known {
        /// Which of the keys it has.
        package var key: Int
        package var attribute: Range<Int>

        /// What it says.
        package func value(_ payload: [UInt8]) -> ValueView {
            AttributeView(WireField(number: 9, type: .lengthDelimited, range: attribute, contents: attribute, value: 0), payload.span).value
        }
    }

    /// Zeros where it has none, or none that is one.
    package private(set) var traceHigh: UInt64 = 0
    package private(set) var traceLow: UInt64 = 0
    package private(set) var id: UInt64 = 0
    package private(set) var parent: UInt64 = 0
    package private(set) var kind: UInt64 = 0
    package private(set) var start: UInt64 = 0
    package private(set) var end: UInt64 = 0
    package private(set) var status: UInt64 = 0
    /// In the order in which they were written.
    package private(set) var known: [Known] = []

    package init() {}

    package mutating func read(_ contents: Range<Int>, _ payload: [UInt8], keys: KeyIndex) {
        (traceHigh, traceLow, id, parent, kind, start, end, status) = (0, 0, 0, 0, 0, 0, 0, 0)
        if !known.isEmpty { known.removeAll(keepingCapacity: true) }
        let bytes = payload.span
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            switch (field.number, field.type) {
            case (9, .lengthDelimited):
                let key = Self.key(bytes, field)
                let place = keys.find(key, payload)
                if place >= 0 { known.append(Known(key: place, attribute: field.contents)) }
            case (1, .lengthDelimited):
                let isWhole = field.contents.count == 16
                traceHigh = isWhole ? Self.bigEndian(bytes, field.contents.lowerBound) : 0
                traceLow = isWhole ? Self.bigEndian(bytes, field.contents.lowerBound &+ 8) : 0
            case (2, .lengthDelimited): id = field.contents.count == 8 ? Self.bigEndian(bytes, field.contents.lowerBound) : 0
            case (4, .lengthDelimited): parent = field.contents.count == 8 ? Self.bigEndian(bytes, field.contents.lowerBound) : 0
            case (6, .varint): kind = field.value
            case (7, .fixed64): start = field.value
            case (8, .fixed64): end = field.value
            case (15, .lengthDelimited): status = Self.status(bytes, field.contents) ?? status
            default: break
            }
        }
    }

    /// Where the key of an attribute is.
    @inline(__always)
    private static func key(_ bytes: Span<UInt8>, _ field: WireField) -> Range<Int> {
        let (start, end) = (field.contents.lowerBound, field.contents.upperBound)
        // As nearly all are: a key of less than 128 bytes, a value of less than 16 kB, and nothing else.
        if end &- start >= 4, bytes[start] == 0x0A {
            let keyEnd = start &+ 2 &+ Int(bytes[start &+ 1])
            if bytes[start &+ 1] < 0x80, keyEnd &+ 2 <= end, bytes[keyEnd] == 0x12 {
                let length = Int(bytes[keyEnd &+ 1])
                if length < 0x80 {
                    if keyEnd &+ 2 &+ length == end { return start &+ 2..<keyEnd }
                } else if keyEnd &+ 3 <= end, bytes[keyEnd &+ 2] < 0x80 {
                    if keyEnd &+ 3 &+ (length & 0x7F | Int(bytes[keyEnd &+ 2]) << 7) == end { return start &+ 2..<keyEnd }
                }
            }
        }
        return AttributeView(field, bytes).key
    }

    @inline(__always)
    private static func bigEndian(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        var value: UInt64 = 0
        for offset in 0..<8 { value = value << 8 | UInt64(bytes[start &+ offset]) }
        return value
    }

    /// The code of a status; nil where it says none.
    private static func status(_ bytes: Span<UInt8>, _ contents: Range<Int>) -> UInt64? {
        var found: UInt64?
        var fields = FieldReader(contents)
        while let field = fields.next(bytes) {
            if field.number == 3, field.type == .varint { found = field.value }
        }
        return found
    }
}
