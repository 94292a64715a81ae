package import CausewayModel

/// What every span has: its numbers, without what it says in words.
package struct SpanHead {
    /// Where the span lies, without tag and length.
    package fileprivate(set) var contents = 0..<0
    /// Zeros where it has none, or none that is one.
    package fileprivate(set) var traceHigh: UInt64 = 0
    package fileprivate(set) var traceLow: UInt64 = 0
    package fileprivate(set) var id: UInt64 = 0
    package fileprivate(set) var parent: UInt64 = 0
    package fileprivate(set) var kind: UInt64 = 0
    package fileprivate(set) var start: UInt64 = 0
    package fileprivate(set) var end: UInt64 = 0
    package fileprivate(set) var status: UInt64 = 0
    package fileprivate(set) var eventCount = 0

    package init() {}

    /// Nil where it has none.
    package var traceID: TraceID? { TraceID(high: traceHigh, low: traceLow) }

    package func events(_ payload: [UInt8]) -> [EventView] {
        eventCount == 0 ? [] : payload.messages(in: contents, field: 11).map { EventView($0, payload) }
    }
}

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
        package func value(_ payload: [UInt8]) -> ValueView { AttributeView.value(payload, attribute) }
    }

    private let keys: KeyIndex
    package private(set) var head = SpanHead()
    /// In the order in which they were written.
    package private(set) var known: [Known] = []

    package init(keys: KeyIndex) { self.keys = keys }

    package mutating func read(_ contents: Range<Int>, _ payload: [UInt8]) {
        if !known.isEmpty { known.removeAll(keepingCapacity: true) }
        var head = SpanHead()
        head.read(contents, payload) { attribute, key in
            let place = keys.find(key, payload)
            if place >= 0 { known.append(Known(key: place, attribute: attribute)) }
        }
        self.head = head
    }
}

extension SpanHead {
    /// Reads a span. `attribute` is handed each attribute's place and its key's, in their order.
    @inline(__always)
    mutating func read(_ contents: Range<Int>, _ payload: [UInt8], attribute: (Range<Int>, Range<Int>) -> Void) {
        self = SpanHead()
        self.contents = contents
        let bytes = payload.span
        var position = contents.lowerBound
        let last = contents.upperBound
        // What is read without another look lies before `last`.
        guard position >= 0, last <= bytes.count else { return }
        while position < last {
            // Nearly all fields look the same in all spans: the attributes, and most of the others.
            if let plain = PlainAttributePlace(bytes, position, last) {
                attribute(plain.contents, plain.key)
                position = plain.contents.upperBound
                continue
            }
            if let length = readPlain(bytes, position, last) {
                position &+= length
                continue
            }
            // Whatever is behind a field that cannot be read is none of the span.
            var fields = FieldReader(position..<last)
            guard let field = fields.next(bytes) else { return }
            position = field.range.upperBound
            if field.number == 9, field.type == .lengthDelimited {
                attribute(field.contents, AttributeView(field, bytes).key)
            } else {
                read(field, bytes)
            }
        }
    }

    /// Reads one of the fields that every span has, if it is written as nearly everybody does; says how long it is.
    @inline(__always)
    private mutating func readPlain(_ bytes: Span<UInt8>, _ position: Int, _ last: Int) -> Int? {
        let room = last &- position
        guard room >= 10 else { return nil }
        // Ten bytes are there; what needs more asks for it.
        switch unsafe (bytes[unchecked: position], bytes[unchecked: position &+ 1]) {
        case (7 << 3 | 1, _):
            start = unsafe Self.word(bytes, position &+ 1).littleEndian
            return 9
        case (8 << 3 | 1, _):
            end = unsafe Self.word(bytes, position &+ 1).littleEndian
            return 9
        case (2 << 3 | 2, 8):
            id = unsafe Self.word(bytes, position &+ 2).bigEndian
            return 10
        case (4 << 3 | 2, 8):
            parent = unsafe Self.word(bytes, position &+ 2).bigEndian
            return 10
        case (1 << 3 | 2, 16):
            guard room >= 18 else { return nil }
            traceHigh = unsafe Self.word(bytes, position &+ 2).bigEndian
            traceLow = unsafe Self.word(bytes, position &+ 10).bigEndian
            return 18
        case (5 << 3 | 2, let length):
            // The name.
            return length < 0x80 && Int(length) &+ 2 <= room ? Int(length) &+ 2 : nil
        case (6 << 3 | 0, let kind):
            guard kind < 0x80 else { return nil }
            self.kind = UInt64(kind)
            return 2
        default: return nil
        }
    }

    /// Any field that is no attribute.
    private mutating func read(_ field: WireField, _ bytes: Span<UInt8>) {
        let (contents, isID) = (field.contents.lowerBound, field.contents.count == 8)
        switch (field.number, field.type) {
        case (1, .lengthDelimited):
            let isWhole = field.contents.count == 16
            traceHigh = isWhole ? Self.bigEndian(bytes, contents) : 0
            traceLow = isWhole ? Self.bigEndian(bytes, contents &+ 8) : 0
        case (2, .lengthDelimited): id = isID ? Self.bigEndian(bytes, contents) : 0
        case (4, .lengthDelimited): parent = isID ? Self.bigEndian(bytes, contents) : 0
        case (6, .varint): kind = field.value
        case (7, .fixed64): start = field.value
        case (8, .fixed64): end = field.value
        case (11, .lengthDelimited): eventCount &+= 1
        case (15, .lengthDelimited): status = Self.status(bytes, field.contents) ?? status
        default: break
        }
    }

    /// Eight bytes, which lie among the bytes.
    @unsafe
    @inline(__always)
    private static func word(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
        unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
    }

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

/// Where an attribute of a span and its key are, as nearly all stand there: a key of less than 128 bytes, a value of less than 16 kB, and
/// nothing else. Found without a loop over fields.
private struct PlainAttributePlace {
    /// The attribute without tag and length.
    var contents: Range<Int>
    var key: Range<Int>

    /// Nil for anything else than a plain attribute at `position`. `end` does not lie behind the bytes.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, _ position: Int, _ end: Int) {
        // Each place is compared with `end`, or with what was, before it is read.
        guard end &- position >= 6, unsafe bytes[unchecked: position] == 9 << 3 | 2 else { return nil }
        var length = Int(unsafe bytes[unchecked: position &+ 1])
        var start = position &+ 2
        if length >= 0x80 {
            let high = unsafe bytes[unchecked: start]
            guard high < 0x80 else { return nil }
            length = length & 0x7F | Int(high) << 7
            start &+= 1
        }
        guard length >= 4, length <= end &- start, unsafe bytes[unchecked: start] == 1 << 3 | 2 else { return nil }
        let attributeEnd = start &+ length
        let keyLength = Int(unsafe bytes[unchecked: start &+ 1])
        let keyEnd = start &+ 2 &+ keyLength
        guard keyLength < 0x80, keyEnd &+ 2 <= attributeEnd, unsafe bytes[unchecked: keyEnd] == 2 << 3 | 2 else { return nil }
        let valueLength = Int(unsafe bytes[unchecked: keyEnd &+ 1])
        if valueLength < 0x80 {
            guard keyEnd &+ 2 &+ valueLength == attributeEnd else { return nil }
        } else {
            guard keyEnd &+ 3 <= attributeEnd else { return nil }
            let high = unsafe bytes[unchecked: keyEnd &+ 2]
            guard high < 0x80, keyEnd &+ 3 &+ (valueLength & 0x7F | Int(high) << 7) == attributeEnd else { return nil }
        }
        contents = unsafe Range(uncheckedBounds: (start, attributeEnd))
        key = unsafe Range(uncheckedBounds: (start &+ 2, keyEnd))
    }
}

extension AttributeView {
    /// What an attribute with these contents says.
    static func value(_ payload: [UInt8], _ contents: Range<Int>) -> ValueView {
        AttributeView(WireField(number: 9, type: .lengthDelimited, range: contents, contents: contents, value: 0), payload.span).value
    }
}
